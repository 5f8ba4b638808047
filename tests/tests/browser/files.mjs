// Files given to the page: a browser has no paths, so their content is sent.
import assert from 'node:assert/strict';
import { at, lastIs, numbered, says } from './page.mjs';

export async function a_dropped_file_is_sent(stage) {
  const server = await stage.serve();
  const page = await stage.open(server);
  await page.waitForSelector(`${at('empty-state')}[data-kind=start]`);
  const transfer = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'dropped.jsonl'));
    return data;
  }, numbered(5_000).join('\n'));
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await page.waitForSelector(at('drop-overlay'));
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
  await page.waitForSelector(at('drop-overlay'), { state: 'detached' });
  // The last line has no newline; the end of the file ends it.
  await lastIs(page, 'line 5000');
  await says(page, at('status-records'), '5,000 records');
  await says(page, `${at('source-item')} .name`, 'dropped.jsonl');
}

export async function chosen_files_are_sent(stage) {
  const server = await stage.serve();
  const page = await stage.open(server);
  await page.waitForSelector(at('drop-zone'));
  const files = [
    await stage.file('one.jsonl', numbered(100)),
    await stage.file('two.log', ['plain text, without a time', 'level=warn msg="and logfmt"']),
  ];
  const choosing = page.waitForEvent('filechooser');
  await page.click(at('drop-zone'));
  await (await choosing).setFiles(files);
  await says(page, at('status-records'), '102 records');
  await page.waitForFunction(
    (item) => document.querySelectorAll(item).length === 2,
    at('source-item'),
  );
  const names = await page.locator(`${at('source-item')} .name`).allInnerTexts();
  assert.deepEqual(names.sort(), ['one.jsonl', 'two.log']);
}
