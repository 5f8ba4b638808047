import { describe, expect, it } from 'vitest';
import type { Reading } from '../generated/types';
import { paint } from './paint';

const reading: Reading = {
  tokens: [
    { start: 0, end: 5, kind: 'field' },
    { start: 5, end: 6, kind: 'operator' },
    { start: 6, end: 10, kind: 'value' },
  ],
  hints: [{ start: 6, end: 10, message: 'a remark' }],
  printed: 'level:warn',
};

describe('a query', () => {
  it('is cut into what the core read, and is whole again when joined', () => {
    const parts = paint('level:warn', 'level:warn', reading);
    expect(parts.map(({ kind }) => kind)).toEqual(['field', 'operator', 'value']);
    expect(parts.map(({ hinted }) => hinted)).toEqual([false, false, true]);
  });

  it('keeps its colours while more is typed', () => {
    const parts = paint('level:warn boom', 'level:warn', reading);
    expect(parts.map(({ text }) => text)).toEqual(['level', ':', 'warn', ' boom']);
    expect(parts.some(({ hinted }) => hinted)).toBe(false);
  });

  it('loses them from where it was changed', () => {
    const parts = paint('levex:warn', 'level:warn', reading);
    expect(parts).toEqual([{ text: 'levex:warn', kind: 'plain', hinted: false }]);
  });

  it('without a reading is plain', () => {
    expect(paint('a b', '', undefined)).toEqual([{ text: 'a b', kind: 'plain', hinted: false }]);
    expect(paint('', '', reading)).toEqual([]);
  });
});
