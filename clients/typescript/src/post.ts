/** One batch to the port, and what came of it. */
import { stringify } from './record.js';
import type { Batch } from './outbox.js';
import type { Settings } from './settings.js';

/** What became of a batch. */
export type Outcome =
  | { kind: 'stored' }
  /** Nothing of it was stored, or nobody knows; it is to be sent again, at the earliest then (ms). */
  | { kind: 'again'; after: number; error: Error }
  | { kind: 'too-large'; error: Error }
  /** It will never be stored. */
  | { kind: 'refused'; error: Error };

/** A request as `fetch` takes it, and as a child process can take it too. */
export interface Request {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** The request that brings a batch. */
export function request(
  settings: Settings,
  source: string,
  run: string | undefined,
  batch: Batch,
): Request {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'idempotency-key': batch.key,
  };
  if (settings.token !== undefined) headers['authorization'] = `Bearer ${settings.token}`;
  const envelope = stringify(run === undefined ? { source } : { runId: run, source });
  // The lines are JSON already.
  const body = `${envelope.slice(0, -1)},"lines":[${batch.lines.join(',')}]}`;
  return { url: `${settings.base}/ingest`, headers, body };
}

/** Sends it; never throws. */
export async function post(
  settings: Settings,
  { url, headers, body }: Request,
  options: { timeout: number; keepalive?: boolean },
): Promise<Outcome> {
  let response: Response;
  try {
    const signal = AbortSignal.timeout(options.timeout);
    const keepalive = options.keepalive === true;
    response = await settings.fetch(url, { method: 'POST', headers, body, signal, keepalive });
    if (response.ok) {
      // Anything may listen there: only Crosscut says in which run the lines are.
      const answer: unknown = await response.json().catch(() => undefined);
      if (typeof answer === 'object' && answer !== null && 'runId' in answer) {
        return { kind: 'stored' };
      }
      return { kind: 'again', after: 0, error: new Error(`${url} is not a log agent's`) };
    }
    await response.body?.cancel();
  } catch (error) {
    return { kind: 'again', after: 0, error: error instanceof Error ? error : new Error(String(error)) };
  }
  const error = new Error(`${url} answered ${response.status}`);
  if (response.status === 413) return { kind: 'too-large', error };
  if (response.status === 400 || response.status === 422) return { kind: 'refused', error };
  const after = Number(response.headers.get('retry-after') ?? '0') * 1_000;
  return { kind: 'again', after: Number.isFinite(after) ? Math.min(after, 60_000) : 0, error };
}
