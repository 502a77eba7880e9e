import { readFile } from 'node:fs/promises';

import { calculateJwkThumbprint, importJWK, jwtVerify } from 'jose';

import { inspect } from '../fixture/accessible.js';
import { CLOCKS, python } from '../fixture/clock.js';
import { OfflineDevice, opened, quoted } from '../fixture/offline.js';
import type { Person } from '../fixture/person.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

/** Checks that the current page is accessible. */
async function scan({ page }: Person, name: string): Promise<void> {
  expect(await inspect(page, name)).toEqual([]);
}

/** Uploads a file to the admin app. */
async function bring(person: Person, file: string): Promise<void> {
  await person.fill({ File: file });
  await person.press('Read file');
}

test('a device without a network is activated and releases its seat', { tag: '@both' }, async ({ owner, server, quiet }) => {
  quiet.allow(409, 422);
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Field probes', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const license = new URL(page.url()).pathname;
  const device = await OfflineDevice.make('SHA256:9f3ce41b7d5a');
  const wishes = { activationCode: code, requestedLeaseDuration: 'P20D', deviceName: 'Probe 7', platform: 'Linux' };
  const request = await device.request('drift-pro', wishes);

  // The list is empty, and a text that is not a valid file is refused.
  await owner.visit('/offline');
  await owner.sees('Offline devices');
  await expect(owner.panel('Recent activations')).toContainText('No offline activations yet.');
  await bring(owner, 'Please activate our probe.');
  await expect(owner.field('File')).toHaveAccessibleDescription(/has no line/);
  await expect(owner.field('File')).toHaveValue('Please activate our probe.');

  // A chosen file fills in the text, unless it is not text.
  if (owner.script) {
    const choice = page.getByLabel(/^Choose from this computer/);
    await choice.setInputFiles({ name: 'probe.png', mimeType: 'image/png', buffer: Buffer.from([0x89, 0x50, 0x00, 0xff]) });
    await expect(page.getByRole('alert').filter({ hasText: 'it is not text' })).toBeVisible();
    await expect(owner.field('File')).toHaveValue('Please activate our probe.');
    const buffer = Buffer.from(quoted('REQUEST', request));
    await choice.setInputFiles({ name: 'probe.txt', mimeType: 'text/plain', buffer });
    await expect(owner.field('File')).toHaveValue(/BEGIN LATCHKEY REQUEST/);
    await expect(page.getByText('it is not text')).toBeHidden();
  }

  // The request is shown before anything is granted.
  await bring(owner, quoted('REQUEST', request));
  await owner.sees('Activation request');
  await expect(owner.panel('Request')).toContainText('Probe 7');
  await expect(owner.panel('Request')).toContainText('20 days');
  await expect(owner.panel('Activation')).toContainText('Aurora Sound Studio');
  await owner.visit(license);
  await expect(owner.panel('Devices')).toContainText('No devices yet.');
  await owner.visit('/offline/read');
  await owner.press('Activate device');

  // The response, verified with third-party libraries.
  await owner.sees('Response');
  await expect(page.getByText('The device is activated. Carry this response back to it.')).toBeVisible();
  await expect(page.getByRole('img', { name: 'The response as a QR code' })).toBeVisible();
  const response = page.url();
  const file = await page.getByRole('region', { name: 'Response file' }).innerText();
  const saving = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Save file' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('latchkey-response.txt');
  expect((await readFile(await saved.path(), 'utf8')).trim()).toBe(file.trim());
  const { body, token, key } = opened(file);
  const { payload } = await jwtVerify(token, await importJWK(key), {
    issuer: server.url,
    audience: 'drift-pro',
    algorithms: ['ES256'],
    typ: 'license+jwt',
  });
  expect(key.kid).toBe(await calculateJwkThumbprint(key));
  const { issuedAt, leaseEndsAt } = payload.license as { issuedAt: number; leaseEndsAt: number };
  expect(leaseEndsAt).toBe(issuedAt + 20 * 86_400);
  const release = await device.release('drift-pro', payload.sid as string);
  for (const clock of CLOCKS) {
    const files = { request, release, key: device.jwk, response: body, audience: 'drift-pro' };
    const [read] = await python(clock, 'offline.py', [], files);
    expect(read?.response).toEqual(payload);
    expect(read?.release.sid).toBe(payload.sid);
  }

  // The same file again leads to its response, which may have been lost.
  await owner.visit('/offline');
  await expect(owner.panel('Recent activations')).toContainText('Probe 7');
  await bring(owner, request);
  await owner.sees('Response');
  await expect(page.getByText('This request was already granted.')).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(new URL(response).pathname);

  // Another device is refused because the seat is taken, and the page says so.
  await owner.visit('/offline');
  const other = await OfflineDevice.make('SHA256:other');
  await bring(owner, await other.request('drift-pro', { activationCode: code }));
  await owner.press('Activate device');
  await expect(page.getByText(/The only seat of this license is in use/)).toBeVisible();

  // A device has deleted its token.
  await owner.visit('/offline');
  await bring(owner, quoted('RELEASE', release));
  await owner.sees('Offline release');
  await owner.press('Free seat');
  await owner.sees('Aurora Sound Studio');
  await expect(page.getByText('The device has released its seat.').first()).toBeVisible();
  await owner.visit(response);
  await expect(page.getByText(/session is over/)).toBeVisible();
});

test('staff choose the license of a request without a code', { tag: '@both' }, async ({ owner, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Field probes', 1);
  await newLicense(owner, 'Aurora Sound Studio');
  const device = await OfflineDevice.make('SHA256:9f3ce41b7d5a');

  await owner.visit('/offline');
  await bring(owner, await device.request('drift-pro', {}));
  await owner.sees('Activation request');
  await owner.press('Activate device');
  await expect(owner.field('License')).toHaveAccessibleDescription(/must be chosen/);
  await owner.field('License').selectOption({ index: 1 });
  await owner.press('Activate device');
  await owner.sees('Response');
  await owner.follow('Aurora Sound Studio');
  await owner.follow('Activity');
  await expect(owner.panel('Activity')).toContainText('Ingrid Lund activated');
  expect(page.url()).toContain('/licenses/');
});

test('a request without a code uses the license whose page it was opened from', async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Field probes', 1);
  await newLicense(owner, 'Aurora Sound Studio');
  const license = new URL(page.url()).pathname.split('/').at(-1);
  const device = await OfflineDevice.make('SHA256:9f3ce41b7d5a');

  await owner.visit(`/offline?license=${license}`);
  await expect(page.getByText('This activation is for Aurora Sound Studio.')).toBeVisible();
  await bring(owner, await device.request('drift-pro', {}));
  await expect(owner.panel('Activation')).toContainText('Aurora Sound Studio');
  await owner.press('Activate device');
  await owner.sees('Response');
});

test('the offline pages are accessible', async ({ owner, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Field probes', 1);
  await newLicense(owner, 'Aurora Sound Studio');
  const device = await OfflineDevice.make('SHA256:9f3ce41b7d5a');

  await owner.visit('/offline');
  await scan(owner, 'offline-empty');
  await bring(owner, await device.request('drift-pro', { deviceName: 'Probe 7', platform: 'Linux' }));
  await owner.sees('Activation request');
  await owner.press('Activate device');
  await expect(owner.field('License')).toHaveAccessibleDescription(/must be chosen/);
  await scan(owner, 'offline-asks');
  await owner.field('License').selectOption({ index: 1 });
  await owner.press('Activate device');
  await owner.sees('Response');
  await scan(owner, 'offline-response');
  const { token } = opened(await page.getByRole('region', { name: 'Response file' }).innerText());
  const sid = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid;
  await owner.visit('/offline');
  await bring(owner, await device.release('drift-pro', sid));
  await owner.sees('Offline release');
  await scan(owner, 'offline-release');
});
