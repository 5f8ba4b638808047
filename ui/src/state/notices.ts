/** What the user should know: banners that stay, toasts that go, and a word to the system. */
import { toast } from 'svelte-sonner';
import { asFailure } from '../client';
import type { Notice, Trouble } from '../generated/types';
import type { Store } from './store.svelte';

/** New kinds of errors are told at most this often, in milliseconds; a burst becomes one toast. */
const TROUBLE_EVERY = 1_000;

export class Notices {
  readonly #store: Store;
  #held: Trouble | undefined;
  #nextTrouble = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All that hold at present. */
  all(notices: readonly Notice[]): void {
    this.#store.state.notices = notices.filter(({ active, kind }) => active && kind !== 'info');
  }

  notice(notice: Notice): void {
    const { state } = this.#store;
    const others = state.notices.filter(({ code }) => code !== notice.code);
    const stays = notice.active && notice.kind !== 'info';
    if (notice.active && notice.kind === 'info') {
      toast.info(notice.message, notice.hint === '' ? {} : { description: notice.hint });
    }
    state.notices = stays ? [...others, notice] : others;
  }

  trouble(trouble: Trouble): void {
    if (this.#held) {
      this.#held = { ...this.#held, others: this.#held.others + 1 + trouble.others };
      return;
    }
    const wait = this.#nextTrouble - performance.now();
    if (wait <= 0) {
      this.#tell(trouble);
      return;
    }
    this.#held = trouble;
    setTimeout(() => {
      const held = this.#held;
      this.#held = undefined;
      if (held) this.#tell(held);
    }, wait);
  }

  #tell(trouble: Trouble): void {
    this.#nextTrouble = performance.now() + TROUBLE_EVERY;
    const show = () =>
      this.#store.send({ type: 'record.find', run: trouble.run, seq: trouble.seq });
    const others = trouble.others > 0 ? ` and ${String(trouble.others)} other new kinds` : '';
    const title = `${trouble.source}: ${trouble.message}`;
    toast.error(title, {
      id: 'trouble',
      description: `First ${trouble.level} of its kind${others}`,
      action: { label: 'Show', onClick: show },
      duration: 8_000,
    });
    if (!this.#store.state.bell || !bellPossible() || Notification.permission !== 'granted') return;
    const said = new Notification(`${trouble.source}: ${trouble.level}`, {
      body: trouble.message + others,
      tag: `crosscut:${trouble.run}:${trouble.pattern}`,
    });
    said.onclick = () => {
      window.focus();
      said.close();
      show();
    };
  }

  say(message: string): void {
    toast(message);
  }

  /** A call that failed. While the server cannot be reached the status bar says so already. */
  failure(cause: unknown): void {
    const { code, message, hint } = asFailure(cause);
    if (code === 'unreachable' || this.#store.state.connection === 'refused') return;
    toast.error(message, { id: code, ...(hint === '' ? {} : { description: hint }) });
  }

  /** Turns the bell on, if the user grants it, or off. */
  async toggleBell(): Promise<boolean> {
    if (this.#store.state.bell || !bellPossible()) return false;
    const permission = await Notification.requestPermission();
    if (permission === 'granted') return true;
    toast.warning('This browser does not let Crosscut notify', {
      description: 'Allow notifications for this page in the browser, then turn the bell on again.',
    });
    return false;
  }
}

export function bellPossible(): boolean {
  return 'Notification' in window;
}
