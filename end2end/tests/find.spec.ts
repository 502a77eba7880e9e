import { inspect } from '../fixture/accessible.js';
import { activated, claims, refused } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

/** Opens Find and types into it: in the dialog if there is a script, else on its page. */
async function find(owner: any, text: string): Promise<void> {
  const { page } = owner;
  await owner.ready();
  await page.getByRole('link', { name: 'Find' }).first().click();
  if (!owner.script) await owner.sees('Find');
  const field = page.getByRole('searchbox', { name: 'Find anything' }).and(page.locator(':focus, .find-page *'));
  await field.fill(text);
  await field.press('Enter');
}

test('support frees a seat in three acts from a pasted problem', { tag: '@both' }, async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' });
  const problem = await refused(server.url, code, 'device-2');
  await owner.visit('/');

  // Refusals are written asynchronously.
  await expect(async () => {
    await find(owner, JSON.stringify(problem, null, 2));
    await owner.sees('Refused: no free seat');
  }).toPass();
  expect(new URL(page.url()).pathname).toBe(`/decisions/${problem.decision}`);
  await expect(page.getByText('Would not pass now')).toBeVisible();
  await expect(owner.panel('Tell the customer')).toContainText('Shall we free it?');

  await owner.follow('Free seat of Mix Room A');
  await owner.fill({ Reason: 'customer has a new computer' });
  await owner.press('Free seat');

  await expect(page.getByText('Would pass now')).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(`/decisions/${problem.decision}`);
  await activated(server.url, code, 'device-2');
});

test('the dialog opens by keyboard, and filters the pages', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/licenses');
  const dialog = page.getByRole('dialog', { name: 'Find' });
  for (const key of ['Control+k', '/']) {
    await page.locator('#main').focus();
    await page.keyboard.press(key);
    await expect(dialog.getByRole('searchbox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
  await page.keyboard.press('Control+k');
  await page.keyboard.type('audit');
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await expect(dialog.getByRole('heading')).toHaveText(['Pages']);
  await dialog.getByRole('searchbox').fill('no such page');
  await expect(dialog.getByRole('listitem')).toHaveCount(0);
  await expect(dialog.getByRole('heading')).toHaveCount(0);
  await expect(dialog.getByText('to search licenses, devices')).toBeVisible();
  await dialog.getByRole('searchbox').fill('audit');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await owner.sees('Audit log');
  await expect(dialog).toBeHidden();
});

test('a shortcut that is pressed before the script is there opens Find afterwards', async ({ owner }) => {
  const { page } = owner;
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route('**/*.wasm', async (route) => {
    await gone;
    await route.continue();
  });
  await page.goto('/licenses', { waitUntil: 'commit' });
  await expect(page.getByRole('heading', { name: 'Licenses', level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('audit');
  const dialog = page.getByRole('dialog', { name: 'Find' });
  await expect(dialog).toBeHidden();
  go();
  await expect(dialog.getByRole('searchbox')).toBeFocused();
  await expect(dialog.getByRole('searchbox')).toHaveValue('audit');
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
});

test('a token is read in the browser, and only the id of its session is sent', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const token = await activated(server.url, code, 'device-1', { deviceName: 'Mix Room A' });
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
  await find(owner, `Bearer ${token}`);
  const dialog = page.getByRole('dialog', { name: 'Find' });
  await expect(dialog.getByText('Only the ID of its session is sent')).toBeVisible();
  await expect(dialog.locator('pre')).toContainText('Aurora Sound Studio');
  await page.keyboard.press('Enter');
  await owner.sees('Mix Room A');
  expect(new URL(page.url()).pathname).toBe(`/devices/${claims(token)['sid']}`);
  expect(sent.some((text) => text.includes(token.split('.')[1] ?? ''))).toBe(false);
});

test('an unknown code is refused in the dialog, which stays open', { tag: '@both' }, async ({ owner, quiet }) => {
  quiet.allow(409);
  const { page } = owner;
  await owner.visit('/licenses');
  await find(owner, '7K3QD9X-W2MZ0HV-8R4JTC6-PY1E5GB');
  await expect(page.getByText('No license has this code, and none has a code with the same end')).toBeVisible();
  expect(page.url()).not.toContain('8R4JTC6');
});

test('Find and its results are accessible on a desktop and on a phone', async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  await newLicense(owner, 'Aurora Sound Studio');
  const found: string[] = [];
  for (const path of ['/find', '/find?q=zzyzx', '/find?q=Arora', '/find?q=t']) {
    await owner.visit(path);
    found.push(...(await inspect(page, path)));
  }
  await owner.visit('/licenses');
  await page.keyboard.press('Control+k');
  found.push(...(await inspect(page, 'dialog')));
  expect(found).toEqual([]);
});

test('what was opened last is offered until the user signs out', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 1);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const license = new URL(page.url()).pathname;
  await activated(server.url, code, 'device-1');
  await owner.visit(`${license}/activity`);
  await owner.follow('View decision');
  await owner.sees('Granted');
  await owner.visit('/');
  await page.keyboard.press('Control+k');
  const dialog = page.getByRole('dialog', { name: 'Find' });
  const recent = dialog.locator('[data-recent] .hits');
  await expect(recent.getByRole('link')).toHaveText([/Granted/, /Aurora Sound Studio/, /Drift Pro/]);
  await page.keyboard.press('Escape');

  // A visit without a page load adds to the list, too.
  await owner.follow('Licenses');
  await owner.follow('Aurora Sound Studio');
  await owner.sees('Aurora Sound Studio');
  await page.keyboard.press('Control+k');
  await expect(recent.getByRole('link')).toHaveText([/Aurora Sound Studio/, /Granted/, /Drift Pro/]);
  expect(await inspect(page, 'find recent')).toEqual([]);
  await page.keyboard.press('ArrowDown');
  await expect(recent.getByRole('link').first()).toBeFocused();
  await recent.getByRole('link', { name: 'Drift Pro' }).click();
  await owner.sees('Drift Pro');
  const kept = await page.evaluate(() => localStorage.getItem('recent') ?? '');
  expect(kept).not.toContain(code.slice(-7));
  await owner.visit('/find');
  await expect(page.getByRole('heading', { name: 'Recently opened' }).last()).toBeVisible();

  await page.locator('.account', { hasText: 'Ingrid Lund' }).click();
  await owner.press('Sign out');
  await owner.sees('Sign in to your licenses');
  expect(await page.evaluate(() => localStorage.getItem('recent'))).toBeNull();
});
