// Plays the workbench over HTTP for work on the page. See README.md.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Workbench } from './workbench.mjs';

const DIST = fileURLToPath(new URL('../dist', import.meta.url));
const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
});
const CSP = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self' ipc: http://ipc.localhost",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * @param {{ port?: number, rows?: number, rate?: number, token?: string, scene?: string }} options
 * @returns {Promise<{ port: number, close: () => Promise<void>, workbench: Workbench }>}
 */
export async function serve({ port = 0, rows = 10_000_000, rate = 0, token = '', scene = 'shop' }) {
  const workbench = new Workbench({ rows, rate, scene, port });
  /** @type {Map<import('node:http').ServerResponse, string>} */
  const streams = new Map();
  let refusing = false;

  workbench.tell = (event, client) => {
    for (const [response, id] of streams) {
      if (client === undefined || client === id) response.write(`data: ${JSON.stringify(event)}\n\n`);
    }
  };
  const cut = () => {
    for (const response of streams.keys()) response.destroy();
    streams.clear();
  };

  /** @type {Record<string, (args: any) => void>} */
  const commands = {
    append: ({ count }) => workbench.append(count),
    rate: ({ perSecond }) => void (workbench.rate = perSecond),
    partial: ({ text }) => {
      workbench.partial = text;
      workbench.tellSources();
    },
    notice: (notice) => workbench.tell({ type: 'notice', notice }),
    trouble: (trouble) => workbench.tell({ type: 'trouble', trouble }),
    forget: () => workbench.views.clear(),
    cut,
    refuse: ({ on }) => {
      refusing = on;
      if (on) cut();
    },
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const answer = (/** @type {number} */ status, /** @type {unknown} */ body) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (url.pathname.startsWith('/dev/')) {
      return body(request, (text) => {
        commands[url.pathname.slice(5)]?.(JSON.parse(text || '{}'));
        answer(200, {});
      });
    }
    if (!url.pathname.startsWith('/api/')) return file(url.pathname, response);
    if (refusing) return void request.socket.destroy();
    const given = url.searchParams.get('token') ?? request.headers.authorization?.slice(7) ?? '';
    if (token !== '' && given !== token) {
      return answer(given === '' ? 401 : 403, { error: { code: 'token', message: 'The token is missing.', hint: '' } });
    }
    if (url.pathname === '/api/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`data: ${JSON.stringify({ type: 'hello', version: '0.1.0' })}\n\n`);
      streams.set(response, url.searchParams.get('client') ?? '');
      request.on('close', () => streams.delete(response));
      return;
    }
    if (url.pathname === '/api/upload') {
      request.resume();
      request.on('end', () => {
        workbench.uploaded.push({ name: url.searchParams.get('name') ?? '' });
        workbench.append(1_000);
        workbench.tellSources();
        answer(200, workbench.sources()[0]);
      });
      return;
    }
    body(request, (text) => {
      try {
        answer(200, workbench.perform(url.pathname.slice(5), JSON.parse(text || '{}')));
      } catch (cause) {
        const { code = 'internal', hint = '', message } = /** @type {any} */ (cause);
        answer(code === 'internal' ? 500 : 404, { error: { code, message, hint } });
      }
    });
  });

  await new Promise((done) => server.listen(port, '127.0.0.1', () => done(undefined)));
  const address = server.address();
  workbench.port = typeof address === 'object' && address ? address.port : port;
  return {
    port: workbench.port,
    workbench,
    close: async () => {
      cut();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** @param {import('node:http').IncomingMessage} request @param {(text: string) => void} done */
function body(request, done) {
  let text = '';
  request.on('data', (part) => (text += part));
  request.on('end', () => done(text));
}

/** @param {string} path @param {import('node:http').ServerResponse} response */
function file(path, response) {
  const wanted = join(DIST, normalize(path === '/' ? '/index.html' : path));
  if (!wanted.startsWith(DIST) || !existsSync(wanted) || !statSync(wanted).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, {
    'content-type': TYPES[extname(wanted)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
    'x-content-type-options': 'nosniff',
  });
  createReadStream(wanted).pipe(response);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '3999' },
      rows: { type: 'string', default: '10000000' },
      rate: { type: 'string', default: '0' },
      token: { type: 'string', default: '' },
      scene: { type: 'string', default: 'shop' },
    },
  });
  const { port } = await serve({
    ...values,
    port: Number(values.port),
    rows: Number(values.rows),
    rate: Number(values.rate),
  });
  console.log(`http://127.0.0.1:${String(port)}/?token=${values.token}`);
}
