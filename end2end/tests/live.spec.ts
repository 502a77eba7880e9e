import { inspect } from '../fixture/accessible.js';
import { activated } from '../fixture/device.js';
import { Loads } from '../fixture/page.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('a license shows a new device without a reload, and keeps what is typed', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const address = new URL(page.url()).pathname;
  await owner.visit(address);
  const loads = await Loads.watch(page);
  await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' });
  await expect(page.getByRole('link', { name: 'Mix Room A' }).first()).toBeVisible();

  const other = await page.context().newPage();
  await other.goto(address);
  await owner.press('Pause');
  await expect(page.getByRole('button', { name: 'Pause' })).toHaveAttribute('aria-pressed', 'true');
  await activated(server.url, code, 'device-2', { deviceName: 'Mix Room B' });
  // A page that is not paused shows when browsers are told of a change: at the second one, the first has long arrived.
  await expect(other.getByRole('link', { name: 'Mix Room B' }).first()).toBeVisible();
  await activated(server.url, code, 'device-3', { deviceName: 'Mix Room C' });
  await expect(other.getByRole('link', { name: 'Mix Room C' }).first()).toBeVisible();
  await other.close();
  await expect(page.getByRole('link', { name: 'Mix Room B' })).toHaveCount(0);
  await owner.press('Pause');
  await expect(page.getByRole('link', { name: 'Mix Room B' }).first()).toBeVisible();
  await loads.none();
  expect(await inspect(page, '/licenses live')).toEqual([]);
});

test('the decisions follow what devices do', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  await owner.visit('/decisions');
  await expect(page.getByText('No decisions yet')).toBeVisible();
  const loads = await Loads.watch(page);
  await activated(server.url, code, 'device-1');
  await expect(page.getByRole('link', { name: 'Granted' })).toBeVisible();
  await loads.none();
});
