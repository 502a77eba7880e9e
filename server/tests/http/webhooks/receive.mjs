// Verifies and parses a message with libraries of others. Reads {secret, other, headers, body} from stdin.

import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../../../end2end/package.json', import.meta.url));
let Webhook, HTTP;
try {
  ({ Webhook } = require('standardwebhooks'));
  ({ HTTP } = require('cloudevents'));
} catch {
  console.error('ERR_MODULE_NOT_FOUND');
  process.exit(1);
}

const { secret, other, headers, body } = JSON.parse(readFileSync(0, 'utf8'));
new Webhook(secret).verify(body, headers);
assert.throws(() => new Webhook(other).verify(body, headers), 'another secret');
assert.throws(() => new Webhook(secret).verify(body.replace('Solberg', 'Solveig'), headers), 'another body');
const late = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 3600) };
assert.throws(() => new Webhook(secret).verify(body, late), 'an old message');
const event = HTTP.toEvent({ headers, body });
console.log(event.type, event.id, event.data.after.customer);
