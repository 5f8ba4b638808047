// A port between a client and Crosscut that counts posts, and loses answers when told to.
import { createServer } from 'node:http';
import { once } from 'node:events';

export class Proxy {
  /** The bodies of all posts, in order, and their keys. */
  posts = [];
  /** What to do with the next posts: `lose` the answer, or a status to answer instead. */
  faults = [];

  static async before(test, target) {
    const proxy = new Proxy();
    const server = createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      const body = Buffer.concat(parts);
      const { lines } = JSON.parse(body);
      proxy.posts.push({ key: request.headers['idempotency-key'], lines: lines.length, at: performance.now() });
      const fault = proxy.faults.shift();
      if (typeof fault === 'number') {
        response.writeHead(fault, { 'retry-after': '0' }).end('{}');
        return;
      }
      const { host: _, connection: __, ...headers } = request.headers;
      const answer = await fetch(target + request.url, { method: 'POST', headers, body });
      const text = await answer.text();
      if (fault === 'lose') request.socket.destroy();
      else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    test.after(() => server.closeAllConnections?.() ?? server.close());
    test.after(() => server.close());
    proxy.url = `http://127.0.0.1:${server.address().port}`;
    return proxy;
  }
}
