// pino through its Loki transport: `node pino.mjs URL COUNT`.
import pino from 'pino';

const [url, count] = process.argv.slice(2);
const transport = pino.transport({
  target: 'pino-loki',
  options: { host: url, batching: { interval: 1 }, labels: { app: 'pino-shop' } },
});
const logger = pino({ level: 'debug' }, transport);
const LEVELS = ['debug', 'info', 'warn', 'error'];
for (let n = 0; n < Number(count); n += 1) logger[LEVELS[n % 4]]({ n }, `shipped ${n}`);
// What the transport's thread still has to send keeps it going; nothing keeps this one.
const waiting = setInterval(() => {}, 60_000);
await new Promise((closed) => {
  transport.once('close', closed);
  transport.end();
});
clearInterval(waiting);
