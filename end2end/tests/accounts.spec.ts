import type { Browser, BrowserContext } from '@playwright/test';

import { inspect } from '../fixture/accessible.js';
import { Person } from '../fixture/person.js';
import { expect, test } from '../fixture/test.js';
import { OWNER, giveRole, signIn, signOut } from '../fixture/vendor.js';

const ADA = { name: 'Ada Berg', email: 'ada@nordwind.example', password: 'seven lamps in the rain' };

/** Another person, in a separate browser context. */
async function somebody(browser: Browser, script: boolean, url: string): Promise<[Person, BrowserContext]> {
  const context = await browser.newContext({ javaScriptEnabled: script, baseURL: url });
  return [new Person(await context.newPage(), script), context];
}

/** Invites Ada with that role, as the owner. Returns the link. */
async function invite(owner: Person, role: string): Promise<string> {
  await owner.visit('/settings/accounts');
  await owner.follow('Invite');
  await owner.page.getByLabel('E-mail', { exact: true }).fill(ADA.email);
  await owner.page.getByLabel('Role', { exact: true }).selectOption(role);
  await owner.page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  const link = owner.page.locator('code.made-link');
  await expect(link).toHaveText(/\/link\?token=[\w-]{43}$/);
  return link.innerText();
}

/** Follows the link, as Ada. */
async function join(ada: Person, link: string): Promise<void> {
  await ada.visit(link);
  await ada.sees('Set up your account');
  expect(new URL(ada.page.url()).search, 'the address no longer contains the secret').toBe('');
  await ada.fill({ 'Your name': ADA.name, 'New password': ADA.password });
  await ada.press('Accept invitation');
  await ada.sees('Home');
}

test('an invited user joins, gets another role, and is disabled', { tag: '@both' }, async ({
  owner,
  browser,
  server,
  quiet,
}) => {
  quiet.allow(403);
  const link = await invite(owner, 'support');
  const [ada, context] = await somebody(browser, owner.script, server.url);
  await join(ada, link);
  await ada.visit('/settings/tokens');
  await ada.sees('Your role cannot open this page');

  await giveRole(owner, ADA.name, 'admin');
  await ada.visit('/products/new');
  await ada.sees('New product');

  await owner.follow('Disable');
  await owner.field('Reason').fill('left the company');
  await owner.press('Disable account');
  await expect(owner.page.getByText('Disabled').first()).toBeVisible();
  await ada.visit('/products');
  await ada.sees('Sign in to your licenses');
  await context.close();
});

test('a link to the current page shows it for the current role', { tag: '@both' }, async ({ owner, browser, server }) => {
  const link = await invite(owner, 'support');
  const [ada, context] = await somebody(browser, owner.script, server.url);
  await join(ada, link);
  await ada.follow('Products');
  await ada.sees('Products');
  await expect(ada.page.getByText('Only an administrator can do this.').first()).toBeVisible();
  await giveRole(owner, ADA.name, 'admin');
  await ada.follow('Products');
  await expect(ada.page.getByRole('link', { name: 'New product' }).first()).toBeVisible();
  await context.close();
});

test('the only owner cannot be removed', { tag: '@both' }, async ({ owner }) => {
  await owner.visit('/settings/accounts');
  await owner.follow(OWNER.name);
  await expect(owner.page.getByText('This is the only owner.')).toBeVisible();
  await expect(owner.page.getByRole('link', { name: 'Disable' })).toHaveCount(0);
});

test('an owner who forgot the password signs in with a link made on the host', { tag: '@both' }, async ({
  owner,
  server,
  quiet,
}) => {
  quiet.allow(422);
  await owner.visit('/');
  await signOut(owner);
  const link = (await server.run('accounts', 'recover')).match(/https?:\/\/\S+\/link\?token=[\w-]{43}/)?.[0];
  await owner.visit(link ?? 'no link was printed');
  await owner.sees('Set up your account');
  await owner.fill({ 'New password': 'passwordpasswordpassword' });
  await owner.press('Set password');
  await expect(owner.page.getByText('is easily guessed').first()).toBeVisible();
  await owner.fill({ 'New password': ADA.password });
  await owner.press('Set password');
  await owner.sees('Home');
  await signOut(owner);
  await signIn(owner, ADA.password);
  await owner.sees('Home');
  expect(await server.run('accounts', 'list')).toContain(OWNER.email);
});

test('a user ends their other logins', { tag: '@both' }, async ({ owner, browser, server }) => {
  const [there, context] = await somebody(browser, owner.script, server.url);
  await there.visit('/sign-in');
  await there.fill({ 'E-mail': OWNER.email, Password: OWNER.password });
  await there.press('Sign in');
  await there.sees('Home');
  await owner.visit('/settings/logins');
  await expect(owner.page.getByRole('row')).toHaveCount(3);
  await expect(owner.page.getByText('This browser')).toHaveCount(1);
  await owner.press('End all other logins');
  await expect(owner.page.getByText('This is your only login.')).toBeVisible();
  await there.visit('/');
  await there.sees('Sign in to your licenses');
  await context.close();
});

test('a token is shown once, works, and is revoked', { tag: '@both' }, async ({ owner, server }) => {
  await owner.visit('/settings/tokens');
  await owner.follow('Create the first token');
  await owner.fill({ Name: 'Web shop', 'Valid for': '30' });
  await owner.press('Create token');
  const shown = owner.page.locator('code.made-link');
  await expect(shown).toHaveText(/^lk_[0-9a-f]{32}_[\w-]{43}$/);
  const headers = { authorization: `Bearer ${await shown.innerText()}` };
  const whoami = () => fetch(`${server.url}/api/v1/admin/whoami`, { headers });
  const answer = await whoami();
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ token: { name: 'Web shop' }, scopes: ['see'], products: [] });
  await owner.visit('/settings/tokens');
  await expect(shown).toHaveCount(0);
  await owner.follow('Revoke');
  await owner.fill({ Reason: 'A walk' });
  await owner.press('Revoke token');
  await expect(owner.page.getByText('Revoked').first()).toBeVisible();
  expect((await whoami()).status).toBe(401);
});

test('a login that expires while typing loses no input', { tag: '@both' }, async ({
  owner,
  context,
  quiet,
}) => {
  quiet.allow(401);
  const { page } = owner;
  await owner.visit('/products/new');
  await owner.fill({ Name: 'Drift Pro', Code: 'drift-pro' });
  await context.clearCookies();
  await owner.press('Create product');
  await page.getByLabel('E-mail', { exact: true }).fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill('not the right password');
  const go = owner.script ? 'Create product' : 'Continue';
  await owner.press(go);
  await expect(page.getByText('the password is wrong')).toBeVisible();
  await page.getByLabel('E-mail', { exact: true }).fill(OWNER.email);
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password);
  await owner.press(go);
  await owner.sees('Drift Pro');
  await expect(page.getByText('Product created.')).toBeVisible();
});

test('an owner views the app as support, and returns', { tag: '@both' }, async ({ owner, quiet }) => {
  quiet.allow(403);
  await owner.visit('/settings/accounts');
  await owner.press('See as support');
  await owner.sees('Home');
  const banner = owner.page.getByRole('region', { name: 'Viewing as' });
  await expect(banner).toBeVisible();
  await owner.visit('/products');
  await expect(owner.page.getByRole('button', { name: 'New product' })).toHaveAttribute('aria-disabled', 'true');
  await owner.visit('/settings/accounts');
  await owner.sees('Your role cannot open this page');
  await owner.press('Return to your own role');
  await owner.sees('Accounts');
  await expect(banner).toHaveCount(0);
});

test('the settings pages are accessible', async ({ owner, quiet }) => {
  quiet.allow(404);
  const { page } = owner;
  await invite(owner, 'viewer');
  await owner.visit('/settings/tokens/new');
  await owner.fill({ Name: 'Web shop' });
  await owner.press('Create token');
  await owner.sees('API tokens');
  await owner.visit('/settings/accounts');
  const account = await page.getByRole('link', { name: OWNER.name }).first().getAttribute('href');
  const pages = ['account', 'logins', 'all-logins', 'accounts', 'accounts?dialog=invite', 'tokens', 'tokens/new'];
  const found: string[] = [];
  for (const path of [...pages.map((name) => `/settings/${name}`), account ?? '', '/link?token=made-up']) {
    await owner.visit(path);
    found.push(...(await inspect(page, path)));
  }
  expect(found).toEqual([]);
});
