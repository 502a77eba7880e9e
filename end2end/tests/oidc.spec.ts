import type { Page } from '@playwright/test';

import { violations } from '../fixture/accessible.js';
import type { Person } from '../fixture/person.js';
import { continueThere, expect, test } from '../fixture/signed_on.js';
import { OWNER, signIn } from '../fixture/vendor.js';

test.setTimeout(120_000);

/** Checks that the current page is accessible. Without script, axe cannot run and would wait forever. */
async function scan(person: Person): Promise<void> {
  if (person.script) expect(await violations(person.page)).toEqual([]);
}

const corner = (page: Page, name: string) => page.locator('.account', { hasText: name });

test('a user signs in at the provider, lands on the requested page, and signs out at both', { tag: '@both' }, async ({
  person,
  server,
}) => {
  const { page } = person;
  await person.visit('/licenses?state=active');
  await person.sees('Sign in to your licenses');
  await scan(person);
  await continueThere(person);
  await person.sees('Licenses');
  expect(page.url()).toBe(`${server.url}/licenses?state=active`);
  await expect(corner(page, 'Nora Berg')).toContainText('Support');

  await corner(page, 'Nora Berg').click();
  await person.press('Sign out');
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await person.sees('Sign in to your licenses');
  expect(page.url()).toContain(`${server.url}/sign-in`);
  await person.visit('/licenses');
  await person.sees('Sign in to your licenses');
  await signIn(person);
  await person.visit('/audit?kind=account.signed_out');
  await expect(page.getByRole('row', { name: /Nora Berg.*signed out/ })).toHaveCount(1);
});

test('a user without a role reads what to do', { tag: '@both' }, async ({ person, provider, quiet }) => {
  quiet.allow(403);
  provider.person.roles = ['nothing-here'];
  const { page } = person;
  await person.visit('/sign-in');
  await continueThere(person);
  await expect(page.getByRole('heading', { name: 'You have no role here' })).toBeVisible();
  await expect(page.getByText('nora@nordwind.example')).toBeVisible();
  await scan(person);
  provider.person.roles = 'boss';
  await continueThere(person);
  await person.sees('Home');
});

test('while the provider is down a local account signs in', { tag: '@both' }, async ({
  person,
  provider,
  server,
  quiet,
}) => {
  quiet.allow(503);
  // No request may be in progress when the server stops, because the browser would log an error.
  await person.page.goto('about:blank');
  provider.down = true;
  await server.stop();
  await server.start();
  const { page } = person;
  await person.visit('/sign-in');
  await continueThere(person);
  await expect(page.getByRole('heading', { name: 'Sign-in is not possible right now' })).toBeVisible();
  await scan(person);
  await signIn(person);
  await person.sees('Home');
  await expect(corner(page, OWNER.name)).toContainText('Owner');
});
