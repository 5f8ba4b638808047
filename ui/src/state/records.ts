/** Records: which one is active, the one shown in full, and the way to one from afar. */
import { asFailure } from '../client';
import type { RecordMessage } from './messages';
import type { Store } from './store.svelte';

const REOPEN_MS = 250;

export class Records {
  readonly #store: Store;
  /** A record to go to once a view holds it. */
  #sought: { run: string; seq: number } | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  handle(message: RecordMessage): void {
    const { state } = this.#store;
    switch (message.type) {
      case 'list.follow':
        state.follow = message.follow;
        return;
      case 'list.fresh':
        state.fresh = message.fresh;
        return;
      case 'list.failed':
        this.#failed(message.cause);
        return;
      case 'record.active':
        state.active = message.seq;
        if (state.detail && message.seq !== undefined) this.#read(message.seq);
        return;
      case 'record.open':
        this.#read(message.seq);
        return;
      case 'record.close':
        state.detail = undefined;
        return;
      case 'record.find':
        this.#find(message.run, message.seq);
    }
  }

  /** A view has been opened: the one a sought record may be in. */
  viewed(): void {
    const sought = this.#sought;
    const { list, state } = this.#store;
    if (!sought || !list || state.viewRun !== sought.run) return;
    list
      .jumpTo(sought.seq)
      .then((found) => {
        if (this.#sought !== sought) return;
        if (found || state.viewQuery === '') this.#sought = undefined;
        if (found) this.#read(sought.seq);
        else if (state.viewQuery !== '') this.#store.send({ type: 'query.set', text: '' });
      })
      .catch((cause: unknown) => this.#store.notices.failure(cause));
  }

  #find(run: string, seq: number): void {
    const { state } = this.#store;
    this.#sought = { run, seq };
    if (state.viewRun === run) this.viewed();
    else this.#store.send({ type: 'run.show', run });
  }

  #read(seq: number): void {
    const { client, state } = this.#store;
    if (state.detail?.seq === seq && state.detail.record?.run === state.viewRun) return;
    // What is shown stays until the next is here: stepping through rows does not flicker.
    const before = state.detail?.record;
    state.detail = { seq, ...(before ? { record: before } : {}) };
    const run = state.viewRun;
    client
      .call('record', { run, seq })
      .then((record) => {
        if (state.detail?.seq === seq) state.detail = { seq, record };
      })
      .catch((cause: unknown) => {
        if (state.detail?.seq === seq) state.detail = { seq, failure: asFailure(cause) };
      });
  }

  #failed(cause: unknown): void {
    const failure = asFailure(cause);
    // The server closed the view, with a lost stream of events or a restart.
    if (failure.code === 'unknown_view') this.#store.reopen(true, REOPEN_MS);
    else if (failure.code !== 'unreachable') this.#store.notices.failure(failure);
  }
}
