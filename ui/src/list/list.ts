/**
 * The log list: puts the scroll model, the rows' feed and the pool of row elements together, and
 * speaks to the page. All painting happens once per animation frame at most.
 */
import type { Row, Rows, ViewPosition, ViewState } from '../generated/types';
import { dayUnlessToday } from '../format/time';
import { Feed, type Keeper } from './feed';
import { listenToGestures } from './gestures';
import { ScrollModel } from './model';
import { RowPool } from './pool';
import type { Item, Pending, SourceLook } from './row';
import { Scrollbar } from './scrollbar';
import { buildSkeleton } from './skeleton';

export const ROW_HEIGHT = 22;

/** Lines that came since the list stopped following. */
export interface Fresh {
  lines: number;
  errors: number;
}

export interface ListHost {
  rows(view: number, start: number, count: number): Promise<Rows>;
  position(view: number, seq: number): Promise<ViewPosition>;
  source(id: number): SourceLook;
  follow(follow: boolean): void;
  fresh(fresh: Fresh): void;
  /** Another record is the active one, or none. */
  active(seq: number | undefined): void;
  /** The user wants to see a record in full. */
  open(seq: number): void;
  failed(cause: unknown): void;
}

export type ListCommand =
  | 'down'
  | 'up'
  | 'pageDown'
  | 'pageUp'
  | 'home'
  | 'end'
  | 'open'
  | 'follow'
  | 'letGo'
  | 'clear';

export class LogList {
  readonly #host: ListHost;
  readonly #model = new ScrollModel(ROW_HEIGHT);
  readonly #feed: Feed;
  readonly #pool: RowPool;
  readonly #parts: ReturnType<typeof buildSkeleton>;
  readonly #scrollbar: Scrollbar;
  readonly #stop: (() => void)[] = [];
  #active: { seq: number; row: number } | undefined;
  #pending: readonly Pending[] = [];
  #left: { rows: number; errors: number } | undefined;
  #version = 0;
  #frame = 0;
  #top = 0;
  #date = '';

  constructor(into: HTMLElement, host: ListHost) {
    this.#host = host;
    this.#parts = buildSkeleton();
    this.#scrollbar = new Scrollbar(this.#model, () => this.#moved());
    into.append(this.#parts.grid, this.#scrollbar.track);
    this.#pool = new RowPool(this.#parts.rows, (id) => host.source(id));
    this.#feed = new Feed(this.#model, {
      rows: (view, start, count) => host.rows(view, start, count),
      position: (view, seq) => host.position(view, seq),
      keeper: () => this.#keeper(),
      replaced: () => void this.#findActive(),
      changed: () => this.#changed(),
      failed: (cause) => host.failed(cause),
    });
    this.#stop.push(
      listenToGestures(this.#parts.viewport, {
        rowHeight: ROW_HEIGHT,
        get pageHeight() {
          return into.clientHeight;
        },
        scrollBy: (px) => {
          this.#model.scrollBy(px);
          this.#moved();
        },
        selecting: () => this.command('letGo'),
      }),
    );
    this.#parts.rows.addEventListener('click', (event) => this.#click(event));
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(this.#parts.viewport);
    this.#stop.push(() => sizes.disconnect());
    this.#resize();
  }

  get grid(): HTMLElement {
    return this.#parts.grid;
  }

  /** Shows another view. Without `keep` it starts at the end, with nothing chosen. */
  show(state: ViewState, keep: boolean): void {
    if (!keep) {
      this.#setActive(undefined);
      this.#model.resume();
    }
    if (this.#left) this.#left = { rows: state.rows, errors: errorsOf(state) };
    this.#feed.show(state, keep);
    this.#moved();
  }

  update(state: ViewState): void {
    const before = this.#feed.known;
    this.#feed.update(state);
    // What a search found late is not new.
    if (this.#left && before && before.epoch !== state.epoch && before.view === state.view) {
      this.#left.rows += state.rows - before.rows;
      this.#left.errors += errorsOf(state) - errorsOf(before);
    }
    this.#report();
  }

  setPending(pending: readonly Pending[]): void {
    this.#pending = pending;
    this.#model.setTail(pending.length);
    this.#changed();
  }

  /** The sources' names or colours changed. */
  restyle(): void {
    this.#version += 1;
    this.#changed();
  }

  command(command: ListCommand): void {
    const model = this.#model;
    if (command === 'down') this.#step(1);
    else if (command === 'up') this.#step(-1);
    else if (command === 'pageDown') model.pageDown();
    else if (command === 'pageUp') model.pageUp();
    else if (command === 'home') model.home();
    else if (command === 'end' || command === 'follow') model.resume();
    else if (command === 'letGo') model.letGo();
    else if (command === 'clear') this.#setActive(undefined);
    else if (this.#active) this.#host.open(this.#active.seq);
    this.#moved();
  }

  /** Goes to a record and makes it the active one. False when the view does not hold it. */
  async jumpTo(seq: number): Promise<boolean> {
    const view = this.#feed.known?.view;
    if (view === undefined) return false;
    const { row, found } = await this.#host.position(view, seq);
    if (!found) return false;
    this.#model.letGo();
    this.#feed.goTo({ seq, offset: Math.round(this.#model.height * 0.4) });
    this.#setActive({ seq, row });
    this.#moved();
    return true;
  }

  destroy(): void {
    cancelAnimationFrame(this.#frame);
    this.#feed.close();
    for (const stop of this.#stop) stop();
    this.#parts.grid.remove();
    this.#scrollbar.track.remove();
  }

  #step(by: 1 | -1): void {
    const { first, last } = this.#model.window;
    const edge = by > 0 ? first : last - 1;
    const from = this.#active?.row;
    // A record outside the view stands between two rows, at a half.
    const next = (at: number) => (by > 0 ? Math.floor(at) + 1 : Math.ceil(at) - 1);
    const row = from === undefined ? edge : next(from);
    const to = Math.max(0, Math.min(this.#model.count - 1, row));
    const record = this.#feed.row(to);
    this.#model.letGo();
    this.#model.reveal(to);
    if (record) this.#setActive({ seq: record.seq, row: to });
  }

  #click(event: MouseEvent): void {
    // A click that ends a selection of text is not meant for the row.
    if (document.getSelection()?.isCollapsed === false) return;
    const row = event.target instanceof Element ? event.target.closest('.row') : null;
    const slot = this.#pool.slots.find(({ element }) => element === row);
    if (!slot?.item || !('seq' in slot.item)) return;
    this.#model.letGo();
    this.#setActive({ seq: slot.item.seq, row: slot.index });
    this.#host.open(slot.item.seq);
    this.#moved();
  }

  #setActive(active: { seq: number; row: number } | undefined): void {
    const before = this.#active?.seq;
    this.#active = active;
    if (before !== active?.seq) this.#host.active(active?.seq);
    this.#changed();
  }

  /** The active record while it shows, else the first row that shows whole. */
  #keeper(): Keeper | undefined {
    const { first, last, px } = this.#model.window;
    const active = this.#active;
    if (active && active.row >= first && active.row < last) {
      return { seq: active.seq, offset: this.#model.offsetOf(active.row) };
    }
    for (let row = px > 0 ? first + 1 : first; row < last; row += 1) {
      const record = this.#feed.row(row);
      if (record) return { seq: record.seq, offset: this.#model.offsetOf(row) };
    }
    return undefined;
  }

  async #findActive(): Promise<void> {
    const active = this.#active;
    const view = this.#feed.shown;
    if (!active || view === undefined) return;
    const { first, last } = this.#model.window;
    for (let row = first; row < last; row += 1) {
      if (this.#feed.row(row)?.seq === active.seq) {
        this.#active = { seq: active.seq, row };
        return;
      }
    }
    try {
      const { row, found } = await this.#host.position(view, active.seq);
      if (this.#active?.seq !== active.seq || this.#feed.shown !== view) return;
      // Not in this view: the next step goes on from the place it would have.
      this.#active = { seq: active.seq, row: found ? row : row - 0.5 };
    } catch (cause) {
      this.#host.failed(cause);
    }
  }

  #resize(): void {
    const { height } = this.#parts.viewport.getBoundingClientRect();
    const { first, last } = this.#model.window;
    const row = this.#active?.row ?? -1;
    this.#scrollbar.resize(height);
    this.#model.resize(height);
    // Opening the detail below the list must not hide the record it is about.
    if (!this.#model.follow && row >= first && row < last) this.#model.reveal(Math.floor(row));
    this.#feed.advance();
    this.#changed();
  }

  /** The user moved: following may have begun or ended. */
  #moved(): void {
    const known = this.#feed.known;
    if (this.#model.follow) this.#left = undefined;
    else this.#left ??= { rows: known?.rows ?? 0, errors: known ? errorsOf(known) : 0 };
    this.#feed.advance();
    this.#host.follow(this.#model.follow);
    this.#report();
    this.#changed();
  }

  #report(): void {
    const known = this.#feed.known;
    const lines = this.#left && known ? Math.max(0, known.rows - this.#left.rows) : 0;
    const errors = this.#left && known ? Math.max(0, errorsOf(known) - this.#left.errors) : 0;
    this.#host.fresh({ lines, errors: Math.min(lines, errors) });
  }

  #changed(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #item(index: number): Item {
    const { count } = this.#model;
    return index < count ? this.#feed.row(index) : this.#pending[index - count];
  }

  #paint(): void {
    this.#frame = 0;
    const model = this.#model;
    const shown = model.window;
    const top = model.top;
    const ahead = model.follow || top === this.#top ? 0 : top > this.#top ? 1 : -1;
    this.#top = top;
    this.#feed.want(shown.first, Math.min(shown.last, model.count), ahead);
    const active = this.#active?.seq;
    this.#pool.render(shown, (index) => this.#item(index), active, this.#version);
    this.#scrollbar.paint();
    this.#parts.setCount(model.extent);
    this.#parts.setActive(this.#pool.slotOf(active)?.element.id);
    this.#paintDate(this.#feed.row(shown.first));
  }

  /** The header names the day of the first row, unless it is today: the rows leave it out. */
  #paintDate(row: Row | undefined): void {
    const date = row ? dayUnlessToday(row.timeUs, Date.now()) : this.#date;
    if (date === this.#date) return;
    this.#date = date;
    this.#parts.date.textContent = date;
  }
}

function errorsOf(state: ViewState): number {
  return state.levels[5] + state.levels[6];
}
