import AxeBuilder from '@axe-core/playwright';

import { IdentityProvider } from '../fixture/provider.js';
import { Server } from '../fixture/server.js';
import { expect, test as base } from '../fixture/test.js';
import { OWNER, setUp, signIn } from '../fixture/vendor.js';

interface Given {
  provider: IdentityProvider;
}

/** A server with an owner, whose people sign in at a provider. Nobody is signed in. */
const test = base.extend<Given>({
  provider: async ({}, use) => {
    const provider = await IdentityProvider.start();
    await use(provider);
    await provider.stop();
  },
  server: async ({ provider, browser }, use) => {
    const server = await Server.prepare(provider.settings());
    provider.register(server.url);
    try {
      await server.start();
      await use(server);
    } finally {
      await server.stop();
      await server.remove();
    }
  },
  person: async ({ page, person, server, context }, use) => {
    await setUp(person, server.firstStart());
    await context.clearCookies();
    await page.goto('/sign-in');
    await use(person);
  },
});

test('one signs in at the provider, to where one wanted to go, and out at both', async ({ person, server }) => {
  const { page } = person;
  await person.visit('/licenses?state=active');
  await person.sees('Sign in to your licenses');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await person.follow('Continue with Nordwind ID');
  await person.sees('Licenses');
  expect(page.url()).toBe(`${server.url}/licenses?state=active`);
  await expect(page.locator('summary', { hasText: 'Nora Berg' })).toContainText('Support');

  await page.locator('summary', { hasText: 'Nora Berg' }).click();
  await person.press('Sign out');
  await page.getByRole('button', { name: 'Yes, sign me out' }).click();
  await person.sees('Sign in to your licenses');
  expect(page.url()).toContain(`${server.url}/sign-in`);
  await person.visit('/licenses');
  await person.sees('Sign in to your licenses');
});

test('somebody without a role reads what to do', async ({ person, provider, quiet }) => {
  quiet.allow(403);
  provider.person.roles = ['nothing-here'];
  const { page } = person;
  await person.visit('/sign-in');
  await person.follow('Continue with Nordwind ID');
  await expect(page.getByRole('heading', { name: 'You have no role here' })).toBeVisible();
  await expect(page.getByText('nora@nordwind.example')).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  provider.person.roles = 'boss';
  await person.follow('Continue with Nordwind ID');
  await person.sees('Home');
});

test('while the provider is down a local account comes in', async ({ person, provider, server, quiet }) => {
  quiet.allow(503);
  // Nothing of a page may be under way when its server goes: browsers say so in the console.
  await person.page.goto('about:blank');
  provider.down = true;
  await server.stop();
  await server.start();
  const { page } = person;
  await person.visit('/sign-in');
  await person.follow('Continue with Nordwind ID');
  await expect(page.getByRole('heading', { name: 'Sign-in is not possible right now' })).toBeVisible();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await signIn(person);
  await person.sees('Home');
  await expect(page.locator('summary', { hasText: OWNER.name })).toContainText('Owner');
});
