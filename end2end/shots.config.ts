import { defineConfig } from '@playwright/test';

import tests from './playwright.config.js';

/** Takes the README's screenshots into `shots/`: `npm run shots`. */
export default defineConfig({ ...tests, testDir: 'shots', testMatch: '*.ts', projects: [{ name: 'pictures' }] });
