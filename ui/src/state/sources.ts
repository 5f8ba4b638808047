/** Sources: what is followed, what could be, and files on their way in. */
import { asFailure } from '../client';
import type { SourceInfo } from '../generated/types';
import type { SourceMessage } from './messages';
import type { Upload } from './state.svelte';
import type { Store } from './store.svelte';

let uploads = 0;

export class Sources {
  readonly #store: Store;
  #turn = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  hello(): void {
    this.#list();
    this.#look();
  }

  event(run: string, sources: SourceInfo[]): void {
    const { state } = this.#store;
    if (run !== state.run) return;
    this.#turn += 1;
    state.sources = sources;
    state.sourcesKnown = true;
    this.#store.sourcesChanged();
  }

  handle(message: SourceMessage): void {
    const { client, notices, state } = this.#store;
    switch (message.type) {
      case 'source.add': {
        const { kind, key, name } = message;
        const args = { kind, key, ...(name === undefined ? {} : { name }) };
        this.#do(client.call('source_add', args));
        return;
      }
      case 'source.pause':
        this.#do(client.call('source_pause', { source: message.source }));
        return;
      case 'source.resume':
        this.#do(client.call('source_resume', { source: message.source }));
        return;
      case 'source.remove':
        this.#do(client.call('source_remove', { source: message.source }));
        return;
      case 'files.pick':
        client.pickFiles?.().catch((cause: unknown) => notices.failure(cause));
        return;
      case 'files.given':
        for (const file of message.files) void this.#upload(file);
        return;
      case 'upload.forget':
        state.uploads = state.uploads.filter(({ id }) => id !== message.id);
        return;
      case 'containers.look':
        this.#list();
        this.#look();
    }
  }

  #do(call: Promise<unknown>): void {
    call
      .then(() => {
        this.#list();
        this.#look();
      })
      .catch((cause: unknown) => this.#store.notices.failure(cause));
  }

  #list(): void {
    const { client, state, notices } = this.#store;
    const turn = (this.#turn += 1);
    const run = state.chosen;
    client
      .call('sources_list', run === undefined ? {} : { run })
      .then((sources) => {
        if (turn !== this.#turn || run !== state.chosen) return;
        state.sources = sources;
        state.sourcesKnown = true;
        this.#store.sourcesChanged();
      })
      .catch((cause: unknown) => notices.failure(cause));
  }

  #look(): void {
    const { client, state } = this.#store;
    client
      .call('docker_containers', {})
      .then((containers) => {
        state.containers = containers;
      })
      // Not worth a word: the list says what it last knew, and is asked for again soon.
      .catch(() => undefined);
  }

  async #upload(file: File): Promise<void> {
    const { client, state } = this.#store;
    if (!client.upload) return;
    const upload: Upload = { id: (uploads += 1), name: file.name, sent: 0, total: file.size };
    state.uploads = [...state.uploads, upload];
    const change = (by: Partial<Upload>) => {
      state.uploads = state.uploads.map((one) => (one.id === upload.id ? { ...one, ...by } : one));
    };
    try {
      await client.upload(file, (sent, total) => change({ sent, total }));
      state.uploads = state.uploads.filter(({ id }) => id !== upload.id);
      this.#list();
    } catch (cause) {
      change({ failure: asFailure(cause) });
    }
  }
}
