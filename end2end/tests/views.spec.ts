import { inspect } from '../fixture/accessible.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('a view keeps filters and order as a tab, and is renamed and deleted', { tag: '@both' }, async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await newLicense(owner, 'Aurora Sound Studio');
  const views = page.getByRole('navigation', { name: 'Views' });
  await owner.visit('/licenses');
  await expect(page.getByRole('link', { name: 'Save this view' })).toHaveCount(0);
  await owner.visit('/licenses?status=not-started&sort=customer');
  await owner.follow('Save this view');
  await owner.fill({ Name: 'New customers' });
  await owner.press('Save view');
  await expect(page.getByText('View saved. Only you see it.').first()).toBeVisible();
  await expect(views.getByRole('link', { name: 'New customers' })).toHaveAttribute('aria-current', 'page');

  await owner.visit('/licenses');
  await views.getByRole('link', { name: 'New customers' }).click();
  await expect(page).toHaveURL(/status=not-started&sort=customer/);
  await owner.follow('Rename view');
  await expect(owner.field('Name')).toHaveValue('New customers');
  await owner.fill({ Name: 'To welcome' });
  await owner.press('Rename view');
  await expect(views.getByRole('link', { name: 'To welcome' })).toBeVisible();
  await expect(views.getByRole('link', { name: 'New customers' })).toHaveCount(0);

  await owner.follow('Delete view');
  await owner.press('Delete view');
  await expect(page.getByText('View deleted.').first()).toBeVisible();
  await expect(views.getByRole('link', { name: 'To welcome' })).toHaveCount(0);
});

test('saved views are accessible', async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await newLicense(owner, 'Aurora Sound Studio');
  const found: string[] = [];
  await owner.visit('/licenses?status=not-started&dialog=save-view');
  found.push(...(await inspect(page, 'licenses save view')));
  await owner.visit('/licenses?dialog=columns');
  found.push(...(await inspect(page, 'licenses columns')));
  for (const name of ['New customers', 'Those whom we have to welcome this week', 'Third']) {
    await owner.visit(`/licenses?status=not-started&sort=${name === 'Third' ? 'ends' : 'customer'}&tag=${name.slice(0, 3)}`);
    await owner.visit(`${page.url()}&dialog=save-view`);
    await owner.fill({ Name: name });
    await owner.press('Save view');
    await expect(page.getByText('View saved. Only you see it.').first()).toBeVisible();
  }
  found.push(...(await inspect(page, 'licenses saved views')));
  expect(found).toEqual([]);
});

test('the data of the server is accessible', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/settings/data');
  await expect(owner.panel('Retention')).toContainText('90 days');
  expect(await inspect(page, 'settings data')).toEqual([]);
});

test('the list shows the chosen columns', { tag: '@both' }, async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  await newLicense(owner, 'Aurora Sound Studio');
  await owner.visit('/licenses');
  await owner.follow('Columns');
  await page.getByRole('checkbox', { name: 'Reference' }).check();
  await page.getByRole('checkbox', { name: 'Last seen' }).uncheck();
  await owner.press('Show these columns');
  await expect(page.getByRole('columnheader', { name: 'Reference' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Last seen' })).toHaveCount(0);
  await expect(page.getByRole('dialog', { name: 'Columns' })).toBeHidden();
  await owner.visit('/licenses');
  await expect(page.getByRole('columnheader', { name: 'Reference' })).toBeVisible();
});
