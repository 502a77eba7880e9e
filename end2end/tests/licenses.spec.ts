import { activated, claims, refused } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('a suspended license refuses devices until it is reinstated', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const { sid } = claims(await activated(server.url, code, 'device-1'));

  await owner.follow('Suspend');
  await owner.fill({ Reason: 'payment is overdue' });
  await owner.press('Suspend license');
  await expect(page.getByText('The license is suspended. Its devices can neither activate nor renew.')).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Suspended: payment is overdue. Devices keep their seats');
  expect(await refused(server.url, code, 'device-1')).toMatchObject({ status: 403, code: 'license_suspended' });

  await owner.follow('Reinstate');
  await owner.fill({ Reason: 'paid' });
  await owner.press('Reinstate license');
  await expect(page.getByText('The license is active again.')).toBeVisible();
  expect(claims(await activated(server.url, code, 'device-1')).sid).toBe(sid);
});

test('revoking a license in use requires its name, and devices are refused', { tag: '@both' }, async ({ owner, server, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  await activated(server.url, code, 'device-1');
  await page.reload();

  await owner.follow('Revoke');
  await owner.fill({ Reason: 'refunded', 'Name of the license': 'Aurora' });
  await owner.press('Revoke license');
  await expect(owner.field('Name of the license')).toHaveAccessibleDescription(/type “Aurora Sound Studio”/);
  await expect(owner.field('Reason')).toHaveValue('refunded');
  await owner.fill({ 'Name of the license': 'Aurora Sound Studio' });
  await owner.press('Revoke license');
  await expect(page.getByText('The license is revoked, and its seats are free.')).toBeVisible();
  expect(await refused(server.url, code, 'device-1')).toMatchObject({ status: 403, code: 'license_revoked' });
});

test('a whole code finds its license and is never part of an address', { tag: '@both' }, async ({ owner, quiet }) => {
  quiet.allow(409);
  const { page } = owner;
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const policy = page.url();
  await newLicense(owner, 'Meadow Choir', 'sam@meadow.example');
  await owner.visit(policy);
  const code = await newLicense(owner, 'Aurora Sound Studio', 'lena@aurora.example');

  const look = async (text: string) => {
    await owner.visit('/licenses');
    await page.getByRole('searchbox').fill(text);
    await owner.press('Search');
  };
  await look(code.toLowerCase().replaceAll('-', ' '));
  await owner.sees('Aurora Sound Studio');

  await look('sam@meadow');
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('link', { name: 'Meadow Choir' })).toBeVisible();
  expect(new URL(page.url()).searchParams.get('q')).toBe('sam@meadow');

  await look('nobody at all');
  await expect(page.getByText('No matching licenses')).toBeVisible();

  const slip = `${code.slice(0, -1)}${code.endsWith('7') ? '8' : '7'}`;
  await look(slip);
  await expect(page.getByText('No license has this code: check it for typing errors')).toBeVisible();
  const spelled = (text: string) => text.toUpperCase().replace(/[^0-9A-Z]/g, '');
  expect(asked.map((url) => spelled(decodeURIComponent(url))).filter((url) => url.includes(spelled(code)))).toEqual([]);
});

test('revealing a code again leaves an event', async ({ owner }) => {
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  await owner.page.reload();
  await owner.sees('Aurora Sound Studio');
  await expect(owner.page.getByText(code)).toHaveCount(0);
  await owner.press('Reveal');
  await expect(owner.panel('Activation code')).toContainText(code);
  await owner.visit('/audit');
  await expect(owner.page.getByRole('row', { name: /revealed the code of Aurora Sound Studio/ })).toHaveCount(1);
});
