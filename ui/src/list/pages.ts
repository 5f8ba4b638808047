/**
 * The rows of one view at one epoch, in pages, fetched when they are about to show.
 *
 * A page grows at its end as the view does and never changes otherwise: when rows move, the view's
 * epoch changes, and a new cache takes this one's place. So an answer is either of this epoch, and
 * right, or dropped.
 */
import type { Row, Rows } from '../generated/types';

export const PAGE_ROWS = 256;
const KEPT_PAGES = 64;
const REQUESTS = 4;
const RETRY_MS = 1_000;

interface Page {
  rows: Row[];
  /** The view's row count when the page turned out shorter than asked: not asked again below it. */
  shortAt: number;
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
  #wanted: number[] = [];
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
      this.#keep((answer.start + at) / PAGE_ROWS, { rows, shortAt: -1 });
    }
  }

  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS];
  }

  /** Asks for the pages of rows `first..last`, then for the page ahead, and forgets older wishes. */
  want(first: number, last: number, count: number, ahead: -1 | 0 | 1): void {
    this.#count = count;
    const wanted: number[] = [];
    for (let page = pageOf(first); page <= pageOf(last - 1); page += 1) wanted.push(page);
    if (ahead < 0) wanted.push(pageOf(first) - 1);
    if (ahead > 0) wanted.push(pageOf(last - 1) + 1);
    this.#wanted = wanted;
    for (const page of wanted) this.#touch(page);
    this.#pump();
  }

  /** Fetches rows `first..last`. False when that did not succeed. */
  async ensure(first: number, last: number): Promise<boolean> {
    const pages: number[] = [];
    for (let page = pageOf(first); page <= pageOf(last - 1); page += 1) pages.push(page);
    await Promise.all(pages.map((page) => this.#complete(page, last)));
    return !this.#closed && pages.every((page) => this.#missing(page, last) <= 0);
  }

  /** No more requests, and answers under way are dropped. What is there can still be shown. */
  close(): void {
    this.#closed = true;
    this.#wanted = [];
  }

  get pages(): number {
    return this.#pages.size;
  }

  #missing(page: number, count: number): number {
    const kept = this.#pages.get(page);
    if (kept && kept.shortAt >= count) return 0;
    return Math.min(PAGE_ROWS, count - page * PAGE_ROWS) - (kept?.rows.length ?? 0);
  }

  async #complete(page: number, count: number): Promise<void> {
    for (let missing = this.#missing(page, count); missing > 0 && !this.#closed; ) {
      const asked = this.#asked.get(page);
      await (asked ?? this.#ask(page, count));
      const left = this.#missing(page, count);
      // An own request that brought nothing was answered short, refused or out of date.
      if (!asked && left === missing) return;
      missing = left;
    }
  }

  #pump(): void {
    if (performance.now() < this.#pausedUntil) return;
    for (const page of this.#wanted) {
      if (this.#closed || this.#asked.size >= REQUESTS) return;
      if (page >= 0 && !this.#asked.has(page) && this.#missing(page, this.#count) > 0) {
        void this.#ask(page, this.#count);
      }
    }
  }

  #ask(page: number, upTo: number): Promise<void> {
    const asking = this.#fetch(page, upTo).finally(() => {
      this.#asked.delete(page);
      this.#pump();
    });
    this.#asked.set(page, asking);
    return asking;
  }

  async #fetch(page: number, upTo: number): Promise<void> {
    const have = this.#pages.get(page)?.rows.length ?? 0;
    const start = page * PAGE_ROWS + have;
    const count = this.#missing(page, upTo);
    if (this.#closed || count <= 0) return;
    try {
      const answer = await this.#host.fetch(this.view, start, count);
      if (this.#closed || answer.view !== this.view) return;
      if (answer.epoch !== this.epoch) {
        this.#host.outdated(answer.epoch);
        return;
      }
      const kept = this.#pages.get(page) ?? { rows: [], shortAt: -1 };
      // The page may have been dropped and asked for anew meanwhile.
      if (answer.start !== page * PAGE_ROWS + kept.rows.length) return;
      for (const row of answer.rows) kept.rows.push(row);
      if (answer.rows.length < count) kept.shortAt = upTo;
      this.#keep(page, kept);
      this.#host.arrived();
    } catch (cause) {
      if (this.#closed) return;
      this.#pausedUntil = performance.now() + RETRY_MS;
      setTimeout(() => this.#pump(), RETRY_MS);
      this.#host.failed(cause);
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

export function pageOf(row: number): number {
  return Math.floor(row / PAGE_ROWS);
}
