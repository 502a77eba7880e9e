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
