// Runs: a new one, an old one, and a server that goes and comes back.
import assert from 'node:assert/strict';
import { at, lastIs, line, numbered, says, shows } from './page.mjs';

export async function a_new_run_is_empty_and_takes_what_comes(stage) {
  const file = await stage.file('app.jsonl', numbered(200));
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 200');
  await page.click(at('new-run'));
  await page.waitForSelector(`${at('empty-state')}[data-kind=waiting]`);
  await shows(page);
  await stage.append(file, line('first of the new run'));
  await shows(page, 'first of the new run');
  await says(page, at('status-records'), '1 record');

  await page.click(at('run-picker'));
  await page.locator(`${at('run-item')} .show`).nth(1).click();
  await lastIs(page, 'line 200');
  await says(page, at('status-mood'), 'Past run');
  await stage.append(file, line('second'));
  await page.click(at('run-picker'));
  await page.locator(`${at('run-item')} .show`).nth(0).click();
  await shows(page, 'first of the new run', 'second');
  await says(page, at('status-mood'), 'Live');
}

export async function the_picker_shows_both_runs_and_deletes_the_old(stage) {
  const file = await stage.file('app.jsonl', numbered(120, (n) => (n > 118 ? { level: 'error' } : {})));
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 120');
  await page.keyboard.press('Control+l');
  await page.waitForSelector(`${at('empty-state')}[data-kind=waiting]`);
  await stage.append(file, line('new'));
  await shows(page, 'new');

  await page.click(at('run-picker'));
  const items = page.locator(at('run-item'));
  await items.nth(0).filter({ hasText: /live .* 1 record\b/ }).waitFor();
  await items.nth(1).filter({ hasText: /120 records .* 2 errors/ }).waitFor();
  assert.equal(await items.count(), 2);
  assert.equal(await items.nth(0).locator('button[aria-label^=Delete]').isDisabled(), true);
  const [, old] = await server.call('runs_list');
  await items.nth(1).locator('button[aria-label^=Rename]').click();
  await page.keyboard.type('before the fix');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Delete before the fix' }).click();
  await page.click(at('confirm'));
  await items.nth(1).waitFor({ state: 'detached' });
  const left = await server.call('runs_list');
  assert.equal(left.length, 1);
  assert.notEqual(left[0].id, old.id);
}

export async function the_page_comes_back_after_the_server_was_killed(stage) {
  stage.expect(/ERR_|Failed to load resource/);
  const file = await stage.file('app.jsonl', numbered(300));
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 300');
  await server.kill();
  await page.waitForSelector(at('disconnected'));
  await stage.append(file, line('written while it was down'));
  const again = await stage.serve([file], { port: server.port });
  assert.equal(again.url, server.url);
  assert.equal(again.token, server.token, 'the token belongs to the data directory');
  await page.waitForSelector(at('disconnected'), { state: 'detached' });
  await lastIs(page, 'written while it was down');
  await stage.append(file, line('and after'));
  await lastIs(page, 'and after');
  await says(page, at('status-records'), '302 records');
  await says(page, at('status-mood'), 'Live');
}
