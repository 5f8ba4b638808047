/**
 * The workbench as the page sees it: operations with typed arguments and replies, and one stream of
 * events. Two transports implement it, HTTP for a browser tab and Tauri for the window; nothing else
 * in the page knows which of them it talks to.
 */
import type { ApiError, Event, SourceInfo } from '../generated/types';
import type { Operations } from '../generated/operations';

export type Operation = keyof Operations;
export type Args<K extends Operation> = Operations[K]['args'];
export type Reply<K extends Operation> = Operations[K]['reply'];

/** How the stream of events is doing. `refused` means the token is missing or wrong. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused';

export interface Listener {
  event(event: Event): void;
  connection(state: Connection): void;
}

/** What happens to a file dragged over the page. */
export type DragPhase = 'over' | 'leave' | 'drop';

export interface Client {
  /** Names this tab or window: its views close with its stream of events. */
  readonly id: string;
  readonly kind: 'browser' | 'window';
  /** Rejects with a {@link Failure}. */
  call<K extends Operation>(operation: K, args: Args<K>): Promise<Reply<K>>;
  /** Opens the stream of events and keeps it open. Returns what closes it. */
  listen(listener: Listener): () => void;
  /** Opens a native dialog and adds what is picked. Only in the window. */
  pickFiles?(): Promise<void>;
  /** Sends a file's content to be added. Only in the browser. */
  upload?(file: File, progress: (sent: number, total: number) => void): Promise<SourceInfo>;
  /** Opens an http(s) address in the user's browser. */
  openExternal(url: string): void;
  /** Files dragged over the native window, which the page itself never sees. */
  onDrag?(handler: (phase: DragPhase) => void): () => void;
}

/** A call that did not succeed. `code` is the server's, or `unreachable`. */
export class Failure extends Error {
  readonly code: string;
  readonly hint: string;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;

  constructor(error: ApiError, status?: number) {
    super(error.message);
    this.name = 'Failure';
    this.code = error.code;
    this.hint = error.hint;
    this.status = status;
  }
}

/** Whether a value is an `ApiError`, whatever it came through. */
export function isApiError(value: unknown): value is ApiError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}

/** Any thrown value as a {@link Failure}. */
export function asFailure(cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  if (isApiError(cause)) return new Failure({ ...cause, hint: cause.hint ?? '' });
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Failure({ code: 'unreachable', message, hint: '' });
}

/** A name no other tab has. `crypto.randomUUID` would need a secure context. */
export function clientId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
