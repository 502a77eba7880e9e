import type { Dialog, Page } from '@playwright/test';

import { activated, claims } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

/** Answers every question of the browser, and counts them. */
function answering(page: Page): { count: number; leave: boolean } {
  const state = { count: 0, leave: false };
  page.on('dialog', (dialog: Dialog) => {
    state.count += 1;
    return state.leave ? dialog.accept() : dialog.dismiss();
  });
  return state;
}

test('typed text is lost only after a question', async ({ owner }) => {
  const { page } = owner;
  const asked = answering(page);
  await owner.visit('/products');
  await owner.follow('New product');
  await owner.sees('New product');
  await owner.fill({ Name: 'Drift Pro' });
  await owner.follow('Policies');
  await expect.poll(() => asked.count).toBe(1);
  await expect(owner.field('Name')).toHaveValue('Drift Pro');
  await page.goBack();
  await expect.poll(() => asked.count).toBe(2);
  await expect(owner.field('Name')).toHaveValue('Drift Pro');
  await expect(page).toHaveURL(/\/products\/new$/);

  asked.leave = true;
  await owner.follow('Policies');
  await owner.sees('Policies');
  expect(asked.count).toBe(3);
});

test('nothing is asked where nothing is lost', async ({ owner, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  const asked = answering(page);
  await owner.visit('/products/new');
  await owner.follow('Products');
  await owner.sees('Products');
  await owner.visit('/products/new');
  await owner.fill({ Name: 'Drift Pro' });
  await page.getByRole('main').getByRole('link', { name: 'Cancel' }).click();
  await owner.sees('Products');
  await owner.visit('/products/new');
  await owner.fill({ Name: 'Drift Pro', Code: 'drift pro' });
  await owner.press('Create product');
  await expect(page.getByRole('alert')).toBeVisible();
  await owner.fill({ Code: 'drift-pro' });
  await owner.press('Create product');
  await owner.sees('Drift Pro');
  expect(asked.count).toBe(0);
});

test('a form that was refused is not left without a question', async ({ owner, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  const asked = answering(page);
  await owner.visit('/products/new');
  await owner.fill({ Name: 'Drift Pro', Code: 'drift pro' });
  await owner.press('Create product');
  await expect(page.getByRole('alert')).toBeVisible();
  await owner.follow('Policies');
  await expect.poll(() => asked.count).toBe(1);
  await expect(owner.field('Name')).toHaveValue('Drift Pro');
});

test('a template keeps the product and the name that were typed', async ({ owner }) => {
  const { page } = owner;
  const asked = answering(page);
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newProduct(owner, 'Meridian', 'meridian');
  await owner.visit('/policies/new');
  await page.getByLabel('Product', { exact: true }).selectOption({ label: 'Meridian' });
  await owner.fill({ Name: 'Team 2027' });
  await page.getByRole('link', { name: /^Subscription/ }).click();
  await expect(page).toHaveURL(/template=subscription/);
  await owner.ready();
  await expect(owner.field('Name')).toHaveValue('Team 2027');
  await expect(page.getByLabel('Product', { exact: true }).locator('option:checked')).toHaveText('Meridian');
  await expect(owner.field('Devices at a time')).toHaveValue('3');
  expect(asked.count).toBe(0);
});

test('a message is shown once, and undoes what it confirms', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await expect(page.getByText('Product created.')).toBeVisible();
  await expect(page).not.toHaveURL(/done=/);
  await page.reload();
  await owner.sees('Drift Pro');
  await expect(page.getByText('Product created.')).toHaveCount(0);

  await newPolicy(owner, 'Standard', 2);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const path = new URL(page.url()).pathname;
  const { sid } = claims(await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' }));
  await owner.visit(`/devices/${sid}`);
  await owner.follow('Free seat');
  await owner.fill({ Reason: 'moved' });
  await owner.press('Free seat');
  await expect(page.getByText('Seat freed.')).toBeVisible();
  await page.locator('.toast').getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByText('Seat restored.')).toBeVisible();
  await owner.visit(`${path}?done=license_revoked`);
  await expect(page.getByText('The license is revoked')).toHaveCount(0);
});
