import { DroppingProxy } from '../fixture/proxy.js';
import { Server } from '../fixture/server.js';
import { continueThere, expect, test as base } from '../fixture/signed_on.js';
import { setUp, signIn } from '../fixture/vendor.js';

/** A server behind a proxy that drops `Sec-Fetch-*`. */
const test = base.extend<{ dropping: DroppingProxy }>({
  dropping: async ({}, use) => {
    const proxy = await DroppingProxy.start();
    await use(proxy);
    await proxy.stop();
  },
  server: async ({ provider, dropping }, use, test) => {
    const server = await Server.prepare({ ...provider.settings(), LATCHKEY_PUBLIC_URL: dropping.url });
    dropping.to = server.url;
    provider.register(dropping.url);
    try {
      await server.start();
      await use(server);
      await server.report(test);
    } finally {
      await server.stop();
      await server.remove();
    }
  },
  baseURL: async ({ dropping }, use) => use(dropping.url),
  person: async ({ person, server, context }, use) => {
    await setUp(person, server.firstStart());
    await context.clearCookies();
    await use(person);
  },
});

test.setTimeout(120_000);

test('sign-in with a password and at a provider works without fetch metadata', {
  tag: '@both',
}, async ({ person, dropping }) => {
  const { page } = person;
  // The owner account was created behind the proxy, too.
  await person.visit('/sign-in');
  await signIn(person);
  await person.sees('Home');
  await page.context().clearCookies();

  await person.visit('/licenses?state=active');
  await continueThere(person);
  await person.sees('Licenses');
  expect(page.url()).toBe(`${dropping.url}/licenses?state=active`);
  await expect(page.locator('.account', { hasText: 'Nora Berg' })).toContainText('Support');
  expect(dropping.dropped, 'the browser sent these headers').toBeGreaterThan(0);
});
