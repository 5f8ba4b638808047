/** The client's own logger, and the console's lines. */
import { line, text, type Fields } from './record.js';
import { Sender, type SenderOptions } from './sender.js';

/** How bad it is. */
export type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Writes lines to the port. */
export interface Logger {
  trace(message: string, fields?: Fields): void;
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  /** Fields may hold an `Error`, under any name; an `Error` alone is a field `error`. */
  error(message: string, fields?: Fields | Error): void;
  fatal(message: string, fields?: Fields | Error): void;
  log(level: Level | string, message: string, fields?: Fields | Error): void;
  /** A logger that adds these fields to each line. */
  child(fields: Fields): Logger;
  /** Sends what waits; whether all was stored. */
  flush(timeout?: number): Promise<boolean>;
  /** The same, and takes nothing more. */
  close(timeout?: number): Promise<boolean>;
}

/** A logger of its own, or on a sender that others use too. */
export function createLogger(options: SenderOptions | Sender = {}): Logger {
  const sender = options instanceof Sender ? options : new Sender(options);
  return logger(sender, {});
}

function logger(sender: Sender, always: Fields): Logger {
  const log: Logger['log'] = (level, message, fields) => {
    const own = fields instanceof Error ? { error: fields } : fields;
    sender.send(line(level, text(message), { ...always, ...own }));
  };
  const at =
    (level: Level): Logger['error'] =>
    (message, fields) =>
      log(level, message, fields);
  return {
    log,
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    fatal: at('fatal'),
    child: (fields) => logger(sender, { ...always, ...fields }),
    flush: (timeout) => sender.flush(timeout),
    close: (timeout) => sender.close(timeout),
  };
}

const CONSOLE = {
  trace: 'trace',
  debug: 'debug',
  log: 'info',
  info: 'info',
  warn: 'warn',
  error: 'error',
} as const;

/** Sends what goes to the console as well; gives the way back. */
export function captureConsole(to: Logger): () => void {
  const before = { ...console };
  for (const [method, level] of Object.entries(CONSOLE) as [keyof typeof CONSOLE, Level][]) {
    const original = console[method];
    console[method] = (...args: unknown[]): void => {
      original.apply(console, args);
      const error = args.find((arg) => arg instanceof Error);
      to.log(level, format(args), error === undefined ? undefined : { error });
    };
  }
  return () => {
    for (const method of Object.keys(CONSOLE) as (keyof typeof CONSOLE)[]) {
      console[method] = before[method];
    }
  };
}

/** What the console makes of its arguments: the first may have places for others. */
function format(args: unknown[]): string {
  const [first, ...rest] = args;
  if (typeof first !== 'string' || rest.length === 0) return args.map(text).join(' ');
  const filled = first.replace(/%([sdifjoOc%])/g, (place, kind: string) => {
    if (kind === '%') return '%';
    if (rest.length === 0) return place;
    const value = text(rest.shift());
    if (kind === 'c') return '';
    if (kind === 'd') return String(Number(value));
    if (kind === 'i') return String(parseInt(value, 10));
    return kind === 'f' ? String(parseFloat(value)) : value;
  });
  return [filled, ...rest.map(text)].join(' ');
}
