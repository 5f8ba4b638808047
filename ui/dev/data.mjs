// Records made on the fly: record n of a run is always the same.

export const LEVELS = ['none', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'];
export const SOURCES = ['api', 'auth', 'web', 'postgres', 'billing', 'redis', 'worker'];

const START_US = Date.UTC(2026, 10, 21, 8, 0, 0) * 1000;

/** A well mixed number from 0 to 2^32 - 1. @param {number} n */
export function mix(n) {
  let x = (n ^ 0x9e3779b9) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0;
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
  return (x ^ (x >>> 16)) >>> 0;
}

/** @param {number} seq */
export function levelOf(seq) {
  const at = mix(seq) % 1000;
  if (at < 1) return 6;
  if (at < 16) return 5;
  if (at < 76) return 4;
  if (at < 680) return 3;
  if (at < 960) return 2;
  return at < 985 ? 1 : 0;
}

/** @param {number} seq */
export function sourceOf(seq) {
  return (mix(seq * 3 + 1) % SOURCES.length) + 1;
}

/** @param {number} seq @returns {[string, [string, string][]]} */
export function messageOf(seq) {
  const n = mix(seq * 7 + 5);
  const id = n % 9000;
  const user = 80000 + (n % 9999);
  switch (levelOf(seq)) {
    case 6:
      return ['out of retries, shutting worker down', [['worker', String(n % 8)]]];
    case 5:
      return n % 3 === 0
        ? [`    at Socket.onReset (node:net:${n % 900})`, []]
        : [
            `payment ${id} failed: upstream connection reset by peer`,
            [
              ['attempt', String(1 + (n % 5))],
              ['code', 'ECONNRESET'],
            ],
          ];
    case 4:
      return [
        `slow query (${900 + (n % 4000)} ms) SELECT id, total FROM orders WHERE user_id = ${user} ORDER BY created_at DESC`,
        [['rows', String(n % 6000)]],
      ];
    case 3:
      return n % 4 === 0
        ? [`rendered /checkout in ${n % 200}ms`, [['route', '/checkout']]]
        : [
            `${n % 5 === 0 ? 'POST /v1/payments' : `GET /v1/orders/${id}`} ${n % 50 === 0 ? 500 : 200}`,
            [
              ['status', n % 50 === 0 ? '500' : '200'],
              ['dur', `${n % 90}ms`],
            ],
          ];
    case 2:
      return [
        `cache miss for key user:${user}, falling back to database replica ${n % 4}`,
        [['user', String(user)]],
      ];
    case 1:
      return [`jwt verify ok kid=2026-${10 + (n % 3)}`, [['kid', `2026-${10 + (n % 3)}`]]];
    default:
      return [`<b>not html</b> plain line ${n} see https://example.org/docs?id=${id}.`, []];
  }
}

/** @param {number} seq */
export function timeOf(seq) {
  return START_US + seq * 1_500 + (mix(seq) % 1_000);
}

/** @param {number} seq @param {string[]} words */
export function rowOf(seq, words) {
  const [msg, fields] = messageOf(seq);
  return {
    seq,
    timeUs: timeOf(seq),
    level: LEVELS[levelOf(seq)],
    source: sourceOf(seq),
    stream: 'stdout',
    msg,
    hits: hitsOf(msg, words),
    fields,
    ...(mix(seq * 11) % 400 === 0 ? { lines: 7 } : {}),
  };
}

/** @param {string} msg @param {string[]} words */
function hitsOf(msg, words) {
  const hits = [];
  const lower = msg.toLowerCase();
  for (let at = 0; words.length > 0 && at < lower.length; ) {
    const found = words.find((word) => lower.startsWith(word, at));
    if (found) hits.push(at, at + found.length);
    at += found ? found.length : 1;
  }
  return hits;
}

/** @param {string} run @param {number} seq */
export function detailOf(run, seq) {
  const row = rowOf(seq, []);
  const trace = { id: mix(seq).toString(16).padStart(10, '0'), parent: null, flags: [1, 2, 3] };
  const fields = [
    ...row.fields.map(([name, value]) => ({ name, value: /^\d+$/.test(value) ? Number(value) : value })),
    { name: 'retryable', value: false },
    { name: 'url', value: 'https://example.org/orders?q=1' },
    { name: 'trace', value: trace },
  ];
  const msg = row.level === 'none' ? `${row.msg}\nhttps://example.org/a_(b) and javascript:alert(1)` : row.msg;
  const raw = JSON.stringify({
    ts: new Date(row.timeUs / 1000).toISOString(),
    level: row.level,
    msg,
    ...Object.fromEntries(fields.map(({ name, value }) => [name, value])),
  });
  return {
    run,
    seq,
    timeUs: row.timeUs,
    timeNanos: seq % 1000,
    arrival: false,
    level: row.level,
    source: row.source,
    sourceName: SOURCES[row.source - 1],
    stream: 'stdout',
    msg,
    fields,
    raw,
    bytes: raw.length,
    format: 'json',
    broken: false,
    continues: false,
  };
}
