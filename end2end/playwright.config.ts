import { defineConfig } from '@playwright/test';

/** Debian's Chromium, or whichever the machine has: Playwright's own is never downloaded. */
const chromium = {
  executablePath: process.env.LATCHKEY_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', // tests may run as root, and open nothing but our own server
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export default defineConfig({
  testDir: 'tests',
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 240_000,
  expect: { timeout: 15_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: chromium,
    locale: 'en-US',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'with script' },
    { name: 'without script', grep: /@both/, use: { javaScriptEnabled: false } },
  ],
});
