// scale.mjs PROGRAM fill FOLDER LICENSES: fills a database with licenses that have three devices each.
// scale.mjs PROGRAM measure FOLDER: opens every list, form and search of the admin app as an owner, and prints the server's
// times, as `Server-Timing` has them; then loads the activation desk, alone and while 20 people open pages. Works on a temporary
// copy of FOLDER.
//
// LATCHKEY_DATABASE_URL is passed on to the server. Without it, the database is SQLite, in FOLDER. SCALE_PAGES=only leaves the
// activation desk out.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [program, mode, filled, licenses] = process.argv.slice(2);
const VISITS = 40;
const SECONDS = 10;
const PEOPLE = 20;
const API = '/api/v1/admin';

const folder = mode === 'fill' ? filled : mkdtempSync(join(tmpdir(), 'latchkey-scale-'));
const listen = '127.0.0.1:3985';
const env = {
  ...process.env, LATCHKEY_DATA_DIR: folder, LATCHKEY_LISTEN: listen, LATCHKEY_RATE_LIMITS: 'off', LATCHKEY_LOG: 'warn',
  LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS: '1024',
};
const agent = new http.Agent({ keepAlive: true });
let cookies = '';
let apiToken = '';

/**
 * Sends a request. Returns the status, body, location, and the milliseconds that the server took for a page, or that a call of
 * the API took on this side.
 */
function ask(method, path, form) {
  const body = form && new URLSearchParams(form).toString();
  const api = path.startsWith('/api/');
  const headers = api ? { authorization: `Bearer ${apiToken}` } : { accept: 'text/html', cookie: cookies, origin: `http://${listen}` };
  if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request(`http://${listen}${path}`, { method, headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const ms = api ? performance.now() - began : Number(answer.headers['server-timing']?.match(/dur=([\d.]+)/)?.[1]);
        for (const cookie of answer.headers['set-cookie'] ?? []) {
          const pair = cookie.split(';')[0];
          cookies = [...cookies.split('; ').filter((old) => old && old.split('=')[0] !== pair.split('=')[0]), pair].join('; ');
        }
        resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString(), location: answer.headers.location, ms });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Starts the server, and waits until it is ready. Returns it with the token of its setup link, if it printed one. */
async function start() {
  const server = spawn(program, ['serve'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  server.stdout.on('data', (part) => { said += part; });
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`latchkey serve exited with ${server.exitCode}`);
    const ready = await ask('GET', '/health/ready').catch(() => null);
    if (ready?.status === 200) return [server, said.match(/token=([\w-]+)/)?.[1]];
    await sleep(100);
  }
  throw new Error('latchkey serve was not ready within a minute');
}

/** Waits until the server rests for a second: after a start, it counts its licenses in the background. */
async function idle(server) {
  // Fields 14 and 15: hundredths of a second of processor time.
  const spent = () => readFileSync(`/proc/${server.pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0);
  for (let before = -Infinity, now = spent(); now - before > 2; now = spent()) {
    before = now;
    await sleep(1_000);
  }
}

async function stop(server) {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await gone;
}

const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const found = (text, pattern) => text.match(pattern)?.[1] ?? '';
const link = (text, begin) => found(text, new RegExp(`href="(${begin}[0-9a-f-]{36})"`));

/** Measures the rate at which the activation desk activates new devices, per second. */
function desk(from) {
  const codes = join(folder, 'codes');
  const load = ['-t1', '-c64', `-d${SECONDS}`, '-s', 'scripts/bench.lua', `http://${listen}`, '--', 'activate', codes, `${from}`, '1000000000'];
  return new Promise((resolve, reject) => {
    const wrk = spawn('wrk', load, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    wrk.stdout.on('data', (part) => { said += part; });
    wrk.on('exit', (code) => {
      const [, failed, rate] = said.trim().split('\n').pop().split(/\s+/).map(Number);
      if (code !== 0 || failed) reject(new Error(`wrk: ${said}`)); else resolve(rate);
    });
  });
}

const database = env.LATCHKEY_DATABASE_URL ? 'PostgreSQL' : 'SQLite';

/** Fills the database, and writes the licenses that `measure` uses to `licenses.jsonl`. */
function fill() {
  mkdirSync(folder, { recursive: true });
  const began = performance.now();
  const lines = join(folder, 'licenses.jsonl');
  const out = openSync(lines, 'w');
  const demo = ['demo', '--licenses', licenses, '--seats', '1000', '--devices-per-license', '3', '--json'];
  const made = spawnSync(program, demo, { env, stdio: ['ignore', out, 'inherit'] });
  closeSync(out);
  if (made.status !== 0) throw new Error('latchkey demo failed');
  const minutes = (performance.now() - began) / 60_000;
  writeFileSync(lines, spawnSync('head', ['-n', '20000', lines], { maxBuffer: 1 << 28 }).stdout);
  console.log(`${database}: ${licenses} licenses with three devices each, created in ${minutes.toFixed(1)} minutes`);
}

async function measure() {
  cpSync(filled, folder, { recursive: true });
  const all = readFileSync(join(folder, 'licenses.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  writeFileSync(join(folder, 'codes'), all.map((line) => line.code).join('\n'));

  let [server, token] = await start();
  const person = { name: 'Ada', email: 'ada@example.com', password: 'five owls on a fence', provider_name: 'Example', provider_email: '' };
  await ask('GET', `/first-start?token=${token}`);
  const owner = await ask('POST', '/first-start', { _action: '/admin/api/first-start/create-owner', _form: 'owner', ...person });
  if (owner.status !== 303) throw new Error(`no owner: ${owner.status} ${owner.text.slice(0, 500)}`);
  await stop(server);

  [server] = await start();
  const form = { _action: '/admin/api/tokens/create', _form: 'token', name: 'Scale', days: '9', see: 'true' };
  const made = await ask('POST', '/settings/tokens/new', form);
  apiToken = found((await ask('GET', made.location ?? '/settings/tokens')).text, /(lk_[\w-]+)/);
  if (!apiToken) throw new Error(`no API token: ${made.status}`);
  const old = all[12];
  const pages = { 'Home': '/' };
  const list = await ask('GET', '/licenses');
  const products = (await ask('GET', '/products')).text;
  const policies = (await ask('GET', '/policies')).text;
  const [product, policy] = [link(products, '/products/').split('/').pop(), link(policies, '/policies/').split('/').pop()];
  const after = found(list.text, /after=([0-9a-f-]+)/);
  Object.assign(pages, {
    'Products': '/products', 'a product': `/products/${product}`, 'Policies': '/policies', 'a policy': `/policies/${policy}`,
    'Licenses': '/licenses', 'the next page': `/licenses?after=${after}`, 'of the product': `/licenses?product=${product}`,
    'suspended, of the policy': `/licenses?policy=${policy}&state=suspended`, 'a new license': '/licenses/new',
    'a license': `/licenses/${old.id}`, 'a license to edit': `/licenses/${old.id}/edit`,
    'Decisions': '/decisions', 'refused': '/decisions?outcome=refused', 'grouped': '/decisions?view=grouped&hours=168',
    'of a license': `/decisions?license=${old.id}`, 'decisions, a text': '/decisions?q=nobody',
    'Audit log': '/audit', 'of products': '/audit?kind=product.', 'audit, a text': '/audit?q=nobody', 'audit of a license': `/audit?license=${old.id}`,
    'Blocks': '/devices/blocked', 'Offline': '/offline', 'Accounts': '/settings/accounts', 'API tokens': '/settings/tokens',
    'search: a common name': '/licenses?q=studio', 'search: two letters': '/licenses?q=sø', 'search: a part of a name': '/licenses?q=dariusz%20s%C3%B8r',
    'search: an old address': '/licenses?q=customer12@', 'search: an order': '/licenses?q=order%20100012',
    'search: nothing': '/licenses?q=qqxyzzy', 'search: nothing, common trigrams': '/licenses?q=stomer12@examp',
    'search: the end of a code': `/licenses?q=${old.code.slice(-4)}`, 'search: a fingerprint': `/licenses?q=${old.code}-1`,
    'API: 200 licenses': `${API}/licenses?limit=200`, 'API: 200 licenses, oldest first': `${API}/licenses?limit=200&order=oldest`,
    'API: 200 of a product': `${API}/licenses?limit=200&state=active&product=${product}`,
    'API: 200 devices': `${API}/activations?limit=200`, 'API: 200 decisions': `${API}/decisions?limit=200`,
    'API: 200 events': `${API}/events?limit=200`,
  });
  await stop(server);

  console.log(`${'page'.padEnd(36)} ${'cold'.padStart(9)} ${'p50'.padStart(9)} ${'p95'.padStart(9)} ${'kB'.padStart(7)}   (ms)`);
  [server] = await start();
  const cold = {};
  for (const [name, path] of Object.entries(pages)) cold[name] = await ask('GET', path);
  await idle(server);
  for (const [name, path] of Object.entries(pages)) {
    if (cold[name].status !== 200) throw new Error(`${path} returned ${cold[name].status}`);
    const times = [];
    for (let visit = 0; visit < VISITS; visit++) times.push((await ask('GET', path)).ms);
    times.sort((a, b) => a - b);
    const ms = [cold[name].ms, at(times, 0.5), at(times, 0.95)].map((time) => time.toFixed(1).padStart(9)).join(' ');
    console.log(`${name.padEnd(36)} ${ms} ${(cold[name].text.length / 1000).toFixed(0).padStart(7)}`);
  }

  if (env.SCALE_PAGES === 'only') return stop(server);
  const paths = ['/', '/licenses', '/licenses?q=dariusz%20s%C3%B8r', '/licenses?q=qqxyzzy', '/audit', '/decisions', '/products'];
  let [open, visits] = [true, 0];
  const rates = { alone: [], beside: [] };
  for (let round = 0; round < 3; round++) {
    rates.alone.push(await desk((2 * round + 1) * 100_000_000));
    open = true;
    const people = Array.from({ length: PEOPLE }, async (_, n) => {
      for (let visit = n; open; visit++, visits++) await ask('GET', paths[visit % paths.length]);
    });
    rates.beside.push(await desk((2 * round + 2) * 100_000_000));
    open = false;
    await Promise.all(people);
  }
  const [alone, beside] = [rates.alone, rates.beside].map((of) => at(of.sort((a, b) => a - b), 0.5));
  console.log(`new devices: ${alone.toFixed(0)} /s alone, ${beside.toFixed(0)} /s while ${PEOPLE} people open pages without pause (${(visits / 3 / SECONDS).toFixed(0)} pages/s): ${(100 * beside / alone).toFixed(0)} %`);
  await stop(server);
}

if (mode === 'fill') {
  fill();
} else {
  try {
    await measure();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
