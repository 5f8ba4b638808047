/**
 * Lines on their way, in order and bounded.
 *
 * A batch is made once and keeps its lines and its key however often it is sent, so that the port
 * stores it once. While the port is away lines pile up behind it; beyond the bounds the oldest go,
 * are counted, and a line that says so takes their place in the next batch.
 */
import { line } from './record.js';

/** Lines that are sent together. */
export interface Batch {
  readonly key: string;
  readonly lines: readonly string[];
  /** How many lines of the program's own are missing if this is lost. */
  readonly weight: number;
}

/** How much may wait. */
export interface Bounds {
  lines: number;
  /** UTF-16 units, which is what they take in memory. */
  characters: number;
}

export class Outbox {
  #waiting: string[] = [];
  /** Where in `#waiting` the first line is that waits: taking from the front costs nothing. */
  #first = 0;
  #characters = 0;
  #batch: Batch | undefined;
  #dropped = 0;
  #bounds: Bounds;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Lines that were not stored yet. */
  get size(): number {
    return this.waiting + (this.#batch?.weight ?? 0);
  }

  /** Lines that are in no batch yet. */
  get waiting(): number {
    return this.#waiting.length - this.#first;
  }

  /** Lines that went and were not told of yet. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Whether half of its bounds is reached. */
  get isHalfFull(): boolean {
    return this.size * 2 >= this.#bounds.lines || this.#characters * 2 >= this.#bounds.characters;
  }

  add(text: string): void {
    this.#waiting.push(text);
    this.#characters += text.length;
    const { lines, characters } = this.#bounds;
    while (this.waiting > lines || (this.#characters > characters && this.waiting > 1)) {
      this.#take();
      this.#dropped += 1;
    }
  }

  /** The batch to be sent now: the one under way, or the next `most` lines. */
  batch(most: number): Batch | undefined {
    if (this.#batch === undefined && (this.waiting > 0 || this.#dropped > 0)) {
      const lines: string[] = [];
      let weight = this.#dropped;
      if (this.#dropped > 0) {
        lines.push(lost(this.#dropped));
        this.#dropped = 0;
      }
      // Large lines go in small batches.
      for (let room = 1 << 22; lines.length < most && this.waiting > 0 && room > 0; weight += 1) {
        const text = this.#take();
        room -= text.length;
        lines.push(text);
      }
      this.#batch = { key: key(), lines, weight };
    }
    return this.#batch;
  }

  /** The batch is stored. */
  stored(): void {
    this.#batch = undefined;
  }

  /** The batch is too large for the port: what is left of it is halved, and sent under new keys. */
  halve(): boolean {
    const batch = this.#batch;
    if (batch === undefined || batch.lines.length < 2) return false;
    const rest = this.#waiting.slice(this.#first);
    const half = batch.lines.length >> 1;
    this.#waiting = [...batch.lines.slice(half), ...rest];
    this.#first = 0;
    this.#characters = this.#waiting.reduce((sum, text) => sum + text.length, 0);
    const lines = batch.lines.slice(0, half);
    this.#batch = { key: key(), lines, weight: batch.weight - (batch.lines.length - half) };
    return true;
  }

  /** The batch will never be stored. */
  refused(): void {
    this.#dropped += this.#batch?.weight ?? 0;
    this.#batch = undefined;
  }

  #take(): string {
    const text = this.#waiting[this.#first] ?? '';
    this.#waiting[this.#first] = '';
    this.#first += 1;
    this.#characters -= text.length;
    if (this.#first > 1_024 && this.#first * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return text;
  }
}

function lost(count: number): string {
  const message = `${count} lines before this one were not sent: more came than could wait for the port, or it refused them`;
  return line('warn', message, { 'crosscut.dropped': count });
}

/** A name that no other batch has. */
function key(): string {
  const random = globalThis.crypto?.randomUUID?.();
  if (random !== undefined) return random;
  const digits = (): string => Math.random().toString(36).slice(2);
  return `${Date.now().toString(36)}-${digits()}-${digits()}`;
}
