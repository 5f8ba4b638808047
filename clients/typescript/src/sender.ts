/**
 * Lines to the port in batches, from a buffer that outlives an absence of it.
 *
 * Promises: lines arrive in order and, as far as the buffer reaches, all of them, each once; a
 * batch goes when it is full or its first line has waited long enough; nothing here throws, blocks
 * or keeps the process alive; what the buffer could not hold is counted, and told once it can be.
 */
import { delay, unref, wait, type Backoff } from './backoff.js';
import { onExit } from './exit.js';
import { Outbox } from './outbox.js';
import { post, request, type Request } from './post.js';
import { defaultSource, environment, resolve, type Connection, type Settings } from './settings.js';

/** How lines are sent. */
export interface SenderOptions extends Connection {
  /** The source's name; the script's when absent. */
  source?: string;
  /** The run; `LOG_RUN_ID` when absent, and without that the current one. */
  run?: string;
  /** Lines in a batch; 100. */
  batchLines?: number;
  /** How long the first line of a batch waits for others, in ms; 5,000. */
  flushInterval?: number;
  /** Lines that may wait while the port is away; 10,000. */
  maxLines?: number;
  /** Characters that may wait; 16 Mi. */
  maxCharacters?: number;
  /** How long it is waited before a batch is sent again, in ms; 250, doubled up to 10,000. */
  retry?: Backoff;
  /** How long a post may take, in ms; 10,000. */
  timeout?: number;
  /** Whether what waits is sent when the process ends or the page goes; true. */
  exit?: boolean;
  /** How long the end of the process may be held up for that, in ms; 2,000. */
  exitTimeout?: number;
  /** Told when a batch could not be sent; it is tried again unless the port refused it. */
  onError?: (error: Error) => void;
}

/** Sends lines. */
export class Sender {
  readonly #settings: Settings;
  readonly #source: string;
  readonly #run: string | undefined;
  readonly #options: Required<Omit<SenderOptions, keyof Connection | 'source' | 'run' | 'onError'>>;
  readonly #onError: ((error: Error) => void) | undefined;
  readonly #outbox: Outbox;
  readonly #forget: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The loop that sends, while it runs. */
  #sending: Promise<void> | undefined;
  /** Whether it goes on until nothing waits, or only while batches are full. */
  #all = false;
  /** Ends the wait before a new attempt. */
  #hurry = new AbortController();
  /** Told of an attempt in vain. */
  #failed: (() => void) | undefined;
  /** Whether the last attempt was in vain. */
  #away = false;
  /** Told of every attempt's outcome. */
  #waiting: (() => void)[] = [];
  #closed = false;

  constructor(options: SenderOptions = {}) {
    this.#settings = resolve(options);
    this.#source = options.source ?? defaultSource();
    this.#run = options.run ?? environment('LOG_RUN_ID');
    this.#onError = options.onError;
    this.#options = {
      batchLines: options.batchLines ?? 100,
      flushInterval: options.flushInterval ?? 5_000,
      maxLines: options.maxLines ?? 10_000,
      maxCharacters: options.maxCharacters ?? 1 << 24,
      retry: options.retry ?? { min: 250, max: 10_000 },
      timeout: options.timeout ?? 10_000,
      exit: options.exit ?? true,
      exitTimeout: options.exitTimeout ?? 2_000,
    };
    const { maxLines: lines, maxCharacters: characters, exitTimeout } = this.#options;
    this.#outbox = new Outbox({ lines, characters });
    this.#forget = this.#options.exit
      ? onExit({
          timeout: exitTimeout,
          pending: () => this.#outbox.size + this.#outbox.dropped,
          flush: () => this.#flush(exitTimeout, true),
          rest: () => this.#rest(),
          page: () => this.#atPagehide(),
        })
      : () => {};
  }

  /** Lines that are not stored yet. */
  get pending(): number {
    return this.#outbox.size;
  }

  /** Takes a line: JSON of one record. */
  send(line: string): void {
    if (this.#closed) return;
    this.#outbox.add(line);
    if (this.#outbox.waiting >= this.#options.batchLines) {
      this.#start(false);
    } else if (this.#timer === undefined && this.#sending === undefined) {
      this.#timer = setTimeout(() => this.#start(true), this.#options.flushInterval);
      unref(this.#timer);
    }
  }

  /**
   * Nothing while there is room, else the wait until half of the buffer is free again: for whoever can
   * make its writer wait. While the port is away nobody waits.
   */
  room(): Promise<void> | undefined {
    return this.#isCrowded() ? this.#roomy() : undefined;
  }

  #isCrowded(): boolean {
    return this.#outbox.isHalfFull && !this.#away && !this.#closed;
  }

  async #roomy(): Promise<void> {
    while (this.#isCrowded()) {
      const attempt = new Promise<void>((done) => this.#waiting.push(done));
      this.#start(true);
      await attempt;
    }
  }

  /** Sends what waits, now; whether all of it was stored within that time (ms). */
  flush(timeout: number = this.#options.timeout): Promise<boolean> {
    return this.#flush(timeout, false);
  }

  /** The same; `once`: where the port is away, nobody's end is held up for it. */
  async #flush(timeout: number, once: boolean): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, timeout);
      if (once) this.#failed = done;
    });
    this.#hurry.abort();
    this.#start(true);
    await Promise.race([this.#sending, late]);
    clearTimeout(timer);
    this.#failed = undefined;
    return this.#outbox.size === 0;
  }

  /** Sends what waits, and takes nothing more. */
  async close(timeout?: number): Promise<boolean> {
    const all = await this.flush(timeout ?? this.#options.exitTimeout);
    this.#closed = true;
    this.#hurry.abort();
    clearTimeout(this.#timer);
    // What is left has a last chance at the end of the process.
    if (all) this.#forget();
    return all;
  }

  #start(all: boolean): void {
    this.#all ||= all;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sending ??= this.#loop().finally(() => {
      this.#sending = undefined;
      // What came in the last moment.
      if (this.#outbox.waiting > 0 && !this.#closed) this.#later();
    });
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#start(true), this.#options.flushInterval);
    unref(this.#timer);
  }

  async #loop(): Promise<void> {
    const { batchLines, timeout, retry } = this.#options;
    const due = (): boolean =>
      this.#all || this.#outbox.waiting >= batchLines || this.#outbox.size > this.#outbox.waiting;
    for (let attempt = 0; due(); ) {
      // Who is far behind catches up faster in large batches.
      const isBehind = this.#outbox.waiting >= batchLines * 10;
      const batch = this.#outbox.batch(isBehind ? batchLines * 10 : batchLines);
      if (batch === undefined) break;
      const asked = request(this.#settings, this.#source, this.#run, batch);
      const outcome = await post(this.#settings, asked, { timeout });
      this.#away = outcome.kind === 'again';
      // They look once this turn is over.
      for (const done of this.#waiting.splice(0)) done();
      if (outcome.kind === 'stored') {
        this.#outbox.stored();
        attempt = 0;
        continue;
      }
      this.#tell(outcome.error);
      if (outcome.kind === 'too-large' && this.#outbox.halve()) continue;
      if (outcome.kind !== 'again') {
        this.#outbox.refused();
        // That lines were refused is news enough to be sent, but not to be sent at once.
        if (this.#outbox.waiting === 0) break;
        continue;
      }
      if (outcome.after === 0) this.#failed?.();
      if (this.#closed) break;
      this.#hurry = new AbortController();
      await wait(Math.max(outcome.after, delay(retry, attempt)), this.#hurry.signal);
      attempt += 1;
    }
    this.#all = false;
  }

  #tell(error: Error): void {
    try {
      this.#onError?.(error);
    } catch {
      // Theirs to mend; logging goes on.
    }
  }

  /** What is not stored, as requests. */
  *#rest(): Generator<Request> {
    for (;;) {
      const batch = this.#outbox.batch(this.#options.batchLines);
      if (batch === undefined) return;
      yield request(this.#settings, this.#source, this.#run, batch);
      this.#outbox.stored();
    }
  }

  /** A page has no time to wait for answers: what fits is handed to the browser. */
  #atPagehide(): void {
    const { timeout } = this.#options;
    for (const asked of this.#rest()) {
      void post(this.#settings, asked, { timeout, keepalive: true });
    }
  }
}
