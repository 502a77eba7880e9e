import { inspect } from '../fixture/accessible.js';
import { activated } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('an owner rotates, pins and retires signing keys, and revokes one', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  for (const device of ['device-1', 'device-2']) await activated(server.url, code, device);

  await owner.visit('/settings/keys');
  const signing = page.getByRole('row', { name: /Signs since/ }).filter({ hasText: 'ES256' });
  await expect(signing.getByRole('cell', { name: /^2/ })).toBeVisible();
  await owner.follow('Rotate key');
  await page.getByLabel('Signs for').selectOption({ label: 'All products that sign with ES256' });
  await owner.press('Rotate key');
  await expect(page.getByText('The next key is published. It signs in ten minutes.').last()).toBeVisible();
  const next = page.getByRole('row', { name: /Next signs in 10 min/ });
  await expect(next).toHaveCount(1);

  await owner.follow('Create keys ahead');
  await page.getByLabel('Sign for').selectOption({ label: 'Only Drift Pro, with ES256' });
  await owner.press('Create keys');
  await expect(page.getByText('The next two keys are published and can be pinned.').last()).toBeVisible();
  await expect(page.getByRole('row', { name: /Created ahead/ }).filter({ hasText: 'drift-pro' })).toHaveCount(2);

  await next.getByRole('link', { name: 'Retire' }).click();
  await expect(page.getByRole('dialog')).toContainText('It has not signed anything yet, and never will.');
  await owner.fill({ Reason: 'made by mistake' });
  await owner.press('Retire key');
  await expect(page.getByText('The key no longer signs. Its tokens stay valid.').last()).toBeVisible();

  await signing.getByRole('link', { name: 'Revoke' }).click();
  await expect(page.getByRole('dialog')).toContainText('2 devices hold tokens of this key; they must renew online');
  await owner.fill({ Reason: 'a backup was stolen' });
  await owner.press('Revoke key');
  await expect(page.getByText('The key is revoked. Its devices must renew online.').last()).toBeVisible();
  await expect(page.getByRole('row', { name: /Revoked/ })).toContainText('ES256');
  await activated(server.url, code, 'device-1');
});

test('a public key is shown to copy', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await owner.visit('/settings/keys');
  await page.getByRole('link', { name: 'Public key' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Public key' });
  const pem = await dialog.getByRole('region', { name: 'PEM' }).innerText();
  expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[\s\S]+\n-----END PUBLIC KEY-----/);
  const jwk = JSON.parse(await dialog.getByRole('region', { name: 'JWK' }).innerText()) as { kid: string };
  const { keys } = (await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as { keys: object[] };
  expect(keys).toContainEqual(jwk);
  await dialog.getByRole('link', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
});

test('the page of the signing keys is accessible', async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro, the very long name of a product', 'drift-pro-with-a-very-long-code');
  await owner.visit('/settings/keys');
  await owner.follow('Rotate key');
  await page.getByLabel('Signs for').selectOption({ index: 1 });
  await owner.press('Rotate key');
  const found: string[] = [];
  const kid = (await page.getByRole('link', { name: 'Public key' }).first().getAttribute('href'))?.split('public-')[1];
  for (const dialog of ['', ...['public', 'retire', 'revoke'].map((act) => `?dialog=${act}-${kid}`), '?dialog=rotate']) {
    await owner.visit(`/settings/keys${dialog}`);
    found.push(...(await inspect(page, `/settings/keys${dialog.replace(`-${kid}`, '')}`)));
  }
  expect(found).toEqual([]);
});
