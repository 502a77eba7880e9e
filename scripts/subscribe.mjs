// subscribe.mjs SERVER LOG: subscribes to every event of a new server, and receives the messages until SIGTERM; then prints
// how many there were. LOG is what the server has printed so far, with its setup link.

import { readFileSync } from 'node:fs';
import http from 'node:http';

const [server, log] = process.argv.slice(2);
let cookies = '';

async function ask(method, path, form) {
  const body = form && new URLSearchParams(form);
  const answer = await fetch(`${server}${path}`, { method, body, redirect: 'manual', headers: { cookie: cookies, origin: server, accept: 'text/html' } });
  for (const cookie of answer.headers.getSetCookie()) {
    const pair = cookie.split(';')[0];
    cookies = [...cookies.split('; ').filter((old) => old && old.split('=')[0] !== pair.split('=')[0]), pair].join('; ');
  }
  return answer;
}

/** Sends the form of a page, which must lead to another page, unless another answer is expected as well. */
async function submit(page, act, form, other) {
  const answer = await ask('POST', page, { _action: `/admin/api/${act}`, ...form });
  if (![303, other].includes(answer.status)) throw new Error(`${act}: ${answer.status} ${(await answer.text()).slice(0, 2_000)}`);
  return answer.headers.get('location');
}

let received = 0;
process.on('SIGTERM', () => {
  console.log(received);
  process.exit();
});
const receiver = http.createServer((request, response) => {
  // Accepts the server that asks (CloudEvents, HTTP 1.1 Web Hooks for Event Delivery, section 4).
  if (request.method === 'OPTIONS') response.setHeader('webhook-allowed-origin', '*');
  if (request.method === 'POST') received += 1;
  request.resume().on('end', () => response.end());
});

const token = readFileSync(log, 'utf8').match(/token=([\w-]+)/)?.[1];
await ask('GET', `/first-start?token=${token}`);
const person = { name: 'Ada', email: 'ada@example.com', password: 'five owls on a fence', provider_name: 'Example', provider_email: '' };
await submit('/first-start', 'first-start/create-owner', { _form: 'owner', ...person });
await new Promise((ready) => receiver.listen(0, '127.0.0.1', ready));
const url = `http://127.0.0.1:${receiver.address().port}/`;
const created = await submit('/settings/webhooks/new', 'webhooks/create', { _form: 'webhook', url, all: 'on' });
// 409 if the receiver has accepted the server already.
await submit(created, 'webhooks/vouch', { _form: 'vouch', id: created.split('/').pop().split('?')[0], reason: 'measured here' }, 409);
console.log('subscribed');
