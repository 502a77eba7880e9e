import { expect, test } from '../fixture/test.js';

test('an unknown address has a page that says so, with the navigation', { tag: '@both' }, async ({ owner, quiet }) => {
  quiet.allow(404);
  for (const path of ['/no/such/page', '/licenses/not-an-id', '/products/019ab2c4-7e3a-7000-8000-000000000000']) {
    const answer = await owner.visit(path);
    expect(answer?.status(), path).toBe(404);
    await owner.sees('There is nothing at this address');
    await expect(owner.page.getByRole('navigation', { name: 'Main' })).toBeVisible();
  }
  await owner.follow('Home');
  await owner.sees('Home');
});

test('the page of a problem explains it', async ({ person, server }) => {
  const answer = await fetch(`${server.url}/api/v1/activations/jwt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  const problem = await answer.json();
  expect(problem).toMatchObject({ status: 400, code: 'invalid_request' });
  expect(problem.errors.map((error: { field: string }) => error.field)).toEqual(['activationCode', 'fingerprint']);
  const page = await person.page.goto(problem.type);
  expect(page?.status()).toBe(200);
  await expect(person.page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('the theme is chosen once and kept', { tag: '@both' }, async ({ owner }) => {
  const { page } = owner;
  const theme = page.locator('html');
  await owner.visit('/');
  // With script the colors change before the request has finished; opening another page at once would cancel it.
  const kept = page.waitForResponse((response) => response.request().method() === 'POST');
  await owner.press('Dark');
  await expect(theme).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  await kept;
  await owner.visit('/products');
  await expect(theme).toHaveAttribute('data-theme', 'dark');
});

test('every security header is set', async ({ owner }) => {
  const answer = await owner.visit('/');
  const headers = answer?.headers() ?? {};
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'nonce-[^']+' 'strict-dynamic'/);
  expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': expect.stringContaining('no-store'),
  });
});

test.describe('with lists of several pages', () => {
  test.use({ demo: true });

  test('lists have pages, and filters in the address', { tag: '@both' }, async ({ owner }) => {
    const { page } = owner;
    await owner.visit('/audit');
    const first = await page.locator('tbody tr').allInnerTexts();
    expect(first).toHaveLength(50);
    await owner.follow('Next');
    await expect(page).toHaveURL(/after=/);
    await expect(page.getByRole('link', { name: 'Previous' })).toBeVisible();
    await expect.poll(() => page.locator('tbody tr').allInnerTexts()).not.toEqual(first);
    await owner.follow('Previous');
    await expect(page).toHaveURL(/before=/);
    await expect.poll(() => page.locator('tbody tr').allInnerTexts()).toEqual(first);

    await page.getByRole('button', { name: 'Category' }).click();
    await page.getByRole('radio', { name: 'Products' }).check();
    await owner.press('Apply');
    await expect(page).toHaveURL(/kind=product\./);
    await expect(page.locator('tbody tr').filter({ hasNotText: 'the product' })).toHaveCount(0);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
  });
});
