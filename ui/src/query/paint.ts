/** A query cut into parts for colouring, from how the core read it. */
import type { Reading, TokenKind } from '../generated/types';

export interface Part {
  text: string;
  kind: TokenKind | 'plain';
  /** Whether a remark is about it. */
  hinted: boolean;
}

/**
 * `reading` may be of an earlier text: what both begin with keeps its colours until the answer for
 * the new one has come, so typing does not flicker.
 */
export function paint(query: string, readingOf: string, reading: Reading | undefined): Part[] {
  const parts: Part[] = [];
  const fresh = query === readingOf;
  const known = fresh ? query.length : commonPrefix(query, readingOf);
  const hints = fresh ? (reading?.hints ?? []) : [];
  const put = (start: number, end: number, kind: Part['kind']) => {
    if (end <= start) return;
    const hinted = hints.some((hint) => hint.start < end && hint.end > start);
    parts.push({ text: query.slice(start, end), kind, hinted });
  };
  let at = 0;
  for (const { start, end, kind } of reading?.tokens ?? []) {
    if (start < at || end > known) continue;
    put(at, start, 'plain');
    put(start, end, kind);
    at = end;
  }
  put(at, query.length, 'plain');
  return parts;
}

function commonPrefix(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}
