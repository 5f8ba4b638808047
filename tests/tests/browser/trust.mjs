// What a page must not give away, run or look like.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { at, lastIs, line, numbered, query, says } from './page.mjs';

const { source: axe } = createRequire(new URL('../../../ui/package.json', import.meta.url))('axe-core');

export async function without_the_right_token_there_is_nothing_to_see(stage) {
  stage.expect(/status of 40[13]/);
  const file = await stage.file('app.jsonl', [line('a secret')]);
  const server = await stage.serve([file]);
  for (const token of ['', 'wrong']) {
    const page = await stage.open(server, { token });
    await page.waitForSelector(at('refused'));
    assert.doesNotMatch(await page.innerText('body'), /secret/);
  }
  const page = await stage.open(server);
  await lastIs(page, 'a secret');
}

export async function log_text_stays_text(stage) {
  const hostile = [
    '<img src=x onerror="document.title=\'owned\'">',
    '<script>document.title="owned"</script>',
    '\u001b[31mred\u001b[0m \u001b]8;;http://evil.test\u0007link\u001b]8;;\u0007 \u001b[2Jwiped',
    'safe\u202efdp.exe\u2066 \u2067and back',
    'javascript:alert(1) http://127.0.0.1:9/"onclick="x',
    '{{constructor.constructor("document.title=1")()}} ${1+1}',
  ];
  const records = hostile.map((msg) => line(msg, 'info', { field: msg, [msg]: { deep: msg } }));
  const file = await stage.file('app.jsonl', [...records, ...hostile, line('last')]);
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'last');
  const title = await page.title();
  const rows = page.locator('.row[data-seq]');
  assert.equal(await rows.count(), hostile.length * 2 + 1);
  const shown = await rows.locator('.m').allTextContents();
  const wanted = [...hostile];
  // Terminal sequences are not for people; what turns the direction of text is made visible.
  wanted[2] = 'red link wiped';
  wanted[3] = 'safe\ufffdfdp.exe\ufffd \ufffdand back';
  assert.deepEqual(shown, [...wanted, ...wanted, 'last']);
  // Right-to-left text stays inside its own cell.
  const isolation = await rows
    .locator('.m')
    .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).unicodeBidi));
  assert.deepEqual([...new Set(isolation)], ['isolate']);

  for (let row = 0; row < hostile.length * 2; row += 1) {
    const seq = await rows.nth(row).getAttribute('data-seq');
    await rows.nth(row).click();
    await page.waitForFunction(
      ([meta, wanted]) => document.querySelector(meta)?.textContent.includes(wanted),
      [`${at('detail')} .meta`, `#${seq}`],
    );
    const made = await page.evaluate(
      () =>
        document.querySelectorAll('.log-list img, .log-list script, [data-testid=detail] img, [data-testid=detail] script')
          .length,
    );
    assert.equal(made, 0, 'log text made an element');
    const links = await page
      .locator(`${at('detail')} a`)
      .evaluateAll((all) => all.map((a) => a.getAttribute('href')));
    for (const href of links) assert.match(href, /^https?:\/\//);
  }
  await query(page, '"<img src=x"');
  await says(page, at('status-matched'), '2 matched');
  assert.equal(await page.title(), title);
}

export async function the_policy_holds_and_the_page_keeps_to_it(stage) {
  const file = await stage.file('app.jsonl', numbered(200, (n) => ({ level: n % 2 ? 'warn' : 'error' })));
  const server = await stage.serve([file]);
  const answer = await fetch(server.url);
  const policy = answer.headers.get('content-security-policy');
  assert.match(policy, /default-src 'self'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');

  const page = await stage.open(server);
  await lastIs(page, 'line 200');
  // Everything that puts elements or styles onto the page.
  await page.click(at('run-picker'));
  await page.waitForSelector(at('run-item'));
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.waitForSelector(at('help'));
  await page.keyboard.press('Escape');
  await page.waitForSelector(at('help'), { state: 'detached' });
  await page.hover(at('new-run'));
  await page.hover(at('source-item'));
  await page.click(at('source-menu'));
  await page.waitForSelector('[role=menu]');
  await page.keyboard.press('Escape');
  await page.locator('.row[data-seq]').last().click();
  await page.waitForSelector(at('detail-fields'));
  await query(page, 'level:error line');
  await says(page, at('status-matched'), '100 matched');
  await page.click(at('query-clear'));
  await stage.append(file, line('a kind of error that is new', 'fatal'));
  await page.locator('[data-sonner-toast]').first().waitFor();
  await page.click(at('theme-toggle'));
  stage.judge();

  // And it is the policy, not our good manners: what breaks it is refused and noticed.
  const inline = () => stage.complaints.some((text) => text.startsWith('policy: script-src'));
  assert.equal(inline(), false);
  stage.expect(/policy: script-src|Content Security Policy/);
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    return 'ran' in window;
  });
  assert.equal(ran, false);
  await stage.complained(inline);
}

export async function no_rule_of_accessibility_is_broken_in_dark(stage) {
  await accessible(stage, 'dark');
}

export async function no_rule_of_accessibility_is_broken_in_light(stage) {
  await accessible(stage, 'light');
}

async function accessible(stage, theme) {
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
  const server = await stage.serve();
  const page = await stage.open(server, { theme });
  await page.waitForSelector(`${at('empty-state')}[data-kind=start]`);
  await keepsRules(page, 'empty');
  const lines = numbered(60, (n) => ({ level: levels[n % 6], order: { id: n } }));
  await server.ingest('orders', lines.map((text) => JSON.parse(text)));
  await lastIs(page, 'line 60');
  await keepsRules(page, 'rows');
  await query(page, 'line level:>=warn -60');
  await page.waitForSelector('.row mark');
  await page.locator('.row.lv-error').last().click();
  await page.waitForSelector(at('detail-fields'));
  await keepsRules(page, 'a query and a record');
  await page.click(at('run-picker'));
  await page.waitForSelector(at('run-item'));
  await keepsRules(page, 'the runs');
}

async function keepsRules(page, what) {
  // What fades in is judged once it has.
  await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {}))));
  // Through the debugger, which the content security policy does not bind.
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => (await window.axe.run(document)).violations);
  const broken = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  assert.deepEqual(broken, [], what);
}
