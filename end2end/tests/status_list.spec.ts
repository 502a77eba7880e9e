import { inflateSync } from 'node:zlib';

import { getListFromStatusListJWT, getStatusListFromJWT } from '@sd-jwt/jwt-status-list';
import { createRemoteJWKSet, jwtVerify } from 'jose';

import { CLOCKS, python, shown } from '../fixture/clock.js';
import { activated } from '../fixture/device.js';
import type { Server } from '../fixture/server.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

/** A place in a status list, as in a token. */
interface Place {
  uri: string;
  idx: number;
}

/**
 * Returns the status that jose, @sd-jwt/jwt-status-list, PyJWT, joserfc and Authlib read at that place, with a clock that is
 * off by this many seconds. `status.py` also checks that the last three refuse invalid lists.
 */
async function read(server: Server, place: Place, clock = 0): Promise<number[]> {
  const list = await (await fetch(place.uri)).text();
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
  const rules = {
    subject: place.uri,
    algorithms: ['ES256'],
    typ: 'statuslist+jwt',
    requiredClaims: ['iat', 'exp', 'ttl'],
    currentDate: shown(clock),
  };
  const { payload } = await jwtVerify<{ status_list: { bits: number; lst: string } }>(list, keys, rules);
  const { bits, lst } = payload.status_list;
  expect(bits).toBe(2);
  const byte = inflateSync(Buffer.from(lst, 'base64url'))[Math.floor(place.idx / 4)] ?? 0xff;

  const others = await python(clock, 'status.py', [server.url], place);
  expect(others.map(({ library }) => library)).toEqual(['py_jwt', 'joserfc', 'authlib']);
  const statuses = [(byte >> ((place.idx % 4) * 2)) & 3, getListFromStatusListJWT(list).getStatus(place.idx)];
  return [...statuses, ...others.map(({ status }) => status)];
}

test('third-party libraries read the status of a revoked device', async ({ owner, server }) => {
  await newProduct(owner, 'Drift Pro', 'drift-pro', 'EdDSA');
  await newPolicy(owner, 'Standard', 3);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const tokens = [
    await activated(server.url, code, 'device-1', { deviceName: 'Mix Room' }),
    await activated(server.url, code, 'device-2', { deviceName: 'Stage' }),
  ];
  const places: Place[] = tokens.map((token) => getStatusListFromJWT(token));
  for (const place of places) {
    for (const clock of CLOCKS) expect(await read(server, place, clock)).toEqual([0, 0, 0, 0, 0]);
  }

  await owner.page.reload();
  await owner.follow('Revoke Mix Room');
  await owner.fill({ Reason: 'sold to a neighbour' });
  await owner.press('Revoke device');
  await expect(owner.page.getByText('The device is revoked, and its seat is free.')).toBeVisible();
  // The server may reuse a list for two seconds.
  await expect.poll(() => read(server, places[0] as Place)).toEqual([1, 1, 1, 1, 1]);
  expect(await read(server, places[1] as Place)).toEqual([0, 0, 0, 0, 0]);
});
