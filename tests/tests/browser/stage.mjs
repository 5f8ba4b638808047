// What every scenario stands on: a folder, servers of its own, Chromium, and pages that note every
// complaint of the browser. Nothing here waits for a time to pass; all waiting is for a condition,
// with a deadline.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Server } from './server.mjs';

const ui = createRequire(new URL('../../../ui/package.json', import.meta.url));
const { chromium } = ui('playwright-core');

const PATIENCE_MS = 15_000;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export class Stage {
  #folder;
  #browser;
  #servers = [];
  #pages = [];
  #complaints = [];
  #expected = [];
  #noted = new EventEmitter();

  static async build() {
    const stage = new Stage();
    stage.#folder = await mkdtemp(path.join(tmpdir(), 'crosscut-browser-'));
    stage.#browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: FLAGS });
    return stage;
  }

  /** A path in the scenario's folder. */
  path(name) {
    return path.join(this.#folder, name);
  }

  /** Writes a file of lines and returns its path. */
  async file(name, lines) {
    await writeFile(this.path(name), lines.map((line) => `${line}\n`).join(''));
    return this.path(name);
  }

  /** Appends lines in one write. */
  async append(file, ...lines) {
    await appendFile(file, lines.map((line) => `${line}\n`).join(''));
  }

  /** Starts `crosscut serve` on a data directory of the scenario. */
  async serve(files = [], options = {}) {
    const server = await Server.start(this.path('data'), files, options);
    this.#servers.push(server);
    return server;
  }

  /** Opens a page of the server; with its token unless told otherwise. */
  async open(server, { token = server.token, theme = 'dark', width = 1280, height = 800 } = {}) {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await this.#listen(page);
    this.#pages.push(page);
    const query = token === undefined || token === '' ? '' : `?token=${token}`;
    await page.goto(`${server.url}/${query}`);
    return page;
  }

  /** A complaint that belongs to what the scenario does. */
  expect(complaint) {
    this.#expected.push(complaint);
  }

  get complaints() {
    return this.#complaints;
  }

  /** Waits for a complaint of which the condition tells. */
  async complained(condition) {
    const late = AbortSignal.timeout(PATIENCE_MS);
    while (!condition()) await once(this.#noted, 'noted', { signal: late });
  }

  /** Fails when a browser complained of anything that was not expected. */
  judge() {
    const unexpected = this.#complaints.filter(
      (text) => !this.#expected.some((pattern) => pattern.test(text)),
    );
    assert.deepEqual(unexpected, [], 'the browser complained');
  }

  async #listen(page) {
    const note = (text) => {
      this.#complaints.push(text);
      this.#noted.emit('noted');
    };
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') note(message.text());
    });
    page.on('pageerror', (error) => note(`uncaught: ${error.stack ?? error}`));
    page.on('crash', () => note('the page crashed'));
    await page.exposeFunction('crosscutViolation', note);
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        window.crosscutViolation(`policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  }

  /** What there is to know after a failure. */
  async report() {
    const parts = [`complaints: ${JSON.stringify(this.#complaints, null, 2)}`];
    for (const page of this.#pages) {
      const text = await page.innerText('body').catch((error) => String(error));
      parts.push(`page ${page.url()}:\n${text.slice(0, 4_000)}`);
      const { CROSSCUT_SHOTS: shots } = process.env;
      if (shots) await page.screenshot({ path: path.join(shots, `failed-${process.pid}.png`) }).catch(() => {});
    }
    for (const server of this.#servers) parts.push(`server ${server.url}:\n${server.said}`);
    return parts.join('\n\n');
  }

  async clear() {
    await this.#browser.close();
    await Promise.all(this.#servers.map((server) => server.kill()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}
