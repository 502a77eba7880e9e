import { activated } from '../fixture/device.js';
import { Person } from '../fixture/person.js';
import { expect, test } from '../fixture/test.js';
import { newLicense, newPolicy, newProduct } from '../fixture/vendor.js';

test('the later of two saves shows both versions and succeeds when repeated', { tag: '@both' }, async ({ owner, context, quiet }) => {
  // A conflict with another change returns 409, for which the browser itself logs a message.
  quiet.allow(409);
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const edit = `${new URL(page.url()).pathname}/edit`;
  const other = new Person(await context.newPage(), owner.script);
  await owner.visit(edit);
  await other.visit(edit);

  await owner.fill({ Name: 'Studio' });
  await owner.press('Save changes');
  await owner.sees('Studio');
  await other.fill({ Name: 'Standard 2' });
  await other.press('Save changes');
  const notice = other.page.getByRole('alert');
  await expect(notice).toContainText('This was changed after you opened the form.');
  await expect(notice.getByRole('row', { name: 'name Studio Standard 2' })).toBeVisible();
  await expect(other.field('Name')).toHaveValue('Standard 2');
  await other.press('Save changes');
  await other.sees('Standard 2');
});

test('narrowing a policy requires a reason, and withdrawing a product requires its name', { tag: '@both' }, async ({ owner, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  const product = new URL(page.url()).pathname;
  await newPolicy(owner, 'Standard', 3);
  const policy = new URL(page.url()).pathname;
  await newLicense(owner, 'Aurora Sound Studio');

  await owner.visit(`${policy}/edit`);
  await owner.fill({ 'Devices at a time': '2' });
  await owner.press('Save changes');
  await expect(page.getByRole('alert')).toContainText('1 license gets less than before. Seats: 3 devices → 2 devices.');
  await owner.fill({ Reason: 'The plan of 2027.', 'Policy name': 'Standard' });
  await owner.press('Save changes');
  await owner.sees('Standard');

  await owner.visit(product);
  await owner.follow('Withdraw');
  const dialog = page.getByRole('dialog', { name: 'Withdraw this product?' });
  await expect(dialog).toContainText('This stops 1 license.');
  await owner.fill({ Reason: 'Replaced.', 'Name of the product': 'Drift' });
  await owner.press('Withdraw product');
  await expect(dialog).toContainText('type “Drift Pro”');
  await owner.fill({ Reason: 'Replaced.', 'Name of the product': 'Drift Pro' });
  await owner.press('Withdraw product');
  await expect(page.getByText('This product is withdrawn.')).toBeVisible();
  await owner.follow('Reinstate');
  await owner.fill({ Reason: 'A slip.' });
  await owner.press('Reinstate product');
  await expect(page.getByText('The product is active again', { exact: false }).last()).toBeVisible();
});

test('a token pasted into a search is not sent', async ({ owner, server }) => {
  const { page } = owner;
  await newProduct(owner, 'Drift Pro', 'drift-pro');
  await newPolicy(owner, 'Standard', 3);
  const code = await newLicense(owner, 'Aurora Sound Studio');
  const license = new URL(page.url()).pathname;
  await activated(server.url, code, 'device-1');
  const token = `eyJhbGciOiJFUzI1NiJ9.${'e30'.repeat(20)}.c2lnbmF0dXJl`;
  const sent: string[] = [];
  page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
  for (const list of ['/licenses', '/decisions', '/audit']) {
    await owner.visit(list);
    await page.getByRole('searchbox').fill(token);
    await owner.press('Search');
    await expect(page.getByRole('alert')).toContainText('That is a token');
    await page.getByRole('searchbox').fill(code);
    await owner.press('Search');
    await expect(page).toHaveURL(new RegExp(license.split('/').pop() ?? license));
    expect(page.url()).not.toContain(code);
  }
  expect(sent.filter((request) => request.includes('eyJ'))).toEqual([]);
});
