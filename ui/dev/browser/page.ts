/** Opens the built page in Chromium against a development server of its own. */
import { mkdirSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { serve } from '../server.mjs';

export type Server = Awaited<ReturnType<typeof serve>>;

export interface Opened {
  page: Page;
  server: Server;
  /** What the browser complained about: errors, refused styles and scripts. */
  complaints: string[];
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface Options {
  scene?: string;
  rows?: number;
  rate?: number;
  token?: string;
  search?: string;
  width?: number;
  height?: number;
  theme?: 'dark' | 'light';
  touch?: boolean;
}

const PICTURES = new URL('../../test-results/', import.meta.url).pathname;
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch(): Promise<Browser> {
  mkdirSync(PICTURES, { recursive: true });
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: FLAGS });
}

export async function open(browser: Browser, options: Options = {}): Promise<Opened> {
  const { width = 1440, height = 900, theme = 'dark', search = '', touch = false } = options;
  const server = await serve(options);
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    hasTouch: touch,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`http://127.0.0.1:${String(server.port)}/${search}`);
  return {
    page,
    server,
    complaints,
    picture: async (name) => {
      await page.screenshot({ path: `${PICTURES}${name}.png` });
    },
    close: async () => {
      await context.close();
      await server.close();
    },
  };
}

/** The records on screen, by number, from the top. */
export function shown(page: Page): Promise<number[]> {
  return page.$$eval('.log-list .row[data-seq]', (rows) =>
    rows.map((row) => Number(row.getAttribute('data-seq'))),
  );
}

/** Waits until the last record on screen is this one. */
export async function lastIs(page: Page, seq: number): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      document.querySelector('.log-list .row[data-seq]:last-child')?.getAttribute('data-seq') ===
      String(wanted),
    seq,
  );
}
