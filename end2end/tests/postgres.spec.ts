import { createRemoteJWKSet, jwtVerify } from 'jose';

import { activated, claims, refused } from '../fixture/device.js';
import { Postgres } from '../fixture/postgres.js';
import { Server } from '../fixture/server.js';
import { expect, test } from '../fixture/test.js';

test('on PostgreSQL three devices fit, the fourth is refused, and a restart loses nothing', async () => {
  const database = await Postgres.start();
  const server = await Server.prepare({ LATCHKEY_DATABASE_URL: database.url });
  try {
    const { code, product } = JSON.parse(await server.run('demo', '--licenses', '1', '--seats', '3', '--json'));
    await server.start();
    const token = await activated(server.url, code, 'device-1');
    const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
    await jwtVerify(token, keys, { issuer: server.url, audience: product, typ: 'license+jwt' });
    await activated(server.url, code, 'device-2');
    await activated(server.url, code, 'device-3');
    expect(await refused(server.url, code, 'device-4')).toMatchObject({ status: 409, code: 'seat_limit' });
    expect(await server.stop()).toBe(0);

    await server.start();
    expect(claims(await activated(server.url, code, 'device-1')).sid).toBe(claims(token).sid);
    expect(await refused(server.url, code, 'device-4')).toMatchObject({ status: 409, seatsUsed: 3 });
    expect(await server.stop()).toBe(0);
  } finally {
    await server.stop();
    await server.remove();
    await database.stop();
  }
});
