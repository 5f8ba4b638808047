import { describe, expect, it } from 'vitest';
import { shown, written } from './ends';
import { links } from './links.testing';
import { bytes, count, percent, plural, short } from './numbers';
import { describe as describeSource, colourOf } from './source';
import { ago, clock, instant } from './time';

describe('links', () => {
  it('are http and https addresses only', () => {
    expect(links('see https://a.example/x?y=1, or http://b.example.')).toEqual([
      'https://a.example/x?y=1',
      'http://b.example',
    ]);
    expect(links('javascript:alert(1) file:///etc/passwd ftp://x data:text/html,x //y')).toEqual([]);
    expect(links('xhttps://a.example')).toEqual([]);
  });

  it('end before brackets they did not open and before direction marks', () => {
    expect(links('(https://a.example/b)')).toEqual(['https://a.example/b']);
    expect(links('https://a.example/b_(c)')).toEqual(['https://a.example/b_(c)']);
    expect(links('https://a.example/\u202egpj.exe')).toEqual(['https://a.example/']);
  });

  it('leave the text whole', () => {
    const text = 'a https://x.example b https://y.example/. c';
    expect(links.pieces(text)).toBe(text);
  });
});

describe('numbers', () => {
  it('are grouped, shortened and counted', () => {
    expect(count(59_914)).toBe('59,914');
    expect([short(9_999), short(48_211), short(1_500_000)]).toEqual(['9,999', '48.2k', '1.5M']);
    expect([bytes(999), bytes(84_000_000)]).toEqual(['999 B', '84 MB']);
    expect([plural(1, 'line'), plural(2, 'line')]).toEqual(['1 line', '2 lines']);
  });

  it('reach 100 % only at the end', () => {
    expect([percent(0, 0), percent(999, 1_000), percent(1_000, 1_000)]).toEqual(['0%', '99%', '100%']);
  });
});

describe('time', () => {
  it('is local, with as many digits as are known', () => {
    const at = new Date(2026, 10, 21, 12, 4, 31, 102).getTime() * 1_000;
    expect(clock(at)).toBe('12:04:31.102');
    expect(instant(at, 0)).toContain('2026-11-21 12:04:31.102 ');
    expect(instant(at + 345, 0)).toContain('.102345 ');
    expect(instant(at + 345, 678)).toContain('.102345678 ');
  });

  it('before 1970 is no trouble', () => {
    expect(instant(-1, 0)).toContain('.999999 ');
  });

  it('passes', () => {
    const now = 1_700_000_000_000;
    const before = (seconds: number) => ago((now - seconds * 1_000) * 1_000, now);
    expect([before(5), before(120), before(7_200), before(200_000)]).toEqual([
      'just now',
      '2m ago',
      '2h ago',
      '2d ago',
    ]);
  });
});

describe('sources', () => {
  it('say what is wrong and what to do', () => {
    const source = { id: 1, kind: 'file', key: '/x', name: 'x', records: 0, errors: 0 } as const;
    const failed = { state: 'failed', code: 'not_found', message: 'not there', hint: 'look' } as const;
    expect(describeSource({ ...source, ...failed })).toMatchObject({
      word: 'not there',
      title: 'not there\nlook',
      tone: 'bad',
    });
    expect(describeSource({ ...source, state: 'live' }).word).toBe('');
    expect(describeSource({ ...source, state: 'loading', done: 1, total: 2 }).word).toBe('loading 50%');
  });

  it('have one of eight colours', () => {
    expect(new Set(Array.from({ length: 40 }, (_, id) => colourOf(id))).size).toBe(8);
  });
});

describe('ends of lines', () => {
  it('are kept as a file has them', () => {
    for (const file of ['a\r\nb\r\n', '\r\n', 'a\nb', 'a', '']) {
      expect(written(shown(file), file)).toBe(file);
      expect(shown(file)).not.toContain('\r');
    }
    expect(written('a\nb\nc\n', 'a\r\nb\r\n')).toBe('a\r\nb\r\nc\r\n');
    expect(written(shown('a\r\nb\n'), 'a\r\nb\n')).toBe('a\nb\n');
  });
});
