/**
 * The one view that is shown: opened for a query over a run, opened again when either changes or
 * the server forgot it, closed when another takes its place.
 */
import { asFailure, type Client } from '../client';
import type { ViewOpened, ViewState } from '../generated/types';

export interface ViewHost {
  /** Another view is there. `keep`: what is being read stays in place. */
  opened(opened: ViewOpened, query: string, keep: boolean): void;
  changed(state: ViewState): void;
  failed(cause: unknown): void;
}

const RETRY_MS = 1_000;

export class Views {
  readonly #client: Client;
  readonly #host: ViewHost;
  #current: number | undefined;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Events can overtake the answer that names their view. */
  #early: ViewState | undefined;

  constructor(client: Client, host: ViewHost) {
    this.#client = client;
    this.#host = host;
  }

  get current(): number | undefined {
    return this.#current;
  }

  /** Opens a view after `delay` milliseconds, unless another is asked for meanwhile. */
  open(query: string, run: string | undefined, keep: boolean, delay = 0): void {
    const turn = (this.#turn += 1);
    clearTimeout(this.#timer);
    if (delay > 0) this.#timer = setTimeout(() => void this.#open(turn, query, run, keep), delay);
    else void this.#open(turn, query, run, keep);
  }

  event(state: ViewState): void {
    if (state.view === this.#current) this.#host.changed(state);
    else this.#early = state;
  }

  /** Views closed with the stream of events they belonged to. */
  forget(): void {
    this.#current = undefined;
  }

  async #open(turn: number, query: string, run: string | undefined, keep: boolean): Promise<void> {
    try {
      const opened = await this.#client.call('view_open', {
        client: this.#client.id,
        query,
        ...(run === undefined ? {} : { run }),
      });
      if (turn !== this.#turn) {
        this.close(opened.view);
        return;
      }
      const before = this.#current;
      this.#current = opened.view;
      this.#host.opened(opened, query, keep);
      if (this.#early?.view === opened.view) this.#host.changed(this.#early);
      if (before !== undefined) this.close(before);
    } catch (cause) {
      if (turn !== this.#turn) return;
      this.#host.failed(cause);
      if (asFailure(cause).code !== 'unknown_run') this.open(query, run, keep, RETRY_MS);
    }
  }

  close(view: number): void {
    // A view that cannot be closed is gone already, or goes with its client.
    this.#client.call('view_close', { view }).catch(() => undefined);
  }
}
