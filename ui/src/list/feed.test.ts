import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Feed, type Keeper } from './feed';
import { ScrollModel } from './model';
import { numbers } from './random.testing';
import { FakeView } from './view.testing';

const ROW = 22;
const HEIGHT = 440;

function range(from: number, to: number, step = 1): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, at) => from + at * step);
}

/** Lets every answer that is under way arrive. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 300; turn += 1) await Promise.resolve();
}

class Bench {
  readonly model = new ScrollModel(ROW);
  readonly views = new Map<number, FakeView>();
  readonly failures: unknown[] = [];
  readonly feed = new Feed(this.model, {
    rows: (view, start, count) => this.view(view).rows(start, count),
    position: (view, seq) => this.view(view).position(seq),
    keeper: () => this.keeper(),
    replaced: () => undefined,
    changed: () => undefined,
    failed: (cause) => this.failures.push(cause),
  });

  constructor() {
    this.model.resize(HEIGHT);
  }

  view(id: number): FakeView {
    const view = this.views.get(id);
    if (!view) throw new Error(`no view ${String(id)}`);
    return view;
  }

  open(id: number, seqs: readonly number[], keep = true): FakeView {
    const view = new FakeView(id, seqs);
    this.views.set(id, view);
    this.feed.show(view.state(), keep);
    return view;
  }

  keeper(): Keeper | undefined {
    const { first, last } = this.model.window;
    for (let at = first; at < last; at += 1) {
      const record = this.feed.row(at);
      if (record) return { seq: record.seq, offset: this.model.offsetOf(at) };
    }
    return undefined;
  }

  /** Paints: asks for what shows, and takes it in. */
  async paint(): Promise<void> {
    const { first, last } = this.model.window;
    this.feed.want(first, Math.min(last, this.model.count), 0);
    await settle();
  }

  /** The records on screen; `undefined` for one that is not there yet. */
  get shown(): (number | undefined)[] {
    const { first, last } = this.model.window;
    return range(first, last - 1).map((at) => this.feed.row(at)?.seq);
  }
}

let bench: Bench;
beforeEach(() => {
  vi.useRealTimers();
  bench = new Bench();
});

describe('following', () => {
  it('ends where rows have come, never with an empty row', async () => {
    const view = bench.open(1, range(1, 1_000));
    await settle();
    expect(bench.shown.at(-1)).toBe(1_000);
    view.append(50_000);
    bench.feed.update(view.state());
    expect(bench.shown).not.toContain(undefined);
    await settle();
    expect(bench.shown.at(-1)).toBe(51_000);
    expect(bench.shown).not.toContain(undefined);
  });

  it('asks for the last page only', async () => {
    const view = bench.open(1, range(1, 1_000));
    await settle();
    view.asked = 0;
    view.append(10);
    bench.feed.update(view.state());
    await settle();
    expect(view.asked).toBe(1);
    expect(bench.shown.at(-1)).toBe(1_010);
  });

  it('begins with an empty view', async () => {
    const view = bench.open(1, []);
    await settle();
    expect(bench.model.count).toBe(0);
    view.append(3);
    bench.feed.update(view.state());
    await settle();
    expect(bench.shown).toEqual([1, 2, 3]);
  });

  it('goes on after a failure', async () => {
    vi.useFakeTimers();
    const view = bench.open(1, range(1, 1_000));
    await settle();
    view.broken = true;
    view.append(10);
    bench.feed.update(view.state());
    await settle();
    expect(bench.failures.length).toBeGreaterThan(0);
    view.broken = false;
    await vi.advanceTimersByTimeAsync(1_100);
    await settle();
    expect(bench.shown.at(-1)).toBe(1_010);
  });
});

describe('rows that move', () => {
  it('leave the record being read where it stands', async () => {
    const view = bench.open(1, range(5_000, 9_000));
    await settle();
    bench.model.scrollBy(-30_000);
    await bench.paint();
    const before = bench.keeper();
    view.find(range(1, 4_999, 3));
    bench.feed.update(view.state());
    expect(bench.keeper()).toEqual(before);
    await settle();
    expect(bench.keeper()).toEqual(before);
    expect(bench.shown).not.toContain(undefined);
  });

  it('are exchanged with the next view in one step', async () => {
    bench.open(1, range(1, 9_000));
    await settle();
    bench.model.scrollBy(-60_000);
    await bench.paint();
    const before = bench.shown;
    const reading = bench.keeper()?.seq ?? 0;
    bench.open(2, range(1, 9_000, 7));
    expect(bench.shown).toEqual(before);
    await settle();
    expect(bench.shown).not.toContain(undefined);
    // Where the record is gone, the one after it stands in its place.
    const next = bench.keeper()?.seq ?? 0;
    expect(next).toBeGreaterThanOrEqual(reading);
    expect(next - reading).toBeLessThan(7);
  });

  it('of an older answer are dropped', async () => {
    const view = bench.open(1, range(1, 100));
    bench.open(2, range(1, 50));
    await settle();
    expect(bench.feed.shown).toBe(2);
    expect(bench.model.count).toBe(50);
    bench.feed.update(view.state());
    expect(bench.model.count).toBe(50);
  });

  it('stay on screen while the next view has found nothing yet', async () => {
    vi.useFakeTimers();
    bench.open(1, range(1, 100));
    await settle();
    const view = new FakeView(2, []);
    bench.views.set(2, view);
    bench.feed.show({ ...view.state(), total: 100, searched: 10 }, true);
    await settle();
    expect(bench.shown.at(-1)).toBe(100);
    await vi.advanceTimersByTimeAsync(500);
    await settle();
    expect(bench.model.count).toBe(0);
  });
});

describe('the feed, whatever happens', () => {
  it('shows the rows of the view in order and keeps the record being read', async () => {
    for (let seed = 1; seed <= 25; seed += 1) {
      const random = numbers(seed);
      const b = new Bench();
      let id = 1;
      let view = b.open(id, range(1, 1 + random(4_000)));
      await settle();
      for (let step = 0; step < 40; step += 1) {
        const reading = b.model.follow ? undefined : b.keeper();
        const act = random(8);
        if (act <= 1) view.append(random(2_000));
        else if (act === 2) view.find(range(1, random(4_000), 1 + random(9)));
        else if (act === 3) b.model.scrollBy(-random(40_000));
        else if (act === 4) b.model.scrollBy(random(40_000));
        else if (act === 5) b.model.scrollToFraction(random(101) / 100);
        else if (act === 6) b.model.resize(100 + random(900));
        else view = b.open((id += 1), [...view.seqs].filter((seq) => seq % (1 + random(3)) === 0));
        if (act === 7) b.views.set(id, view);
        b.feed.update(view.state());
        b.feed.advance();
        // Now and then the next thing happens while answers are still under way.
        const raced = random(3) === 0;
        if (raced) {
          for (let turn = random(6); turn > 0; turn -= 1) await Promise.resolve();
          view.append(random(300));
          if (random(2) === 0) view.find(range(1, 4_000, 2 + random(9)));
          b.feed.update(view.state());
        }
        await settle();
        await b.paint();
        await b.paint();
        const { first, last } = b.model.window;
        expect(b.shown).toEqual(view.seqs.slice(first, last));
        if (b.model.follow) expect(b.model.count).toBe(view.seqs.length);
        // A record that one view lost and the next one found again has no place to keep.
        const kept = act <= 2 || (act === 7 && !raced);
        if (kept && reading && view.seqs.includes(reading.seq)) {
          const at = view.seqs.indexOf(reading.seq);
          const room = b.model.maxTop > 0 && b.model.top > 0 && b.model.top < b.model.maxTop;
          if (room) expect(b.model.offsetOf(at)).toBe(reading.offset);
        }
      }
      expect(b.failures).toEqual([]);
    }
  });
});
