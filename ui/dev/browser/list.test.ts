import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lastIs, launch, open, shown, type Opened, type Options } from './page';

let browser: Browser;
let opened: Opened;

beforeAll(async () => {
  browser = await launch();
});
afterEach(async () => {
  expect(opened.complaints).toEqual([]);
  await opened.close();
});
afterAll(() => browser.close());

async function start(options: Options = {}) {
  opened = await open(browser, { rows: 10_000_000, ...options });
  const { page } = opened;
  await lastIs(page, options.rows ?? 10_000_000);
  return opened;
}

describe('the list', () => {
  it('shows the end of ten million records and follows what is appended', async () => {
    const { page, server } = await start();
    server.workbench.append(1_234);
    await lastIs(page, 10_001_234);
    expect(await page.locator('.row').count()).toBeLessThan(60);
    expect(await page.getAttribute('[data-testid=list]', 'aria-rowcount')).toBe('10001235');
  });

  it('stays where the user scrolled to and counts what is new', async () => {
    const { page, server } = await start({ rows: 100_000 });
    await page.hover('[data-testid=list]');
    await page.mouse.wheel(0, -500);
    await expect.poll(() => page.getAttribute('[data-testid=follow]', 'aria-pressed')).toBe('false');
    await page.waitForFunction(() => !document.querySelector('.row.skeleton'));
    const before = await shown(page);
    server.workbench.append(1_284);
    await page.waitForSelector('[data-testid=pill]');
    expect(await page.textContent('[data-testid=pill]')).toMatch(/^↓ 1,284 new lines\s· \d+ errors?$/);
    expect(await shown(page)).toEqual(before);
    await page.click('[data-testid=pill]');
    await lastIs(page, 101_284);
    expect(await page.locator('[data-testid=pill]').count()).toBe(0);
  });

  it('goes by keys: ends, pages, steps, detail', async () => {
    const { page } = await start({ rows: 50_000 });
    await page.keyboard.press('g');
    await page.waitForFunction(() => document.querySelector('.row')?.getAttribute('data-seq') === '1');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.getAttribute('[aria-selected=true]', 'data-seq')).toBe('1');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-testid=detail-message]');
    const active = await page.getAttribute('[data-testid=list]', 'aria-activedescendant');
    expect(await page.getAttribute('[aria-selected=true]', 'id')).toBe(active);
    await page.keyboard.press('PageDown');
    await page.waitForFunction(() => Number(document.querySelector('.row')?.getAttribute('data-seq')) > 20);
    await page.keyboard.press('Escape');
    await page.waitForSelector('[data-testid=detail]', { state: 'detached' });
    await page.keyboard.press('G');
    await lastIs(page, 50_000);
    expect(await page.getAttribute('[data-testid=follow]', 'aria-pressed')).toBe('true');
    await page.keyboard.press('f');
    expect(await page.getAttribute('[data-testid=follow]', 'aria-pressed')).toBe('false');
  });

  it('is dragged by its thumb through everything, with skeletons and no jumps', async () => {
    const { page } = await start();
    const track = await page.locator('[data-testid=scrollbar]').boundingBox();
    const thumb = await page.locator('[data-testid=thumb]').boundingBox();
    if (!track || !thumb) throw new Error('no scrollbar');
    await page.mouse.move(thumb.x + 4, thumb.y + 4);
    await page.mouse.down();
    let last = Number.MAX_SAFE_INTEGER;
    for (let step = 1; step <= 20; step += 1) {
      await page.mouse.move(track.x + 4, thumb.y + 4 - (step * (thumb.y - track.y)) / 20);
      await page.waitForFunction(() => document.querySelector('.row[data-seq]'));
      const first = Number(await page.getAttribute('.row', 'aria-rowindex'));
      expect(first).toBeLessThan(last);
      last = first;
    }
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelector('.row')?.getAttribute('data-seq') === '1');
  });

  it('keeps the record being read in place while a search finds older ones', async () => {
    const { page } = await start({ rows: 3_000_000 });
    await page.fill('[data-testid=toolbar-query]', 'level:error');
    await page.waitForFunction(() => document.querySelectorAll('.row.lv-error').length > 20);
    await page.hover('[data-testid=list]');
    await page.mouse.wheel(0, -150);
    await page.locator('.row').nth(10).click();
    const place = () =>
      page.$eval('[aria-selected=true]', (row) => [
        row.getAttribute('data-seq'),
        row.getBoundingClientRect().top,
      ]);
    const before = await place();
    for (let look = 0; look < 15; look += 1) {
      await page.waitForTimeout(60);
      expect(await place()).toEqual(before);
    }
    expect(await page.locator('.row.skeleton').count()).toBe(0);
  });

  it('keeps the record being read in place from one query to the next', async () => {
    const { page } = await start({ rows: 20_000 });
    await page.keyboard.press('g');
    await page.waitForFunction(() => document.querySelector('.row')?.getAttribute('data-seq') === '1');
    await page.hover('[data-testid=list]');
    await page.mouse.wheel(0, 22 * 4_000);
    const row = page.locator('.row.lv-info').nth(8);
    const seq = await row.getAttribute('data-seq');
    await row.click();
    await page.click('[data-testid=level-info]');
    await page.waitForFunction(() => document.querySelectorAll('.row:not(.lv-info)').length === 0);
    expect(await page.getAttribute('[aria-selected=true]', 'data-seq')).toBe(seq);
    await page.click('[data-testid=query-clear]');
    await page.waitForFunction(() => document.querySelectorAll('.row:not(.lv-info)').length > 0);
    expect(await page.getAttribute('[aria-selected=true]', 'data-seq')).toBe(seq);
  });

  it('is dragged by a finger and glides on', async () => {
    const { page } = await start({ rows: 50_000, touch: true });
    const client = await page.context().newCDPSession(page);
    const at = (y: number) => ({ touchPoints: [{ x: 600, y }] });
    await client.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(300) });
    for (let y = 320; y <= 600; y += 20) {
      await client.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(y) });
    }
    await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect.poll(async () => (await shown(page)).at(-1)).toBeLessThan(49_990);
  });

  it('lets go while text in it is being selected', async () => {
    const { page, server } = await start({ rows: 5_000 });
    const box = await page.locator('.row .m').nth(5).boundingBox();
    if (!box) throw new Error('no row');
    await page.mouse.move(box.x + 5, box.y + 11);
    await page.mouse.down();
    await page.mouse.move(box.x + 120, box.y + 80, { steps: 5 });
    server.workbench.append(500);
    await page.waitForSelector('[data-testid=pill]');
    await page.mouse.up();
    expect(await page.evaluate(() => String(document.getSelection()).length)).toBeGreaterThan(30);
    expect(await page.locator('[data-testid=detail]').count()).toBe(0);
  });

  it('shows a line that has no end yet below the last one', async () => {
    const { page, server } = await start({ rows: 5_000 });
    server.workbench.partial = 'half a li';
    server.workbench.tellSources();
    await page.waitForSelector('.row.pending');
    expect(await page.textContent('.row.pending .m')).toBe('half a li');
    server.workbench.partial = undefined;
    server.workbench.append(1);
    server.workbench.tellSources();
    await lastIs(page, 5_001);
  });
});
