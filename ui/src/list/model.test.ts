import { describe, expect, it } from 'vitest';
import { ScrollModel } from './model';
import { numbers } from './random.testing';

const ROW = 22;

function model(count: number, height: number): ScrollModel {
  const made = new ScrollModel(ROW);
  made.resize(height);
  made.setCount(count);
  return made;
}

/** The window the model must show, worked out from the pixel position alone. */
function expectSound(model: ScrollModel): void {
  const { first, last, px } = model.window;
  expect(model.top).toBeGreaterThanOrEqual(0);
  expect(model.top).toBeLessThanOrEqual(model.maxTop);
  expect(px).toBeGreaterThanOrEqual(0);
  expect(px).toBeLessThan(ROW);
  expect(first * ROW + px).toBeCloseTo(model.top, 6);
  expect(last).toBeLessThanOrEqual(model.extent);
  // The rows fill the viewport without a gap, or are all the rows there are.
  const filled = (last - first) * ROW - px;
  if (model.extent * ROW >= model.height) expect(filled).toBeGreaterThanOrEqual(model.height - 1e-6);
  else expect(last - first).toBe(model.extent);
  if (model.follow) expect(model.top).toBe(model.maxTop);
}

describe('the scroll model', () => {
  it('keeps the last row at the bottom edge while following', () => {
    const m = model(1_000, 410);
    expect(m.follow).toBe(true);
    expect(m.window.last).toBe(1_000);
    m.setCount(5_000);
    expect(m.window.last).toBe(5_000);
    expect(m.top).toBe(5_000 * ROW - 410);
  });

  it('does not move what is read when rows arrive below', () => {
    const m = model(1_000, 410);
    m.scrollBy(-500);
    const before = m.top;
    m.setCount(900_000);
    expect(m.follow).toBe(false);
    expect(m.top).toBe(before);
  });

  it('lets go by wheel up, PgUp, Home and thumb, and resumes at the last row', () => {
    for (const leave of [
      (m: ScrollModel) => m.scrollBy(-1),
      (m: ScrollModel) => m.pageUp(),
      (m: ScrollModel) => m.home(),
      (m: ScrollModel) => m.scrollToFraction(0.5),
      (m: ScrollModel) => m.letGo(),
    ]) {
      const m = model(1_000, 410);
      leave(m);
      expect(m.follow).toBe(false);
      m.scrollBy(1e9);
      expect(m.follow).toBe(true);
      leave(m);
      m.scrollToFraction(1);
      expect(m.follow).toBe(true);
      leave(m);
      m.resume();
      expect(m.follow).toBe(true);
    }
  });

  it('goes on following when there is nothing to scroll', () => {
    const m = model(3, 410);
    m.scrollBy(-100);
    m.home();
    expect(m.follow).toBe(true);
  });

  it('does not resume by itself when rows vanish or the window grows', () => {
    const m = model(1_000, 410);
    m.scrollBy(-100);
    m.setCount(5);
    expect(m.follow).toBe(false);
    m.resize(4_000);
    expect(m.follow).toBe(false);
    expectSound(m);
  });

  it('is exact at ten million rows', () => {
    const m = model(10_000_000, 745);
    m.scrollBy(-0.5);
    expect(m.maxTop - m.top).toBe(0.5);
    m.place(9_999_000, 33);
    expect(m.offsetOf(9_999_000)).toBe(33);
  });

  it('reveals a row with as little movement as possible', () => {
    const m = model(1_000, 220);
    m.place(500, 0);
    m.reveal(505);
    expect(m.anchor).toEqual({ row: 500, px: 0 });
    m.reveal(510);
    expect(m.anchor).toEqual({ row: 501, px: 0 });
    m.reveal(3);
    expect(m.anchor).toEqual({ row: 3, px: 0 });
  });

  it('has a thumb that moves only forward as the position does', () => {
    const m = model(10_000_000, 745);
    m.home();
    let last = -1;
    for (let step = 0; step <= 1_000; step += 1) {
      m.scrollToFraction(step / 1_000);
      const { at, size } = m.thumb(700, 28);
      expect(at).toBeGreaterThan(last);
      expect(at + size).toBeLessThanOrEqual(700 + 1e-9);
      last = at;
    }
    expect(model(3, 410).thumb(700, 28).size).toBe(0);
  });

  it('gives back the fraction the thumb was dragged to', () => {
    const m = model(54_321, 745);
    for (const fraction of [0, 0.1, 0.333, 0.9]) {
      m.scrollToFraction(fraction);
      const { at, size } = m.thumb(700, 28);
      expect(at / (700 - size)).toBeCloseTo(fraction, 4);
    }
  });
});

describe('the scroll model, whatever happens', () => {
  it('shows rows without a gap, keeps its anchor and follows only as asked', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const random = numbers(seed);
      const m = new ScrollModel(ROW);
      for (let step = 0; step < 80; step += 1) {
        const followed = m.follow;
        const before = { ...m.anchor, top: m.top };
        const act = random(12);
        let asked: boolean | undefined;
        if (act === 0) m.setCount(m.count + random(100_000));
        else if (act === 1) m.setCount(random(3) === 0 ? random(50) : random(10_000_000));
        else if (act === 2) m.resize(random(1_200));
        else if (act === 3) m.setTail(random(4));
        else if (act === 4) m.scrollBy(-(1 + random(5_000)));
        else if (act === 5) m.scrollBy(1 + random(5_000));
        else if (act === 6) m.scrollToFraction(random(1_001) / 1_000);
        else if (act === 7) m.pageUp();
        else if (act === 8) m.pageDown();
        else if (act === 9) m.home();
        else if (act === 10) [asked] = [true, m.resume()];
        else [asked] = [false, m.letGo()];
        expectSound(m);
        if (asked !== undefined) expect(m.follow).toBe(asked);
        // Only what the user does changes whether the list follows.
        if (act <= 3) expect(m.follow).toBe(followed);
        // Appending moves nothing that is being read.
        if (act === 0 && !followed) expect({ ...m.anchor, top: m.top }).toEqual(before);
      }
    }
  });
});
