// steps.mjs PROGRAM…: see `steps`. Each server has its own database with the data of `latchkey demo`, and all run at once.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { chromium } = createRequire(resolve('end2end/package.json'))('@playwright/test');

const ROUNDS = Number(process.env.STEPS_ROUNDS ?? 10);
const OWNER = {
  'Your name': 'Ingrid Lund', 'Your e-mail': 'ingrid@nordwind.example', Password: 'four small boats at sea', Company: 'Nordwind Audio',
};
const PATHS = [
  '/', '/licenses', '/licenses/new', '/offline', '/decisions', '/audit', '/products', '/products/new', '/policies', '/policies/new',
  '/devices/blocked', '/settings/account', '/settings/accounts', '/settings/tokens',
];
const PAGES = ['Licenses', 'Decisions', 'Audit log', 'Products', 'Policies', 'Home'];

/** Starts a server with sample data, and signs its owner in, in a separate browser context. */
async function begin(program, at) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-steps-'));
  const url = `http://127.0.0.1:${3970 + at}`;
  const env = { PATH: process.env.PATH, LATCHKEY_DATA_DIR: folder, LATCHKEY_LISTEN: url.slice(7), LATCHKEY_LOG: 'warn', LATCHKEY_RATE_LIMITS: 'off' };
  const filled = spawnSync(program, ['demo'], { env, encoding: 'utf8' });
  if (filled.status !== 0) throw new Error(`${program} demo failed:\n${filled.stderr}`);
  const server = spawn(program, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push({ server, folder });
  let said = '';
  server.stdout.setEncoding('utf8').on('data', (text) => { said += text; });
  for (let tries = 0; !(await fetch(`${url}/health/ready`).catch(() => null))?.ok; tries++) {
    if (tries > 300 || server.exitCode !== null) throw new Error(`${program} is not ready:\n${said}`);
    await sleep(100);
  }
  const context = await browser.newContext({ baseURL: url });
  const page = await context.newPage();
  await open(page, said.match(/\/first-start\?token=[\w-]+/)[0]);
  for (const [label, value] of Object.entries(OWNER)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.locator('main button[type=submit]').click();
  await heading(page, 'Home');
  return { program, url, context, page, figures: {} };
}

/** Opens a page, and waits until it is interactive. */
async function open(page, path) {
  await page.goto(path);
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

const heading = (page, text) => page.getByRole('heading', { level: 1, name: text, exact: true }).waitFor();

/** Clicks inside the page, and returns the milliseconds until a frame shows what `seen` selects. */
const waited = (page, clicked, seen) => page.evaluate(({ clicked, seen }) => new Promise((resolve, reject) => {
  const began = performance.now();
  const is = () => {
    const found = [...document.querySelectorAll(seen.selector)];
    return found.some((it) => (seen.text === undefined || it.textContent.trim() === seen.text) && it.checkVisibility());
  };
  const look = () => {
    if (is()) return requestAnimationFrame(() => resolve(performance.now() - began));
    if (performance.now() - began > 20000) return reject(new Error(`${seen.selector} ${seen.text} did not appear`));
    requestAnimationFrame(look);
  };
  const button = [...document.querySelectorAll(clicked.selector)].find((it) => clicked.text === undefined || it.textContent.trim() === clicked.text);
  if (!button) return reject(new Error(`there is no ${clicked.selector} ${clicked.text} at ${location.href}`));
  button.click();
  look();
}), { clicked, seen });

/** Records the milliseconds that a step took, and the bytes transferred meanwhile. */
async function step(at, name, page, act) {
  const network = await page.context().newCDPSession(page);
  let bytes = 0;
  network.on('Network.loadingFinished', (it) => { bytes += it.encodedDataLength; });
  await network.send('Network.enable');
  const ms = await act();
  await sleep(50);
  await network.detach();
  const figures = at.figures[name] ??= { ms: [], bytes: [] };
  figures.ms.push(ms);
  figures.bytes.push(bytes);
}

/** Opens a page in a browser with an empty cache. */
async function cold(at, name, path) {
  const context = await browser.newContext({ baseURL: at.url });
  await context.addCookies(await at.context.cookies());
  const page = await context.newPage();
  await step(at, name, page, async () => {
    const began = performance.now();
    await open(page, path);
    return performance.now() - began;
  });
  await context.close();
}

/**
 * Opens a page in a browser with an empty cache, at a quarter of the processor's speed. Returns the largest contentful paint and the
 * time in which long tasks kept the page from answering, in milliseconds, and the layout shift (<https://web.dev/articles/vitals>).
 */
async function paint(at, path) {
  const context = await browser.newContext({ baseURL: at.url });
  await context.addCookies(await at.context.cookies());
  const page = await context.newPage();
  await (await context.newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.addInitScript(() => {
    const seen = window.seen = { paint: NaN, shift: 0, blocked: 0 };
    const on = (type, act) => new PerformanceObserver((list) => list.getEntries().forEach(act)).observe({ type, buffered: true });
    on('largest-contentful-paint', (it) => { seen.paint = it.startTime; });
    on('layout-shift', (it) => { seen.shift += it.value; });
    on('longtask', (it) => { seen.blocked += Math.max(0, it.duration - 50); });
  });
  await open(page, path);
  await sleep(1_000);
  const seen = await page.evaluate(() => window.seen);
  await context.close();
  return seen;
}

async function round(at, number) {
  const { page } = at;
  await cold(at, 'first page, nothing cached', '/');
  for (const name of PAGES) {
    await step(at, 'click to the new heading', page, () =>
      waited(page, { selector: 'nav a', text: name }, { selector: 'h1', text: name }));
  }
  await open(page, '/products/new');
  await page.getByLabel('Name', { exact: true }).fill(`Product ${number}`);
  await page.getByLabel(/^Code/).fill(`product-${number}`);
  await step(at, 'form to its result', page, () =>
    waited(page, { selector: 'main button[type=submit]', text: 'Create product' }, { selector: 'h1', text: `Product ${number}` }));
  await open(page, at.license);
  await step(at, 'dialog', page, () => waited(page, { selector: 'main a', text: 'Suspend' }, { selector: 'dialog:modal' }));
  await open(page, '/');
}

const median = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const last = (all) => all.toSorted((a, b) => a - b)[Math.ceil(all.length * 0.95) - 1];

const executablePath = process.env.LATCHKEY_TEST_CHROMIUM;
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
const [all, started] = [[], []];
try {
  for (const [n, program] of process.argv.slice(2).entries()) all.push(await begin(program, n));
  for (const at of all) {
    await at.page.goto('/licenses');
    const links = await at.page.locator('main a[href^="/licenses/0"]').evaluateAll((found) => found.map((it) => it.getAttribute('href')));
    for (const link of links) {
      await at.page.goto(link);
      at.license = link;
      if (await at.page.getByRole('link', { name: 'Suspend', exact: true }).count()) break;
    }
    await open(at.page, '/');
  }
  for (let number = 1; number <= ROUNDS; number++) for (const at of all) await round(at, number);
  for (const path of PATHS) await cold(all.at(-1), path, path);
  const paints = [];
  for (const path of PATHS) paints.push([path, await paint(all.at(-1), path)]);
  console.log(`${'step'.padEnd(28)} ${'program'.padEnd(32)} ${'median'.padStart(9)} ${'95 %'.padStart(9)} ${'bytes'.padStart(9)}`);
  for (const name of Object.keys(all.at(-1).figures)) {
    for (const { program, figures } of all.filter((at) => name in at.figures)) {
      const { ms, bytes } = figures[name];
      console.log(`${name.padEnd(28)} ${program.padEnd(32)} ${median(ms).toFixed(0).padStart(6)} ms ${last(ms).toFixed(0).padStart(6)} ms ${String(median(bytes)).padStart(9)}`);
    }
  }
  console.log(`\n${'at a quarter of the speed'.padEnd(28)} ${'largest paint'.padStart(14)} ${'blocked'.padStart(9)} ${'shift'.padStart(7)}`);
  for (const [path, seen] of paints) {
    console.log(`${path.padEnd(28)} ${seen.paint.toFixed(0).padStart(11)} ms ${seen.blocked.toFixed(0).padStart(6)} ms ${seen.shift.toFixed(3).padStart(7)}`);
  }
} finally {
  await browser.close();
  for (const { server, folder } of started) {
    server.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  }
}
