import { existsSync } from 'node:fs';

import { defineConfig } from '@playwright/test';

const SHELL = '/usr/bin/chromium-headless-shell';

/**
 * Debian's Chromium, preferably its headless shell: Chromium itself takes twice the processor time. Playwright's own is
 * never downloaded.
 */
const chromium = {
  executablePath: process.env.LATCHKEY_TEST_CHROMIUM ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium'),
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
    // A trace films every page, which takes as long as the tests: `--trace retain-on-failure` for the one that fails.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'with script' },
    { name: 'without script', grep: /@both/, use: { javaScriptEnabled: false } },
  ],
});
