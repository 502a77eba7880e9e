// The servers that are compared: Latchkey on either database, a server that only signs, npm's oidc-provider, and
// PostgreSQL by itself.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const { BENCH_SERVER, BENCH_SIGNER, BENCH_FOLDER, BENCH_SHARED, LATCHKEY_TEST_POSTGRES } = process.env;
const running = new Set();
let ports = 3960;

/** Processor time of a process in milliseconds; with that of its children that have ended, if it is their `parent`. */
function spent(pid, parent = false) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').map(Number);
    return 10 * (fields[11] + fields[12] + (parent ? fields[13] + fields[14] : 0));
  } catch {
    return 0; // It has ended, and its parent counts it.
  }
}

export function sql(text, database = 'postgres') {
  const url = LATCHKEY_TEST_POSTGRES.replace(/\/[^/]*$/, `/${database}`);
  const done = spawnSync('psql', ['-XqtA', '-v', 'ON_ERROR_STOP=1', url, '-c', text], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`psql: ${done.stderr}`);
  return done.stdout.trim();
}

/** PostgreSQL's first process, which starts one for each connection. */
let first;
function postgres() {
  first ??= Number(readFileSync(join(sql('SHOW data_directory'), 'postmaster.pid'), 'utf8').split('\n')[0]);
  return first;
}

/** Processor time of all of PostgreSQL, in milliseconds. */
export function postgresSpent() {
  const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)).filter((pid) => {
    try {
      return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[1]) === postgres();
    } catch {
      return false;
    }
  });
  return spent(postgres(), true) + children.reduce((sum, pid) => sum + spent(pid), 0);
}

/** Number of disk syncs so far, of `sqlite` or `postgres`. */
export const syncs = (database) => Number(readFileSync(join(BENCH_SHARED, database)).readBigUInt64LE());

/** A server on loopback, with the time that it has used. */
class Server {
  constructor(command, env = {}) {
    [this.command, this.env] = [command, env];
    this.port = ports++;
    this.listen = `127.0.0.1:${this.port}`;
  }

  /** Starts it, and waits until `path` is answered. Sets `ready` to the milliseconds that this took. */
  async start(path) {
    const [program, ...args] = this.command(this);
    const log = openSync(join(BENCH_FOLDER, `log-${this.port}`), 'a');
    const began = performance.now();
    this.process = spawn(program, args, { env: { ...process.env, ...this.env }, stdio: ['ignore', log, log] });
    running.add(this.process);
    closeSync(log);
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(readFileSync(join(BENCH_FOLDER, `log-${this.port}`), 'utf8'));
      const answer = await fetch(`http://${this.listen}${path}`).catch(() => null);
      if (answer?.ok) break;
      await sleep(5);
    }
    this.ready = performance.now() - began;
    return this;
  }

  async stop() {
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    await gone;
    running.delete(this.process);
  }

  spent() {
    return spent(this.process.pid);
  }

  /** Memory, in MiB. */
  memory() {
    return Number(readFileSync(`/proc/${this.process.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)[1]) / 1024;
  }
}

/** Latchkey with sample licenses, on SQLite or on a database of its own in PostgreSQL. */
export class Latchkey extends Server {
  constructor(database, name) {
    super(() => [BENCH_SERVER, 'serve']);
    [this.database, this.folder] = [database, join(BENCH_FOLDER, name)];
    this.codes = join(this.folder, 'codes');
    this.env = {
      LATCHKEY_DATA_DIR: this.folder, LATCHKEY_LISTEN: this.listen, LATCHKEY_RATE_LIMITS: 'off', LATCHKEY_LOG: 'warn',
      LATCHKEY_MAX_CONNECTIONS_PER_ADDRESS: '1024',
    };
    if (database === 'postgres') {
      sql(`CREATE DATABASE ${name}`);
      this.env.LATCHKEY_DATABASE_URL = LATCHKEY_TEST_POSTGRES.replace(/\/[^/]*$/, `/${name}`);
    } else {
      this.preload = { LD_PRELOAD: join(BENCH_SHARED, 'slow-sync.so'), SYNC_COUNT: join(BENCH_SHARED, 'sqlite') };
    }
  }

  /** Fills the database, and writes the codes. Returns the seconds that this took. */
  fill(licenses, devices) {
    mkdirSync(this.folder, { recursive: true });
    const began = performance.now();
    const lines = join(this.folder, 'licenses.jsonl');
    const out = openSync(lines, 'w');
    const demo = ['demo', '--licenses', `${licenses}`, '--seats', '1000000', '--devices-per-license', `${devices}`, '--json'];
    const made = spawnSync(BENCH_SERVER, demo, { env: { ...process.env, ...this.env }, stdio: ['ignore', out, 'inherit'] });
    closeSync(out);
    if (made.status !== 0) throw new Error('latchkey demo failed');
    const some = spawnSync('head', ['-n', '20000', lines], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
    writeFileSync(lines, some);
    const codes = some.trim().split('\n').map((line) => JSON.parse(line).code);
    writeFileSync(this.codes, codes.join('\n'));
    writeFileSync(`${this.codes}-hot`, codes[0]);
    if (this.database === 'postgres') sql('ANALYZE', this.env.LATCHKEY_DATABASE_URL.split('/').pop());
    return (performance.now() - began) / 1000;
  }

  start() {
    this.env = { ...this.env, ...this.preload };
    return super.start('/health/ready');
  }

  /** Of the server and its database. */
  spent() {
    return super.spent() + (this.database === 'postgres' ? postgresSpent() : 0);
  }
}

export const signer = () => new Server(({ port }) => [BENCH_SIGNER, `${port}`]).start('/health/ready');

export const provider = () => new Server(({ port }) => [process.execPath, 'scripts/yardsticks/oidc-provider.mjs', `${port}`])
  .start('/.well-known/openid-configuration');

/** Ends everything that still runs. */
export function stopAll() {
  for (const process of running) process.kill('SIGKILL');
}
