import { describe, expect, it } from 'vitest';
import { RowPool } from './pool';
import { RowSlot, fillWithHits } from './row';
import { row } from './view.testing';

const look = () => ({ name: 'api', colour: 3 });

describe('a row', () => {
  it('shows log text as text, whatever it says', () => {
    const slot = new RowSlot();
    const evil = '<img src=x onerror=alert(1)>\u202e</span><script>1</script>';
    slot.show(0, { ...row(1), msg: evil, fields: [[evil, evil]], hits: [0, 4] }, 0, look);
    expect(slot.element.querySelector('img, script')).toBeNull();
    expect(slot.element.querySelector('.m')?.textContent).toBe(evil);
    expect(slot.element.querySelectorAll('span')).toHaveLength(5);
  });

  it('marks hits by UTF-16 offsets and keeps the text whole', () => {
    const into = document.createElement('span');
    fillWithHits(into, '😀 boom and boom', [3, 7, 12, 16]);
    expect([...into.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual([
      'boom',
      'boom',
    ]);
    expect(into.textContent).toBe('😀 boom and boom');
  });

  it('survives offsets that make no sense', () => {
    const into = document.createElement('span');
    fillWithHits(into, 'short', [4, 99, 2, 3, 50, 60, 7]);
    expect(into.textContent).toBe('short');
  });

  it('is told apart by level in words and by class', () => {
    const slot = new RowSlot();
    slot.show(7, { ...row(1), level: 'fatal', lines: 3, broken: true }, 0, look);
    expect(slot.element.className).toBe('row lv-fatal');
    expect(slot.element.querySelector('.l')?.textContent).toBe('FATAL');
    expect(slot.element.querySelector('.f')?.textContent).toBe('+2 lines unreadable');
    expect(slot.element.getAttribute('aria-rowindex')).toBe('9');
  });

  it('is a skeleton while it is being fetched and a muted line while unfinished', () => {
    const slot = new RowSlot();
    slot.show(0, row(1), 0, look);
    slot.show(0, undefined, 0, look);
    expect(slot.element.className).toBe('row skeleton');
    expect(slot.element.textContent).toBe('');
    slot.show(0, { source: 1, text: 'half a li' }, 0, look);
    expect(slot.element.className).toBe('row pending');
    expect(slot.element.textContent).toContain('half a li');
  });
});

describe('the pool', () => {
  it('keeps rows in reading order and elements that still show untouched', () => {
    const container = document.createElement('div');
    const pool = new RowPool(container, look);
    const records = Array.from({ length: 200 }, (_, at) => row(at));
    const seen = () => Array.from(container.children, (child) => Number(child.getAttribute('data-seq')));
    let first = 50;
    for (const move of [0, 3, -2, 40, -90, 1, 10, -10, 0]) {
      first += move;
      const before = new Map(seen().map((seq, at) => [seq, container.children[at]]));
      pool.render({ first, last: first + 20, px: 5 }, (at) => records[at], records[first + 2]?.seq, 0);
      expect(seen()).toEqual(Array.from({ length: 20 }, (_, at) => first + at));
      if (Math.abs(move) < 20) {
        for (const [at, seq] of seen().entries()) {
          const kept = before.get(seq);
          if (kept) expect(container.children[at]).toBe(kept);
        }
      }
      expect(container.querySelectorAll('[aria-selected=true]')).toHaveLength(1);
      expect(pool.slotOf(records[first + 2]?.seq)?.element.getAttribute('aria-selected')).toBe('true');
    }
  });
});
