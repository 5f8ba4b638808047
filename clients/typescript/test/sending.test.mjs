import assert from 'node:assert/strict';
import { test } from 'node:test';
import { captureConsole, createLogger, Sender } from 'crosscut-client';
import { Crosscut, freePort, run, Told } from './crosscut.mjs';
import { Proxy } from './proxy.mjs';

const QUICK = { retry: { min: 5, max: 50 } };

test('a line arrives with its level, time, message and fields', async (t) => {
  const crosscut = await Crosscut.start(t);
  const logger = createLogger({ url: crosscut.url, source: 'shop' });
  const before = Date.now();
  const circle = { name: 'ring' };
  circle.self = circle;
  logger.child({ request: 7 }).warn('low stock', { left: 2, level: 'mine', big: 10n, circle, none: undefined });
  logger.error('no stock', new TypeError('boom', { cause: new Error('deeper') }));
  assert.equal(await logger.close(), true);
  const [low, none] = await crosscut.lines('shop');
  assert.equal(low.level, 'warn');
  assert.equal(low.message, 'low stock');
  const { request, left, level_, big, circle: ring } = low.json;
  assert.deepEqual([request, left, level_, big, ring], [7, 2, 'mine', '10', { name: 'ring', self: '[Circular]' }]);
  const time = Date.parse(low.time);
  assert.ok(before <= time && time <= Date.now(), low.time);
  assert.equal(none.level, 'error');
  assert.equal(none.json.error.type, 'TypeError');
  assert.match(none.json.error.stack, /sending\.test\.mjs/);
  assert.equal(none.json.error.cause.message, 'deeper');
});

test('whatever is logged, a line comes out', async (t) => {
  const crosscut = await Crosscut.start(t);
  const logger = createLogger({ url: crosscut.url, source: 'odd' });
  const hostile = {
    get trap() {
      throw new Error('no');
    },
  };
  logger.info(undefined);
  logger.info('throws', { hostile });
  logger.info('half \ud800 of a pair');
  logger.info('x'.repeat(3_000_000));
  logger.log('custom', 'own level');
  const own = new Error('its own cause');
  own.cause = own;
  logger.error('circle', own);
  logger.error('several', new AggregateError([new Error('the first'), new Error('the second')]));
  assert.equal(await logger.close(), true);
  const lines = await crosscut.lines('odd');
  assert.equal(lines.length, 7);
  assert.deepEqual([lines[5].json.error.message, lines[5].json.error.cause], ['its own cause', '[Circular]']);
  assert.deepEqual(lines[6].json.error.errors.map((error) => error.message), ['the first', 'the second']);
  assert.deepEqual([lines[1].message, lines[1].json.hostile], ['throws', '[unreadable]']);
  assert.ok(lines[3].json['crosscut.cut'] > 1_000_000);
  assert.equal(lines[4].json.level, 'custom');
});

test('a hundred lines go at once, fewer when their time has come', async (t) => {
  const crosscut = await Crosscut.start(t);
  const proxy = await Proxy.before(t, crosscut.url);
  const sender = new Sender({ url: proxy.url, source: 'batches', flushInterval: 3_000 });
  for (let n = 1; n <= 250; n += 1) sender.send(JSON.stringify({ message: `line ${n}` }));
  await crosscut.has('batches', 200);
  await new Promise((done) => setImmediate(done));
  assert.ok(sender.pending >= 50, 'the last fifty wait for others');
  const records = await crosscut.has('batches', 250);
  assert.deepEqual(proxy.posts.map((post) => post.lines), [100, 100, 50]);
  assert.ok(proxy.posts[2].at - proxy.posts[0].at > 2_000);
  assert.deepEqual(records.map((record) => record.message), Array.from({ length: 250 }, (_, n) => `line ${n + 1}`));
  assert.equal(new Set(proxy.posts.map((post) => post.key)).size, 3);
  await sender.close();
});

test('lines wait while the port is away, and arrive once and in order when it is back', async (t) => {
  const port = await freePort();
  const told = new Told();
  const logger = createLogger({
    url: `http://127.0.0.1:${port}`,
    source: 'early',
    ...QUICK,
    onError: (error) => told.add(error),
  });
  for (let n = 1; n <= 1_000; n += 1) logger.info(`line ${n}`);
  await told.until('three attempts in vain', (errors) => errors.length >= 3);
  const crosscut = await Crosscut.start(t, { port });
  for (let n = 1_001; n <= 1_050; n += 1) logger.info(`line ${n}`);
  assert.equal(await logger.close(20_000), true);
  const messages = (await crosscut.records('early')).map((record) => record.message);
  assert.deepEqual(messages, Array.from({ length: 1_050 }, (_, n) => `line ${n + 1}`));
});

test('a server killed again and again in between costs no line and doubles none', async (t) => {
  const crosscut = await Crosscut.start(t);
  const sender = new Sender({ url: crosscut.url, source: 'killed', batchLines: 20, flushInterval: 20, ...QUICK });
  let n = 0;
  const some = (count) => {
    for (const until = n + count; n < until; ) sender.send(JSON.stringify({ message: `line ${(n += 1)}` }));
  };
  for (let kills = 0; kills < 5; kills += 1) {
    some(400);
    await crosscut.has('killed', n - 400 + 40);
    // With batches under way.
    await crosscut.kill();
    some(100);
    await crosscut.again();
  }
  some(100);
  assert.equal(await sender.close(20_000), true);
  const messages = (await crosscut.records('killed')).map((record) => record.message);
  assert.deepEqual(messages, Array.from({ length: n }, (_, i) => `line ${i + 1}`));
});

test('an answer that was lost does not double the batch, and one that is refused is told of', async (t) => {
  const crosscut = await Crosscut.start(t);
  const proxy = await Proxy.before(t, crosscut.url);
  proxy.faults = ['lose', 'lose', 503, undefined, 429, undefined, 400];
  const logger = createLogger({ url: proxy.url, source: 'answers', batchLines: 10, ...QUICK });
  for (let n = 1; n <= 40; n += 1) logger.info(`line ${n}`);
  assert.equal(await logger.close(20_000), true);
  const messages = (await crosscut.records('answers')).map((record) => record.message);
  const line = (n) => `line ${n}`;
  const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => line(from + i));
  assert.deepEqual(messages.slice(0, 20), range(1, 20));
  // The third ten were refused: what stands in their place says how many they were.
  assert.match(messages[20], /^10 lines before this one were not sent/);
  assert.deepEqual(messages.slice(21), range(31, 40));
  const keys = proxy.posts.map((post) => post.key);
  assert.equal(new Set(keys.slice(0, 4)).size, 1, 'a batch keeps its key');
  assert.notEqual(keys[3], keys[4]);
});

test('beyond its bounds the buffer lets the oldest go, and says how many', async (t) => {
  const port = await freePort();
  const told = new Told();
  const logger = createLogger({
    url: `http://127.0.0.1:${port}`,
    source: 'flood',
    maxLines: 500,
    ...QUICK,
    onError: (error) => told.add(error),
  });
  for (let n = 1; n <= 100; n += 1) logger.info(`line ${n}`);
  await told.until('an attempt in vain', (errors) => errors.length > 0);
  for (let n = 101; n <= 5_000; n += 1) logger.info(`line ${n}`);
  const crosscut = await Crosscut.start(t, { port });
  assert.equal(await logger.close(20_000), true);
  const lines = await crosscut.lines('flood');
  const at = lines.findIndex((line) => line.json['crosscut.dropped'] !== undefined);
  assert.equal(lines[at].level, 'warn');
  assert.equal(lines[at].json['crosscut.dropped'] + lines.length - 1, 5_000, 'all are accounted for');
  assert.equal(lines[at + 1].message, `line ${at + lines[at].json['crosscut.dropped'] + 1}`);
  assert.equal(lines.at(-1).message, 'line 5000');
});

test('somebody else on the port is not taken for it', async (t) => {
  const { createServer } = await import('node:http');
  const { once } = await import('node:events');
  const stranger = createServer((_, response) => response.end('<!doctype html>hello')).listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  t.after(() => stranger.close());
  const { port } = stranger.address();
  const told = new Told();
  const logger = createLogger({ url: `http://127.0.0.1:${port}`, source: 'lost', ...QUICK, onError: (e) => told.add(e) });
  logger.info('not for you');
  assert.equal(await logger.flush(100), false);
  await told.until('the stranger is found out', (errors) => errors.some((e) => /not a log agent/.test(e.message)));
  stranger.closeAllConnections?.();
  stranger.close();
  await once(stranger, 'close');
  const crosscut = await Crosscut.start(t, { port });
  assert.equal(await logger.close(20_000), true);
  assert.equal((await crosscut.records('lost'))[0].message, 'not for you');
});

test('what a program logs last arrives however it ends', async (t) => {
  const crosscut = await Crosscut.start(t);
  for (const [how, code, signal] of [
    ['return', 0, null],
    ['exit', 3, null],
    ['throw', 1, null],
    ['SIGTERM', null, 'SIGTERM'],
  ]) {
    const ended = await run('ending.mjs', { LOG_AGENT_ENDPOINT: crosscut.url }, [how]);
    assert.deepEqual([ended.code, ended.signal], [code, signal], ended.said);
    const messages = (await crosscut.records(`ending-${how}`)).map((record) => record.message);
    assert.deepEqual(messages, ['first', 'last words'], how);
  }
});

for (const [what, programs] of [
  ['the package signal-exit', ['signal-exit']],
  ['another copy of this one', ['copy']],
  ['both', ['signal-exit', 'copy']],
]) {
  test(`a program in which ${what} waits for signals too ends by one`, async (t) => {
    const crosscut = await Crosscut.start(t);
    const ended = await run('bystanders.mjs', { LOG_AGENT_ENDPOINT: crosscut.url }, programs);
    assert.deepEqual([ended.code, ended.signal], [null, 'SIGTERM'], ended.said);
    const messages = (await crosscut.records('bystanders')).map((record) => record.message);
    assert.deepEqual(messages, ['last words']);
  });
}

test('an address needs no scheme, and one of another kind is none', async (t) => {
  const crosscut = await Crosscut.start(t);
  const logger = createLogger({ url: new URL(crosscut.url).host, source: 'short' });
  logger.info('here');
  assert.equal(await logger.close(), true);
  assert.equal((await crosscut.records('short')).length, 1);
  assert.throws(() => createLogger({ url: 'ftp://localhost:3002' }), TypeError);
});

test('a program ends although the port is away, and says what was lost', async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const began = performance.now();
  const { code, said } = await run('ending.mjs', { LOG_AGENT_ENDPOINT: url }, ['return']);
  assert.equal(code, 0);
  assert.match(said, /2 lines could not be sent/);
  assert.ok(performance.now() - began < 5_000);
});

test('the environment says where to and as which run', async (t) => {
  const crosscut = await Crosscut.start(t);
  const runs = await crosscut.call('runs_list');
  const env = { CROSSCUT_URL: `${crosscut.url}/?token=x`, LOG_RUN_ID: runs[0].id };
  const { code, said } = await run('ending.mjs', env, ['return']);
  assert.equal(code, 0, said);
  const [first] = await crosscut.records('ending-return');
  assert.equal(first.run, runs[0].id);
});

test('the console is sent too, and still written', async (t) => {
  const crosscut = await Crosscut.start(t);
  const { code, said } = await run('console.mjs', { LOG_AGENT_ENDPOINT: crosscut.url });
  assert.equal(code, 0, said);
  assert.match(said, /plain 1/);
  const lines = await crosscut.lines('console');
  assert.deepEqual(
    lines.map((line) => [line.level, line.message]),
    [
      ['info', 'plain 1 {"a":[1,2]}'],
      ['info', 'a place for 7 and {"a":1}, 100% more'],
      ['warn', 'careful'],
      ['error', 'failed: RangeError: too far'],
    ],
  );
  assert.match(lines[3].json.error.stack, /console\.mjs/);
});

test('capturing the console can be taken back', () => {
  const before = { ...console };
  const logger = createLogger({ exit: false });
  captureConsole(logger)();
  assert.deepEqual({ ...console }, before);
});
