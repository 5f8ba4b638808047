// The settings: typed in the page, told where they are wrong, in force once they are saved.
import { at, lastIs, line, numbered } from './page.mjs';

export async function settings_are_saved_in_the_page_and_hold_at_once(stage) {
  stage.expect(/status of 400/);
  const file = await stage.file('app.jsonl', numbered(20));
  const server = await stage.serve([file]);
  const page = await stage.open(server);
  await lastIs(page, 'line 20');
  await page.keyboard.press('Control+,');
  const text = page.locator(at('settings-text'));
  await text.waitFor();
  const save = page.locator(at('settings-save'));

  await text.fill("[[redact]]\npattern = '('\n");
  await page.locator(at('settings-mistake')).filter({ hasText: '2:11' }).waitFor();
  await page.waitForSelector(`${at('settings-save')}:disabled`);

  // What is typed is there again, before there is a file too.
  await page.keyboard.press('Escape');
  await text.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+,');
  await page.waitForFunction(
    (area) => document.querySelector(area)?.value === "[[redact]]\npattern = '('\n",
    at('settings-text'),
  );

  await text.fill("[[redact]]\npattern = 'token=[a-z]+'\n");
  await page.locator(at('settings-mistake')).waitFor({ state: 'detached' });
  await save.click();
  await page.getByText('it holds from now on').waitFor();
  await page.keyboard.press('Escape');
  await stage.append(file, line('login with token=abc'));
  await lastIs(page, 'login with [redacted]');

  // Somebody else writes the file while it is being edited here.
  await page.keyboard.press('Control+,');
  await text.waitFor();
  await server.call('settings_save', { text: '# by hand\n' });
  await text.fill('# here\n');
  await save.click();
  await page.getByText('changed by somebody else').waitFor();
  await page.getByRole('button', { name: 'Load it again' }).click();
  await page.waitForFunction(
    (area) => document.querySelector(area)?.value === '# by hand\n',
    at('settings-text'),
  );

  // A file of Windows keeps the ends of its lines.
  await server.call('settings_save', { text: '# by\r\n# hand\r\n' });
  await page.keyboard.press('Escape');
  await text.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+,');
  await text.waitFor();
  await text.fill('# here\n# too\n');
  await save.click();
  await page.getByText('it holds from now on').waitFor();
  const now = await server.call('settings_get', {});
  if (now.text !== '# here\r\n# too\r\n') throw new Error(JSON.stringify(now.text));
}
