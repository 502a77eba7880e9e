import type { Page } from '@playwright/test';

import { expect, test } from '../fixture/test.js';

test.use({ demo: true });

/** Takes a screenshot of the viewport into `shots/NAME.png`. */
async function take(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `shots/${name}.png`, animations: 'disabled', caret: 'hide' });
}

test('the pictures of the README', async ({ owner }) => {
  const { page } = owner;
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await owner.visit('/');
  await take(page, 'home');

  await page.emulateMedia({ colorScheme: 'dark' });
  await owner.visit('/licenses');
  await owner.sees('Licenses');
  await take(page, 'licenses-dark');

  await page.emulateMedia({ colorScheme: 'light' });
  await owner.follow('Pixel & Reel');
  await expect(owner.panel('Devices')).toBeVisible();
  await take(page, 'license');

  await page.setViewportSize({ width: 390, height: 844 });
  await take(page, 'license-phone');
  await page.setViewportSize({ width: 1440, height: 900 });

  await owner.visit('/licenses/new');
  await owner.fill({ Customer: 'Aurora Sound Studio', 'E-mail': 'lena@aurora-sound.example' });
  await owner.press('Create license');
  await owner.sees('Aurora Sound Studio');
  await take(page, 'license-made');
});
