// A `crosscut serve` as a child process, and what is to be seen of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** How long anything may take that is expected to happen: far more than it does. */
const DEADLINE = 30_000;

export class Crosscut {
  #child;
  #exited;
  #data;
  #said = '';
  url = '';
  token = '';

  /** Starts one in a folder of its own; it ends, and the folder goes, with the test. */
  static async start(test, { port = 0 } = {}) {
    const crosscut = new Crosscut();
    crosscut.#data = await mkdtemp(join(tmpdir(), 'crosscut-client-'));
    test.after(async () => {
      await crosscut.kill();
      await rm(crosscut.#data, { recursive: true, force: true });
    });
    await crosscut.#serve(port);
    return crosscut;
  }

  async #serve(port) {
    const args = ['serve', '--port', String(port), '--data', this.#data];
    const env = { ...process.env, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    for (const name of ['CROSSCUT_DATA', 'CROSSCUT_LOG', 'DOCKER_CONTEXT']) delete env[name];
    this.#child = spawn(process.env.CROSSCUT_BIN, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'exit');
    this.#child.stderr.setEncoding('utf8').on('data', (text) => (this.#said += text));
    const line = once(createInterface({ input: this.#child.stdout }), 'line');
    const ended = this.#exited.then(([code]) => {
      throw new Error(`crosscut serve ended with ${code}: ${this.#said}`);
    });
    ended.catch(() => {});
    const page = new URL((await Promise.race([line, ended]))[0]);
    if (port !== 0 && Number(page.port) !== port) throw new Error(`port ${port} was taken`);
    this.url = page.origin;
    this.token = page.searchParams.get('token');
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** Ends it as a crash would. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** Starts it again where it was. */
  async again() {
    await this.#serve(this.port);
  }

  async get(path) {
    const response = await fetch(this.url + path, { headers: { authorization: `Bearer ${this.token}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async call(operation, args = {}) {
    const response = await fetch(`${this.url}/api/${operation}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}` },
      body: JSON.stringify(args),
    });
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Everything of a source, in order. */
  async records(source) {
    const path = `/raw?format=json&limit=100000&source=${encodeURIComponent(source)}`;
    return (await this.get(path)).json();
  }

  /** The same with each line read as JSON. */
  async lines(source) {
    return (await this.records(source)).map((record) => ({ ...record, json: JSON.parse(record.line) }));
  }

  /** Posts lines as a program would. */
  async ingest(source, lines) {
    const body = JSON.stringify({ source, lines });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/ingest`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`ingest: ${response.status}`);
  }

  /** Waits until a source has so many records, woken by the live stream. */
  async has(source, count) {
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), DEADLINE);
    try {
      const headers = { authorization: `Bearer ${this.token}` };
      const stream = await fetch(`${this.url}/stream?tail=0`, { headers, signal: ended.signal });
      for await (const _ of stream.body) {
        const records = await this.records(source);
        if (records.length >= count) return records;
      }
      throw new Error('the stream ended');
    } catch (error) {
      const there = (await this.records(source).catch(() => [])).length;
      throw new Error(`${source} has ${there} records, not ${count}`, { cause: error });
    } finally {
      clearTimeout(timer);
      ended.abort();
    }
  }
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Something that is told bit by bit, and can be waited for. */
export class Told {
  all = [];
  #wake = () => {};

  add = (...news) => {
    this.all.push(...news.flat());
    this.#wake();
  };

  /** Waits until this is true of all that was told. */
  async until(what, fits) {
    let timer;
    // Keeps the process alive too, while those that are waited for may not.
    const late = new Promise((_, fail) => {
      const seen = () => JSON.stringify(this.all).slice(0, 2_000);
      timer = setTimeout(() => fail(new Error(`never: ${what}, only ${seen()}`)), DEADLINE);
    });
    try {
      while (!fits(this.all)) await Promise.race([late, new Promise((done) => (this.#wake = done))]);
    } finally {
      clearTimeout(timer);
    }
    return this.all;
  }
}

/** Runs a script as a process of its own; its exit code and what it said. */
export async function run(script, env = {}, args = []) {
  const options = { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] };
  const child = spawn(process.execPath, [new URL(`programs/${script}`, import.meta.url).pathname, ...args], options);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const [code, signal] = await once(child, 'exit');
  return { code, signal, said };
}
