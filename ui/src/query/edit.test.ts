import { describe, expect, it } from 'vitest';
import {
  and,
  clauses,
  levelsOf,
  path,
  quoted,
  sourcesOf,
  toggleField,
  toggleLevel,
  toggleSource,
  without,
} from './edit';

const texts = (query: string) => clauses(query).map(({ text }) => text);

describe('clauses', () => {
  it('are cut at blanks outside quotes, brackets and regular expressions', () => {
    expect(texts('level:warn "two words" (a OR b) /x y/c -f:1')).toEqual([
      'level:warn',
      '"two words"',
      '(a OR b)',
      '/x y/c',
      '-f:1',
    ]);
  });

  it('take a path for text, not for a regular expression', () => {
    expect(texts('/api/v1/orders path:/a b')).toEqual(['/api/v1/orders', 'path:/a', 'b']);
  });

  it('survive what is not closed', () => {
    expect(texts('a "b c')).toEqual(['a', '"b c']);
    expect(texts('(a b')).toEqual(['(a b']);
    expect(texts(') a')).toEqual([')', 'a']);
    expect(texts('  ')).toEqual([]);
  });
});

describe('levels', () => {
  it('are added in order of severity and taken out again', () => {
    const one = toggleLevel('boom', 'warn');
    expect(one).toBe('boom level:warn');
    const two = toggleLevel(one, 'error');
    expect(two).toBe('boom level:error,warn');
    expect(toggleLevel(toggleLevel(two, 'warn'), 'error')).toBe('boom');
  });

  it('of a comparison are spelled out when one is toggled', () => {
    expect([...levelsOf('level:>=warn')]).toEqual(['fatal', 'error', 'warn']);
    expect(toggleLevel('level:>=warn', 'warn')).toBe('level:fatal,error');
  });

  it('unknown to the page leave the clause alone', () => {
    expect(levelsOf('level:loud').size).toBe(0);
    expect(toggleLevel('level:loud', 'warn')).toBe('level:loud level:warn');
  });

  it('bind to the whole of a query with OR', () => {
    expect(toggleLevel('a OR b', 'warn')).toBe('(a OR b) level:warn');
  });
});

describe('sources', () => {
  it('are quoted when their names need it', () => {
    const one = toggleSource('', 'my log.txt');
    expect(one).toBe('source:"my log.txt"');
    const two = toggleSource(one, 'api');
    expect(two).toBe('source:"my log.txt",api');
    expect([...sourcesOf(two)]).toEqual(['my log.txt', 'api']);
    expect(toggleSource(two, 'my log.txt')).toBe('source:api');
  });

  it('with globs in them are left to the user', () => {
    expect(sourcesOf('source:api*').size).toBe(0);
  });
});

describe('fields', () => {
  it('are added, taken out and turned into their opposite', () => {
    const added = toggleField('x', 'status', '500', false);
    expect(added).toBe('x status:500');
    expect(toggleField(added, 'status', '500', false)).toBe('x');
    expect(toggleField(added, 'status', '500', true)).toBe('x -status:500');
  });

  it('have values quoted so that they read back as one', () => {
    expect(quoted('a"b\\c')).toBe('"a\\"b\\\\c"');
    expect(quoted('OR')).toBe('"OR"');
    expect(quoted('1..2')).toBe('"1..2"');
    expect(quoted('')).toBe('""');
    expect(quoted('/v1/x')).toBe('"/v1/x"');
    expect(quoted('2026-11-21T10:00:00Z')).toBe('2026-11-21T10:00:00Z');
    expect(quoted('größe')).toBe('größe');
  });

  it('are named by paths, with odd names in back ticks', () => {
    expect(path(['http', 'status'])).toBe('http.status');
    expect(path(['items', 0, 'a b'])).toBe('items[0].`a b`');
  });
});

describe('adding a clause', () => {
  it('closes what is open first, so that it stands outside', () => {
    expect(and('level:error "order 19', 'a:b')).toBe('level:error "order 19" a:b');
    expect(and('(x OR y', 'a:b')).toBe('(x OR y) a:b');
  });
});

describe('taking a clause out', () => {
  it('takes the operator with it that joined it', () => {
    expect(without('a OR b', 0)).toBe('b');
    expect(without('a OR b', 2)).toBe('a');
    expect(without('a AND b c', 2)).toBe('a AND c');
  });

  it('leaves an empty query of one clause', () => {
    expect(without('a', 0)).toBe('');
    expect(and('  ', 'a')).toBe('a');
  });
});
