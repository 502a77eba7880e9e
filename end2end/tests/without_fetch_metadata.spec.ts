import { DroppingProxy } from '../fixture/proxy.js';
import { Server } from '../fixture/server.js';
import { continueThere, expect, test as base } from '../fixture/signed_on.js';
import { signIn } from '../fixture/vendor.js';

/** A server behind a proxy that drops `Sec-Fetch-*`. */
const test = base.extend<{ proxy: DroppingProxy }>({
  proxy: async ({}, use) => {
    const proxy = await DroppingProxy.start();
    await use(proxy);
    await proxy.stop();
  },
  server: async ({ provider, proxy }, use) => {
    const server = await Server.prepare({ ...provider.settings(), LATCHKEY_PUBLIC_URL: proxy.url });
    proxy.to = server.url;
    provider.register(proxy.url);
    try {
      await server.start();
      await use(server);
    } finally {
      await server.stop();
      await server.remove();
    }
  },
  baseURL: async ({ proxy }, use) => use(proxy.url),
});

test.setTimeout(120_000);

test('one signs in with a password and at a provider where nothing says which page a request comes from', {
  tag: '@both',
}, async ({ person, proxy }) => {
  const { page } = person;
  const corner = (name: string) => page.locator('summary', { hasText: name });
  // The owner's account was made behind the proxy, too.
  await person.visit('/sign-in');
  await signIn(person);
  await person.sees('Home');
  await corner('Ingrid Lund').click();
  await person.press('Sign out');
  await person.sees('Sign in to your licenses');

  await person.visit('/licenses?state=active');
  await continueThere(person);
  await person.sees('Licenses');
  expect(page.url()).toBe(`${proxy.url}/licenses?state=active`);
  await expect(corner('Nora Berg')).toContainText('Support');
  expect(proxy.dropped, 'the browser did say it').toBeGreaterThan(0);
});
