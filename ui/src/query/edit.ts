/**
 * Edits of the query's text: the sidebar, the fields of a record and the chips all change the one
 * text the user sees. Clauses are cut at blanks outside quotes, brackets and regular expressions;
 * what a clause means is left to the core.
 */

export interface Clause {
  text: string;
  start: number;
  end: number;
}

export const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'none'] as const;
export type LevelName = (typeof LEVELS)[number];

/** The clauses at the top of a query, in order. */
export function clauses(query: string): Clause[] {
  return scan(query).found;
}

/** The clauses, and what would close the quote and the brackets that are still open at the end. */
function scan(query: string): { found: Clause[]; closing: string } {
  const found: Clause[] = [];
  let start = -1;
  let depth = 0;
  let quote = '';
  for (let at = 0; at <= query.length; at += 1) {
    const char = query[at] ?? '';
    const ends = char === '' || (/\s/.test(char) && depth === 0 && quote === '');
    if (ends && start >= 0) {
      found.push({ text: query.slice(start, at), start, end: at });
      start = -1;
    }
    if (ends || char === '') continue;
    if (start < 0 && !/\s/.test(char)) start = at;
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === '`') quote = char;
    else if (char === '/' && opensRegex(query, at)) quote = '/';
    else if (char === '(') depth += 1;
    else if (char === ')') depth = Math.max(0, depth - 1);
  }
  const open = quote === '"' || quote === '`' ? quote : '';
  return { found, closing: open + ')'.repeat(depth) };
}

/** A slash opens a regular expression only at a value's start and when another one closes it. */
function opensRegex(query: string, at: number): boolean {
  const before = query[at - 1] ?? ' ';
  return /[\s(:=~,!-]/.test(before) && /^\/(?:[^/\\]|\\.)*\/c?(?:[\s),]|$)/.test(query.slice(at));
}

/** The query without one of its clauses, and without an operator that then joins nothing. */
export function without(query: string, index: number): string {
  const all = clauses(query);
  const kept = all.filter((_, at) => at !== index).map(({ text }) => text);
  const tidy: string[] = [];
  for (const text of kept) {
    const joins = text === 'AND' || text === 'OR';
    const last = tidy.at(-1);
    if (joins && (last === undefined || last === 'AND' || last === 'OR' || last === 'NOT')) continue;
    tidy.push(text);
  }
  while (tidy.length > 0 && /^(AND|OR|NOT)$/.test(tidy.at(-1) ?? '')) tidy.pop();
  return tidy.join(' ');
}

/** The query and one more clause that must hold as well. */
export function and(query: string, clause: string): string {
  const { found: all, closing } = scan(query);
  if (all.length === 0) return clause;
  const whole = query.trim() + closing;
  return all.some(({ text }) => text === 'OR') ? `(${whole}) ${clause}` : `${whole} ${clause}`;
}

/** A value as it can stand behind `field:`. */
export function quoted(value: string): string {
  const plain = /^[\p{L}\p{N}_.@#%+][\p{L}\p{N}_.@#%+:/-]*$/u.test(value);
  if (plain && !/^(AND|OR|NOT)$/.test(value) && !value.includes('..')) return value;
  const escaped = value.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t');
  return `"${escaped}"`;
}

/** A path as it can stand before the colon; odd names go into back ticks. */
export function path(segments: readonly (string | number)[]): string {
  let text = '';
  for (const segment of segments) {
    if (typeof segment === 'number') text += `[${String(segment)}]`;
    else {
      const name = /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(segment) ? segment : `\`${segment}\``;
      text += text === '' ? name : `.${name}`;
    }
  }
  return text;
}

/** Adds `field:value`, or takes it out again; the opposite clause gives way. */
export function toggleField(query: string, field: string, value: string, not: boolean): string {
  const plain = `${field}:${quoted(value)}`;
  const clause = not ? `-${plain}` : plain;
  const opposite = not ? plain : `-${plain}`;
  const has = indexOf(query, clause);
  if (has >= 0) return without(query, has);
  const other = indexOf(query, opposite);
  return and(other >= 0 ? without(query, other) : query, clause);
}

/** The levels the query asks for by a clause of its own; empty when it leaves them open. */
export function levelsOf(query: string): Set<LevelName> {
  const clause = clauses(query).find(({ text }) => levelList(text) !== undefined);
  return new Set(clause ? levelList(clause.text) : []);
}

export function toggleLevel(query: string, level: LevelName): string {
  return toggleInList(query, 'level', levelList, LEVELS, level);
}

/** The sources the query asks for by a clause of its own. */
export function sourcesOf(query: string): Set<string> {
  const clause = clauses(query).find(({ text }) => sourceList(text) !== undefined);
  return new Set(clause ? sourceList(clause.text) : []);
}

export function toggleSource(query: string, name: string): string {
  return toggleInList(query, 'source', sourceList, [], name);
}

function toggleInList<T extends string>(
  query: string,
  field: string,
  read: (clause: string) => T[] | undefined,
  order: readonly T[],
  value: T,
): string {
  const all = clauses(query);
  const at = all.findIndex(({ text }) => read(text) !== undefined);
  const found = all[at];
  const before = found ? (read(found.text) ?? []) : [];
  const after = before.includes(value) ? before.filter((one) => one !== value) : [...before, value];
  if (order.length > 0) after.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (found && after.length === 0) return without(query, at);
  const clause = `${field}:${after.map(quoted).join(',')}`;
  if (!found) return and(query, clause);
  return query.slice(0, found.start) + clause + query.slice(found.end);
}

function levelList(clause: string): LevelName[] | undefined {
  const match = /^level:(>=?|=)?([a-z,]+)$/i.exec(clause);
  if (!match) return undefined;
  const names = (match[2] ?? '').toLowerCase().split(',');
  const known = names.filter((name): name is LevelName => LEVELS.some((level) => level === name));
  if (known.length === 0 || known.length !== names.length) return undefined;
  const operator = match[1] ?? '';
  if (!operator.startsWith('>')) return known;
  const rank = LEVELS.indexOf(known[0] ?? 'fatal');
  return LEVELS.slice(0, operator === '>=' ? rank + 1 : rank);
}

function sourceList(clause: string): string[] | undefined {
  const match = /^(?:source|src):(.+)$/i.exec(clause);
  if (!match) return undefined;
  const values: string[] = [];
  const item = /"((?:[^"\\]|\\.)*)"|([^",()*?<>=/~]+)/y;
  const list = match[1] ?? '';
  for (let at = 0; at < list.length; at = item.lastIndex + 1) {
    item.lastIndex = at;
    const found = item.exec(list);
    if (!found) return undefined;
    const end = list[item.lastIndex];
    if (end !== undefined && end !== ',') return undefined;
    values.push(found[2] ?? (found[1] ?? '').replace(/\\(.)/g, '$1'));
  }
  return values;
}

function indexOf(query: string, clause: string): number {
  return clauses(query).findIndex(({ text }) => text === clause);
}
