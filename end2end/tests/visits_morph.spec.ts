import { bare, goTo } from '../fixture/page.js';
import { expect, test } from '../fixture/test.js';

/** Pairs of pages, and the elements that must be kept when the first becomes the second. */
const PAGES: { what: string; before: string; after: string; kept: string[] }[] = [
  { what: 'text', before: '<p>one</p>', after: '<p>two</p>', kept: ['p'] },
  { what: 'attributes', before: '<p class="a" title="t">x</p>', after: '<p class="b" lang="de">x</p>', kept: ['p'] },
  { what: 'another element', before: '<p>x</p>', after: '<ul><li>x</li></ul>', kept: [] },
  {
    what: 'something new before a named part',
    before: '<div><input id="a"></div>',
    after: '<div>new</div><div><input id="a"></div>',
    kept: ['#a'],
  },
  {
    what: 'something gone before a named part',
    before: '<div>old</div><div>older</div><div><input id="a"></div>',
    after: '<div><input id="a"></div>',
    kept: ['#a'],
  },
  {
    what: 'a message beside a field',
    before: '<div><label for="a">A</label><input id="a"></div><div><input id="b"></div>',
    after: '<div><label for="a">A</label><input id="a"><p id="a-error">bad</p></div><div><input id="b"></div>',
    kept: ['#a', '#b', 'label'],
  },
  { what: 'another field', before: '<input name="a" value="1">', after: '<input name="b" value="2">', kept: [] },
  { what: 'fewer rows', before: '<ul><li>1</li><li>2</li><li>3</li></ul>', after: '<ul><li>3</li></ul>', kept: ['ul'] },
  { what: 'more rows', before: '<ul></ul>', after: '<ul><li>1</li><li>2</li></ul>', kept: ['ul'] },
  {
    what: 'two that change places',
    before: '<div id="a">a</div><div id="b">b</div>',
    after: '<div id="b">b</div><div id="a">a</div>',
    kept: ['#b'],
  },
  { what: 'a comment for a part', before: '<!--x--><b>y</b>', after: '<i>n</i><!--x--><b>y</b>', kept: ['b'] },
  {
    what: 'a form, by its id',
    before: '<form id="f"><input name="id" value="1"><input id="f-x"></form>',
    after: '<form id="g"><input name="id" value="1"></form><form id="f"><input name="id" value="2"><input id="f-x"></form>',
    kept: ['#f', '#f-x'],
  },
];

test('a page morphs into any other, and common elements stay', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  const pages = PAGES.flatMap(({ before, after }, i) => [[`${i}-before`, before], [`${i}-after`, after]]);
  await bare(page, Object.fromEntries(pages));
  for (const [i, { what, after, kept }] of PAGES.entries()) {
    await goTo(page, `/bare/${i}-before`);
    await expect(page, what).toHaveTitle(`${i}-before`);
    await page.evaluate((kept) => kept.forEach((it) => Object.assign(document.querySelector(it)!, { kept: true })), kept);
    await goTo(page, `/bare/${i}-after`);
    await expect(page, what).toHaveTitle(`${i}-after`);
    expect(await page.locator('main').evaluate((it) => it.innerHTML), what).toBe(after);
    const stayed = kept.map((it) => page.locator(it).first().evaluate((node) => 'kept' in node));
    expect(await Promise.all(stayed), what).toEqual(kept.map(() => true));
  }
});

test('a refused form keeps the input of every kind of field', async ({ owner, quiet }) => {
  quiet.allow(422);
  const { page } = owner;
  await owner.visit('/');
  const fields = (error: string) => `
    <form id="f" method="post">${error}
      <input name="id" value="7">
      <div><input id="text" name="text" autocomplete="username" value="before"></div>
      <div><input id="secret" name="secret" type="password" autocomplete="new-password"></div>
      <div><input id="check" name="check" type="checkbox"></div>
      <div><textarea id="area" name="area">before</textarea></div>
      <div><select id="select" name="select"><option selected>one</option><option>two</option></select></div>
      <details id="more"><summary>More</summary><input id="inner" name="inner"></details>
      <button>Send</button>
    </form>`;
  const pages: Record<string, string> = { form: fields('') };
  await bare(page, pages);
  await goTo(page, '/bare/form');
  await expect(page).toHaveTitle('form');
  await page.locator('summary').click();
  for (const id of ['text', 'secret', 'area', 'inner']) await page.locator(`#${id}`).fill(`typed ${id}`);
  await page.locator('#check').check();
  await page.locator('#select').selectOption('two');
  pages.form = fields('<div class="notice" role="alert" tabindex="-1" autofocus>Refused.</div>');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByRole('alert')).toBeFocused();
  for (const id of ['text', 'secret', 'area', 'inner']) await expect(page.locator(`#${id}`)).toHaveValue(`typed ${id}`);
  await expect(page.locator('#check')).toBeChecked();
  await expect(page.locator('#select')).toHaveValue('two');
  await expect(page.locator('#more')).toHaveAttribute('open');

  // Another page with fields of the same names shows its own values.
  pages.other = fields('');
  await goTo(page, '/bare/other');
  await expect(page).toHaveTitle('other');
  for (const id of ['text', 'area']) await expect(page.locator(`#${id}`)).toHaveValue('before');
  for (const id of ['secret', 'inner']) await expect(page.locator(`#${id}`)).toHaveValue('');
  await expect(page.locator('#check')).not.toBeChecked();
  await expect(page.locator('#select')).toHaveValue('one');
});

test('a dialog may open over another, and closing it keeps the outer one', async ({ owner }) => {
  const { page } = owner;
  await owner.visit('/');
  const inner = (open: string) => `<dialog ${open} aria-label="inner">
    <button>b</button><a data-cancel href="/bare/page?dialog=outer">Back</a></dialog>`;
  const outer = (open: string, within: string) => `<a id="opens" href="/bare/page?dialog=outer">Open</a>
    <dialog ${open} aria-label="outer"><a id="deeper" href="/bare/page?dialog=inner">Deeper</a>
    <a data-cancel href="/bare/page">Cancel</a>${within}</dialog>`;
  await bare(page, {
    page: outer('', inner('')),
    'page?dialog=outer': outer('open', inner('')),
    'page?dialog=inner': outer('open', inner('open')),
  });
  const modals = () => page.evaluate(() => [...document.querySelectorAll(':modal')].map((it) => it.ariaLabel));
  await goTo(page, '/bare/page');
  await page.locator('#opens').click();
  await expect(page).toHaveTitle('page?dialog=outer');
  await expect.poll(modals).toEqual(['outer']);
  await page.locator('#deeper').click();
  await expect(page).toHaveTitle('page?dialog=inner');
  await expect.poll(modals).toEqual(['outer', 'inner']);
  await page.keyboard.press('Escape');
  await expect(page).toHaveTitle('page?dialog=outer');
  await expect.poll(modals).toEqual(['outer']);
  await expect(page.locator('#deeper')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page).toHaveTitle('page');
  await expect.poll(modals).toEqual([]);
  await expect(page.locator('#opens')).toBeFocused();
});
