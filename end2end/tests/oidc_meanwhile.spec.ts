import type { Person } from '../fixture/person.js';
import { continueThere, expect, inAnotherTab, test } from '../fixture/signed_on.js';
import { giveRole } from '../fixture/vendor.js';

test.setTimeout(120_000);

/** Signs in with the provider, and fills in a new product without creating it. */
async function beginAProduct(person: Person): Promise<void> {
  await person.visit('/products/new');
  await continueThere(person);
  await person.sees('New product');
  await person.fill({ Name: 'Drift Pro', Code: 'drift-pro' });
}

test('a role that changes during a login applies from the next click', { tag: '@both' }, async ({
  person,
  boss,
}) => {
  const { page } = person;
  await person.visit('/products');
  await continueThere(person);
  await person.sees('Products');
  const button = page.getByRole('button', { name: 'New product' });
  const corner = page.locator('.account', { hasText: 'Nora Berg' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await giveRole(boss, 'Nora Berg', 'admin');
  await person.follow('Licenses');
  await expect(corner).toContainText('Admin');
  await person.sees('Licenses');
  await person.follow('Products');
  await person.sees('Products');
  await expect(page.getByRole('link', { name: 'New product' })).toBeVisible();

  await giveRole(boss, 'Nora Berg', 'viewer');
  await person.follow('Policies');
  await expect(corner).toContainText('Viewer');
  await person.sees('Policies');
  await person.follow('Products');
  await person.sees('Products');
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByText('Only an administrator can do this.')).toBeVisible();
});

test('an act without permission of the new role is refused in the form, and no input is lost', { tag: '@both' }, async ({
  person,
  provider,
  boss,
  quiet,
}) => {
  quiet.allow(403);
  const { page } = person;
  provider.person.roles = 'boss';
  await beginAProduct(person);
  await giveRole(boss, 'Nora Berg', 'viewer');
  await person.press('Create product');
  await expect(page.getByText('Only an administrator can do this.').first()).toBeVisible();
  if (person.script) await expect(person.field('Name')).toHaveValue('Drift Pro');
  // The browser asks whether to leave the form.
  page.once('dialog', (dialog) => dialog.accept());
  await person.follow('Products');
  await expect(page.locator('.account', { hasText: 'Nora Berg' })).toContainText('Viewer');
  await person.sees('Products');
  await expect(page.getByRole('button', { name: 'New product' })).toHaveAttribute('aria-disabled', 'true');
});

test('a login that ends while typing begins again at the provider, and no input is lost', { tag: '@both' }, async ({
  person,
  provider,
  boss,
  quiet,
}) => {
  quiet.allow(401);
  const { page } = person;
  provider.person.roles = 'boss';
  await beginAProduct(person);
  await boss.visit('/settings/accounts');
  await boss.follow('Nora Berg');
  await boss.sees('Nora Berg');
  await boss.follow('End logins');
  await boss.fill({ Reason: 'A walk' });
  await boss.press('End logins');
  await expect(boss.page.getByText('Logins ended.')).toBeVisible();

  await person.press('Create product');
  await expect(page.getByText('You were signed out.')).toBeVisible();
  const tab = await inAnotherTab(person, 'sign in in another tab');
  await continueThere(tab);
  await tab.sees('New product');
  await tab.page.close();
  await person.press(person.script ? 'Create product' : 'Continue');
  await person.sees('Drift Pro');
  await expect(page.getByText('Product created.')).toBeVisible();
});
