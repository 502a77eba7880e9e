import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('a dialog takes the focus, closes with Escape and gives the focus back', async ({ owner }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  await newLicense(owner, 'Aurora Sound Studio');

  const opener = page.getByRole('link', { name: 'Suspend', exact: true });
  const dialog = page.getByRole('dialog', { name: 'Suspend this license?' });
  await opener.focus();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await expect(dialog.locator(':focus')).toHaveCount(1);
  expect(new URL(page.url()).searchParams.get('dialog')).toBe('suspend');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
  await expect(page).not.toHaveURL(/dialog=/);

  await page.keyboard.press('Enter');
  await expect(dialog).toBeVisible();
  await owner.follow('Cancel');
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();
});

test('the first Tab stop skips to the content', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/licenses');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
});

test('on a phone the menu opens, navigates and closes', async ({ owner }) => {
  const { page } = owner;
  await page.setViewportSize({ width: 390, height: 844 });
  await owner.visit('/');
  const menu = page.getByRole('navigation', { name: 'Main' });
  await expect(menu).toBeHidden();
  await owner.press('Menu');
  await expect(menu).toBeVisible();
  await menu.getByRole('link', { name: 'Products' }).click();
  await owner.sees('Products');
  await expect(menu).toBeHidden();
});
