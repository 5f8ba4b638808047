// The loggers that are really used, unmodified.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Crosscut, freePort, run } from './crosscut.mjs';

test('winston: level, time, message, splats, errors and child loggers', async (t) => {
  const crosscut = await Crosscut.start(t);
  const { code, said } = await run('winston.mjs', { LOG_AGENT_ENDPOINT: crosscut.url });
  assert.equal(code, 0, said);
  const lines = await crosscut.lines('winston');
  assert.deepEqual(
    lines.map((line) => [line.level, line.message]),
    [
      ['info', 'started on 3000'],
      ['warn', 'careful'],
      ['error', 'failed: boom'],
      ['info', '{"order":7}'],
    ],
  );
  assert.deepEqual(lines[3].json.message, { order: 7 });
  assert.equal(lines[0].time, '2026-01-02T03:04:05Z');
  assert.equal(lines[1].json.request, 7);
  assert.match(lines[2].json.stack, /winston\.mjs/);
});

test('winston: lines logged while the port is away arrive when it is back', async (t) => {
  const port = await freePort();
  const program = run('winston-early.mjs', { LOG_AGENT_ENDPOINT: `http://127.0.0.1:${port}` });
  const crosscut = await Crosscut.start(t, { port });
  const { code, said } = await program;
  assert.equal(code, 0, said);
  const messages = (await crosscut.records('early')).map((record) => record.message);
  assert.deepEqual(messages, Array.from({ length: 500 }, (_, n) => `line ${n + 1}`));
});

test('pino: a burst is larger than the buffer, and none of it is lost', async (t) => {
  const crosscut = await Crosscut.start(t);
  const { code, said } = await run('pino-burst.mjs', { LOG_AGENT_ENDPOINT: crosscut.url });
  assert.equal(code, 0, said);
  const messages = (await crosscut.records('burst')).map((record) => record.message);
  assert.deepEqual(messages, Array.from({ length: 30_000 }, (_, n) => `line ${n + 1}`));
});

for (const how of ['return', 'exit']) {
  test(`pino: lines of its worker arrive as it wrote them (${how})`, async (t) => {
    const crosscut = await Crosscut.start(t);
    const { code, said } = await run('pino.mjs', { LOG_AGENT_ENDPOINT: crosscut.url }, [how]);
    assert.equal(code, 0, said);
    const lines = await crosscut.lines('pino');
    assert.deepEqual(
      lines.map((line) => [line.level, line.message]),
      [
        ['info', 'hello'],
        ['debug', 'detail'],
        ['error', 'failed'],
        ...Array.from({ length: 300 }, (_, n) => ['info', `line ${n + 1}`]),
      ],
    );
    assert.equal(lines[0].json.level, 30, 'untouched');
    assert.equal(Date.parse(lines[0].time), lines[0].json.time);
    assert.equal(lines[2].json.err.type, 'TypeError');
    assert.equal(lines[1].json.request, 7);
  });
}
