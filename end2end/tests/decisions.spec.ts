import { inspect } from '../fixture/accessible.js';
import { activated, refused } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('a pasted problem leads to the rule that refused and to what would let it pass', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await owner.visit('/decisions');
  await expect(page.getByText('No decisions yet')).toBeVisible();
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const license = new URL(page.url()).pathname;
  await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' });
  const problem = await refused(server.url, code, 'device-2');
  // Refusals are written asynchronously.
  await expect(async () => {
    await owner.visit(`${license}/activity`);
    await expect(owner.panel('Activity')).toContainText('was refused activation: no free seat');
  }).toPass();

  for (const pasted of [problem.decision, problem.instance, JSON.stringify(problem)]) {
    await owner.visit('/decisions');
    await page.getByRole('searchbox').fill(pasted);
    await owner.press('Search');
    await expect(page.getByRole('row')).toHaveCount(2);
  }
  await owner.follow('No free seat');
  await owner.sees('Refused: no free seat');
  expect(new URL(page.url()).pathname).toBe(`/decisions/${problem.decision}`);
  const trace = owner.panel('How it was decided');
  await expect(trace.locator('li')).toHaveCount(17);
  await expect(trace.getByRole('listitem').first()).toHaveAttribute('data-outcome', 'fail');
  await expect(trace.getByText(/\d+ rules did not apply/)).toBeVisible();
  await expect(trace.locator('[data-outcome="fail"]')).toHaveText(/Failed, which decided: A seat is free\s*seats 1 of 1/);
  await expect(owner.panel('How to fix it')).toContainText('Free or add 1 seat');
  await expect(owner.panel('Response to the software')).toContainText(problem.detail);
  await owner.follow('View all devices');
  await owner.sees('Aurora Sound Studio');

  await owner.follow('Activity');
  await owner.panel('Activity').getByRole('link', { name: 'View decision' }).last().click();
  await owner.sees('Granted');
  await expect(owner.panel('How it was decided').locator('[data-outcome="pass"]').last()).toContainText('seats 0 of 1');
});

test('refusals are grouped, and each group links to its decisions', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  await activated(server.url, code, 'device-1');
  for (const device of ['device-2', 'device-3']) await refused(server.url, code, device);
  await refused(server.url, 'NOBODY-HAS-THIS', 'device-1');
  await expect(async () => {
    await owner.visit('/decisions?view=grouped&hours=168');
    await expect(page.getByRole('link', { name: /2 ×\s*No free seat for Drift Pro\s*Aurora Sound Studio/ })).toBeVisible();
    await expect(page.getByRole('link', { name: /1 ×\s*Unknown code\s*no license/ })).toBeVisible();
  }).toPass();
  await page.getByRole('link', { name: /No free seat for Drift Pro/ }).click();
  await expect(page.getByRole('row')).toHaveCount(3);
  expect(new URL(page.url()).searchParams.get('why')).toBe('seat_limit');
});

test('trying an activation has no effect', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' });
  const license = new URL(page.url()).pathname;
  await owner.visit(`${license}/activity`);
  await owner.follow('Try it');
  await owner.sees('Try it');
  await owner.fill({ Fingerprint: 'device-2' });
  await owner.press('Try it');
  await expect(owner.panel('It would be refused')).toContainText('The only seat of this license is in use');
  await owner.field('Device').selectOption('Mix Room A');
  await owner.press('Try it');
  await expect(owner.panel('It would be granted')).toContainText('Its lease would end on');
  await owner.field('Device').selectOption('');
  await owner.fill({ Fingerprint: 'device-2', Time: '2099-01-01T12:00' });
  await owner.press('Try it');
  await expect(page).toHaveURL(/at=2099/);
  await expect(owner.panel('It would be granted')).toBeVisible();
  await owner.fill({ Version: 'two' });
  await owner.press('Try it');
  await expect(page.getByText('Version: is not a version')).toBeVisible();
  await owner.visit(license);
  await expect(owner.panel('Devices').getByRole('row')).toHaveCount(2);
  await owner.visit(`${license}/activity?part=decisions`);
  await expect(owner.panel('Activity').getByRole('listitem')).toHaveCount(1);
});

test('decisions are accessible on a desktop and on a phone', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const license = new URL(page.url()).pathname;
  await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A', platform: 'Windows 11' });
  const { decision } = await refused(server.url, code, 'device-2');
  await refused(server.url, 'NOBODY-HAS-THIS', 'device-1');
  await expect(async () => {
    await owner.visit('/decisions');
    await expect(page.getByRole('row')).toHaveCount(4);
  }).toPass();
  const found: string[] = [];
  for (const path of ['/decisions', '/decisions?view=grouped', `/decisions/${decision}`, license, `${license}/try?fingerprint=device-2`]) {
    await owner.visit(path);
    found.push(...(await inspect(page, path)));
  }
  expect(found).toEqual([]);
});
