/**
 * Where the port is and under which names lines are sent, from options and the environment.
 *
 * `crosscut run` gives its command `LOG_RUN_ID`, `LOG_AGENT_ENDPOINT` and `CROSSCUT_URL`; without
 * any of them the usual address is meant.
 */

/** Which port, and as whom. */
export interface Connection {
  /** The port's address; else `LOG_AGENT_ENDPOINT`, `CROSSCUT_URL`, or `http://127.0.0.1:3002`. */
  url?: string;
  /** The token, which reading needs; else `CROSSCUT_TOKEN`, or what the address has as `?token=`. */
  token?: string;
  /** `fetch`, where another one is wanted than the global. */
  fetch?: typeof fetch;
}

/** A connection with nothing left open. */
export interface Settings {
  /** Origin and path before the port's own addresses, without a slash at its end. */
  base: string;
  token: string | undefined;
  fetch: typeof fetch;
}

const DEFAULT_URL = 'http://127.0.0.1:3002';

/** An environment variable that says something; none in a browser. */
export function environment(name: string): string | undefined {
  const value = globalThis.process?.env?.[name]?.trim();
  return value === '' ? undefined : value;
}

/** Throws a `TypeError` on an address that is none; `localhost:3002` is one. */
export function resolve(connection: Connection): Settings {
  const named = connection.url ?? environment('LOG_AGENT_ENDPOINT') ?? environment('CROSSCUT_URL') ?? DEFAULT_URL;
  const url = new URL(named.includes('://') ? named : `http://${named}`);
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`${named} is no address of a port, as ${DEFAULT_URL} is`);
  const token = connection.token ?? environment('CROSSCUT_TOKEN') ?? url.searchParams.get('token');
  const path = url.pathname.replace(/\/+$/, '').replace(/\/ingest$/, '');
  return {
    base: url.origin + path,
    token: token ?? undefined,
    // Looked up at each call, so that one who replaces the global is heard.
    fetch: connection.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  };
}

/** What a program is called when it gives itself no name: its script, or `browser`. */
export function defaultSource(): string {
  const script = globalThis.process?.argv?.[1];
  const name = script?.split(/[\\/]/).pop()?.replace(/\.[cm]?[jt]sx?$/, '');
  return name || (globalThis.process?.versions?.node ? 'node' : 'browser');
}
