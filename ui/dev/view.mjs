// One view: everything, or what a query finds, searched from the newest record back.

import { levelOf, rowOf } from './data.mjs';
import { compile, read } from './query.mjs';

const CHUNK = 60_000;

export class View {
  /**
   * @param {number} id @param {string} client @param {import('./workbench.mjs').Run} run
   * @param {string} query @param {() => void} changed
   */
  constructor(id, client, run, query, changed) {
    this.id = id;
    this.client = client;
    this.run = run;
    this.query = query;
    this.changed = changed;
    this.reading = read(query);
    const { words, matches } = compile(query);
    this.words = words;
    this.matches = query.trim() === '' ? undefined : matches;
    /** Found records: those behind the search's start in order, those before it newest first. */
    /** @type {number[]} */
    this.after = [];
    /** @type {number[]} */
    this.before = [];
    this.levels = [0, 0, 0, 0, 0, 0, 0];
    this.epoch = 1;
    this.from = run.records;
    this.next = run.records;
    this.upTo = run.records;
    this.closed = false;
    if (this.matches) this.search();
  }

  get rows() {
    return this.matches ? this.before.length + this.after.length : this.run.records;
  }

  search() {
    const first = this.next === this.from;
    const end = Math.max(0, this.next - CHUNK);
    const had = this.before.length;
    for (; this.next > end; this.next -= 1) if (this.matches?.(this.next)) this.found(this.before, this.next);
    if (this.before.length > had && !first) this.epoch += 1;
    this.changed();
    if (this.next > 0 && !this.closed) setTimeout(() => this.search(), 5);
  }

  /** Takes in what the run has gained. */
  extend() {
    if (!this.matches) return;
    for (let seq = this.upTo + 1; seq <= this.run.records; seq += 1) {
      if (this.matches(seq)) this.found(this.after, seq);
    }
    this.upTo = this.run.records;
  }

  /** @param {number[]} into @param {number} seq */
  found(into, seq) {
    into.push(seq);
    this.levels[levelOf(seq)] += 1;
  }

  /** @param {number} row */
  seqAt(row) {
    if (!this.matches) return row + 1;
    const { before, after } = this;
    return row < before.length ? before[before.length - 1 - row] : after[row - before.length];
  }

  /** @param {number} seq */
  position(seq) {
    let low = 0;
    let high = this.rows;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.seqAt(middle) < seq) low = middle + 1;
      else high = middle;
    }
    return { row: low, found: low < this.rows && this.seqAt(low) === seq, epoch: this.epoch };
  }

  /** @param {number} start @param {number} count */
  page(start, count) {
    const end = Math.min(this.rows, start + Math.min(count, 1024));
    const rows = [];
    for (let row = start; row < end; row += 1) rows.push(rowOf(this.seqAt(row), this.words));
    return { view: this.id, epoch: this.epoch, start, total: this.rows, rows };
  }

  state() {
    return {
      view: this.id,
      epoch: this.epoch,
      rows: this.rows,
      total: this.run.records,
      searched: this.matches ? this.run.records - this.next : this.run.records,
      levels: this.matches ? [...this.levels] : [...this.run.levels],
      runLevels: [...this.run.levels],
      rate: this.run.rate,
      indexed: this.run.indexed,
    };
  }
}
