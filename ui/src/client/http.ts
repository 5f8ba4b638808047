/**
 * The workbench over HTTP: `POST api/<operation>`, one `EventSource`, uploads with progress.
 *
 * Addresses are relative to the page, so the same build works below any path. A lost stream is
 * opened again with back-off; its first event is `hello`, which makes the page fetch everything anew.
 */
import type { Event, SourceInfo } from '../generated/types';
import {
  asFailure,
  clientId,
  Failure,
  isApiError,
  type Args,
  type Client,
  type Listener,
  type Operation,
  type Reply,
} from './client';

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

export class HttpClient implements Client {
  readonly id = clientId();
  readonly kind = 'browser';
  readonly #token: string;

  constructor(token: string) {
    this.#token = token;
  }

  async call<K extends Operation>(operation: K, args: Args<K>): Promise<Reply<K>> {
    let response: Response;
    try {
      response = await fetch(`api/${operation}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...this.#authorization() },
        body: JSON.stringify(args),
      });
    } catch (cause) {
      throw asFailure(cause);
    }
    const text = await response.text();
    if (!response.ok) throw failureOf(response.status, text);
    return JSON.parse(text) as Reply<K>;
  }

  listen(listener: Listener): () => void {
    let source: EventSource | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let retry = FIRST_RETRY_MS;
    let closed = false;

    const open = () => {
      const query = new URLSearchParams({ client: this.id });
      if (this.#token !== '') query.set('token', this.#token);
      source = new EventSource(`api/events?${query.toString()}`);
      source.onmessage = (message: MessageEvent<string>) => {
        retry = FIRST_RETRY_MS;
        const event = JSON.parse(message.data) as Event;
        if (event.type === 'hello') listener.connection('live');
        listener.event(event);
      };
      source.onerror = () => {
        source?.close();
        if (closed) return;
        listener.connection('lost');
        timer = setTimeout(() => void this.#retry(listener, open), retry);
        retry = Math.min(retry * 2, LAST_RETRY_MS);
      };
    };

    listener.connection('connecting');
    open();
    return () => {
      closed = true;
      clearTimeout(timer);
      source?.close();
    };
  }

  /** An `EventSource` does not say why it failed; an ordinary call does. */
  async #retry(listener: Listener, open: () => void): Promise<void> {
    try {
      await this.call('status', {});
    } catch (cause) {
      const { status } = asFailure(cause);
      if (status === 401 || status === 403) {
        listener.connection('refused');
        return;
      }
    }
    open();
  }

  upload(file: File, progress: (sent: number, total: number) => void): Promise<SourceInfo> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', `api/upload?name=${encodeURIComponent(file.name)}`);
      for (const [name, value] of Object.entries(this.#authorization())) {
        request.setRequestHeader(name, value);
      }
      request.setRequestHeader('content-type', 'application/octet-stream');
      request.upload.onprogress = (event) => progress(event.loaded, event.total);
      request.onload = () => {
        if (request.status < 300) resolve(JSON.parse(request.responseText) as SourceInfo);
        else reject(failureOf(request.status, request.responseText));
      };
      request.onerror = () =>
        reject(asFailure(new Error(`${file.name} could not be sent to Crosscut`)));
      request.send(file);
    });
  }

  openExternal(url: string): void {
    window.open(url, '_blank', 'noopener,noreferrer');
  }

  #authorization(): Record<string, string> {
    return this.#token === '' ? {} : { authorization: `Bearer ${this.#token}` };
  }
}

function failureOf(status: number, body: string): Failure {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed) {
      if (isApiError(parsed.error)) return new Failure(parsed.error, status);
    }
  } catch {
    // Not JSON: something between the page and Crosscut answered.
  }
  return new Failure(
    { code: 'bad_answer', message: `Crosscut answered ${String(status)}.`, hint: '' },
    status,
  );
}
