import { inspect } from '../fixture/accessible.js';
import { activated, refused } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('a license is read and changed in its tabs', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 2);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const path = new URL(page.url()).pathname;
  await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' });
  await owner.visit(path);
  const tabs = page.getByRole('navigation', { name: 'License' });
  await expect(tabs.getByRole('link', { name: 'Devices' })).toHaveAttribute('aria-current', 'page');
  await expect(owner.panel('Devices')).toContainText('Mix Room A');

  await tabs.getByRole('link', { name: 'Activity' }).click();
  await expect(page).toHaveURL(new RegExp(`${path}/activity$`));
  await expect(owner.panel('Activity')).toContainText('Mix Room A activated');
  const parts = page.getByRole('navigation', { name: 'Activity' });
  await parts.getByRole('link', { name: 'Decisions' }).click();
  await expect(owner.panel('Activity').getByRole('listitem')).toHaveText([/Mix Room A was granted activation/]);
  await parts.getByRole('link', { name: 'Changes' }).click();
  await expect(owner.panel('Activity').getByRole('listitem')).toHaveText([/Ingrid Lund created this license/]);
  await tabs.getByRole('link', { name: 'Terms' }).click();
  await expect(owner.panel('Terms in effect')).toContainText('2 devices');

  // An act of the head opens on every tab, and comes back to it.
  await owner.follow('Suspend');
  await expect(page.getByRole('dialog', { name: 'Suspend this license?' })).toContainText('until the last token ends');
  await owner.follow('Cancel');
  await expect(owner.panel('Terms in effect')).toBeVisible();

  await tabs.getByRole('link', { name: 'Notes' }).click();
  await owner.follow('Edit notes');
  await page.getByRole('dialog').getByLabel(/^Notes/).fill('Pays in May.');
  await owner.press('Save notes');
  await expect(page).toHaveURL(new RegExp(`${path}/notes`));
  await expect(owner.panel('Notes')).toContainText('Pays in May.');
  await expect(owner.panel('Changes')).toContainText('Ingrid Lund changed');
  await tabs.getByRole('link', { name: 'Devices' }).click();
  await expect(owner.panel('Notes')).toContainText('Pays in May.');
});

test('the tabs of a license are accessible, empty and in use', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio', 'lena@aurora.example');
  const path = new URL(page.url()).pathname;
  const found: string[] = [];
  const look = async (state: string) => {
    for (const tab of ['', '/activity', '/activity?part=decisions', '/terms', '/notes']) {
      await owner.visit(`${path}${tab}`);
      found.push(...(await inspect(page, `license ${state} ${tab}`)));
    }
  };
  await look('empty');
  await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A', platform: 'macOS 26.1' });
  await refused(server.url, code, 'device-2');
  await owner.visit(`${path}/notes?dialog=notes`);
  found.push(...(await inspect(page, 'license notes dialog')));
  await page.getByRole('dialog').getByLabel(/^Notes/).fill('Lena runs the place.\nJonas (night sessions) may ask for seats, too.');
  await owner.press('Save notes');
  await look('used');
  expect(found).toEqual([]);
});
