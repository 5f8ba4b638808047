/** Picks the transport the page was loaded through. */
import type { Client } from './client';
import { HttpClient } from './http';
import { TauriClient } from './tauri';
import { takeToken } from './token';

export * from './client';

export function connect(): Client {
  return TauriClient.present() ? new TauriClient() : new HttpClient(takeToken());
}
