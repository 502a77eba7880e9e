// Walks through the API with openapi-fetch and the types that openapi-typescript generated: walk.js URL TOKEN.

import createClient from 'openapi-fetch';

import type { paths } from './api.js';

declare const process: { argv: string[] };

const [, , url = '', token = ''] = process.argv;
const vendor = createClient<paths>({ baseUrl: url, headers: { authorization: `Bearer ${token}` } });
const device = createClient<paths>({ baseUrl: url });

/** Returns the body of a successful response. */
function made<T>({ data, error, response }: { data?: T; error?: unknown; response: Response }): T {
  if (data === undefined) throw new Error(`${response.status}: ${JSON.stringify(error)}`);
  return data;
}

const product = made(await vendor.POST('/api/v1/admin/products', { body: { code: 'walk', name: 'Walk' } }));
const policy = made(await vendor.POST('/api/v1/admin/policies', { body: { product: product.code, name: 'Studio' } }));
const { id, code = '' } = made(
  await vendor.POST('/api/v1/admin/licenses', { body: { policy: policy.id, customer: 'Ada' } }),
);
const body = { activationCode: code, fingerprint: 'walk-1' };
made(await device.POST('/api/v1/activations/jwt', { body }));
const path = { id };
made(await vendor.POST('/api/v1/admin/licenses/{id}/suspend', { params: { path }, body: { reason: 'Chargeback' } }));
const refused = await device.POST('/api/v1/activations/jwt', { body });
if (refused.response.status !== 403) throw new Error(`the suspended license: ${refused.response.status}`);
const { items } = made(await vendor.GET('/api/v1/admin/licenses', { params: { query: { product: product.code } } }));
console.log(items.map((license) => license.state).join());
