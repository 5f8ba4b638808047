/**
 * Brings rows to the list: which view at which epoch is shown, and how far.
 *
 * - While following, the list ends where rows have been fetched, so new lines appear filled.
 * - When rows moved (another epoch, another view) the old ones stay on screen until a page around
 *   the record being read has come; then everything is exchanged in one step and that record stands
 *   where it stood.
 */
import type { Row, Rows, ViewPosition, ViewState } from '../generated/types';
import type { ScrollModel } from './model';
import { PAGE_ROWS, PageCache, pageOf, type PageHost } from './pages';

/** A record, and how far below the top edge it stands. */
export interface Keeper {
  seq: number;
  offset: number;
}

export interface FeedHost {
  rows(view: number, start: number, count: number): Promise<Rows>;
  position(view: number, seq: number): Promise<ViewPosition>;
  /** The record that must not move. */
  keeper(): Keeper | undefined;
  /** Rows have other places now. */
  replaced(): void;
  /** Something to paint changed. */
  changed(): void;
  failed(cause: unknown): void;
}

/** How far the record being read moved from one attempt to the next. */
interface Drift {
  row: number | undefined;
  by: number;
}

/** A new view that has found nothing yet may leave the old rows on screen so long. */
const PATIENCE_MS = 400;
const RETRY_MS = 1_000;
const MOST_ROWS = 1_024;
const WIDE_ROWS = 256;
/** Attempts to catch rows that keep moving before waiting a moment. */
const CALM_AFTER = 4;
const CALM_MS = 60;
/** After so many the nearest place will do. */
const MOST_ATTEMPTS = 16;

export class Feed {
  readonly #model: ScrollModel;
  readonly #host: FeedHost;
  #known: ViewState | undefined;
  #cache: PageCache | undefined;
  #keep = true;
  /** A record to go to with the next exchange. */
  #goal: Keeper | undefined;
  /** Counts the exchanges begun; an older one that ends late is dropped. */
  #turn = 0;
  #exchanging = false;
  #catching = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(model: ScrollModel, host: FeedHost) {
    this.#model = model;
    this.#host = host;
  }

  get known(): ViewState | undefined {
    return this.#known;
  }

  /** The view whose rows are on screen; an exchange may be under way. */
  get shown(): number | undefined {
    return this.#cache?.view;
  }

  row(index: number): Row | undefined {
    return this.#cache?.row(index);
  }

  /** Shows another view; with `keep`, the record being read stays in place. */
  show(state: ViewState, keep: boolean): void {
    this.#known = state;
    this.#keep = keep;
    this.#goal = undefined;
    this.#cache?.close();
    clearTimeout(this.#timer);
    if (keep && state.rows === 0 && state.searched < state.total) {
      this.#turn += 1;
      this.#exchanging = true;
      this.#timer = setTimeout(() => void this.#exchange(), PATIENCE_MS);
    } else {
      void this.#exchange();
    }
  }

  /** Goes to a record: what is on screen stays until the rows around it have come. */
  goTo(goal: Keeper): void {
    this.#goal = goal;
    void this.#exchange();
  }

  /** The view changed. */
  update(state: ViewState): void {
    const before = this.#known;
    if (state.view !== before?.view || state.epoch < before.epoch) return;
    this.#known = state;
    if (this.#exchanging) {
      const patient = before.rows === 0 && this.#cache?.view !== state.view;
      if (patient && (state.rows > 0 || state.searched >= state.total)) void this.#exchange();
    } else if (state.epoch !== this.#cache?.epoch) {
      void this.#exchange();
    } else {
      this.advance();
    }
  }

  /** Lets the list end where the view does: at once, or when its last rows are here. */
  advance(): void {
    const known = this.#known;
    if (!known || this.#exchanging) return;
    if (this.#model.follow) void this.#catchUp();
    else if (this.#model.count !== known.rows) {
      this.#model.setCount(known.rows);
      this.#host.changed();
    }
  }

  want(first: number, last: number, ahead: -1 | 0 | 1): void {
    // While following, the rows that show have come before they do.
    if (this.#exchanging || (this.#model.follow && this.#whole(first, last))) return;
    this.#cache?.want(first, last, this.#model.count, ahead);
  }

  #whole(first: number, last: number): boolean {
    for (let row = first; row < last; row += 1) if (!this.#cache?.row(row)) return false;
    return true;
  }

  close(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#cache?.close();
  }

  async #catchUp(): Promise<void> {
    const cache = this.#cache;
    if (this.#catching || !cache) return;
    this.#catching = true;
    let fetched = true;
    while (fetched && this.#model.follow && cache === this.#cache && !this.#exchanging) {
      const target = this.#known?.rows ?? 0;
      if (this.#model.count === target) break;
      fetched = await cache.ensure(this.#model.firstAtEnd(target), target);
      if (!fetched || cache !== this.#cache || !this.#model.follow) break;
      this.#model.setCount(target);
      this.#host.changed();
    }
    this.#catching = false;
    if (cache !== this.#cache || !this.#model.follow) this.advance();
    else if (!fetched && !this.#exchanging) this.#again(() => this.advance());
  }

  async #exchange(): Promise<void> {
    const turn = (this.#turn += 1);
    clearTimeout(this.#timer);
    this.#exchanging = true;
    const drift: Drift = { row: undefined, by: 0 };
    try {
      for (let attempt = 0; this.#known; ) {
        const follow = this.#model.follow;
        const answer = await this.#ask(this.#known, attempt, drift);
        if (turn !== this.#turn) return;
        if (!this.#fits(answer, follow) && attempt < MOST_ATTEMPTS) {
          attempt += 1;
          if (attempt % CALM_AFTER === 0) await new Promise((done) => setTimeout(done, CALM_MS));
          if (turn !== this.#turn) return;
          continue;
        }
        this.#install(answer);
        attempt = 0;
        if (answer.epoch >= this.#known.epoch) break;
      }
    } catch (cause) {
      if (turn !== this.#turn) return;
      this.#host.failed(cause);
      this.#again(() => void this.#exchange());
      return;
    }
    this.#exchanging = false;
    this.#host.changed();
    this.advance();
  }

  /** The record that must not move, looked for anew each time: the user may scroll meanwhile. */
  get #keeper(): Keeper | undefined {
    if (this.#model.follow) return undefined;
    return this.#goal ?? (this.#keep ? this.#host.keeper() : undefined);
  }

  /** The rows to show first: around the record being read, or at the view's end. */
  async #ask(known: ViewState, attempt: number, drift: Drift): Promise<Rows> {
    const { rowHeight, height, follow } = this.#model;
    const keeper = this.#keeper;
    if (!keeper) {
      const first = follow ? this.#model.firstAtEnd(known.rows) : 0;
      return this.#range(known.view, first, Math.max(known.rows, first + 1));
    }
    const { row } = await this.#host.position(known.view, keeper.seq);
    // A search that is under way moves rows between two calls: lead by as much as last time.
    drift.by = drift.row === undefined ? 0 : row - drift.row;
    drift.row = row;
    const aim = row + drift.by;
    const rows = attempt === 0 ? Math.ceil(height / rowHeight) + 2 : WIDE_ROWS;
    return this.#range(known.view, Math.max(0, aim - rows), aim + rows);
  }

  /** Whether an answer holds what is to be shown now. */
  #fits(answer: Rows, follow: boolean): boolean {
    if (follow !== this.#model.follow) return false;
    const keeper = this.#keeper;
    const first = answer.rows[0];
    const last = answer.rows.at(-1);
    if (!keeper || answer.total === 0) return true;
    if (!first || !last) return false;
    const starts = answer.start === 0 || first.seq <= keeper.seq;
    const ends = answer.start + answer.rows.length >= answer.total || last.seq >= keeper.seq;
    return starts && ends;
  }

  #install(answer: Rows): void {
    const keeper = this.#keeper;
    this.#cache?.close();
    const cache = new PageCache(answer.view, answer.epoch, this.#pageHost());
    cache.seed(answer);
    this.#cache = cache;
    const fetched = answer.start + answer.rows.length;
    this.#model.setCount(this.#model.follow ? fetched : Math.max(fetched, answer.total));
    if (keeper) {
      const found = answer.rows.findIndex((row) => row.seq >= keeper.seq);
      this.#model.place(found < 0 ? fetched : answer.start + found, keeper.offset);
    }
    this.#keep = true;
    this.#goal = undefined;
    this.#host.replaced();
    this.#host.changed();
  }

  /** Whole pages in one answer, so that they are of one epoch. */
  #range(view: number, first: number, last: number): Promise<Rows> {
    const start = pageOf(first) * PAGE_ROWS;
    const count = (pageOf(Math.max(first, last - 1)) + 1) * PAGE_ROWS - start;
    return this.#host.rows(view, start, Math.min(count, MOST_ROWS));
  }

  #pageHost(): PageHost {
    return {
      fetch: (view, start, count) => this.#host.rows(view, start, count),
      arrived: () => this.#host.changed(),
      outdated: () => {
        if (!this.#exchanging) void this.#exchange();
      },
      failed: (cause) => this.#host.failed(cause),
    };
  }

  #again(what: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(what, RETRY_MS);
  }
}
