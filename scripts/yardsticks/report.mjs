// The table: each figure beside what it must and what it should reach, and what falls short in words.

const median = (numbers) => {
  const sorted = numbers.filter((number) => !Number.isNaN(number)).sort((a, b) => a - b);
  return sorted.length ? (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2 : NaN;
};

const digits = (number) => (Number.isNaN(number) ? '–' : number >= 100 ? number.toFixed(0) : number >= 10 ? number.toFixed(1) : number.toFixed(2));

export function print(measured, servers, { quick, licenses, rounds, cores, ms }) {
  const of = (name, member) => median((measured[name] ?? []).map((one) => one[member] ?? NaN));
  /** The ratio of two measurements, round by round. */
  const ratio = (name, to, member = 'rate') => median((measured[name] ?? []).map((one, n) => one[member] / (measured[to]?.[n]?.[member] ?? NaN)));
  const rows = [];
  // `low`: smaller is better.
  const row = (figure, must, aim, value, unit = '', low = false) => {
    if (!Number.isNaN(value) && value !== undefined) rows.push({ figure, must, aim, value, unit, low });
  };

  const small = servers.filter((server) => server.size === servers[0].size);
  row('SQLite new / pgbench, one call', 1.0, 1.5, ratio('SQLite new', 'pgbench call'));
  row('PostgreSQL new / pgbench, statements', 1.5, 3.0, ratio('PostgreSQL new', 'pgbench statements'));
  row('PostgreSQL new / pgbench, one call', 1.0, 1.3, ratio('PostgreSQL new', 'pgbench call'));
  for (const { name } of small) {
    for (const kind of ['repeats', 'check-ins']) row(`${name} ${kind} / signer`, 0.35, 0.5, ratio(`${name} ${kind}`, 'signer'));
    row(`${name} CPU per durable token / oidc-provider`, 0.5, 0.3, ratio(`${name} new`, 'oidc-provider', 'cpu'), '', true);
    row(`${name} CPU per new / signer`, 6, 4, ratio(`${name} new`, 'signer', 'cpu'), '', true);
    row(`${name} 64 connections / 1`, 10, 14, ratio(`${name} new`, `${name} new, 1 connection`));
    row(`${name} one license / spread`, 0.8, 1.0, ratio(`${name} new, one license`, `${name} new`));
    row(`${name} syncs per activation, 1 connection`, 1, 1, median(measured[`${name} new, 1 connection`].map((one) => one.syncs)));
    row(`${name} new: p99 / p50`, 3, 2, median(measured[`${name} new`].map((one) => one.p99 / one.p50)), '', true);
    row(`${name} p99 at a quarter of the rate`, 10, 6, of(`${name} a quarter of the rate`, 'p99'), 'ms', true);
  }
  row('PostgreSQL two instances / one', 1.2, 1.6, ratio('PostgreSQL new, two instances', 'PostgreSQL new'));
  for (const large of servers.filter((server) => server.size !== servers[0].size)) {
    const to = large.name.split(',')[0];
    row(`${large.name} / ${servers[0].size}: rate`, 0.85, 0.95, ratio(`${large.name} new`, `${to} new`));
    row(`${large.name} / ${servers[0].size}: CPU`, 1.3, 1.1, ratio(`${large.name} new`, `${to} new`, 'cpu'), '', true);
  }
  for (const server of servers) {
    if (server.pages) row(`${server.name} slowest page (${server.pages.name}), p95`, 20, 5, server.pages.p95, 'ms', true);
    row(`${server.name} memory at rest`, 48, 32, server.atRest, 'MiB', true);
    row(`${server.name} memory loaded`, 160, 96, server.loaded, 'MiB', true);
    row(`${server.name} start to ready`, 1000, 200, server.again, 'ms', true);
  }

  console.log(`${cores} cores, ${ms} ms added to each sync, ${licenses} licenses, ${rounds} round(s); medians\n`);
  const wide = Math.max(...rows.map(({ figure }) => figure.length));
  console.log(`| ${'figure'.padEnd(wide)} |   must |    aim |   measured |         |`);
  console.log(`|${'-'.repeat(wide + 2)}|-------:|-------:|-----------:|---------|`);
  const short = [];
  for (const { figure, must, aim, value, unit, low } of rows) {
    const reaches = (goal) => (low ? value <= goal : value >= goal);
    const verdict = reaches(aim) ? 'aim' : reaches(must) ? 'must' : '–';
    if (verdict === '–') short.push(`${figure}: ${digits(value)}${unit && ` ${unit}`}, ${low ? 'more than' : 'less than'} ${must}`);
    console.log(`| ${figure.padEnd(wide)} | ${`${must}`.padStart(6)} | ${`${aim}`.padStart(6)} | ${`${digits(value)}${unit && ` ${unit}`}`.padStart(10)} | ${verdict.padEnd(7)} |`);
  }
  console.log(`\n| ${'measurement'.padEnd(wide)} |      rate |      p50 |      p99 |     CPU |`);
  console.log(`|${'-'.repeat(wide + 2)}|----------:|---------:|---------:|--------:|`);
  for (const name of Object.keys(measured)) {
    const [rate, p50, p99, cpu] = ['rate', 'p50', 'p99', 'cpu'].map((member) => of(name, member));
    console.log(`| ${name.padEnd(wide)} | ${`${rate.toFixed(0)} /s`.padStart(9)} | ${`${digits(p50)} ms`.padStart(8)} | ${`${digits(p99)} ms`.padStart(8)} | ${`${digits(cpu)} µs`.padStart(7)} |`);
  }
  console.log(short.length ? `\nFalls short of what it must reach:\n${short.map((line) => `- ${line}`).join('\n')}` : '\nEverything reaches what it must.');
}
