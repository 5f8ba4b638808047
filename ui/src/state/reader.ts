/** Asks the core how a query is read, while it is being typed; late answers are dropped. */
import type { Client } from '../client';
import type { Reading } from '../generated/types';

const PAUSE_MS = 40;

export class QueryReader {
  readonly #client: Client;
  readonly #done: (query: string, reading: Reading) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(client: Client, done: (query: string, reading: Reading) => void) {
    this.#client = client;
    this.#done = done;
  }

  read(query: string): void {
    const turn = (this.#turn += 1);
    clearTimeout(this.#timer);
    if (query === '') return;
    this.#timer = setTimeout(() => {
      this.#client.call('query_read', { query }).then(
        (reading) => {
          if (turn === this.#turn) this.#done(query, reading);
        },
        // The view says what is wrong; the box merely stays uncoloured.
        () => undefined,
      );
    }, PAUSE_MS);
  }
}
