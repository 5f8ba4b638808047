// A `crosscut serve` as a child process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export class Server {
  #child;
  #exited;
  url = '';
  token = '';
  /** What it wrote to standard error. */
  said = '';

  /** Starts one and waits for the address it prints. */
  static async start(data, files, { port = 0 } = {}) {
    const server = new Server();
    const args = ['serve', '--port', String(port), '--data', data, ...files];
    server.#child = spawn(process.env.CROSSCUT_BIN, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    server.#exited = once(server.#child, 'exit');
    server.#child.stderr.setEncoding('utf8').on('data', (text) => (server.said += text));
    const line = once(createInterface({ input: server.#child.stdout }), 'line');
    const ended = server.#exited.then(([code]) => {
      throw new Error(`crosscut serve ended with ${code}: ${server.said}`);
    });
    ended.catch(() => {});
    const [address] = await Promise.race([line, ended]);
    const page = new URL(address);
    server.url = page.origin;
    server.token = page.searchParams.get('token') ?? '';
    return server;
  }

  get port() {
    return Number(new URL(this.url).port);
  }

  /** Performs an operation of the API. */
  async call(operation, args = {}) {
    const response = await fetch(`${this.url}/api/${operation}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  /** Posts lines as a program would. */
  async ingest(source, lines) {
    const response = await fetch(`${this.url}/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ source, lines }),
    });
    if (!response.ok) throw new Error(`ingest: ${response.status} ${await response.text()}`);
  }

  /** Ends it as a crash would, and waits until it is gone. */
  async kill() {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }
}
