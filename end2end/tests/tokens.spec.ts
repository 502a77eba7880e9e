import { createPublicKey } from 'node:crypto';

import { createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import jsonwebtoken from 'jsonwebtoken';

import { CLOCKS, python, shown } from '../fixture/clock.js';
import { activated } from '../fixture/device.js';
import type { Server } from '../fixture/server.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

interface Token {
  token: string;
  algorithm: string;
  audience: string;
}

/** Verifies a token with a library, on a clock that is off by this many seconds. Returns the claims, or throws. */
type Verify = (server: Server, asked: Token, clock?: number) => Promise<Record<string, any>>;

const jose: Verify = async (server, { token, algorithm, audience }, clock = 0) => {
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`));
  const { payload } = await jwtVerify<JWTPayload>(token, keys, {
    issuer: server.url,
    audience,
    algorithms: [algorithm],
    typ: 'license+jwt',
    currentDate: shown(clock),
    requiredClaims: ['exp', 'iat', 'nbf', 'sub', 'jti', 'sid'],
  });
  return payload;
};

/** jsonwebtoken does not support EdDSA, and does not fetch keys. */
const jsonWebToken: Verify = async (server, { token, algorithm, audience }, clock = 0) => {
  const { keys } = await (await fetch(`${server.url}/.well-known/jwks.json`)).json();
  const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid;
  const key = createPublicKey({ key: keys.find((key: { kid: string }) => key.kid === kid), format: 'jwk' });
  const algorithms = [algorithm as jsonwebtoken.Algorithm];
  const clockTimestamp = Math.floor(shown(clock).getTime() / 1000);
  const rules = { issuer: server.url, audience, algorithms, clockTimestamp };
  return jsonwebtoken.verify(token, key, rules) as Record<string, any>;
};

/** Returns the token with another customer and the old signature. */
function tampered({ token, ...rest }: Token): Token {
  const [header, claims, signature] = token.split('.');
  const read = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString());
  read.license.customer = 'Somebody else';
  return { ...rest, token: [header, Buffer.from(JSON.stringify(read)).toString('base64url'), signature].join('.') };
}

for (const algorithm of ['ES256', 'EdDSA', 'RS256']) {
  test(`third-party libraries verify ${algorithm} tokens with the live key set`, async ({ owner, server }) => {
    const audience = `drift-${algorithm.toLowerCase()}`;
    await newProduct(owner, 'Drift Pro', audience, algorithm);
    await newPolicy(owner, 'Standard', 3);
    const code = await newLicense(owner, 'Aurora Sound Studio');
    const now = Date.now() / 1000;
    const token = { token: await activated(server.url, code, 'device-1'), algorithm, audience };

    const read = [];
    for (const clock of CLOCKS) {
      read.push(await jose(server, token, clock));
      if (algorithm !== 'EdDSA') read.push(await jsonWebToken(server, token, clock));
      // `verify.py` also checks that they refuse invalid tokens.
      const others = await python(clock, 'verify.py', [server.url], token);
      expect(others.map(({ library }) => library)).toEqual(['py_jwt', 'joserfc', 'authlib']);
      for (const { header } of others) expect(header).toMatchObject({ alg: algorithm, typ: 'license+jwt' });
      read.push(...others.map(({ claims }) => claims));
    }

    const month = 37 * 24 * 3600; // lease plus offline grace
    for (const claims of read) {
      expect(claims).toMatchObject({ iss: server.url, aud: audience });
      expect(claims.license).toMatchObject({ product: 'Drift Pro', policy: 'Standard', customer: 'Aurora Sound Studio' });
      expect(Math.abs(claims.exp - now - month)).toBeLessThan(120);
      expect(claims).toEqual(read[0]);
    }

    const libraries = algorithm === 'EdDSA' ? [jose] : [jose, jsonWebToken];
    for (const verify of libraries) {
      await expect(verify(server, tampered(token))).rejects.toThrow(/signature/i);
      await expect(verify(server, { ...token, audience: 'another-product' })).rejects.toThrow(/aud/i);
      const other = algorithm === 'ES256' ? 'RS256' : 'ES256';
      await expect(verify(server, { ...token, algorithm: other })).rejects.toThrow(/alg/i);
    }
  });
}
