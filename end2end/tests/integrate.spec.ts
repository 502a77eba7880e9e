import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { python } from '../fixture/clock.js';
import { activated } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

const LANGUAGES = ['Rust', 'Go', 'C#', 'Java', 'Python', 'JavaScript', 'Swift', 'C++'];
/** Past the end of every token: lease plus offline grace. */
const LATER = 40 * 24 * 3600;

/** Imports the code from the page, and verifies tokens from stdin: prints for each whether it is accepted. */
const PYTHON = `
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("code", sys.argv[1])
code = importlib.util.module_from_spec(spec)
spec.loader.exec_module(code)
for token, fingerprint in json.load(sys.stdin):
    try:
        print(json.dumps({"accepted": code.verify(token, fingerprint)["license"]["product"]}))
    except code.jwt.InvalidTokenError as error:
        print(json.dumps({"refused": str(error)}))
`;
const NODE = `
const [, , off, cases] = process.argv;
const Now = Date;
globalThis.Date = class extends Now {
  constructor(...given) { given.length ? super(...given) : super(Now.now() + off * 1000); }
  static now() { return Now.now() + off * 1000; }
};
const { verify } = await import('./code.mjs');
for (const [token, fingerprint] of JSON.parse(cases)) {
  try {
    console.log(JSON.stringify({ accepted: (await verify(token, fingerprint)).license.product }));
  } catch (error) {
    console.log(JSON.stringify({ refused: error.message }));
  }
}
`;

for (const algorithm of ['ES256', 'EdDSA', 'RS256']) {
  test(`the code on a product's page verifies its ${algorithm} tokens and no others`, async ({ owner, server }) => {
    const { page } = owner;
    await newProduct(owner, 'Other', 'other', algorithm);
    await newPolicy(owner, 'Standard', 1);
    const foreign = await activated(server.url, await newLicense(owner, 'Aurora Sound Studio'), 'device-1');
    await newProduct(owner, 'Drift Pro', 'drift-pro', algorithm);
    const product = new URL(page.url()).pathname;
    await newPolicy(owner, 'Standard', 1);
    const token = await activated(server.url, await newLicense(owner, 'Aurora Sound Studio'), 'device-1');

    await owner.visit(product);
    const code: Record<string, string> = {};
    for (const language of LANGUAGES) {
      await page.getByRole('navigation', { name: 'Language' }).getByRole('link', { name: language, exact: true }).click();
      const block = page.getByRole('region', { name: `Verify in ${language}` });
      code[language] = await block.innerText();
      expect(code[language]).toContain(server.url);
      expect(code[language]).toContain('drift-pro');
    }

    const [header, claims, signature] = token.split('.');
    const read = JSON.parse(Buffer.from(claims ?? '', 'base64url').toString());
    read.license.customer = 'Somebody else';
    const tampered = [header, Buffer.from(JSON.stringify(read)).toString('base64url'), signature].join('.');
    const cases = [[token, 'device-1'], [token, 'device-2'], [tampered, 'device-1'], [foreign, 'device-1']];

    const folder = await mkdtemp(join(import.meta.dirname, '..', 'code-'));
    const file = (name: string) => join(folder, name);
    try {
      await writeFile(file('code.py'), code['Python'] ?? '');
      await writeFile(file('run.py'), PYTHON);
      await writeFile(file('code.mjs'), code['JavaScript'] ?? '');
      await writeFile(file('run.mjs'), NODE);
      const node = async (off: number) => {
        const { stdout } = await promisify(execFile)('node', [file('run.mjs'), `${off}`, JSON.stringify(cases)]);
        return stdout.trim().split('\n').map((line) => JSON.parse(line));
      };
      for (const verify of [(off: number) => python(off, file('run.py'), [file('code.py')], cases), node]) {
        const now = await verify(0);
        expect(now[0]).toEqual({ accepted: 'Drift Pro' });
        expect(now[1]).toEqual({ refused: 'the token of another device' });
        expect(now.slice(2).map((answer) => Object.keys(answer))).toEqual([['refused'], ['refused']]);
        expect((await verify(LATER))[0]).toHaveProperty('refused');
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
