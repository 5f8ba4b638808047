import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lastIs, launch, open, type Opened, type Options } from './page';

let browser: Browser;
let opened: Opened;
/** Complaints a test expects, such as those about a connection it cut. */
let expected: RegExp | undefined;

beforeAll(async () => {
  browser = await launch();
});
afterEach(async () => {
  const unexpected = opened.complaints.filter((text) => !expected?.test(text));
  expected = undefined;
  expect(unexpected).toEqual([]);
  await opened.close();
});
afterAll(() => browser.close());

async function start(options: Options = {}) {
  opened = await open(browser, { rows: 50_000, ...options });
  if (options.scene !== 'empty' && options.token === undefined) {
    await lastIs(opened.page, options.rows ?? 50_000);
  }
  return opened;
}

async function violations(): Promise<string[]> {
  // Through the debugger, which the content security policy does not bind.
  await opened.page.evaluate(axe.source);
  const found = await opened.page.evaluate(async () => {
    const { axe: here } = window as unknown as { axe: typeof axe };
    return (await here.run(document)).violations;
  });
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

describe.each(['dark', 'light'] as const)('the page in %s', (theme) => {
  it('breaks no rule of accessibility, whatever is open', async () => {
    const { page, server, picture } = await start({ theme, scene: 'odd' });
    const hint = 'Nothing new is stored until there is space.';
    const full = { code: 'disk_full', kind: 'error', message: 'The disk is full.', hint };
    server.workbench.tell({ type: 'notice', notice: { ...full, active: true } });
    await page.waitForSelector('[data-testid=notice]');
    expect(await violations()).toEqual([]);
    await page.fill('[data-testid=toolbar-query]', 'level:error,fatal,none "o');
    await page.waitForSelector('.row.lv-error mark');
    expect(await violations()).toEqual([]);
    await page.locator('.row.lv-error').first().click();
    await page.waitForSelector('[data-testid=detail-fields]');
    expect(await violations()).toEqual([]);
    await picture(`detail-${theme}`);
    await page.click('[data-testid=run-picker]');
    await page.waitForSelector('[data-testid=run-item]');
    expect(await violations()).toEqual([]);
    await picture(`runs-${theme}`);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.waitForSelector('[data-testid=help]');
    await page.waitForTimeout(300);
    expect(await violations()).toEqual([]);
  });

  it('breaks none when it is empty', async () => {
    const { page, picture } = await start({ theme, scene: 'empty' });
    await page.waitForSelector('[data-testid=empty-state]');
    expect(await violations()).toEqual([]);
    await picture(`empty-${theme}`);
  });
});

describe('the page', () => {
  it('needs its token and says where it is', async () => {
    expected = /401/;
    const { page } = await start({ token: 'secret' });
    await page.waitForSelector('[data-testid=refused]');
    await page.goto(`${page.url()}?token=secret`);
    await lastIs(page, 50_000);
    expect(page.url()).not.toContain('token');
    await page.reload();
    await lastIs(page, 50_000);
  });

  it('shows a lost connection and goes on by itself, where it was', async () => {
    expected = /ERR_|Failed to load/;
    const { page, server } = await start();
    await page.fill('[data-testid=toolbar-query]', 'orders');
    await page.waitForSelector('.row mark');
    await page.locator('.row').nth(7).click();
    const seq = await page.getAttribute('[aria-selected=true]', 'data-seq');
    await fetch(`http://127.0.0.1:${String(server.port)}/dev/refuse`, { method: 'POST', body: '{"on":true}' });
    await page.waitForSelector('[data-testid=disconnected]');
    expect(await page.textContent('[data-testid=status-mood]')).toContain('Disconnected');
    server.workbench.views.clear();
    await fetch(`http://127.0.0.1:${String(server.port)}/dev/refuse`, { method: 'POST', body: '{"on":false}' });
    await page.waitForSelector('[data-testid=disconnected]', { state: 'detached' });
    server.workbench.append(100);
    await page.waitForSelector('[data-testid=pill]');
    expect(await page.getAttribute('[aria-selected=true]', 'data-seq')).toBe(seq);
  });

  it('opens a view anew that the server forgot', async () => {
    expected = /404/;
    const { page, server } = await start();
    server.workbench.views.clear();
    await page.keyboard.press('g');
    await page.waitForFunction(() => document.querySelector('.row')?.getAttribute('data-seq') === '1');
  });

  it('edits the query by clicks on levels, sources and values', async () => {
    const { page } = await start();
    const query = () => page.inputValue('[data-testid=toolbar-query]');
    await page.keyboard.press('/');
    await page.keyboard.type('jfgG');
    expect(await query()).toBe('jfgG');
    await page.keyboard.press('/');
    expect(await query()).toBe('jfgG/');
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.press('Delete');
    await page.keyboard.press('Escape');
    expect(await query()).toBe('');
    await page.click('[data-testid=level-error]');
    await page.click('[data-testid=level-warn]');
    expect(await query()).toBe('level:error,warn');
    await page.click('[data-testid=source-item] >> text=billing');
    expect(await query()).toBe('level:error,warn source:billing');
    await page.waitForFunction(
      () => document.querySelectorAll('.row').length > 0 && !document.querySelector('.row.lv-info'),
    );
    expect(await page.textContent('[data-testid=status-matched]')).toMatch(/matched/);
    await page.click('[data-testid=query-clear]');
    await page.locator('.row.lv-info').last().click();
    await page.locator('[data-testid=field-value]').first().click();
    expect(await query()).toMatch(/^\w+:\S+$/);
    await page.locator('[data-testid=field-exclude]').first().click();
    expect(await query()).toMatch(/^-\w+:\S+$/);
  });

  it('begins a new run, shows an old one, renames and deletes', async () => {
    const { page, server } = await start();
    await page.keyboard.press('Control+l');
    await page.waitForSelector('[data-testid=empty-state][data-kind=waiting]');
    server.workbench.append(10);
    await lastIs(page, 10);
    await page.click('[data-testid=run-picker]');
    await page.locator('[data-testid=run-item]').nth(2).locator('.show').click();
    await lastIs(page, 59_914);
    expect(await page.textContent('[data-testid=status-mood]')).toBe('Past run');
    await page.click('[data-testid=run-picker]');
    await page.getByRole('button', { name: 'Rename checkout crash' }).click();
    await page.keyboard.type('kept');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete kept' }).click();
    await page.click('[data-testid=confirm]');
    await lastIs(page, 10);
    expect(server.workbench.runs.map(({ name }) => name)).not.toContain('kept');
  });

  it('says what is new and wrong, and goes to it', async () => {
    const { page, server } = await start();
    await page.fill('[data-testid=toolbar-query]', 'level:trace');
    await page.waitForFunction(() => document.querySelectorAll('.row:not(.lv-trace)').length === 0);
    const seen = { run: 'r-14', seq: 20_000, source: 'billing', level: 'error' };
    const trouble = { ...seen, message: '<b>payment</b> failed', pattern: 'payment', others: 0 };
    server.workbench.tell({ type: 'trouble', trouble });
    await page.getByText('billing: <b>payment</b> failed').waitFor();
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForSelector('[aria-selected=true][data-seq="20000"]');
    await page.waitForSelector('[data-testid=detail]');
  });

  it('says which clause keeps everything out', async () => {
    const { page } = await start();
    await page.fill('[data-testid=toolbar-query]', 'level:fatal nowhere');
    await page.waitForSelector('[data-testid=drop-clause]');
    await page.click('[data-testid=drop-clause]');
    expect(await page.inputValue('[data-testid=toolbar-query]')).toBe('level:fatal');
    await page.waitForSelector('.row.lv-fatal');
  });

  it('takes dropped files and shows them on their way', async () => {
    const { page, server } = await start({ scene: 'empty' });
    await page.waitForSelector('[data-testid=drop-zone]');
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File(['a\nb\n'], 'shop.log'));
      return data;
    });
    await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
    await page.waitForSelector('[data-testid=drop-overlay]');
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await page.waitForSelector('[data-testid=drop-overlay]', { state: 'detached' });
    await expect.poll(() => server.workbench.uploaded).toEqual([{ name: 'shop.log' }]);
    await lastIs(page, 1_000);
  });

  it('keeps the theme that was chosen', async () => {
    const { page } = await start({ theme: 'dark' });
    const theme = () => page.getAttribute('html', 'data-theme');
    await page.click('[data-testid=theme-toggle]');
    await page.click('[data-testid=theme-toggle]');
    expect(await theme()).toBe('light');
    await page.reload();
    expect(await theme()).toBe('light');
  });

  it('fits a narrow window', async () => {
    const { page, picture } = await start({ width: 800, height: 600 });
    expect(await page.isVisible('[data-testid=sidebar]')).toBe(false);
    await page.click('[data-testid=sidebar-toggle]');
    await page.waitForSelector('[data-testid=sidebar]');
    await page.keyboard.press('Escape');
    await page.locator('.row').last().click({ position: { x: 200, y: 8 } });
    await page.waitForSelector('[data-testid=detail-raw]');
    await expect.poll(() => page.isVisible('[aria-selected=true]')).toBe(true);
    await picture('narrow');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(800);
  });
});
