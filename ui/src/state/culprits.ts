/** Why nothing matches: which single clause, taken out, would let something through. */
import type { Client } from '../client';
import { clauses, without } from '../query/edit';
import type { Culprit, State } from './state.svelte';

/** More views than this would not be cheap. */
const MOST_CLAUSES = 4;
const PATIENCE_MS = 600;
const PAUSE_MS = 250;

/** Keeps `state.culprits` true as the view changes. */
export class Culprits {
  readonly #client: Client;
  readonly #state: State;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The view that has been looked into. */
  #done: number | undefined;

  constructor(client: Client, state: State) {
    this.#client = client;
    this.#state = state;
  }

  look(): void {
    const state = this.#state;
    const view = state.view;
    clearTimeout(this.#timer);
    if (!view || view.rows > 0 || view.view !== this.#done) state.culprits = [];
    if (!view || view.rows > 0 || view.total === 0 || view.searched < view.total) return;
    if (view.view === this.#done) return;
    const stale = () => state.view?.view !== view.view || state.view.rows > 0;
    this.#timer = setTimeout(() => {
      this.#done = view.view;
      culprits(this.#client, state.viewQuery, state.viewRun, stale).then(
        (found) => {
          if (!stale()) state.culprits = found;
        },
        // Only advice: the empty state offers to clear the whole filter anyway.
        () => undefined,
      );
    }, PAUSE_MS);
  }
}

async function culprits(
  client: Client,
  query: string,
  run: string,
  stale: () => boolean,
): Promise<Culprit[]> {
  const all = clauses(query);
  const joined = all.some(({ text }) => /^(AND|OR|NOT)$/.test(text));
  if (all.length < 2 || all.length > MOST_CLAUSES || joined) return [];
  const found: Culprit[] = [];
  for (const [index, { text }] of all.entries()) {
    if (stale()) return [];
    const { rows, more } = await matches(client, without(query, index), run);
    if (rows > 0) found.push({ index, text, rows, more });
  }
  return stale() ? [] : found;
}

async function matches(
  client: Client,
  query: string,
  run: string,
): Promise<{ rows: number; more: boolean }> {
  const { view, state } = await client.call('view_open', { client: client.id, run, query });
  try {
    if (state.searched >= state.total) return { rows: state.rows, more: false };
    if (state.rows === 0) await new Promise((done) => setTimeout(done, PATIENCE_MS));
    const { total } = await client.call('view_rows', { view, start: 0, count: 1 });
    return { rows: total, more: true };
  } finally {
    client.call('view_close', { view }).catch(() => undefined);
  }
}
