import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { createRemoteJWKSet, jwtVerify } from 'jose';

import { activated, claims, refused } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newPolicy, newProduct, newLicense, setUp } from '../fixture/vendor.js';

test.use({ owned: false });

test('from the link in the terminal to a license activated, verified and revoked', { tag: '@both' }, async ({ person, server }) => {
  const { page } = person;

  await setUp(person, server.firstStart());
  expect(page.url(), 'the address no longer contains the link’s secret').not.toContain('token');
  await expect(page.getByText('Your account is ready. Welcome to Latchkey.')).toBeVisible();

  await newProduct(person, 'Drift Pro', 'drift-pro');
  await newPolicy(person, 'Standard', 3);
  await expect(person.panel('Summary')).toContainText(
    '3 devices at a time, each activated for 30 days plus 7 days offline; never ends.',
  );
  const code = await newLicense(person, 'Aurora Sound Studio', 'lena@aurora.example');
  expect(page.url(), 'a code is never part of an address').not.toContain(code);

  // Runs the command from the page in a shell.
  const command = await page.getByRole('region', { name: 'Terminal' }).innerText();
  const { stdout } = await promisify(execFile)('sh', ['-c', command]);
  const token: string = JSON.parse(stdout);
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
  const verified = await jwtVerify(token, keys, { issuer: server.url, audience: 'drift-pro', typ: 'license+jwt' });
  const first = claims(token);
  expect(verified.payload).toEqual(first);

  // Three devices fit, and the first can activate repeatedly.
  for (const device of ['device-2', 'device-3']) {
    await activated(server.url, code, device, { deviceName: `Mix Room ${device}`, targetSoftwareVersion: '4.2.0' });
  }
  expect(claims(await activated(server.url, code, 'device-1')).sid).toBe(first.sid);
  const problem = await refused(server.url, code, 'device-4');
  expect(problem).toMatchObject({ status: 409, code: 'seat_limit', seatsUsed: 3, seatsAllowed: 3, retryable: false });
  expect(problem.detail).toMatch(/^All 3 seats of this license are in use: ask your vendor to free one/);

  // The page lists them, and no longer shows the code.
  await page.reload();
  await person.sees('Aurora Sound Studio');
  await expect(page.getByText(code)).toHaveCount(0);
  const devices = person.panel('Devices');
  await expect(devices).toContainText('3 of 3');
  await expect(devices.getByRole('row')).toHaveCount(4);
  await expect(devices.getByRole('row', { name: 'Mix Room device-2' })).toContainText('4.2.0');

  // One is revoked, and its seat is free.
  await person.follow('Revoke Mix Room device-3');
  const question = page.getByRole('dialog', { name: 'Revoke Mix Room device-3?' });
  await expect(question).toContainText('The seat is free immediately.');
  await person.fill({ Reason: 'sold to a neighbour' });
  await person.press('Revoke device');
  await expect(page.getByText('The device is revoked, and its seat is free.')).toBeVisible();
  await expect(devices).toContainText('2 of 3');
  await activated(server.url, code, 'device-4', { deviceName: 'Mix Room device-4' });

  // The audit log lists all of this, newest first.
  await person.visit('/audit');
  const lines = await page.locator('tbody tr').evaluateAll((rows) =>
    rows.map((row) => ['.who', '.deed'].map((part) => row.querySelector(part)?.textContent?.trim()).join(' ')),
  );
  // Leaves out the events of the server itself (keys, status lists).
  const told = lines.filter((line) => !line.startsWith('server '));
  const start = told.splice(-2);
  expect(told).toEqual([
    'Mix Room device-4 activated',
    'Ingrid Lund revoked the device Mix Room device-3',
    'Mix Room device-3 activated',
    'Mix Room device-2 activated',
    'unnamed device activated',
    'Ingrid Lund created the license of Aurora Sound Studio',
    'Ingrid Lund created the policy Standard',
    'Ingrid Lund created the product Drift Pro',
  ]);
  // Events of one act have the same time, so their order is not fixed.
  expect(start.sort()).toEqual([
    'setup link created the account of Ingrid Lund',
    'setup link set the company name to Nordwind Audio',
  ]);
  await expect(page.getByRole('row', { name: /revoked the device/ })).toContainText('sold to a neighbour');
  await expect(page.getByText(code)).toHaveCount(0);
});
