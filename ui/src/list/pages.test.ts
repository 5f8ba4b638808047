import { describe, expect, it } from 'vitest';
import { PAGE_ROWS, PageCache, type PageHost } from './pages';
import type { Rows } from '../generated/types';
import { FakeView } from './view.testing';

interface Asked {
  start: number;
  count: number;
  answer(): Promise<void>;
}

/** A cache whose answers come when the test says so. */
function cache(view: FakeView) {
  const asked: Asked[] = [];
  const outdated: number[] = [];
  const host: PageHost = {
    fetch: (_, start, count) =>
      new Promise<Rows>((resolve) => {
        asked.push({
          start,
          count,
          answer: async () => {
            resolve(await view.rows(start, count));
            for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
          },
        });
      }),
    arrived: () => undefined,
    outdated: (epoch) => outdated.push(epoch),
    failed: () => undefined,
  };
  return { cache: new PageCache(view.id, view.epoch, host), asked, outdated };
}

function view(rows: number): FakeView {
  return new FakeView(
    1,
    Array.from({ length: rows }, (_, at) => at + 1),
  );
}

describe('pages', () => {
  it('that show are asked for before the one ahead, and each once', () => {
    const { cache: pages, asked } = cache(view(5_000));
    pages.want(300, 340, 5_000, 1);
    pages.want(300, 340, 5_000, 1);
    expect(asked.map(({ start }) => start)).toEqual([256, 512]);
  });

  it('at the end ask only for what they lack', async () => {
    const v = view(300);
    const { cache: pages, asked } = cache(v);
    pages.want(256, 300, 300, 0);
    await asked[0]?.answer();
    v.append(20);
    pages.want(280, 320, 320, 0);
    expect(asked[1]).toMatchObject({ start: 300, count: 20 });
    await asked[1]?.answer();
    expect(pages.row(319)?.seq).toBe(320);
  });

  it('of another epoch are dropped and said to be out of date', async () => {
    const v = view(5_000);
    const { cache: pages, asked, outdated } = cache(v);
    pages.want(0, 40, 5_000, 0);
    v.find([0]);
    await asked[0]?.answer();
    expect(pages.row(0)).toBeUndefined();
    expect(outdated).toEqual([2]);
  });

  it('that answer after closing are dropped', async () => {
    const { cache: pages, asked, outdated } = cache(view(5_000));
    pages.want(0, 40, 5_000, 0);
    pages.close();
    await asked[0]?.answer();
    expect(pages.row(0)).toBeUndefined();
    expect(outdated).toEqual([]);
  });

  it('are not asked for again and again when the view is shorter than said', async () => {
    const { cache: pages, asked } = cache(view(10));
    pages.want(0, 40, 100, 0);
    await asked[0]?.answer();
    pages.want(0, 40, 100, 0);
    expect(asked).toHaveLength(1);
    pages.want(0, 40, 101, 0);
    expect(asked).toHaveLength(2);
  });

  it('wished for while scrolling past are forgotten for those that show now', async () => {
    const { cache: pages, asked } = cache(view(1_000_000));
    for (let page = 0; page < 50; page += 1) {
      pages.want(page * PAGE_ROWS, page * PAGE_ROWS + 40, 1_000_000, 0);
    }
    expect(asked).toHaveLength(4);
    await asked[0]?.answer();
    expect(asked.at(-1)?.start).toBe(49 * PAGE_ROWS);
  });

  it('are kept up to a bound, the latest used the longest', async () => {
    const { cache: pages, asked } = cache(view(1_000_000));
    for (let page = 0; page < 100; page += 1) {
      pages.want(page * PAGE_ROWS, page * PAGE_ROWS + 40, 1_000_000, 0);
      await asked.at(-1)?.answer();
      pages.want(0, 40, 1_000_000, 0);
    }
    expect(pages.pages).toBe(64);
    expect(pages.row(0)?.seq).toBe(1);
    expect(pages.row(99 * PAGE_ROWS)?.seq).toBe(99 * PAGE_ROWS + 1);
    expect(pages.row(5 * PAGE_ROWS)).toBeUndefined();
  });

  it('while following hold what shows, and the rest once it is wanted', async () => {
    const { cache: pages, asked } = cache(view(600));
    const tail = pages.ensure(560, 600);
    expect(asked).toMatchObject([{ start: 560, count: 40 }]);
    await asked[0]?.answer();
    await expect(tail).resolves.toBe(true);
    expect(pages.row(559)).toBeUndefined();
    expect(pages.row(560)?.seq).toBe(561);
    pages.want(550, 590, 600, 0);
    expect(asked[1]).toMatchObject({ start: 512, count: 48 });
    await asked[1]?.answer();
    expect([512, 559, 560, 599].map((at) => pages.row(at)?.seq)).toEqual([513, 560, 561, 600]);
    expect(asked).toHaveLength(2);
  });

  it('can be waited for, also while they are being fetched', async () => {
    const v = view(600);
    const { cache: pages, asked } = cache(v);
    pages.want(0, 40, 600, 0);
    const whole = pages.ensure(200, 600);
    await Promise.resolve();
    for (let at = 0; at < asked.length || at < 3; at += 1) await asked[at]?.answer();
    await expect(whole).resolves.toBe(true);
    expect(pages.row(599)?.seq).toBe(600);
  });
});
