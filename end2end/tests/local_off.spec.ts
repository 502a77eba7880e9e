import { inspect } from '../fixture/accessible.js';
import type { Person } from '../fixture/person.js';
import { continueThere, expect, test } from '../fixture/signed_on.js';
import { OWNER, signIn, signOut } from '../fixture/vendor.js';

// Two dozen scans by axe take a while.
test.setTimeout(240_000);

/** Checks that the current page is accessible. Skipped without script, because axe is a script. */
async function look(person: Person, name: string): Promise<void> {
  if (person.script) expect(await inspect(person.page, name)).toEqual([]);
}

test('an owner connects a provider, turns passwords off, and signs in without one', { tag: '@both' }, async ({
  person,
  provider,
  server,
  quiet,
}) => {
  quiet.allow(422);
  provider.person.roles = [];
  const { page } = person;
  await person.visit('/sign-in');
  await signIn(person);
  await person.sees('Home');
  await person.visit('/settings/sign-in');
  await person.sees('Sign-in');
  await expect(page.getByRole('button', { name: 'Turn off' })).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText('no owner could sign in')).toBeVisible();
  await look(person, 'sign-in-barred');

  await person.visit('/settings/account');
  await look(person, 'account-unconnected');
  await person.follow('Connect Nordwind ID');
  await person.sees('Your account');
  await expect(page.getByText('Provider connected')).toBeVisible();
  await expect(page.getByText('nora@nordwind.example')).toBeVisible();
  await look(person, 'account-connected');
  await page.getByRole('link', { name: 'Disconnect' }).click();
  await expect(page.getByRole('dialog')).toContainText('You can no longer sign in there');
  await look(person, 'account-disconnect');

  await person.visit('/settings/sign-in');
  await person.follow('Turn off');
  await look(person, 'sign-in-off-dialog');
  await person.press('Turn off local sign-in');
  await expect(person.field('Reason')).toHaveAccessibleDescription(/must not be empty/);
  await person.field('Reason').fill('Everybody is at Nordwind ID');
  await person.press('Turn off local sign-in');
  await expect(page.getByText('passwords no longer work')).toBeVisible();
  await look(person, 'sign-in-off');

  await signOut(person);
  await expect(page.getByLabel('Password')).toHaveCount(0);
  await expect(page.getByText('latchkey accounts recover')).toBeVisible();
  await look(person, 'door-without-passwords');
  await continueThere(person);
  await person.sees('Home');
  await expect(page.locator('.account', { hasText: OWNER.name })).toContainText('Owner');
  await person.visit('/settings/account');
  await expect(page.getByText('Your only way to sign in.')).toBeVisible();
  await look(person, 'account-last-way');

  await page.context().clearCookies();
  const link = (await server.run('accounts', 'recover')).match(/https?:\/\/\S+\/link\?token=[\w-]{43}/)?.[0];
  await person.visit(link ?? 'no link was printed');
  await person.fill({ 'New password': 'seven lamps in the rain' });
  await person.press('Set password');
  await person.sees('Home');
  await person.visit('/settings/sign-in');
  await expect(page.getByRole('link', { name: 'Turn off' })).toBeVisible();
  await signOut(person);
  await signIn(person, 'seven lamps in the rain');
  await person.sees('Home');
});

test('connecting after a while requires a fresh proof', { tag: '@both' }, async ({ person, server }) => {
  const { page } = person;
  await person.visit('/sign-in');
  await signIn(person);
  await person.sees('Home');
  await server.age(11);
  await person.visit('/settings/account');
  await person.follow('Connect Nordwind ID');
  await person.sees('Sign in to your licenses');
  await signIn(person);
  await person.sees('Your account');
  await person.follow('Connect Nordwind ID');
  await person.sees('Your account');
  await expect(page.getByText('Provider connected')).toBeVisible();
});

test('an identity of another account cannot be connected', { tag: '@both' }, async ({
  person,
  boss,
  quiet,
}) => {
  quiet.allow(409);
  await person.visit('/sign-in');
  await continueThere(person);
  await person.sees('Home');
  await boss.visit('/settings/account');
  await boss.follow('Connect Nordwind ID');
  await expect(boss.page.getByRole('heading', { name: 'This identity belongs to another account' })).toBeVisible();
  await boss.follow('your account');
  await boss.sees('Your account');
  await expect(boss.page.getByText('No provider is connected')).toBeVisible();
});
