/** A view as the core would keep it, for tests: sorted records, appended, found late, or lost. */
import type { Row, Rows, ViewPosition, ViewState } from '../generated/types';

export class FakeView {
  readonly id: number;
  epoch = 1;
  #seqs: number[];
  #run: number;
  /** How often rows were asked for. */
  asked = 0;
  broken = false;

  constructor(id: number, seqs: readonly number[]) {
    this.id = id;
    this.#seqs = [...seqs];
    this.#run = seqs.at(-1) ?? 0;
  }

  get seqs(): readonly number[] {
    return this.#seqs;
  }

  append(count: number): void {
    for (let n = 0; n < count; n += 1) this.#seqs.push((this.#run += 1));
  }

  /** A search found older records: rows move, the epoch changes. */
  find(seqs: readonly number[]): void {
    this.#seqs = [...new Set([...this.#seqs, ...seqs])].sort((a, b) => a - b);
    this.#run = Math.max(this.#run, this.#seqs.at(-1) ?? 0);
    this.epoch += 1;
  }

  rows(start: number, count: number): Promise<Rows> {
    this.asked += 1;
    if (this.broken) return Promise.reject(new Error('broken'));
    const rows = this.#seqs.slice(start, start + Math.min(count, 1_024)).map(row);
    return Promise.resolve({
      view: this.id,
      epoch: this.epoch,
      start,
      total: this.#seqs.length,
      rows,
    });
  }

  position(seq: number): Promise<ViewPosition> {
    const at = this.#seqs.findIndex((one) => one >= seq);
    const place = at < 0 ? this.#seqs.length : at;
    return Promise.resolve({
      row: place,
      found: this.#seqs[place] === seq,
      epoch: this.epoch,
    });
  }

  state(): ViewState {
    const rows = this.#seqs.length;
    return {
      view: this.id,
      epoch: this.epoch,
      rows,
      total: this.#run,
      searched: this.#run,
      levels: [0, 0, 0, rows, 0, 0, 0],
      runLevels: [0, 0, 0, this.#run, 0, 0, 0],
      rate: 0,
      indexed: this.#run,
    };
  }
}

export function row(seq: number): Row {
  return {
    seq,
    timeUs: seq * 1_000,
    level: 'info',
    source: 1,
    stream: 'stdout',
    msg: `line ${String(seq)}`,
    hits: [],
    fields: [],
  };
}
