import { inspect } from '../fixture/accessible.js';
import type { Person } from '../fixture/person.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

async function threeLicenses(owner: Person): Promise<void> {
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  for (const customer of ['Aurora Sound Studio', 'Pixel & Reel', 'Nordlicht']) await newLicense(owner, customer);
}

test('two of three licenses are suspended, and the job says how it went', { tag: '@both' }, async ({ owner }) => {
  const { page } = owner;
  await threeLicenses(owner);
  await owner.visit('/licenses');
  await page.getByRole('checkbox', { name: 'Select Aurora Sound Studio' }).check();
  await page.getByRole('checkbox', { name: 'Select Pixel & Reel' }).check();
  await page.getByLabel('Act', { exact: true }).selectOption('Suspend');
  await owner.press('Selected');
  await owner.sees('Suspend 2 licenses?');
  await owner.fill({ Reason: 'reseller has not paid' });
  await owner.press('Suspend 2 licenses');
  await owner.sees('Suspend 2 licenses');
  await expect(async () => {
    if (!owner.script) await page.reload();
    await expect(page.getByText('2 of 2 licenses done')).toBeVisible({ timeout: 1_500 });
  }).toPass();
  const saving = page.waitForEvent('download');
  await owner.press('Download result');
  expect((await saving).suggestedFilename()).toMatch(/^job-[\d-]+\.csv$/);
  await owner.visit('/licenses?status=suspended');
  await expect(page.locator('tbody tr')).toHaveCount(2);

  await page.getByLabel('Act', { exact: true }).selectOption('Revoke');
  await owner.press('All 2 on this page');
  await owner.sees('Permanently revoke 2 licenses?');
  await owner.follow('Cancel');
  await expect(page).toHaveURL(/status=suspended/);
});

test('one box selects all on the page', async ({ owner }) => {
  const { page } = owner;
  await threeLicenses(owner);
  await owner.visit('/licenses');
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await expect(page.locator('tbody input:checked')).toHaveCount(3);
  await page.getByLabel('Act', { exact: true }).selectOption('Add a tag');
  await owner.press('Selected');
  await owner.sees('Add a tag to 3 licenses?');
});

test('what is selected stays selected on other pages of the list, and nowhere else', async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await owner.visit('/licenses/new');
  await owner.fill({ Customer: 'Reseller', Quantity: '60' });
  await owner.press('Create license');
  await expect(page.getByText('60 of 60 licenses done')).toBeVisible();

  await owner.visit('/licenses');
  const boxes = page.locator('tbody input[type=checkbox]');
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  const status = page.locator('[data-picks] [role=status]');
  await expect(status).toHaveText('2 selected');
  await owner.follow('Next');
  await expect(status).toHaveText('2 selected on other pages');
  await expect(boxes.nth(0)).not.toBeChecked();
  await boxes.nth(0).check();
  await owner.follow('Previous');
  await expect(page.locator('tbody input:checked')).toHaveCount(2);
  await expect(status).toHaveText('3 selected, 1 of them on other pages');

  await page.getByLabel('Act', { exact: true }).selectOption('Add a tag');
  await owner.press('Selected');
  await owner.sees('Add a tag to 3 licenses?');
  await owner.follow('Cancel');
  await owner.sees('Licenses');
  await expect(status).toHaveText('3 selected, 1 of them on other pages');
  await page.getByLabel('Act', { exact: true }).selectOption('Add a tag');
  await owner.press('Selected');
  await owner.fill({ Tag: 'reseller' });
  await owner.press('Add the tag to 3 licenses');
  await expect(page.getByText('3 of 3 licenses done')).toBeVisible();

  await owner.visit('/licenses?tag=reseller');
  await expect(page.locator('tbody input:checked')).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Select all on this page' }).check();
  await expect(status).toHaveText('3 selected');
  await owner.press('Clear');
  await expect(page.locator('tbody input:checked')).toHaveCount(0);
  await expect(status).toHaveText('');

  // The audit log names all three in one line.
  await owner.visit('/audit?kind=license.tags_changed');
  await expect(page.locator('tbody tr')).toHaveCount(1);
  await page.getByText('and 2 other licenses').click();
  await expect(page.locator('tbody details a')).toHaveCount(2);
  expect(await inspect(page, '/audit folded')).toEqual([]);
});

test('the list, its choice and the confirmation are accessible', async ({ owner }) => {
  const { page } = owner;
  await threeLicenses(owner);
  await owner.visit('/licenses');
  await page.getByRole('checkbox', { name: 'Select Nordlicht' }).check();
  const found = await inspect(page, '/licenses with a choice');
  await page.getByLabel('Act', { exact: true }).selectOption('Extend');
  await owner.press('Selected');
  await owner.sees('Extend 1 license?');
  found.push(...(await inspect(page, '/licenses/many extend')));
  await owner.visit('/licenses?status=nonsense');
  await expect(page.getByText('cannot be read')).toBeVisible();
  found.push(...(await inspect(page, '/licenses unreadable')));
  expect(found).toEqual([]);
});
