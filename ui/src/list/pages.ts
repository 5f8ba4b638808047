/**
 * The rows of one view at one epoch, in pages, fetched when they are about to show.
 *
 * A page grows at its end as the view does, or at its start when more of it is wanted, and never
 * changes otherwise: when rows move, the view's epoch changes, and a new cache takes this one's
 * place. So an answer is either of this epoch, and right, or dropped.
 */
import type { Row, Rows } from '../generated/types';

export const PAGE_ROWS = 256;
const KEPT_PAGES = 64;
const REQUESTS = 4;
const RETRY_MS = 1_000;

interface Page {
  /** Where in the page its rows begin: while following, only what shows is fetched. */
  from: number;
  rows: Row[];
  /** The view's row count when the page turned out shorter than asked: not asked again below it. */
  shortAt: number;
}

/** A page, from which of its rows on. */
interface Wish {
  page: number;
  low: number;
}

export interface PageHost {
  fetch(view: number, start: number, count: number): Promise<Rows>;
  /** Rows came in. */
  arrived(): void;
  /** An answer of another epoch came: this cache is out of date. */
  outdated(epoch: number): void;
  failed(cause: unknown): void;
}

export class PageCache {
  readonly view: number;
  readonly epoch: number;
  readonly #host: PageHost;
  /** In order of use, the least recent first. */
  readonly #pages = new Map<number, Page>();
  readonly #asked = new Map<number, Promise<void>>();
  #wanted: Wish[] = [];
  #count = 0;
  #closed = false;
  #pausedUntil = 0;

  constructor(view: number, epoch: number, host: PageHost) {
    this.view = view;
    this.epoch = epoch;
    this.#host = host;
  }

  /** Takes rows that begin at a page's start, as an answer that was fetched before the cache. */
  seed(answer: Rows): void {
    for (let at = 0; at < answer.rows.length; at += PAGE_ROWS) {
      const rows = answer.rows.slice(at, at + PAGE_ROWS);
      this.#keep((answer.start + at) / PAGE_ROWS, { from: 0, rows, shortAt: -1 });
    }
  }

  row(index: number): Row | undefined {
    const page = this.#pages.get(pageOf(index));
    return page?.rows[(index % PAGE_ROWS) - page.from];
  }

  /** Asks for the pages of rows `first..last`, then for the page ahead, and forgets older wishes. */
  want(first: number, last: number, count: number, ahead: -1 | 0 | 1): void {
    this.#count = count;
    const wanted = wishes(first, last).map(({ page }) => ({ page, low: 0 }));
    if (ahead < 0) wanted.push({ page: pageOf(first) - 1, low: 0 });
    if (ahead > 0) wanted.push({ page: pageOf(last - 1) + 1, low: 0 });
    this.#wanted = wanted;
    for (const { page } of wanted) this.#touch(page);
    this.#pump();
  }

  /** Fetches rows `first..last` and no others. False when that did not succeed. */
  async ensure(first: number, last: number): Promise<boolean> {
    const needed = wishes(first, last);
    this.#wanted = [];
    for (const { page } of needed) this.#touch(page);
    await Promise.all(needed.map((wish) => this.#complete(wish, last)));
    return !this.#closed && needed.every((wish) => !this.#gap(wish, last));
  }

  /** No more requests, and answers under way are dropped. What is there can still be shown. */
  close(): void {
    this.#closed = true;
    this.#wanted = [];
  }

  get pages(): number {
    return this.#pages.size;
  }

  /** The rows a wish still lacks: those before what is there first, then those behind it. */
  #gap({ page, low }: Wish, count: number): { start: number; count: number } | undefined {
    const kept = this.#pages.get(page);
    const base = page * PAGE_ROWS;
    if (kept && kept.from > low) return { start: base + low, count: kept.from - low };
    if (kept && kept.shortAt >= count) return undefined;
    const have = kept ? kept.from + kept.rows.length : low;
    const lacks = Math.min(PAGE_ROWS, count - base) - have;
    return lacks > 0 ? { start: base + have, count: lacks } : undefined;
  }

  async #complete(wish: Wish, count: number): Promise<void> {
    for (let gap = this.#gap(wish, count); gap && !this.#closed; ) {
      const asked = this.#asked.get(wish.page);
      await (asked ?? this.#ask(wish, count));
      const left = this.#gap(wish, count);
      // An own request that brought nothing was answered short, refused or out of date.
      if (!asked && left?.start === gap.start && left.count === gap.count) return;
      gap = left;
    }
  }

  #pump(): void {
    if (performance.now() < this.#pausedUntil) return;
    for (const wish of this.#wanted) {
      if (this.#closed || this.#asked.size >= REQUESTS) return;
      if (wish.page >= 0 && !this.#asked.has(wish.page) && this.#gap(wish, this.#count)) {
        void this.#ask(wish, this.#count);
      }
    }
  }

  #ask(wish: Wish, upTo: number): Promise<void> {
    const asking = this.#fetch(wish, upTo).finally(() => {
      this.#asked.delete(wish.page);
      this.#pump();
    });
    this.#asked.set(wish.page, asking);
    return asking;
  }

  async #fetch(wish: Wish, upTo: number): Promise<void> {
    const gap = this.#gap(wish, upTo);
    if (this.#closed || !gap) return;
    try {
      const answer = await this.#host.fetch(this.view, gap.start, gap.count);
      if (this.#closed || answer.view !== this.view) return;
      if (answer.epoch !== this.epoch) {
        this.#host.outdated(answer.epoch);
        return;
      }
      this.#take(wish.page, answer, gap.count, upTo);
      this.#host.arrived();
    } catch (cause) {
      if (this.#closed) return;
      this.#pausedUntil = performance.now() + RETRY_MS;
      setTimeout(() => this.#pump(), RETRY_MS);
      this.#host.failed(cause);
    }
  }

  #take(page: number, answer: Rows, asked: number, upTo: number): void {
    const from = answer.start - page * PAGE_ROWS;
    const kept = this.#pages.get(page);
    const short = answer.rows.length < asked;
    if (!kept) {
      this.#keep(page, { from, rows: [...answer.rows], shortAt: short ? upTo : -1 });
    } else if (from + answer.rows.length === kept.from) {
      this.#keep(page, { ...kept, from, rows: [...answer.rows, ...kept.rows] });
    } else if (from === kept.from + kept.rows.length) {
      // Added in place: what shows is looked up anew by every paint.
      for (const row of answer.rows) kept.rows.push(row);
      if (short) kept.shortAt = upTo;
      this.#keep(page, kept);
    }
  }

  #keep(page: number, kept: Page): void {
    this.#pages.delete(page);
    this.#pages.set(page, kept);
    while (this.#pages.size > KEPT_PAGES) {
      const oldest = this.#pages.keys().next();
      if (oldest.done) return;
      this.#pages.delete(oldest.value);
    }
  }

  #touch(page: number): void {
    const kept = this.#pages.get(page);
    if (!kept) return;
    this.#pages.delete(page);
    this.#pages.set(page, kept);
  }
}

function wishes(first: number, last: number): Wish[] {
  const found: Wish[] = [];
  for (let page = pageOf(first); page <= pageOf(last - 1); page += 1) {
    found.push({ page, low: Math.max(0, first - page * PAGE_ROWS) });
  }
  return found;
}

export function pageOf(row: number): number {
  return Math.floor(row / PAGE_ROWS);
}
