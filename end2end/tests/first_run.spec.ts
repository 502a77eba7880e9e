import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { inspect } from '../fixture/accessible.js';
import { Loads } from '../fixture/page.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('from an empty server to a token that the page explains', { tag: '@both' }, async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  await expect(page.getByRole('link', { name: 'New product' })).toBeVisible();
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await newLicense(owner, 'Aurora Sound Studio');

  await owner.visit('/');
  await expect(page.getByText('Waiting for the first activation')).toBeVisible();
  const command = await page.locator('.steps pre').innerText();
  expect(command).toMatch(/^curl http/);
  if (owner.script) expect(await inspect(page, '/ waits')).toEqual([]);
  const loads = owner.script ? await Loads.watch(page) : undefined;
  await promisify(execFile)('sh', ['-c', command]);
  if (!owner.script) await page.reload();

  await expect(page.getByText('is activated. Your software reads this')).toBeVisible();
  await loads?.none();
  const claims = JSON.parse(await page.locator('.steps pre').innerText());
  expect(claims).toMatchObject({ aud: 'drift-pro', license: { product: 'Drift Pro', customer: 'Aurora Sound Studio' } });
  if (owner.script) expect(await inspect(page, '/ activated')).toEqual([]);
  await owner.follow('Verify it in your language');
  await expect(page.getByRole('heading', { name: 'Integrate' })).toBeVisible();
});
