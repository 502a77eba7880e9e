import { expect, test } from '../fixture/test.js';
import { OWNER, signIn, signOut } from '../fixture/vendor.js';

test('a user signs out, signs in again, and lands on the requested page', { tag: '@both' }, async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  await signOut(owner);
  await owner.visit('/audit?kind=account.');
  await owner.sees('Sign in to your licenses');
  await signIn(owner);
  await owner.sees('Audit log');
  expect(new URL(page.url()).search).toBe('?kind=account.');
  await expect(page.getByRole('row', { name: /signed in/ })).toHaveCount(1);
});

test('a wrong password and an unknown address get the same answer', { tag: '@both' }, async ({ owner, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  await owner.visit('/');
  await signOut(owner);
  const answers: string[] = [];
  for (const email of [OWNER.email, 'nobody@nordwind.example']) {
    await owner.visit('/sign-in');
    await owner.fill({ 'E-mail': email, Password: 'not the right one, sorry' });
    await owner.press('Sign in');
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(owner.field('E-mail')).toHaveValue(email);
    await expect(owner.field('Password')).toHaveValue('');
    answers.push(await page.locator('#sign-in-password-error').innerText());
  }
  expect(answers[0]).toBe(answers[1]);
});

test('a sign-in never redirects to another site', async ({ owner, server }) => {
  await owner.visit('/');
  await signOut(owner);
  for (const elsewhere of ['https://evil.example/', '//evil.example/', '/\\evil.example']) {
    await owner.visit(`/sign-in?to=${encodeURIComponent(elsewhere)}`);
    await signIn(owner);
    await owner.sees('Home');
    expect(new URL(owner.page.url()).origin).toBe(server.url);
    await signOut(owner);
  }
});

test('signing out ends a login permanently', async ({ owner, context, server }) => {
  const before = await context.cookies();
  expect(before.filter(({ httpOnly, sameSite }) => !httpOnly || sameSite === 'None')).toEqual([]);
  await owner.visit('/');
  await signOut(owner);
  await context.clearCookies();
  await context.addCookies(before);
  await owner.visit(`${server.url}/licenses`);
  await owner.sees('Sign in to your licenses');
});

test('a form on another site cannot change anything', async ({ owner, context, server, quiet }) => {
  quiet.allow(403);
  const evil = await context.newPage();
  await evil.route('http://evil.example/', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<form method="post" action="${server.url}/"><input name="_action" value="/admin/api/sign-out">
             <input name="_form" value="sign-out"><button>Win a prize</button></form>`,
    }),
  );
  await evil.goto('http://evil.example/');
  const answer = evil.waitForResponse((response) => response.request().method() === 'POST');
  await evil.getByRole('button').click();
  expect((await answer).status()).toBe(403);
  await owner.visit('/');
  await owner.sees('Home');
});
