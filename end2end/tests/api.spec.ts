import { execFile } from 'node:child_process';
import { copyFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { Person } from '../fixture/person.js';
import type { Server } from '../fixture/server.js';
import { expect, test } from '../fixture/test.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const run = promisify(execFile);

/** Runs a program of the npm packages, which must not call home. */
function tool(name: string, args: string[], cwd: string) {
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  return run(join(HERE, '../node_modules/.bin', name), args, { cwd, env });
}

async function document(server: Server) {
  return (await fetch(`${server.url}/api/openapi.json`)).text();
}

/** Creates an API token with these permissions, in addition to that to see everything. */
async function newToken(owner: Person, ...permissions: RegExp[]) {
  await owner.visit('/settings/tokens/new');
  await owner.fill({ Name: 'Web shop' });
  for (const name of permissions) await owner.page.getByRole('checkbox', { name }).check();
  await owner.press('Create token');
  return owner.page.locator('code.made-link').innerText();
}

test('the API’s page shows every call, and sends one with a token', async ({ owner, server }) => {
  const { page } = owner;
  const token = await newToken(owner);
  const foreign: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !url.startsWith('data:')) foreign.push(url);
  });
  await page.goto('/api/docs');
  const { paths } = JSON.parse(await document(server)) as { paths: Record<string, object> };
  const calls = Object.values(paths).flatMap((path) => Object.keys(path));
  await expect(page.locator('.opblock')).toHaveCount(calls.length);

  await page.locator('.btn.authorize').click();
  await page.locator('.auth-container', { hasText: 'apiToken' }).getByRole('textbox').first().fill(token);
  await page.locator('.auth-container', { hasText: 'apiToken' }).getByRole('button', { name: 'Apply credentials' }).click();
  await page.getByRole('button', { name: 'Close' }).first().click();
  const call = page.locator('#operations-machines-whoami');
  await call.getByRole('button').first().click();
  await call.getByRole('button', { name: 'Execute' }).click();
  await expect(call.locator('.live-responses-table .response-col_status').nth(1)).toHaveText(/^200/);
  await expect(call.locator('.live-responses-table')).toContainText('Web shop');
  expect(foreign).toEqual([]);
  expect(await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))).not.toContain(token);
});

test('redocly finds nothing to correct in the API’s document', async ({ server }, info) => {
  const file = info.outputPath('openapi.json');
  await writeFile(file, await document(server));
  const { stdout, stderr } = await tool('redocly', ['lint', file], info.outputDir);
  expect(stdout + stderr).toContain('valid');
  expect(stdout + stderr).not.toContain('arning was generated');
});

test('a generated TypeScript client sells, activates, suspends and finds a license', async ({ owner, server }, info) => {
  const token = await newToken(owner, /^Help customers/, /^Manage products/);
  const folder = info.outputDir;
  await writeFile(info.outputPath('openapi.json'), await document(server));
  await copyFile(join(HERE, '../clients/walk.ts'), info.outputPath('walk.ts'));
  await tool('openapi-typescript', ['openapi.json', '-o', 'api.d.ts'], folder);
  const strict = ['--strict', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,dom'];
  await tool('tsc', [...strict, 'walk.ts'], folder).catch(({ stdout }) => expect(stdout).toBe(''));
  const { stdout } = await run('node', ['walk.js', server.url, token], { cwd: folder });
  expect(stdout.trim()).toBe('suspended');
});
