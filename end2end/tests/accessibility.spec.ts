import { inspect, violations } from '../fixture/accessible.js';
import { activated } from '../fixture/device.js';
import type { Person } from '../fixture/person.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct, signOut } from '../fixture/vendor.js';

/** Opens each address and scans its page. */
async function scan(person: Person, ...paths: string[]): Promise<void> {
  const found: string[] = [];
  for (const path of paths) {
    await person.visit(path);
    found.push(...(await inspect(person.page, path)));
  }
  expect(found).toEqual([]);
}

test.describe('before the first start', () => {
  test.use({ owned: false });

  test('the first start and sign-in pages are accessible', async ({ person, server, quiet }) => {
    quiet.allow(404, 422);
    await scan(person, '/first-start?token=made-up', '/sign-in', '/problems/seat_limit', server.firstStart());
    await person.press('Create owner account');
    await expect(person.page.getByRole('alert')).toBeVisible();
    expect(await violations(person.page)).toEqual([]);
  });
});

test('every page of an empty server is accessible', async ({ owner, quiet }) => {
  quiet.allow(404);
  const lists = ['/', '/products', '/products/new', '/policies', '/policies/new', '/licenses', '/licenses/new', '/devices', '/audit'];
  await scan(owner, ...lists, '/no/such/page');
  await signOut(owner);
  await scan(owner, '/sign-in');
});

test('every page of a server in use is accessible', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  const product = page.url();
  await newPolicy(owner, 'Standard', 2);
  const policy = page.url();
  const code = await newLicense(owner, 'Aurora Sound Studio', 'lena@aurora.example');
  const license = new URL(page.url()).pathname;
  expect(await violations(page), 'the page that shows the code').toEqual([]);
  await activated(server.url, code, 'SHA256:9f3ce41b7d5a', { deviceName: 'Mix Room A', platform: 'Windows 11' });
  await activated(server.url, code, 'device-2', { targetSoftwareVersion: '4.2.0' });
  await scan(
    owner,
    '/',
    '/products',
    product,
    `${new URL(product).pathname}/edit`,
    '/policies',
    policy,
    `${new URL(policy).pathname}/edit`,
    '/policies/new?template=trial',
    '/licenses',
    license,
    '/devices',
    `${license}/edit`,
    ...['suspend', 'revoke'].map((dialog) => `${license}?dialog=${dialog}`),
    '/audit',
  );
});

test.describe('with demo content', () => {
  test.use({ demo: true });

  test('long lists are accessible', async ({ owner }) => {
    await scan(owner, '/', '/products', '/policies', '/licenses', '/devices', '/audit');
  });
});
