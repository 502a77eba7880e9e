// Load: wrk, pgbench, and requests at a fixed rate.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { postgresSpent } from './contenders.mjs';

function output(program, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [text, errors] = ['', ''];
    child.stdout.on('data', (part) => { text += part; });
    child.stderr.on('data', (part) => { errors += part; });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${program}: ${text}${errors}`))));
  });
}

/** Runs wrk. Returns requests, rate, median and 99th percentile in milliseconds, and microseconds of processor time. */
export async function wrk(server, seconds, connections, script, args = []) {
  const before = server.spent();
  const load = ['-t1', '--timeout', '20', `-c${connections}`, `-d${seconds}`, '-s', script, `http://${server.listen}`, '--', ...args.map(String)];
  const line = (await output('wrk', load)).trim().split('\n').pop();
  const [requests, failed, rate, p50, p99] = line.split(/\s+/).map(Number);
  if (failed || !requests) throw new Error(`${failed} of ${requests} requests failed`);
  return { requests, rate, p50, p99, cpu: (1000 * (server.spent() - before)) / requests };
}

/** Runs pgbench, with the name of a file here. Its time includes connecting, its rate does not. */
export async function pgbench(url, script, seconds, connections, licenses) {
  const before = postgresSpent();
  const text = await output('pgbench', [
    '-n', '-M', 'prepared', '-c', `${connections}`, '-j', '1', '-T', `${seconds}`, '-D', `licenses=${licenses}`,
    '-f', `scripts/yardsticks/${script}.pgbench`, url,
  ]);
  const number = (pattern) => {
    const found = text.match(pattern);
    if (!found) throw new Error(`pgbench: ${text}`);
    return Number(found[1]);
  };
  const requests = number(/actually processed: (\d+)/);
  return { requests, rate: number(/tps = ([\d.]+)/), p50: number(/latency average = ([\d.]+)/), cpu: (1000 * (postgresSpent() - before)) / requests };
}

/**
 * Activates new devices at this rate, however long the answers take. Latencies count from when a request was due. The first second,
 * in which this client connects and its own code is compiled, is not counted.
 */
export async function atRate(server, seconds, rate, from) {
  const codes = readFileSync(server.codes, 'utf8').split('\n');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
  const [times, all, began] = [[], [], performance.now()];
  for (let n = 0; n < (seconds + 1) * rate; n++) {
    const due = began + (1000 * n) / rate;
    const wait = due - performance.now();
    if (wait > 0) await sleep(Math.ceil(wait));
    const body = JSON.stringify({ activationCode: codes[n % codes.length], fingerprint: `open-${from + n}` });
    all.push(new Promise((resolve, reject) => {
      const request = http.request(`http://${server.listen}/api/v1/activations/jwt`, {
        method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      }, (answer) => {
        answer.resume().once('end', () => {
          if (n >= rate) times.push(performance.now() - due);
          if (answer.statusCode === 200) resolve(); else reject(new Error(`status ${answer.statusCode}`));
        });
      });
      request.once('error', reject);
      request.end(body);
    }));
  }
  await Promise.all(all);
  agent.destroy();
  times.sort((a, b) => a - b);
  return { requests: times.length, rate, p50: times[Math.floor(times.length / 2)], p99: times[Math.floor(times.length * 0.99)] };
}
