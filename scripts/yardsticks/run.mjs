// Measures Latchkey and the yardsticks in turns, and prints the table. Started by scripts/bench, which sets the environment.

import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

import { Latchkey, provider, signer, sql, stopAll, syncs } from './contenders.mjs';
import { atRate, pgbench, wrk } from './load.mjs';
import { pages } from './pages.mjs';
import { print } from './report.mjs';

const quick = process.env.BENCH_QUICK === 'quick';
const [rounds, seconds] = [Number(process.env.BENCH_ROUNDS ?? (quick ? 1 : 3)), quick ? 2 : 4];
const SMALL = quick ? 2_000 : 10_000;
const licenses = Number(process.env.BENCH_LICENSES ?? SMALL);
// Devices that exist before the rounds, for repeats and check-ins.
const KNOWN = 2_000;
const url = process.env.LATCHKEY_TEST_POSTGRES.replace(/\/[^/]*$/, '/yardstick');

const measured = {};
let devices = 1_000_000_000;

/** Remembers a measurement of a round. */
function keep(name, one) {
  (measured[name] ??= []).push(one);
}

/** Activates new devices. Each call begins with other numbers. */
function activate(server, connections, { hot = false, time = seconds } = {}) {
  devices += 10_000_000;
  return wrk(server, time, connections, 'scripts/bench.lua', ['activate', `${server.codes}${hot ? '-hot' : ''}`, devices, 1_000_000_000]);
}

/** Starts Latchkey with licenses, devices and their sessions. */
async function prepared(database, name, count) {
  const server = new Latchkey(database, name);
  const filled = server.fill(count, count > SMALL ? 3 : 0);
  console.error(`${database}: ${count} licenses${count > SMALL ? ' with three devices each' : ''} in ${filled.toFixed(0)} s`);
  await server.start();
  server.atRest = server.memory();
  const answers = join(server.folder, 'answers');
  await wrk(server, 2, 64, 'scripts/bench.lua', ['activate', server.codes, 0, KNOWN]);
  await wrk(server, 1, 64, 'scripts/bench.lua', ['activate', server.codes, 0, KNOWN, answers]);
  const sessions = new Map(readFileSync(answers, 'utf8').trim().split('\n').map((line) => [line.split(' ')[0], line]));
  server.sessions = join(server.folder, 'sessions');
  writeFileSync(server.sessions, [...sessions.values()].join('\n'));
  return server;
}

/** Starts a second instance on the same PostgreSQL database. */
async function beside(one) {
  const other = new Latchkey('sqlite', `${one.folder.split('/').pop()}-second`);
  cpSync(one.folder, other.folder, { recursive: true });
  delete other.preload;
  other.database = 'second';
  other.env.LATCHKEY_DATABASE_URL = one.env.LATCHKEY_DATABASE_URL;
  return other.start();
}

async function round(servers, yardsticks) {
  for (const script of ['call', 'statements']) keep(`pgbench ${script}`, await pgbench(url, script, seconds + 1, 64, SMALL));
  keep('signer', await wrk(yardsticks.signer, seconds / 2, 64, 'scripts/bench.lua', ['activate', servers[0].codes, 0, 1_000_000_000]));
  keep('oidc-provider', await wrk(yardsticks.provider, seconds, 64, 'scripts/yardsticks/token.lua'));
  for (const server of servers) {
    const of = (name) => `${server.name} ${name}`;
    const before = syncs(server.database);
    const single = await activate(server, 1);
    keep(of('new, 1 connection'), { ...single, syncs: (syncs(server.database) - before) / single.requests });
    if (!quick) keep(of('new, 8 connections'), await activate(server, 8, { time: seconds / 2 }));
    keep(of('new'), await activate(server, 64));
    keep(of('new, one license'), await activate(server, 64, { hot: true }));
    keep(of('repeats'), await wrk(server, seconds / 2, 64, 'scripts/bench.lua', ['activate', server.codes, 0, KNOWN]));
    keep(of('check-ins'), await wrk(server, seconds / 2, 64, 'scripts/bench.lua', ['check-in', server.sessions]));
    if (!quick) keep(of('a quarter of the rate'), await atRate(server, seconds, Math.round(measured[of('new')].at(-1).rate / 4), (devices += 10_000_000)));
    if (server.second) {
      const both = await Promise.all([server, server.second].map((one) => activate(one, 32)));
      keep(of('new, two instances'), { ...both[0], rate: both[0].rate + both[1].rate, cpu: NaN });
    }
  }
}

async function main() {
  sql('CREATE DATABASE yardstick');
  const schema = ['-qX', '-v', 'ON_ERROR_STOP=1', '-v', `licenses=${SMALL}`, url, '-f', 'scripts/yardsticks/tables.psql'];
  const made = spawnSync('psql', schema, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`psql: ${made.stderr}`);

  const servers = [];
  for (const [database, name] of [['sqlite', 'SQLite'], ['postgres', 'PostgreSQL']]) {
    servers.push(Object.assign(await prepared(database, `bench_${database}`, SMALL), { name, size: SMALL }));
    if (licenses > SMALL) {
      servers.push(Object.assign(await prepared(database, `bench_${database}_large`, licenses), { name: `${name}, ${licenses} licenses`, size: licenses }));
    }
  }
  const yardsticks = { signer: await signer(), provider: await provider() };
  const postgres = servers.find((server) => server.name === 'PostgreSQL');
  if (!quick) postgres.second = await beside(postgres);
  for (let n = 1; n <= rounds; n++) {
    console.error(`round ${n} of ${rounds}`);
    await round(servers, yardsticks);
  }
  for (const server of servers) {
    server.loaded = server.memory();
    await server.stop();
    if (server.second) await server.second.stop();
  }
  for (const server of servers) {
    await server.start();
    server.again = server.ready;
    await server.stop();
    if (!quick && server.size === Math.max(...servers.map(({ size }) => size))) server.pages = pages(server);
  }
  print(measured, servers, { quick, licenses, rounds, cores: cpus().length, ms: process.env.SYNC_MS });
}

try {
  await main();
} finally {
  stopAll();
}
