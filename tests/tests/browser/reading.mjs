// Reading one run: following, scrolling, filtering, a record in full.
import assert from 'node:assert/strict';
import { at, lastIs, line, messages, numbered, query, says, shows } from './page.mjs';

export async function the_page_opens_on_the_last_of_100_000_lines(stage) {
  const file = await stage.file('app.jsonl', numbered(100_000));
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 100000');
  await says(page, at('status-records'), '100,000 records');
  await says(page, at('status-mood'), 'Live');
  assert.equal(new URL(page.url()).search, '', 'the token leaves the address');
  // What is shown is really there, in order, without a hole.
  const shown = await messages(page);
  const first = 100_000 - shown.length;
  assert.deepEqual(shown, shown.map((_, i) => `line ${first + i + 1}`));
}

export async function a_line_arrives_as_it_is_written(stage) {
  const file = await stage.file('app.jsonl', numbered(50));
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 50');
  await stage.append(file, line('written later'));
  await lastIs(page, 'written later');
  await stage.append(file, line('and', 'warn'), line('more', 'error'));
  await lastIs(page, 'more');
  await says(page, at('status-records'), '53 records');
  assert.equal(await page.getAttribute(at('follow'), 'aria-pressed'), 'true');
}

export async function scrolling_up_lets_go_and_end_follows_again(stage) {
  const file = await stage.file('app.jsonl', numbered(500));
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 500');
  await page.hover('.log-list .viewport');
  await page.mouse.wheel(0, -440);
  await page.waitForSelector(`${at('follow')}[aria-pressed=false]`);
  await lastIs(page, 'line 480');
  const before = await messages(page);
  await stage.append(file, line('one'), line('two', 'error'), line('three'));
  await says(page, at('pill'), '↓ 3 new lines · 1 error');
  assert.deepEqual(await messages(page), before, 'nothing moves under the reader');
  await page.keyboard.press('End');
  await lastIs(page, 'three');
  await page.waitForSelector(at('pill'), { state: 'detached' });
  await page.waitForSelector(`${at('follow')}[aria-pressed=true]`);
  await stage.append(file, line('four'));
  await lastIs(page, 'four');
}

export async function a_query_narrows_and_counts(stage) {
  const rare = (n) => (n % 100 === 0 ? { msg: `needle ${n}` } : {});
  const file = await stage.file('app.jsonl', numbered(1_000, rare));
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'needle 1000');
  await query(page, 'NEEDLE -700');
  await says(page, at('status-matched'), '9 matched');
  const left = [100, 200, 300, 400, 500, 600, 800, 900, 1000].map((n) => `needle ${n}`);
  await shows(page, ...left);
  const marked = await page.$$eval('.row mark', (marks) => marks.map((mark) => mark.textContent));
  assert.deepEqual(marked, left.map(() => 'needle'));
  await stage.append(file, line('hay'), line('one more needle'));
  await says(page, at('status-matched'), '10 matched');
  await lastIs(page, 'one more needle');
  await query(page, 'needle nowhere');
  await page.waitForSelector(`${at('empty-state')}[data-kind=unmatched]`);
  await page.locator(at('drop-clause')).first().click();
  await says(page, at('status-matched'), '11 matched');
  await page.click(at('query-clear'));
  await says(page, at('status-records'), '1,002 records');
  await lastIs(page, 'one more needle');
}

export async function levels_are_switched_by_clicks(stage) {
  const levels = ['debug', 'info', 'warn', 'error'];
  const file = await stage.file(
    'app.jsonl',
    numbered(400, (n) => ({ level: levels[n % 4] })),
  );
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 400');
  for (const level of levels) await says(page, `${at(`level-${level}`)} .count`, '100');
  await page.click(at('level-error'));
  await says(page, at('status-matched'), '100 matched');
  await lastIs(page, 'line 399');
  await page.click(at('level-warn'));
  await says(page, at('status-matched'), '200 matched');
  await page.waitForSelector('.row.lv-warn');
  const classes = await page.$$eval('.row[data-seq]', (rows) => rows.map((row) => row.className));
  assert.deepEqual([...new Set(classes)].sort(), ['row lv-error', 'row lv-warn']);
  assert.equal(await page.inputValue(at('toolbar-query')), 'level:error,warn');
  await page.click(at('level-warn'));
  await page.click(at('level-error'));
  await lastIs(page, 'line 400');
  assert.equal(await page.inputValue(at('toolbar-query')), '');
}

export async function a_record_opens_in_full_and_its_values_filter(stage) {
  const file = await stage.file(
    'app.jsonl',
    numbered(300, (n) => ({ order: { id: `A-${n % 3}`, total: n }, tags: ['x', 'y z'] })),
  );
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 300');
  await page.locator('.row[data-seq]').last().click();
  await says(page, at('detail-message'), 'line 300');
  await page.waitForSelector(`${at('follow')}[aria-pressed=false]`);
  const raw = await page.textContent(at('detail-raw'));
  assert.deepEqual(JSON.parse(raw).order, { id: 'A-0', total: 300 });
  const value = (text) => page.locator(at('field-value'), { hasText: text });
  await value('A-0').click();
  assert.equal(await page.inputValue(at('toolbar-query')), 'order.id:A-0');
  await says(page, at('status-matched'), '100 matched');
  await page.getByRole('button', { name: 'Exclude order.id A-0' }).click();
  assert.equal(await page.inputValue(at('toolbar-query')), '-order.id:A-0');
  await says(page, at('status-matched'), '200 matched');
  await page.keyboard.press('Escape');
  await page.waitForSelector(at('detail'), { state: 'detached' });
  await query(page, 'tags:"y z" order.total:>298');
  await says(page, at('status-matched'), '2 matched');
}

export async function the_theme_is_chosen_and_kept(stage) {
  const file = await stage.file('app.jsonl', numbered(20));
  const server = await stage.serve([file]);
  const page = await stage.open(server, { theme: 'light' });
  await lastIs(page, 'line 20');
  const theme = () => page.getAttribute('html', 'data-theme');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await theme(), 'light');
  const light = await ground();
  await page.click(at('theme-toggle'));
  assert.equal(await theme(), 'dark');
  assert.notEqual(await ground(), light);
  await page.reload();
  await lastIs(page, 'line 20');
  assert.equal(await theme(), 'dark');
  await page.click(at('theme-toggle'));
  assert.equal(await theme(), 'light');
  await page.click(at('theme-toggle'));
  assert.equal(await theme(), 'light', 'the system’s');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForSelector('html[data-theme=dark]', { state: 'attached' });
}
