import type { Page } from '@playwright/test';

import { activated, claims } from '../fixture/device.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

const LONG = 'Ingenieurbüro für Raumakustik und Beschallungstechnik Müller-Lüdenscheidt & Söhne GmbH';
const EMAIL = 'lizenzverwaltung.raumakustik.und.beschallung@mueller-luedenscheidt-soehne.example';
const ARABIC = 'شركة الصوت المتقدمة للتسجيلات والإنتاج الفني والموسيقي المحدودة';

/** The number of pixels by which the page is wider than the screen. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test('long names and addresses widen no page', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const policy = new URL(page.url()).pathname;
  const code = await newLicense(owner, LONG, EMAIL);
  const path = new URL(page.url()).pathname;
  const names = { deviceName: 'W'.repeat(80), platform: 'x'.repeat(80) };
  const { sid } = claims(await activated(server.url, code, 'SHA256:51aa07d2c0de9b18', names));
  await owner.visit(policy);
  await newLicense(owner, ARABIC);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const dialogs = [`${path}?dialog=free-${sid}`, `${path}?dialog=revoke`];
    for (const place of [path, `/devices/${sid}`, '/licenses', '/decisions', '/audit', '/', '/offline', ...dialogs]) {
      await owner.visit(place);
      expect(await overflow(page), `${place} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

test('a right-to-left name begins its column and is cut at its end', async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await newLicense(owner, ARABIC);
  await page.setViewportSize({ width: 1100, height: 900 });
  await owner.visit('/licenses');
  const name = page.locator('.licenses .name bdi');
  const { alignment, direction, cut } = await name.evaluate((it) => ({
    alignment: getComputedStyle(it).textAlign,
    direction: getComputedStyle(it).direction,
    cut: it.scrollWidth > it.clientWidth,
  }));
  expect({ alignment, direction, cut }).toEqual({ alignment: 'left', direction: 'rtl', cut: true });
});

test('without shadows, controls keep their edges', async ({ owner }) => {
  const { page } = owner;
  await page.emulateMedia({ forcedColors: 'active' });
  await owner.visit('/products/new');
  const edge = (selector: string) => page.locator(selector).first().evaluate((it) => getComputedStyle(it).borderTopWidth);
  expect(await edge('.button')).toBe('2px');
  expect(await edge('.input')).toBe('1px');
  const current = page.locator('.nav [aria-current]').first();
  expect(await current.evaluate((it) => getComputedStyle(it).outlineStyle)).toBe('solid');
});
