import assert from 'node:assert/strict';
import { test } from 'node:test';
import { followLogs } from 'crosscut-client';
import { Crosscut, Told } from './crosscut.mjs';

const RETRY = { min: 5, max: 50 };

/** Follows, and keeps what it is told. */
function follow(t, crosscut, target, options = {}) {
  const seen = { logs: new Told(), statuses: new Told(), errors: new Told(), connections: new Told() };
  const stream = followLogs(target, {
    url: crosscut.url,
    token: crosscut.token,
    retry: RETRY,
    onLogs: seen.logs.add,
    onStatus: seen.statuses.add,
    onError: seen.errors.add,
    onConnection: seen.connections.add,
    ...options,
  });
  t.after(() => stream.disconnect());
  return { stream, ...seen };
}

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`);
const messages = (logs) => logs.map((log) => log.message);

test('a source is followed from its last lines on, and nobody else', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('api', numbers(1, 10));
  await crosscut.ingest('other', ['not mine']);
  const { logs, stream } = follow(t, crosscut, 'api', { tail: 3 });
  await logs.until('the last three', (all) => all.length === 3);
  assert.equal(stream.connected, true);
  await crosscut.ingest('other', ['nor this']);
  await crosscut.ingest('api', numbers(11, 12));
  assert.deepEqual(messages(await logs.until('two more', (all) => all.length === 5)), numbers(8, 12));
  assert.equal(stream.status, 'running');
  stream.disconnect();
  assert.equal(stream.connected, false);
});

test('a query is followed over all sources', async (t) => {
  const crosscut = await Crosscut.start(t);
  const { logs } = follow(t, crosscut, { query: 'level:>=warn' });
  await crosscut.ingest('a', [{ level: 'info', message: 'no' }, { level: 'warn', message: 'one' }]);
  await crosscut.ingest('b', [{ level: 'error', message: 'two' }]);
  assert.deepEqual(messages(await logs.until('both', (all) => all.length === 2)), ['one', 'two']);
});

for (const [name, target] of [
  ['a source', 'api'],
  ['a query', { query: 'line' }],
]) {
  test(`${name} is followed through kills of the server without loss or doubles`, async (t) => {
    const crosscut = await Crosscut.start(t);
    await crosscut.ingest('api', numbers(1, 50));
    const { logs, errors } = follow(t, crosscut, target);
    await logs.until('those before', (all) => all.length === 50);
    let n = 50;
    for (let kills = 0; kills < 4; kills += 1) {
      await crosscut.ingest('api', numbers(n + 1, n + 500));
      n += 500;
      // In the middle of it.
      await logs.until('some of them', (all) => all.length > n - 400);
      await crosscut.kill();
      await errors.until('the loss of it', (all) => all.length > kills);
      await crosscut.again();
      await crosscut.ingest('api', numbers(n + 1, n + 100));
      n += 100;
    }
    const all = await logs.until('all', (all) => all.length >= n);
    assert.deepEqual(messages(all), numbers(1, n));
    assert.ok(errors.all.every((error) => !error.fatal));
  });
}

test('one who had nothing yet when it was cut off is given all that came meanwhile', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('api', numbers(1, 5));
  const { logs, connections } = follow(t, crosscut, 'api', { tail: 0 });
  await connections.until('a connection', (all) => all.at(-1) === true);
  // The beginning was told once something comes behind it.
  await crosscut.ingest('api', numbers(6, 6));
  await logs.until('the first', (all) => all.length === 1);
  const quiet = follow(t, crosscut, { query: 'later' }, { tail: 0 });
  await quiet.connections.until('a connection', (all) => all.at(-1) === true);
  await crosscut.kill();
  await crosscut.again();
  await crosscut.ingest('api', ['later 1', 'later 2']);
  await quiet.logs.until('both', (all) => all.length === 2);
  assert.deepEqual(messages(await logs.until('both', (all) => all.length === 3)), ['line 6', 'later 1', 'later 2']);
});

test('without a run the next one is followed from its beginning, with one it is over', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('api', numbers(1, 3));
  const [{ id: run }] = await crosscut.call('runs_list');
  const on = [follow(t, crosscut, 'api'), follow(t, crosscut, { query: 'line' })];
  const bound = [follow(t, crosscut, { source: 'api', run }), follow(t, crosscut, { query: 'line', run })];
  for (const { logs } of [...on, ...bound]) await logs.until('three', (all) => all.length === 3);
  await crosscut.call('run_new');
  await crosscut.ingest('api', numbers(4, 2_000));
  for (const { logs, stream } of on) {
    assert.deepEqual(messages(await logs.until('all', (all) => all.length >= 2_000)), numbers(1, 2_000));
    assert.equal(stream.status, 'running');
  }
  for (const { logs, statuses, stream } of bound) {
    assert.deepEqual(await statuses.until('the end', (all) => all.length > 0), ['completed']);
    assert.equal(stream.connected, false);
    assert.equal(logs.all.length, 3);
  }
});

test('a source that has ended is completed, behind its last line', async (t) => {
  const crosscut = await Crosscut.start(t);
  const headers = { authorization: `Bearer ${crosscut.token}` };
  const upload = { method: 'POST', headers, body: `${numbers(1, 2_500).join('\n')}\n` };
  assert.ok((await fetch(`${crosscut.url}/api/upload?name=old.log`, upload)).ok);
  const { logs, statuses, connections } = follow(t, crosscut, 'old.log', { tail: 2_500 });
  await statuses.until('the end', (all) => all.includes('completed'));
  await connections.until('its close', (all) => all.at(-1) === false);
  assert.deepEqual(messages(logs.all), numbers(1, 2_500));
});

test('what trying again cannot mend is told and ends it', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('api', ['x']);
  for (const [target, options, code] of [
    ['api', { token: 'wrong' }, 'token_wrong'],
    [{ query: 'a AND (b' }, {}, 'bad_query'],
    [{ query: 'a', run: 'no-such-run' }, {}, 'unknown_run'],
  ]) {
    const { errors, stream } = follow(t, crosscut, target, options);
    const [error] = await errors.until(code, (all) => all.length > 0);
    assert.deepEqual([error.code, error.fatal], [code, true]);
    assert.equal(typeof error.position, code === 'bad_query' ? 'number' : 'undefined');
    assert.equal(stream.connected, false);
  }
});

test('a source that is not there yet is waited for', async (t) => {
  const crosscut = await Crosscut.start(t);
  const { logs, errors } = follow(t, crosscut, 'late');
  const [error] = await errors.until('that it is not there', (all) => all.length > 0);
  assert.deepEqual([error.code, error.fatal], ['unknown_source', false]);
  await crosscut.ingest('late', ['here I am']);
  assert.deepEqual(messages(await logs.until('it', (all) => all.length > 0)), ['here I am']);
});

test('connecting and disconnecting go on where it was', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('api', numbers(1, 3));
  const { logs, stream, connections } = follow(t, crosscut, 'api', { autoConnect: false });
  assert.equal(stream.connected, false);
  stream.connect();
  stream.connect();
  await logs.until('three', (all) => all.length === 3);
  stream.disconnect();
  await crosscut.ingest('api', numbers(4, 6));
  stream.connect();
  assert.deepEqual(messages(await logs.until('six', (all) => all.length >= 6)), numbers(1, 6));
  assert.deepEqual(connections.all, [true, false, true]);
});

test('a port that falls silent is left for a new connection', async (t) => {
  const { createServer } = await import('node:http');
  const { once } = await import('node:events');
  let asked = 0;
  const silent = createServer((_, response) => {
    asked += 1;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  t.after(() => silent.closeAllConnections?.());
  const url = `http://127.0.0.1:${silent.address().port}`;
  const { connections } = follow(t, { url, token: 'x' }, 'api', { patience: 200 });
  await connections.until('a second one', (all) => all.filter(Boolean).length >= 2);
  assert.deepEqual(connections.all.slice(0, 3), [true, false, true]);
  assert.ok(asked >= 2);
});

test('one who has left while the answer was on its way is told nothing any more', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('api', ['x']);
  let answered;
  const answer = new Promise((done) => (answered = done));
  const { stream, connections, logs, errors } = follow(t, crosscut, 'api', {
    async fetch(url, { headers }) {
      const response = await fetch(url, { headers });
      stream.disconnect();
      setImmediate(answered);
      return response;
    },
  });
  await answer;
  assert.equal(stream.connected, false);
  assert.deepEqual([connections.all, logs.all, errors.all], [[], [], []]);
});

test('one who leaves and comes back while being told misses nothing', async (t) => {
  const { createServer } = await import('node:http');
  const { once } = await import('node:events');
  const record = (seq) => ({ run: 'r', seq, message: `line ${seq}` });
  const event = (seq, logs, status) => `id: ${seq}\ndata: ${JSON.stringify({ run: 'r', logs, status })}\n\n`;
  const server = createServer((request, response) => {
    const since = Number(new URL(request.url, 'http://x').searchParams.get('since') ?? 0);
    // All that is left in one piece.
    const events = [1, 2, 3].filter((seq) => seq > since).map((seq) => event(seq, [record(seq)], 'failed'));
    events.unshift(event(since, [], 'running'));
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(events.join(''));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  t.after(() => server.closeAllConnections?.());
  const crosscut = { url: `http://127.0.0.1:${server.address().port}`, token: 'x' };
  const seen = new Told();
  const { stream } = follow(t, crosscut, 'api', {
    onLogs(logs) {
      seen.add(logs);
      if (seen.all.length > 1) return;
      stream.disconnect();
      stream.connect();
    },
  });
  assert.deepEqual(messages(await seen.until('all', (all) => all.length >= 3)), numbers(1, 3));
});
