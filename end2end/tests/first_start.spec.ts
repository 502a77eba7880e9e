import { expect, test } from '../fixture/test.js';
import { OWNER, setUp } from '../fixture/vendor.js';

test.use({ owned: false });

test('before there is an owner, every page says where to find the link', async ({ person }) => {
  await person.visit('/licenses');
  await person.sees('Sign in to your licenses');
  await expect(person.page.getByText('This server has no owner yet.')).toBeVisible();
});

test('bad values return the form filled in, with each message at its field', { tag: '@both' }, async ({ person, server, quiet }) => {
  quiet.allow(422);
  const { page } = person;
  await person.visit(server.firstStart());
  await person.fill({ 'Your name': 'Ingrid Lund', 'Your e-mail': 'not an address', Password: 'short', Company: '' });
  await person.press('Create owner account');

  const summary = page.getByRole('alert');
  await expect(summary).toContainText('Check 3 fields: Your e-mail, Password, Company.');
  await expect(summary).toBeFocused();
  await expect(person.field('Your name')).toHaveValue('Ingrid Lund');
  await expect(person.field('Your e-mail')).toHaveValue('not an address');
  for (const [label, message] of [
    ['Your e-mail', /Your e-mail .+\.$/],
    ['Password', /Password has 5 characters and needs at least 15/],
    ['Company', /Company .+\.$/],
  ] as const) {
    await expect(person.field(label)).toHaveAttribute('aria-invalid', 'true');
    await expect(person.field(label)).toHaveAccessibleDescription(message);
  }
  await expect(person.field('Your name')).not.toHaveAttribute('aria-invalid');

  // The summary links to the field, and the form is accepted once its values are valid.
  await summary.getByRole('link', { name: 'Your e-mail' }).click();
  await expect(person.field('Your e-mail')).toBeFocused();
  await person.fill({ 'Your e-mail': OWNER.email, Password: OWNER.password, Company: OWNER.company });
  await person.press('Create owner account');
  await person.sees('Home');
});

test('the link makes one owner, and a second use says so', { tag: '@both' }, async ({ person, server, browser }) => {
  const link = server.firstStart();
  await setUp(person, link);
  const context = await browser.newContext({ javaScriptEnabled: person.script });
  const stranger = await context.newPage();
  await stranger.goto(link);
  await expect(stranger.getByText('This server is already set up, and its setup link has been used.')).toBeVisible();
  await expect(stranger.getByRole('link', { name: 'Sign in' })).toBeVisible();
  await context.close();
});

test('an invented link does not work, and the page says how to get a valid one', async ({ person }) => {
  await person.visit('/first-start?token=made-up');
  await expect(person.page.getByText('This link is invalid or has expired.')).toBeVisible();
  await expect(person.page.getByText('Restart the server')).toBeVisible();
  expect(person.page.url()).not.toContain('made-up');
});

test('until there is an owner, a restart makes a new link and ends the old one', async ({ person, server }) => {
  const old = server.firstStart();
  expect(await server.stop()).toBe(0);
  await server.start();
  expect(server.firstStart()).not.toBe(old);
  await person.visit(old);
  await expect(person.page.getByText('This link is invalid or has expired.')).toBeVisible();
  await setUp(person, server.firstStart());

  // An open page would try to follow the stopped server, which the console reports.
  await person.page.goto('about:blank');
  expect(await server.stop()).toBe(0);
  await server.start();
  expect(server.printed()).not.toContain('first-start');
});
