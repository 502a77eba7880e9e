import type { Person } from '../fixture/person.js';
import { continueThere, expect, inAnotherTab, test } from '../fixture/signed_on.js';
import { OWNER } from '../fixture/vendor.js';

test.setTimeout(120_000);

/** Changes a person's role to admin, up to the request for a fresh proof. */
async function aboutToPromote(owner: Person, name: string): Promise<void> {
  await owner.visit('/settings/accounts');
  await owner.follow(name);
  await owner.sees(name);
  await owner.follow('Change role');
  await owner.page.getByLabel('Role', { exact: true }).selectOption('admin');
  await owner.press('Change role');
  await expect(owner.page.getByText('Confirm that it is you.')).toBeVisible();
  await expect(owner.page.getByLabel('Role', { exact: true }), 'the selected role is kept').toHaveValue('admin');
}

test('a role change requires a fresh proof, here a password', { tag: '@both' }, async ({ person, boss, server, browser }) => {
  await person.visit('/sign-in');
  await continueThere(person);
  await person.sees('Home');
  await server.age(11);
  await aboutToPromote(boss, 'Nora Berg');
  await boss.page.getByLabel('Your password').fill('not the right password');
  await boss.press('Change role');
  await expect(boss.page.getByText('This is not your password.')).toBeVisible();
  await boss.page.getByLabel('Role', { exact: true }).selectOption('admin');
  await boss.page.getByLabel('Your password').fill(OWNER.password);
  await boss.press('Change role');
  await expect(boss.page.getByText('Role changed. It applies from the person’s next click.').last()).toBeVisible();
  await person.visit('/products/new');
  await person.sees('New product');
});

test('a role change requires a fresh proof, here by the provider', { tag: '@both' }, async ({
  person,
  provider,
  boss,
  server,
  quiet,
}) => {
  quiet.allow(401);
  provider.person.roles = 'boss';
  await person.visit('/sign-in');
  await continueThere(person);
  await person.sees('Home');
  // Creates another account for Nora to promote, because the provider has only one person, Nora herself.
  await boss.visit('/settings/accounts?dialog=invite');
  await boss.page.getByLabel('E-mail', { exact: true }).fill('ada@nordwind.example');
  await boss.page.getByRole('dialog').getByRole('button', { name: 'Invite' }).click();
  const link = await boss.page.locator('code.made-link').innerText();
  await boss.page.context().clearCookies();
  await boss.visit(link);
  await boss.fill({ 'Your name': 'Ada Berg', 'New password': 'seven lamps in the rain' });
  await boss.press('Accept invitation');
  await boss.sees('Home');

  await server.age(11);
  await aboutToPromote(person, 'Ada Berg');
  const before = provider.askedAfresh;
  const tab = await inAnotherTab(person, 'sign in again in another tab');
  await continueThere(tab);
  await tab.sees('Ada Berg');
  expect(provider.askedAfresh, 'the provider received a request for a fresh sign-in').toBe(before + 1);
  await tab.page.close();
  await person.press('Change role');
  await expect(person.page.getByText('Role changed. It applies from the person’s next click.').last()).toBeVisible();
  await boss.visit('/products/new');
  await boss.sees('New product');
});
