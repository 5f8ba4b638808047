/**
 * Reading logs live: `followLogs('api', { onLogs: (logs) => … })`.
 *
 * Promises: each record once and in order, through any number of lost connections and restarts of
 * the port: it names the run and the last record it has, and is given what comes behind. Where no
 * run is asked for, it goes on into the next one when a run ends. What cannot get better by trying
 * again (a wrong token, a bad query) ends it and is told.
 */
import { delay, wait, type Backoff } from './backoff.js';
import { EventReader, type ServerEvent } from './sse.js';
import { resolve, type Connection, type Settings } from './settings.js';

/** One record. */
export interface LogRecord {
  /** The run, and the record's number in it: together its identity. */
  run: string;
  seq: number;
  /** RFC 3339, UTC. */
  time: string;
  level: string;
  source: string;
  stream: 'stdout' | 'stderr' | 'system' | 'control';
  message: string;
  /** The raw line or lines. */
  line: string;
}

/** `completed`: nothing more comes, and all was well; `failed`: the source ended badly. */
export type Status = 'running' | 'completed' | 'failed';

/** What to follow: a source's name, or which records. */
export type Target = string | { source?: string; query?: string; run?: string };

/** How to follow. */
export interface FollowOptions extends Connection {
  /** Records from before to begin with; 1,000. */
  tail?: number;
  /** Whether to connect at once; true. */
  autoConnect?: boolean;
  /** How long it is waited before connecting again, in ms; 250, doubled up to 10,000. */
  retry?: Backoff;
  /** How long the port may say nothing at all, in ms; 45,000 (it says something every 15 s). */
  patience?: number;
  /** Told of records, some at a time. */
  onLogs?: (logs: LogRecord[]) => void;
  /** Told when the status has changed. */
  onStatus?: (status: Status) => void;
  /** Told what goes wrong; unless `fatal`, it is tried again. */
  onError?: (error: FollowError) => void;
  /** Told when the connection is there, and when it is not. */
  onConnection?: (connected: boolean) => void;
}

/** What went wrong. */
export class FollowError extends Error {
  override readonly name = 'FollowError';
  constructor(
    message: string,
    /** The port's word for it: `bad_query`, `token_missing`, `unknown_source`; else `unreachable`. */
    readonly code: string,
    /** Whether trying again is of no use. */
    readonly fatal: boolean,
    /** What to do about it. */
    readonly hint?: string,
    /** Where in the query, in bytes. */
    readonly position?: number,
  ) {
    super(message);
  }
}

/** Starts to follow. */
export function followLogs(target: Target, options: FollowOptions = {}): LogStream {
  return new LogStream(target, options);
}

/** A record's place. */
interface Position {
  run: string;
  seq: number;
}

/** Why a connection ended. */
type Ending = 'lost' | 'run-ended' | 'over';

/** Logs being followed. */
export class LogStream {
  readonly #options: FollowOptions;
  readonly #settings: Settings;
  readonly #source: string | undefined;
  readonly #query: string | undefined;
  readonly #run: string | undefined;
  #active: AbortController | undefined;
  #connected = false;
  #status: Status = 'running';
  /** What comes is behind this record. */
  #last: Position | undefined;
  /** Whether the run that was followed has ended, so that all of the next one is new. */
  #fresh = false;

  constructor(target: Target, options: FollowOptions = {}) {
    const { source, query, run } = typeof target === 'string' ? { source: target } : target;
    this.#source = source || undefined;
    this.#query = query || undefined;
    this.#run = run || undefined;
    this.#options = options;
    this.#settings = resolve(options);
    if (options.autoConnect ?? true) this.connect();
  }

  get status(): Status {
    return this.#status;
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** Connects, and stays connected, until `disconnect` or the end. Goes on where it was. */
  connect(): void {
    if (this.#active !== undefined) return;
    const active = new AbortController();
    this.#active = active;
    void this.#follow(active.signal).finally(() => {
      if (this.#active === active) this.#active = undefined;
    });
  }

  /** Ends it; nothing is told any more. */
  disconnect(): void {
    const active = this.#active;
    this.#active = undefined;
    active?.abort();
    this.#setConnected(false);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const retry = this.#options.retry ?? { min: 250, max: 10_000 };
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const ending = await this.#once(signal, () => (attempt = 0));
        if (signal.aborted) return;
        this.#setConnected(false);
        if (ending === 'over') return;
      } catch (error) {
        if (signal.aborted) return;
        this.#setConnected(false);
        const told = asFollowError(error);
        this.#call(this.#options.onError, told);
        if (told.fatal) return;
      }
      await wait(delay(retry, attempt), signal);
    }
  }

  /** One connection, from its request to its end. */
  async #once(signal: AbortSignal, alive: () => void): Promise<Ending> {
    const connection = new AbortController();
    const end = (): void => connection.abort();
    signal.addEventListener('abort', end);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(end, this.#options.patience ?? 45_000);
    };
    try {
      heard();
      const { fetch } = this.#settings;
      const response = await fetch(this.#url(), { headers: this.#headers(), signal: connection.signal });
      // It may have been called off while the answer was on its way.
      if (signal.aborted) return 'lost';
      if (!response.ok || response.body === null) throw await this.#refusal(response, signal);
      this.#setConnected(true);
      const events = new EventReader();
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (signal.aborted || done) return 'lost';
        heard();
        alive();
        const ending = this.#take(events.read(decoder.decode(value, { stream: true })), signal);
        if (ending !== undefined) return ending;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      connection.abort();
    }
  }

  #url(): string {
    const path =
      this.#source === undefined
        ? '/stream'
        : `/api/agents/${encodeURIComponent(this.#source)}/logs/stream`;
    const url = new URL(this.#settings.base + path);
    const run = this.#last?.run ?? this.#run;
    if (run !== undefined) url.searchParams.set('run', run);
    if (this.#query !== undefined) url.searchParams.set('query', this.#query);
    if (this.#last !== undefined || this.#fresh) url.searchParams.set('since', String(this.#last?.seq ?? 0));
    else if (this.#options.tail !== undefined) url.searchParams.set('tail', String(this.#options.tail));
    return url.href;
  }

  #headers(): Record<string, string> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    const { token } = this.#settings;
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    return headers;
  }

  #take(events: ServerEvent[], signal: AbortSignal): Ending | undefined {
    let logs: LogRecord[] = [];
    const give = (): void => {
      const given = logs;
      logs = [];
      if (given.length > 0 && !signal.aborted) this.#call(this.#options.onLogs, given);
    };
    for (const event of events) {
      // Whoever is told may have disconnected: the rest is for the next connection.
      if (signal.aborted) return 'lost';
      if (event.event === 'end') {
        give();
        if (signal.aborted) return 'lost';
        return this.#runEnded('completed');
      }
      if (event.event === 'start') this.#last ??= JSON.parse(event.data) as Position;
      if (event.event !== 'message') continue;
      if (this.#source === undefined) {
        logs.push(...this.#news([JSON.parse(event.data) as LogRecord]));
        continue;
      }
      const news = JSON.parse(event.data) as SourceNews;
      this.#last ??= { run: news.run, seq: Number(event.id ?? 0) };
      logs.push(...this.#news(news.logs));
      if (news.final === true) {
        give();
        if (signal.aborted) return 'lost';
        if (news.reason === 'run_ended') return this.#runEnded(news.status);
        this.#setStatus(news.status);
        return 'over';
      }
      if (news.status !== this.#status) {
        give();
        if (!signal.aborted) this.#setStatus(news.status);
      }
    }
    give();
    return undefined;
  }

  /** Those that were not there yet. */
  #news(logs: LogRecord[]): LogRecord[] {
    return logs.filter((log) => {
      if (this.#last?.run === log.run && log.seq <= this.#last.seq) return false;
      this.#last = { run: log.run, seq: log.seq };
      return true;
    });
  }

  #runEnded(status: Status): Ending {
    if (this.#run !== undefined) {
      this.#setStatus(status);
      return 'over';
    }
    this.#last = undefined;
    this.#fresh = true;
    return 'run-ended';
  }

  /** What the port has against it; a run that was deleted meanwhile is given up for the next. */
  async #refusal(response: Response, signal: AbortSignal): Promise<FollowError> {
    const body = (await response.json().catch(() => ({}))) as { error?: Partial<FollowError> };
    const { code = 'unreachable', message, hint, position } = body.error ?? {};
    if (code === 'unknown_run' && this.#run === undefined && !signal.aborted) this.#runEnded('completed');
    const fatal =
      [400, 401, 403].includes(response.status) || (code === 'unknown_run' && this.#run !== undefined);
    return new FollowError(message ?? `the port answered ${response.status}`, code, fatal, hint, position);
  }

  #setConnected(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    this.#call(this.#options.onConnection, connected);
  }

  #setStatus(status: Status): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#call(this.#options.onStatus, status);
  }

  /** What the one who is told throws is told to the world, and ends nothing here. */
  #call<T>(told: ((value: T) => void) | undefined, value: T): void {
    try {
      told?.(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** An event of one source's stream. */
interface SourceNews {
  run: string;
  logs: LogRecord[];
  status: Status;
  final?: boolean;
  reason?: 'source_ended' | 'run_ended';
}

function asFollowError(error: unknown): FollowError {
  if (error instanceof FollowError) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const message = error instanceof Error ? error.message + cause : String(error);
  return new FollowError(message, 'unreachable', false);
}
