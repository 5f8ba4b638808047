/**
 * A winston transport: `winston.createLogger({ transports: [new CrosscutTransport()] })`.
 *
 * winston takes any object stream for a transport, so none of its packages is needed here.
 */
import { Writable } from 'node:stream';
import { line, text, type Fields } from './record.js';
import { Sender, type SenderOptions } from './sender.js';

/** What winston asks of a transport beside. */
export interface TransportOptions extends SenderOptions {
  /** The least level that is sent, as winston names them. */
  level?: string;
  /** Whether nothing is sent. */
  silent?: boolean;
  /** Whether uncaught exceptions are sent. */
  handleExceptions?: boolean;
  /** Whether unhandled rejections are sent. */
  handleRejections?: boolean;
}

/** An entry of winston's. */
type Info = Fields & { level?: unknown; message?: unknown; timestamp?: unknown };

/** What a logger of winston's says of levels. */
interface Parent {
  levels: Record<string, number>;
  level: string;
}

/** Where winston keeps the level's name, whatever colours a format has put around it. */
const LEVEL = Symbol.for('level');

/** Sends what winston logs. */
export class CrosscutTransport extends Writable {
  readonly name = 'crosscut';
  level?: string;
  silent: boolean;
  handleExceptions: boolean;
  handleRejections: boolean;
  /** winston puts its levels and its logger here. */
  levels?: Record<string, number>;
  parent?: Parent;
  readonly #sender: Sender;

  constructor({ level, silent, handleExceptions, handleRejections, ...options }: TransportOptions = {}) {
    super({ objectMode: true, highWaterMark: 1_000 });
    if (level !== undefined) this.level = level;
    this.silent = silent ?? false;
    this.handleExceptions = handleExceptions ?? false;
    this.handleRejections = handleRejections ?? false;
    this.#sender = new Sender(options);
    // Writable's own word for "a logger writes into me now".
    this.once('pipe', (logger: unknown) => {
      this.parent = logger as Parent;
      this.levels = this.parent.levels;
    });
  }

  /** What winston knows a transport by. */
  log(info: Info, done: () => void): void {
    if (this.#wants(info)) this.#sender.send(ofInfo(info));
    done();
  }

  override _write(info: Info, _: string, done: () => void): void {
    this.log(info, done);
  }

  override _final(done: () => void): void {
    void this.#sender.close().then(() => done());
  }

  /** Sends what waits; whether all was stored. */
  flush(timeout?: number): Promise<boolean> {
    return this.#sender.flush(timeout);
  }

  #wants(info: Info): boolean {
    if (this.silent || (info['exception'] === true && !this.handleExceptions)) return false;
    const rank = (level: unknown): number | undefined => this.levels?.[String(level)];
    const least = rank(this.level ?? this.parent?.level);
    const own = rank(nameOf(info));
    return least === undefined || own === undefined || own <= least;
  }
}

function nameOf(info: Info): unknown {
  return (info as Record<symbol, unknown>)[LEVEL] ?? info.level;
}

function ofInfo(info: Info): string {
  const { level: _level, message, timestamp, ...fields } = info;
  const at = timestamp instanceof Date || typeof timestamp === 'string' ? new Date(timestamp) : undefined;
  const time = at !== undefined && !Number.isNaN(at.getTime()) ? at : new Date();
  // What is no time for us is kept as it was said.
  if (timestamp !== undefined && time !== at) fields['timestamp'] = timestamp;
  const said = typeof message === 'object' && message !== null ? message : text(message);
  return line(text(nameOf(info) ?? 'info'), said, fields, time);
}

export default CrosscutTransport;
