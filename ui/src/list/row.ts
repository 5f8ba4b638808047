/**
 * One row's elements, made once and filled again and again. Log text only ever becomes text nodes.
 */
import type { Row } from '../generated/types';
import { clock, instant } from '../format/time';

/** A line that has no newline yet, shown below the last row. */
export interface Pending {
  source: number;
  text: string;
}

export interface SourceLook {
  name: string;
  /** 1 to 8: which of the source colours. */
  colour: number;
}

/** What stands in one place of the list; `undefined` while it is being fetched. */
export type Item = Row | Pending | undefined;

/** Marks a row may spend on hits; a line with more of them says so in its detail. */
const MOST_MARKS = 12;
const LEVEL_WORDS = {
  none: '',
  trace: 'TRACE',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARN',
  error: 'ERROR',
  fatal: 'FATAL',
} as const;

let ids = 0;

export class RowSlot {
  readonly element: HTMLDivElement;
  index = -1;
  item: Item = undefined;
  #version = -1;
  #active = false;
  readonly #time = cell('t');
  readonly #level = cell('l');
  readonly #source = cell('s');
  readonly #message = cell('m');
  readonly #fields = cell('f');

  constructor() {
    this.element = document.createElement('div');
    this.element.setAttribute('role', 'row');
    this.element.id = `crosscut-row-${String((ids += 1))}`;
    this.element.dataset.testid = 'row';
    this.element.append(this.#time, this.#level, this.#source, this.#message, this.#fields);
  }

  /** Shows an item at an index. `version` changes when the sources' looks did. */
  show(index: number, item: Item, version: number, look: (source: number) => SourceLook): void {
    if (index !== this.index) {
      this.index = index;
      // The header is the grid's first row.
      this.element.setAttribute('aria-rowindex', String(index + 2));
    }
    if (item === this.item && version === this.#version) return;
    this.item = item;
    this.#version = version;
    if (item === undefined) this.#skeleton();
    else if ('seq' in item) this.#record(item, look(item.source));
    else this.#pending(item, look(item.source));
  }

  /** The record's number, when it is one. */
  get seq(): number | undefined {
    return this.item && 'seq' in this.item ? this.item.seq : undefined;
  }

  setActive(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    this.element.setAttribute('aria-selected', String(active));
  }

  #skeleton(): void {
    this.element.className = 'row skeleton';
    this.element.removeAttribute('data-seq');
    for (const part of [this.#time, this.#level, this.#source, this.#message, this.#fields]) {
      part.textContent = '';
    }
  }

  #record(row: Row, source: SourceLook): void {
    this.element.className = `row lv-${row.level}${row.stream === 'system' ? ' system' : ''}`;
    this.element.dataset.seq = String(row.seq);
    this.#time.textContent = clock(row.timeUs);
    this.#time.title = row.arrival
      ? `${instant(row.timeUs, 0)} (when it arrived)`
      : instant(row.timeUs, 0);
    this.#time.classList.toggle('arrival', row.arrival === true);
    this.#level.textContent = LEVEL_WORDS[row.level];
    this.#source.textContent = source.name;
    this.#source.className = `s src-${String(source.colour)}`;
    fillWithHits(this.#message, row.msg, row.hits);
    this.#fields.textContent = fieldText(row);
  }

  #pending(line: Pending, source: SourceLook): void {
    this.element.className = 'row pending';
    this.element.removeAttribute('data-seq');
    this.#time.textContent = '…';
    this.#time.title = 'This line has no newline yet';
    this.#level.textContent = '';
    this.#source.textContent = source.name;
    this.#source.className = `s src-${String(source.colour)}`;
    this.#message.textContent = line.text;
    this.#fields.textContent = '';
  }
}

/** Fills an element with text whose hits (start, end, start, end… in UTF-16 units) are marked. */
export function fillWithHits(into: HTMLElement, text: string, hits: readonly number[]): void {
  if (hits.length < 2) {
    into.textContent = text;
    return;
  }
  const parts: Node[] = [];
  let at = 0;
  for (let i = 0; i + 1 < hits.length && i < MOST_MARKS * 2; i += 2) {
    const start = Math.max(at, Math.min(hits[i] ?? 0, text.length));
    const end = Math.max(start, Math.min(hits[i + 1] ?? 0, text.length));
    if (end === start) continue;
    if (start > at) parts.push(document.createTextNode(text.slice(at, start)));
    const mark = document.createElement('mark');
    mark.textContent = text.slice(start, end);
    parts.push(mark);
    at = end;
  }
  if (at < text.length) parts.push(document.createTextNode(text.slice(at)));
  into.replaceChildren(...parts);
}

function fieldText(row: Row): string {
  let text = row.lines !== undefined && row.lines > 1 ? `+${String(row.lines - 1)} lines` : '';
  if (row.broken) text += `${text === '' ? '' : ' '}unreadable`;
  for (const [name, value] of row.fields) text += `${text === '' ? '' : ' '}${name}=${value}`;
  return text;
}

function cell(name: string): HTMLSpanElement {
  const element = document.createElement('span');
  element.className = name;
  element.setAttribute('role', 'gridcell');
  return element;
}
