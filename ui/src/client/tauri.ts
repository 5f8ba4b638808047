/**
 * The workbench inside the desktop window: one Tauri command for every operation, one Channel for
 * events. Replies come as bytes of JSON, which spares the webview an evaluation per message.
 */
import { Channel, invoke, isTauri } from '@tauri-apps/api/core';
import type { Event } from '../generated/types';
import {
  asFailure,
  clientId,
  type Args,
  type Client,
  type DragPhase,
  type Listener,
  type Operation,
  type Reply,
} from './client';

const LAST_RETRY_MS = 5_000;

export class TauriClient implements Client {
  readonly id = clientId();
  readonly kind = 'window';
  readonly #utf8 = new TextDecoder();

  static present(): boolean {
    return isTauri();
  }

  async call<K extends Operation>(operation: K, args: Args<K>): Promise<Reply<K>> {
    try {
      const bytes = await invoke<ArrayBuffer>('rpc', { operation, args: JSON.stringify(args) });
      return JSON.parse(this.#utf8.decode(bytes)) as Reply<K>;
    } catch (cause) {
      throw asFailure(cause);
    }
  }

  listen(listener: Listener): () => void {
    let closed = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let retry = 250;
    const open = () => {
      const channel = new Channel<Event>();
      channel.onmessage = (event) => {
        if (closed) return;
        if (event.type === 'hello') listener.connection('live');
        listener.event(event);
      };
      invoke('events', { client: this.id, channel }).catch(() => {
        if (closed) return;
        listener.connection('lost');
        timer = setTimeout(open, retry);
        retry = Math.min(retry * 2, LAST_RETRY_MS);
      });
    };
    listener.connection('connecting');
    open();
    return () => {
      closed = true;
      clearTimeout(timer);
    };
  }

  async pickFiles(): Promise<void> {
    try {
      await invoke('pick_files');
    } catch (cause) {
      throw asFailure(cause);
    }
  }

  openExternal(url: string): void {
    void invoke('open_external', { url });
  }

  onDrag(handler: (phase: DragPhase) => void): () => void {
    let stop: (() => void) | undefined;
    let stopped = false;
    import('@tauri-apps/api/webview')
      .then(async ({ getCurrentWebview }) => {
        const unlisten = await getCurrentWebview().onDragDropEvent(({ payload }) => {
          if (payload.type === 'enter' || payload.type === 'over') handler('over');
          else handler(payload.type);
        });
        if (stopped) unlisten();
        else stop = unlisten;
      })
      // Files dropped are followed all the same: only the overlay is missing.
      .catch(() => undefined);
    return () => {
      stopped = true;
      stop?.();
    };
  }
}
