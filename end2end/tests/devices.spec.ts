import type { Page } from '@playwright/test';

import { inspect } from '../fixture/accessible.js';
import { activated, claims, refused } from '../fixture/device.js';
import type { Person } from '../fixture/person.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

/** Creates a license with this many seats. Its page is open afterwards. Returns the code and the page's path. */
async function licensed(owner: Person, seats: number): Promise<{ code: string; path: string; product: string }> {
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  const product = new URL(owner.page.url()).pathname;
  await newPolicy(owner, 'Standard', seats);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  return { code, path: new URL(owner.page.url()).pathname, product };
}

/** Checks that the current page is accessible. */
async function scan(page: Page): Promise<void> {
  expect(await inspect(page)).toEqual([]);
}

test('support frees a seat after a preview, and undoes it', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  const { code, path } = await licensed(owner, 2);
  const { sid } = claims(await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' }));
  await activated(server.url, code, 'device-2', { deviceName: 'Mix Room B' });
  await owner.visit(path);

  await owner.follow('Mix Room A');
  await owner.sees('Mix Room A');
  expect(new URL(page.url()).pathname).toBe(`/devices/${sid}`);
  await owner.follow('Free seat');
  const question = page.getByRole('dialog', { name: 'Free the seat of Mix Room A?' });
  await expect(question).toContainText('up to 3 devices may run on 2 seats');
  await owner.fill({ Reason: 'moved to a new computer' });
  await owner.press('Free seat');
  await expect(page.getByText('Seat freed. Another device can use it now')).toBeVisible();
  await owner.press('Undo: restore the seat of Mix Room A');
  await expect(page.getByText('Seat restored.')).toBeVisible();
  await expect(owner.panel('History')).toContainText('Ingrid Lund restored the seat of Mix Room A');
  expect(claims(await activated(server.url, code, 'device-1')).sid).toBe(sid);
  expect(await refused(server.url, code, 'device-3')).toMatchObject({ code: 'seat_limit' });
});

test('a blocked device is listed within the scope of the block, and unblocked', { tag: '@both' }, async ({ owner, server, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  const { code, path, product } = await licensed(owner, 2);
  const { sid } = claims(await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' }));
  await owner.visit(`/devices/${sid}`);
  await owner.follow('Block');
  await owner.sees('Block Mix Room A');
  await expect(page.getByRole('main')).toContainText('All licenses of Drift Pro: activated on 1 license, holds 1 seat now');
  await page.getByLabel('Block for').selectOption({ label: 'All licenses of Drift Pro' });
  await page.getByLabel('Also revoke its seats there now').check();
  await owner.press('Block device');
  await expect(owner.field('Reason')).toHaveAccessibleDescription(/must not be empty/);
  await expect(page.getByLabel('Block for')).toHaveValue('product');
  await owner.fill({ Reason: 'stolen' });
  await owner.press('Block device');
  await owner.sees('Mix Room A');
  await expect(page.getByText('Blocked for the product Drift Pro.')).toBeVisible();
  expect(await refused(server.url, code, 'device-1')).toMatchObject({ status: 403, code: 'device_blocked' });

  for (const listed of [path, product]) {
    await owner.visit(listed);
    await expect(owner.panel('Blocked devices').getByRole('row', { name: /Mix Room A/ })).toContainText('stolen');
  }
  await owner.visit('/devices/blocked');
  await owner.follow('Unblock Mix Room A');
  await owner.fill({ Reason: 'found again' });
  await owner.press('Unblock device');
  await expect(page.getByText('Block removed. The device can activate again.')).toBeVisible();
  await activated(server.url, code, 'device-1');
});

test('a fingerprint is blocked before it first activates', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  const { code, path } = await licensed(owner, 2);
  await owner.visit(path);
  await owner.follow('Block a device');
  await owner.sees('Block a device');
  await owner.fill({ Fingerprint: 'a stranger' });
  await owner.press('Continue');
  await expect(page.getByText('The license of Aurora Sound Studio: never activated there.')).toBeVisible();
  await owner.fill({ Reason: 'reported by the bank' });
  await owner.press('Block device');
  await owner.sees('Aurora Sound Studio');
  await expect(owner.panel('Blocked devices')).toContainText('reported by the bank');
  expect(await refused(server.url, code, 'a stranger')).toMatchObject({ code: 'device_blocked' });
});

test('a new code replaces the old one', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  const { code, path } = await licensed(owner, 2);
  await activated(server.url, code, 'device-1');
  await owner.visit(path);
  await owner.follow('Reissue');
  await expect(page.getByRole('dialog')).toContainText('The 1 device that holds a seat keeps it');
  await owner.fill({ Reason: 'posted in a forum' });
  await owner.press('Reissue code');
  await expect(page.getByText('The license has a new code')).toBeVisible();
  const fresh = await owner.panel('Activation code').locator('code').innerText();
  expect(fresh).not.toBe(code);
  expect(await refused(server.url, code, 'device-1')).toMatchObject({ status: 404, code: 'code_not_found' });
  await activated(server.url, fresh, 'device-1');
});

test('devices are pre-registered, one per line', { tag: '@both' }, async ({ owner, server, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  const { code, path } = await licensed(owner, 3);
  await owner.visit(`${path}/edit`);
  const folds = page.locator('details', { has: page.getByLabel('Allowed devices') });
  await folds.evaluateAll((all) => all.forEach((it) => it.setAttribute('open', '')));
  await page.getByLabel('Allowed devices').selectOption({ label: 'Only pre-registered' });
  await page.getByRole('button', { name: /^Save/ }).click();
  await owner.sees('Aurora Sound Studio');
  expect(await refused(server.url, code, 'lab 1')).toMatchObject({ code: 'device_not_authorized' });
  await owner.follow('Pre-register devices');
  const lines = page.locator('textarea[name=devices]');
  await lines.fill(`lab 1 # Desk 4\n${'x'.repeat(600)}`);
  await owner.press('Pre-register devices');
  await expect(lines).toHaveAccessibleDescription(/Line 2: the fingerprint is longer than 512 bytes/);
  await expect(lines).toHaveValue(/^lab 1 # Desk 4\n/);
  await lines.fill('lab 1 # Desk 4\nlab 2');
  await owner.press('Pre-register devices');
  await expect(owner.panel('Pre-registered devices')).toContainText('2 pre-registered');
  await activated(server.url, code, 'lab 1');
  await owner.follow('Remove lab 2');
  await owner.fill({ Reason: 'scrapped' });
  await owner.press('Remove device');
  await expect(owner.panel('Pre-registered devices')).toContainText('1 pre-registered');
  expect(await refused(server.url, code, 'lab 2')).toMatchObject({ code: 'device_not_authorized' });
});

test('every page and dialog for support is accessible, empty and full', async ({ owner, server }) => {
  const { page } = owner;
  const { code, path, product } = await licensed(owner, 3);
  await owner.visit('/devices/blocked');
  await scan(page);
  const same = { deviceName: 'Mix Room A', platform: 'Windows 11', targetSoftwareVersion: '4.2.1' };
  await activated(server.url, code, 'SHA256:51aa07d2c0de9b18', same);
  await new Promise((later) => setTimeout(later, 1100));
  const { sid } = claims(await activated(server.url, code, 'SHA256:9f3ce41b7d5a77b02fa9', same));
  await owner.visit(`/devices/block?product=${product.split('/').pop()}`);
  await scan(page);
  await owner.visit(`/devices/block?device=${sid}`);
  await scan(page);
  await owner.fill({ Reason: 'stolen' });
  await owner.press('Block device');
  await owner.sees('Mix Room A');
  await expect(page.getByText('This looks like the same machine as')).toBeVisible();
  const dialogs = [`free-${sid}`, `revoke-${sid}`, `name-${sid}`].map((dialog) => `/devices/${sid}?dialog=${dialog}`);
  for (const address of [`/devices/${sid}`, ...dialogs, '/devices/blocked', path, `${path}?dialog=reissue`, product]) {
    await owner.visit(address);
    await scan(page);
  }
});
