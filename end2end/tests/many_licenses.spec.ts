import { readFileSync } from 'node:fs';
import { activated, claims } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('a license gets more seats and tags, and the list is filtered by them', { tag: '@both' }, async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await newLicense(owner, 'Aurora Sound Studio');

  await owner.follow('Add seats');
  await expect(owner.field('Total seats')).toHaveValue('4');
  await owner.fill({ 'Total seats': '5', Reason: 'two more desks' });
  await owner.press('Add seats');
  await expect(page.getByText('The seats are added.')).toBeVisible();

  await owner.follow('Tags');
  await page.getByRole('textbox', { name: 'Tags' }).fill('Reseller, nfr');
  await owner.press('Save tags');
  await expect(page.getByText('The tags are saved.')).toBeVisible();
  await expect(owner.panel('Details')).toContainText('nfr, reseller');

  await owner.visit('/licenses?tag=reseller');
  await expect(page.getByRole('link', { name: 'Aurora Sound Studio' })).toBeVisible();
  await owner.follow('Over limit');
  await expect(page.getByText('No matching licenses')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Over limit' })).toHaveAttribute('aria-current', 'page');
  await page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: /^All/ }).click();
  await page.getByRole('columnheader', { name: 'Customer' }).getByRole('link').click();
  await expect(page.getByRole('columnheader', { name: 'Customer' })).toHaveAttribute('aria-sort', 'ascending');
});

test('many licenses are created by a job, and their codes are exported', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await owner.visit('/licenses/new');
  await owner.fill({ Customer: 'Reseller', Quantity: '120' });
  await owner.press('Create license');
  await owner.sees('Create 120 licenses');
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('120 of 120 licenses done')).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await owner.follow('Download codes');
  await page.getByLabel('Include activation codes').check();
  const download = page.waitForEvent('download');
  await owner.press('Export');
  const file = readFileSync(await (await download).path(), 'utf8');
  const [head, ...lines] = file.trimEnd().split('\r\n');
  expect(head).toMatch(/^id,product,policy,.*,codeTail,code$/);
  expect(lines).toHaveLength(120);
  const code = lines[0].split(',').at(-1) ?? '';
  expect(claims(await activated(server.url, code, 'device-1')).sid).toBeTruthy();
});
