// torture.mjs PROGRAM ROUNDS: kills a busy server repeatedly, without warning, and checks that every acknowledged activation
// still exists afterwards, and that no license ever has more devices than seats.
//
// LATCHKEY_DATABASE_URL is passed on to the server. Without it, the database is SQLite, in a temporary folder.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const [program, rounds] = [process.argv[2], Number(process.argv[3])];
const LICENSES = 2000;
const SEATS = 5;
const CLIENTS = 32;

const folder = mkdtempSync(join(tmpdir(), 'latchkey-torture-'));
const listen = '127.0.0.1:3987';
const env = { ...process.env, LATCHKEY_DATA_DIR: folder, LATCHKEY_LISTEN: listen, LATCHKEY_RATE_LIMITS: 'off', LATCHKEY_LOG: 'warn' };

/** Creates licenses, and returns their codes. */
function demo() {
  const made = spawnSync(program, ['demo', '--licenses', `${LICENSES}`, '--seats', `${SEATS}`, '--json'], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (made.status !== 0) throw new Error(`latchkey demo failed:\n${made.stdout}${made.stderr}`);
  return made.stdout.trim().split('\n').map((line) => JSON.parse(line).code);
}

/** Starts the server, and waits until it is ready. */
async function start() {
  const server = spawn(program, ['serve'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  for (let tries = 0; tries < 300; tries++) {
    if (server.exitCode !== null) throw new Error(`latchkey serve exited with ${server.exitCode}`);
    const ready = await fetch(`http://${listen}/health/ready`).catch(() => null);
    if (ready?.ok) return server;
    await sleep(100);
  }
  throw new Error('latchkey serve was not ready within 30 s');
}

/** Sends the server a signal, and returns its exit code. */
async function end(server, signal) {
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill(signal);
  return gone;
}

/** Activates a device. Returns its session, `null` if it was refused, or `undefined` if there was no response. */
async function activate(code, fingerprint) {
  const answer = await fetch(`http://${listen}/api/v1/activations/jwt`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ activationCode: code, fingerprint }),
  }).catch(() => undefined);
  const body = await answer?.json().catch(() => undefined);
  if (body === undefined) return undefined;
  if (answer.status === 409) return null;
  if (answer.status !== 200) throw new Error(`an activation returned ${answer.status}: ${JSON.stringify(body)}`);
  return JSON.parse(Buffer.from(body.split('.')[1], 'base64url')).sid;
}

const kept = new Map(); // fingerprint → { code, session }, for every activation that was acknowledged
const holders = new Map(); // code → the sessions that hold its seats
let devices = 0;

/** Activates new devices until the server is gone. */
async function client(codes) {
  for (;;) {
    const code = codes[Math.floor(Math.random() * codes.length)];
    const fingerprint = `torture-${devices++}`;
    const session = await activate(code, fingerprint);
    if (session === undefined) return;
    if (session !== null) kept.set(fingerprint, { code, session });
  }
}

/** Repeats the activation of each device. A different session than before means that an acknowledged activation was lost. */
async function verify(fingerprints) {
  const queue = [...fingerprints];
  const lost = [];
  const worker = async () => {
    for (let fingerprint = queue.pop(); fingerprint !== undefined; fingerprint = queue.pop()) {
      const { code, session } = kept.get(fingerprint);
      if ((await activate(code, fingerprint)) !== session) lost.push(fingerprint);
      holders.set(code, (holders.get(code) ?? new Set()).add(session));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, worker));
  if (lost.length > 0) throw new Error(`${lost.length} acknowledged activations were lost, such as ${lost[0]}`);
  const over = [...holders].filter(([, sessions]) => sessions.size > SEATS);
  if (over.length > 0) throw new Error(`${over.length} licenses have more devices than seats`);
}

let server;
try {
  const codes = demo();
  server = await start();
  for (let round = 1; round <= rounds; round++) {
    const before = new Set(kept.keys());
    const clients = Promise.all(Array.from({ length: CLIENTS }, () => client(codes)));
    await sleep(300 + Math.random() * 700);
    await end(server, 'SIGKILL');
    await clients;
    server = await start();
    const fresh = [...kept.keys()].filter((fingerprint) => !before.has(fingerprint));
    await verify(fresh);
    console.log(`round ${round} of ${rounds}: ${fresh.length} activations acknowledged, none lost`);
  }
  await verify(kept.keys());
  const code = await end(server, 'SIGINT');
  if (code !== 0) throw new Error(`latchkey serve exited with ${code} on SIGINT`);
  console.log(`${kept.size} activations in total, none lost; no license has more devices than seats`);
} catch (problem) {
  console.error(problem.message);
  process.exitCode = 1;
} finally {
  server?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
