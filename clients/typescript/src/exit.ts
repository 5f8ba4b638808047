/**
 * Sending what waits when the process ends, or the page goes.
 *
 * A process that runs out of work is held until it is sent (`beforeExit`). One that calls
 * `process.exit()`, or dies of an uncaught error, can wait for nothing: a short-lived child sends
 * what is left, under the same keys. One that is asked to end by a signal, and has no say in it
 * itself, sends and then ends by that signal. What could not be sent is told on standard error.
 */
import type { Request } from './post.js';

/** Somebody with lines to send. */
export interface Leaver {
  /** How long the end may be held up. Milliseconds. */
  timeout: number;
  /** Lines that are not stored. */
  pending(): number;
  /** Sends them while there is time. */
  flush(): Promise<boolean>;
  /** What is left, to be sent by others. */
  rest(): Iterable<Request>;
  /** Hands what is left to the browser. */
  page(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Posts what comes on its standard input; its own process, since the other one is ending. */
const CHILD = `
let text = '';
process.stdin.setEncoding('utf8').on('data', (part) => (text += part)).on('end', async () => {
  for (const { url, headers, body } of JSON.parse(text)) {
    const response = await fetch(url, { method: 'POST', headers, body });
    if (!response.ok) process.exit(1);
  }
});
`;

type Spawn = typeof import('node:child_process').spawnSync;

const leavers = new Set<Leaver>();
/** Those who have tried in vain: they are not asked again. */
const givenUp = new WeakSet<Leaver>();
let listening = false;
let spawnSync: Spawn | undefined;

/** From now on, the leaver is asked at the end; gives the way to be forgotten. */
export function onExit(leaver: Leaver): () => void {
  leavers.add(leaver);
  if (!listening) {
    listening = true;
    if (globalThis.process?.versions?.node) listenToProcess(globalThis.process);
    else globalThis.addEventListener?.('pagehide', () => leavers.forEach((one) => one.page()));
  }
  return () => leavers.delete(leaver);
}

function listenToProcess(process: NodeJS.Process): void {
  prepareSpawn(process);
  process.on('beforeExit', () => void flushAll());
  process.on('exit', leave);
  for (const signal of SIGNALS) {
    const ended = (): void => {
      // Where the program listens too, it decides when to end, and does so by `exit`.
      if (process.listenerCount(signal) > bystanders(process, signal)) return;
      void flushAll().then(() => {
        process.removeListener(signal, ended);
        process.kill(process.pid, signal);
      });
    };
    Object.defineProperty(ended, OURS, { value: true });
    try {
      process.on(signal, ended);
    } catch {
      // A worker thread is sent no signals.
    }
  }
}

/** Marks the listeners of all copies of this module that a program may have. */
const OURS = Symbol.for('crosscut-client.exit');
/** Where the package signal-exit, which many others bring along, counts its listeners: 3 and 4. */
const SIGNAL_EXIT = ['__signal_exit_emitter__', Symbol.for('signal-exit emitter')] as const;

/**
 * Listeners that end the process by the signal once they are the only ones left, as ours do: waiting
 * for each other, nobody would.
 */
function bystanders(process: NodeJS.Process, signal: NodeJS.Signals): number {
  let count = process.listeners(signal).filter((one) => OURS in one).length;
  for (const name of SIGNAL_EXIT) {
    const emitter = (process as unknown as Record<string | symbol, { count?: unknown } | undefined>)[name];
    if (typeof emitter?.count === 'number') count += emitter.count;
  }
  return count;
}

async function flushAll(): Promise<void> {
  const waiting = [...leavers].filter((one) => one.pending() > 0 && !givenUp.has(one));
  await Promise.all(
    waiting.map(async (one) => {
      if (!(await one.flush())) givenUp.add(one);
    }),
  );
}

/** The last moment: nothing that waits is finished any more. */
function leave(): void {
  for (const one of leavers) {
    const lines = one.pending();
    if (lines === 0) continue;
    if (givenUp.has(one) || !sendByChild([...one.rest()], one.timeout)) {
      process.stderr.write(`crosscut-client: ${lines} lines could not be sent\n`);
    }
  }
}

function sendByChild(requests: Request[], timeout: number): boolean {
  if (spawnSync === undefined) return false;
  const input = JSON.stringify(requests);
  // What the program is instrumented with is none of the child's business.
  const env = { ...process.env, NODE_OPTIONS: '' };
  const ended = spawnSync(process.execPath, ['-e', CHILD], { input, timeout, env, stdio: ['pipe', 'ignore', 'ignore'] });
  return ended.status === 0;
}

/** Named so that bundlers for browsers do not look for it. */
function prepareSpawn(process: NodeJS.Process): void {
  const name = 'node:child_process';
  if (typeof process.getBuiltinModule === 'function') {
    spawnSync = process.getBuiltinModule(name).spawnSync;
    return;
  }
  const loading = import(/* @vite-ignore */ /* webpackIgnore: true */ name) as Promise<{ spawnSync: Spawn }>;
  loading.then((module) => (spawnSync = module.spawnSync)).catch(() => {});
}
