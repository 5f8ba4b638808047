/** Runs: which there are, which is shown. */
import type { RunInfo } from '../generated/types';
import type { RunMessage } from './messages';
import type { Store } from './store.svelte';

export class Runs {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  hello(): void {
    const { client, state, notices } = this.#store;
    client
      .call('status', {})
      .then((status) => {
        state.status = status;
        if (state.current === '') state.current = status.currentRun;
        notices.all(status.notices);
      })
      .catch((cause: unknown) => notices.failure(cause));
    client
      .call('runs_list', {})
      .then((runs) => this.event(runs, runs.find(({ current }) => current)?.id ?? state.current))
      .catch((cause: unknown) => notices.failure(cause));
  }

  event(runs: RunInfo[], current: string): void {
    const { state } = this.#store;
    const before = state.run;
    const first = state.current === '';
    state.runs = runs;
    state.current = current;
    if (state.chosen !== undefined && !runs.some(({ id }) => id === state.chosen)) {
      state.chosen = undefined;
    }
    if (!first && state.run !== before) this.#shownChanged();
  }

  handle(message: RunMessage): void {
    const { client, state, notices } = this.#store;
    switch (message.type) {
      case 'run.new':
        client
          .call('run_new', {})
          .then((run) => {
            const others = state.runs
              .filter(({ id }) => id !== run.id)
              .map((other) => ({ ...other, current: false }));
            state.chosen = undefined;
            this.event([run, ...others], run.id);
            if (state.viewRun !== run.id) this.#shownChanged();
            notices.say(`${run.name} began`);
          })
          .catch((cause: unknown) => notices.failure(cause));
        return;
      case 'run.show': {
        const before = state.run;
        state.chosen = message.run === state.current ? undefined : message.run;
        if (state.run !== before) this.#shownChanged();
        return;
      }
      case 'run.rename':
        client
          .call('run_rename', { run: message.run, name: message.name })
          .then((renamed) => {
            state.runs = state.runs.map((run) => (run.id === renamed.id ? renamed : run));
          })
          .catch((cause: unknown) => notices.failure(cause));
        return;
      case 'run.delete':
        client
          .call('run_delete', { run: message.run })
          .then(() =>
            this.event(
              state.runs.filter(({ id }) => id !== message.run),
              state.current,
            ),
          )
          .catch((cause: unknown) => notices.failure(cause));
    }
  }

  #shownChanged(): void {
    const { state } = this.#store;
    state.sourcesKnown = false;
    state.sources = [];
    state.detail = undefined;
    this.#store.reopen(false);
    this.#store.send({ type: 'containers.look' });
  }
}
