import { existsSync } from 'node:fs';

import { defineConfig } from '@playwright/test';

const SHELL = '/usr/bin/chromium-headless-shell';

/**
 * Debian's Chromium, preferably its headless shell, because Chromium itself takes twice the processor time. Playwright's own
 * browser is never downloaded.
 */
const chromium = {
  executablePath: process.env.LATCHKEY_TEST_CHROMIUM ?? (existsSync(SHELL) ? SHELL : '/usr/bin/chromium'),
  args: [
    '--no-sandbox', // tests may run as root, and only open our own server
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
    // Traces double the time of a test. Use `--trace retain-on-failure` for one that fails.
    trace: 'off',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'with script' },
    { name: 'without script', grep: /@both/, use: { javaScriptEnabled: false } },
  ],
});
