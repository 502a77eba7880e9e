// Pages and searches of the admin app, by scripts/scale.mjs.

import { spawnSync } from 'node:child_process';

/** Opens every list, form and search as an owner. Returns the name and the 95th percentile of the slowest, in milliseconds. */
export function pages({ folder, env }) {
  const own = { ...process.env, ...env, SCALE_PAGES: 'only', LD_PRELOAD: '', TMPDIR: process.env.BENCH_FOLDER };
  const measure = ['scripts/scale.mjs', process.env.BENCH_SERVER, 'measure', folder];
  const done = spawnSync(process.execPath, measure, { env: own, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (done.status !== 0) throw new Error(`scale.mjs: ${done.stdout}${done.stderr}`);
  const rows = [...done.stdout.matchAll(/^(\S.*?)\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)\s+\d+$/gm)].map(([, name, cold, p50, p95]) => (
    { name, cold: Number(cold), p50: Number(p50), p95: Number(p95) }));
  return rows.reduce((slowest, row) => (row.p95 > slowest.p95 ? row : slowest));
}
