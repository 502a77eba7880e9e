import { expect, test } from '../fixture/test.js';

test('menus and filters close with Escape and with a click elsewhere', { tag: '@both' }, async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/audit');
  const filter = page.getByRole('button', { name: 'Category' });
  const choices = page.getByRole('group', { name: 'Category' });
  const account = page.locator('.account');
  const menu = page.getByRole('button', { name: 'Sign out' });
  for (const [opener, opened] of [[filter, choices], [account, menu]] as const) {
    await expect(opened).toBeHidden();
    await opener.click();
    await expect(opened).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(opened).toBeHidden();
    await opener.click();
    await expect(opened).toBeVisible();
    await page.getByRole('heading', { level: 1 }).click();
    await expect(opened).toBeHidden();
  }
  await filter.click();
  await account.click();
  await expect(choices).toBeHidden();
  await expect(menu).toBeVisible();
});

test('a click on the theme switch next to the open account menu changes the theme', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  await page.locator('.account').click();
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('button', { name: 'Sign out' })).toBeHidden();
  await owner.visit('/licenses');
  await owner.sees('Licenses');
});
