import { Held, Loads, goTo } from '../fixture/page.js';
import { Person } from '../fixture/person.js';
import { expect, test } from '../fixture/test.js';
import { OWNER, newLicense, newPolicy, newProduct, signOut } from '../fixture/vendor.js';

test('links, forms and the back and forward buttons reload no page', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  const loads = await Loads.watch(page);
  await owner.follow('Products');
  await owner.sees('Products');
  await expect(page).toHaveTitle('Products · Nordwind Audio');
  await expect(page.locator('#main')).toBeFocused();
  await owner.follow('New product');
  await owner.sees('New product');
  await expect(owner.field('Name'), 'the field with autofocus').toBeFocused();
  await owner.fill({ Name: 'Drift Pro', Code: 'drift-pro' });
  await owner.press('Create product');
  await owner.sees('Drift Pro');
  await expect(page.getByText('Product created.')).toBeVisible();
  await page.goBack();
  await owner.sees('New product');
  await expect(owner.field('Name')).toHaveValue('');
  await page.goBack();
  await owner.sees('Products');
  await expect(page.getByRole('link', { name: 'Drift Pro' })).toBeVisible();
  await page.goForward();
  await owner.sees('New product');
  await loads.none();
});

test('a dialog whose form has a field named id opens, closes and submits', async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await newLicense(owner, 'Aurora Sound Studio');
  const loads = await Loads.watch(page);
  const dialog = page.getByRole('dialog', { name: 'Suspend this license?' });
  await owner.follow('Suspend');
  await expect(dialog).toBeVisible();
  await expect(dialog.locator('input[name=id]')).toBeAttached();
  await expect(owner.field('Reason'), 'the first field').toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page).not.toHaveURL(/dialog=/);
  await page.goBack();
  await expect(dialog).toBeVisible();
  expect(await dialog.evaluate((it) => it.matches(':modal'))).toBe(true);
  await owner.fill({ Reason: 'Unpaid.' });
  await owner.press('Suspend license');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Suspended').first()).toBeVisible();
  await loads.none();
});

test('a dialog opened by the address is modal, and closes', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/settings/accounts?dialog=invite');
  const dialog = page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  expect(await dialog.evaluate((it) => it.matches(':modal'))).toBe(true);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page).not.toHaveURL(/dialog=/);
});

test('a value shown once stays until the page is left', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/settings/tokens/new');
  await owner.fill({ Name: 'Web shop', 'Valid for': '30' });
  await owner.press('Create token');
  const shown = page.locator('code.made-link');
  await expect(shown).toHaveText(/^lk_/);
  const loads = await Loads.watch(page);
  await owner.follow('Revoke');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).not.toHaveURL(/dialog=/);
  await owner.press('Dark');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(shown).toBeVisible();
  await owner.follow('Home');
  await owner.sees('Home');
  await page.goBack();
  await owner.sees('API tokens');
  await expect(shown).toHaveCount(0);
  await loads.none();
});

test('summary links lead to the fields and back without a visit', async ({ owner, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  await owner.visit('/products/new');
  await owner.fill({ Code: 'drift pro' });
  await owner.press('Create product');
  const summary = page.getByRole('alert');
  await expect(summary).toBeFocused();
  await expect(owner.field('Code')).toHaveValue('drift pro');
  const asked: string[] = [];
  page.on('request', (request) => ['document', 'fetch'].includes(request.resourceType()) && asked.push(request.url()));
  const loads = await Loads.watch(page);
  await summary.getByRole('link', { name: 'Name' }).click();
  await expect(owner.field('Name')).toBeFocused();
  await page.keyboard.type('Drift');
  await page.goBack();
  await expect(page).not.toHaveURL(/#/);
  await expect(owner.field('Name')).toHaveValue('Drift');
  await expect(summary).toBeVisible();
  await loads.none();
  expect(asked).toEqual([]);
});

test('input outlives a refusal, including passwords', async ({ owner, quiet }) => {
  quiet.allow(422);
  await owner.visit('/settings/account');
  await owner.fill({ 'Current password': 'not the right password', 'New password': 'nine boats in a row' });
  await owner.press('Change password');
  await expect(owner.page.getByRole('alert')).toBeVisible();
  await expect(owner.field('New password')).toHaveValue('nine boats in a row');
});

test('a late answer changes nothing', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  const late = await Held.at(page, '**/products');
  await owner.follow('Products');
  await late.are(1);
  await owner.follow('Policies');
  await owner.sees('Policies');
  const answered = page.waitForResponse('**/products');
  await late.letGo();
  await (await answered).finished();
  await owner.follow('Audit log');
  await owner.sees('Audit log');
  await page.goBack();
  await owner.sees('Policies');
});

test('a slow page shows that it is loading', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  const late = await Held.at(page, '**/products');
  await expect(page.locator('html[data-visiting]')).toHaveCount(0);
  await owner.follow('Products');
  await late.are(1);
  await expect(page.locator('html[data-visiting]')).toHaveCount(1);
  const bar = () => page.evaluate(() => getComputedStyle(document.documentElement, '::before').animationName);
  expect(await bar()).toBe('visit');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await bar()).toBe('appear');
  await late.letGo();
  await owner.sees('Products');
  await expect(page.locator('html[data-visiting]')).toHaveCount(0);
});

test('a pressed button is busy and submits only once', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/products/new');
  await owner.fill({ Name: 'Drift Pro', Code: 'drift-pro' });
  const late = await Held.at(page, '**/products/new', 'POST');
  const button = page.getByRole('button', { name: 'Create product' });
  await button.dblclick();
  await late.are(1);
  await expect(button).toHaveAttribute('aria-busy', 'true');
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await expect.poll(() => button.evaluate((it) => getComputedStyle(it, '::after').content)).toBe('"Creating…"');
  await owner.field('Name').press('Enter');
  await late.letGo();
  await owner.sees('Drift Pro');
  expect(late.count).toBe(1);
  await owner.visit('/products');
  await expect(page.getByRole('link', { name: 'Drift Pro' })).toHaveCount(1);
});

test('a visit to the same page keeps the input in another form', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/products/new');
  const loads = await Loads.watch(page);
  const late = await Held.at(page, '**/products/new', 'POST');
  await owner.press('Dark');
  await late.are(1);
  await owner.fill({ Name: 'Drift Pro' });
  await page.getByRole('radio', { name: 'EdDSA' }).check();
  await late.letGo();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  await expect(owner.field('Name')).toHaveValue('Drift Pro');
  await expect(page.getByRole('radio', { name: 'EdDSA' })).toBeChecked();
  await loads.none();
});

test('a page that a script cannot read is opened by the browser', async ({ owner, server, quiet }) => {
  const { page } = owner;
  await owner.visit('/');
  // The browser requests /favicon.ico for a page that is not ours.
  quiet.allow(404);
  const loads = await Loads.watch(page);
  await goTo(page, '/.well-known/jwks.json');
  await page.waitForURL('**/jwks.json');
  await loads.one();

  await owner.visit('/');
  await page.route('**/products', (route) => {
    return route.request().resourceType() === 'fetch' ? route.abort() : route.fallback();
  });
  quiet.allowFailed();
  const others = await Loads.watch(page);
  await owner.follow('Products');
  await others.one();
  await owner.sees('Products');
  expect(page.url()).toBe(`${server.url}/products`);
});

test('a page of another server version is loaded in full', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  await page.route('**/products', async (route) => {
    if (route.request().resourceType() !== 'fetch') return route.fallback();
    const answer = await route.fetch();
    const body = (await answer.text()).replace(/href="\/pkg\/[0-9a-f]+\/latchkey\.css"/, 'href="/pkg/0/latchkey.css"');
    await route.fulfill({ response: answer, body });
  });
  const loads = await Loads.watch(page);
  await owner.follow('Products');
  await loads.one();
  await owner.sees('Products');
});

test('a form without an answer says so and is not sent twice', async ({ owner, quiet }) => {
  quiet.allowFailed();
  const { page } = owner;
  await owner.visit('/products/new');
  await owner.fill({ Name: 'Drift Pro', Code: 'drift-pro' });
  let sent = 0;
  await page.route('**/products/new', (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    sent += 1;
    return route.abort();
  });
  await owner.press('Create product');
  await expect(page.getByRole('alert')).toContainText('The server did not answer.');
  await expect(page.getByRole('alert')).toBeFocused();
  await expect(owner.field('Name')).toHaveValue('Drift Pro');
  expect(sent).toBe(1);
  await page.unroute('**/products/new');
  await owner.press('Create product');
  await owner.sees('Drift Pro');
});

test('a link clicked with a modifier key is left to the browser', async ({ owner, context }) => {
  const { page } = owner;
  await owner.visit('/');
  const opened = context.waitForEvent('page');
  await page.getByRole('link', { name: 'Products', exact: true }).click({ modifiers: ['ControlOrMeta'] });
  const tab = new Person(await opened, owner.script);
  await tab.sees('Products');
  await owner.sees('Home');
});

test('a user who signed out in another tab is sent to sign in', { tag: '@both' }, async ({ owner, context }) => {
  await owner.visit('/');
  const tab = new Person(await context.newPage(), owner.script);
  await tab.visit('/');
  await signOut(tab);
  await owner.follow('Products');
  await owner.sees('Sign in to your licenses');
  await owner.fill({ 'E-mail': OWNER.email, Password: OWNER.password });
  await owner.press('Sign in');
  await owner.sees('Products');
});

test('a role lost while typing is reported within the form', async ({ owner, quiet, context }) => {
  quiet.allow(403);
  const { page } = owner;
  await owner.visit('/products/new');
  await owner.fill({ Name: 'Drift Pro', Code: 'drift-pro' });
  const tab = new Person(await context.newPage(), owner.script);
  await tab.visit('/settings/accounts');
  await tab.press('See as support');
  await tab.sees('Home');
  await owner.press('Create product');
  await expect(page.getByRole('alert')).toBeFocused();
  await expect(owner.field('Name')).toHaveValue('Drift Pro');
});

test.describe('with long lists', () => {
  test.use({ demo: true });

  test('a page returns to its scroll position, and a new one starts at the top', async ({ owner }) => {
    const { page } = owner;
    const scrolled = () => page.evaluate(() => Math.round(scrollY));
    await owner.visit('/audit');
    await page.evaluate(() => scrollTo(0, 900));
    await owner.follow('Licenses');
    await owner.sees('Licenses');
    expect(await scrolled()).toBe(0);
    await page.evaluate(() => scrollTo(0, 400));
    await page.goBack();
    await owner.sees('Audit log');
    await expect.poll(scrolled).toBe(900);
    await expect(page.locator('#main')).toBeFocused();
    await page.goForward();
    await owner.sees('Licenses');
    await expect.poll(scrolled).toBe(400);
    await owner.visit('/audit');
    await page.evaluate(() => scrollTo(0, 900));
    await owner.follow('Next');
    await expect(page).toHaveURL(/after=/);
    await expect.poll(scrolled).toBe(0);
  });
});
