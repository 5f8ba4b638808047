// winston through its own Http transport: `node winston.mjs URL COUNT`.
import winston from 'winston';

const [url, count] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const http = new winston.transports.Http({
  host: hostname,
  port: Number(port),
  path: '/ingest?source=winston-shop',
});
const logger = winston.createLogger({
  level: 'debug',
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  transports: [http],
});
const LEVELS = ['debug', 'info', 'warn', 'error'];
let left = Number(count);
const sent = new Promise((resolve, reject) => {
  http.on('logged', () => {
    left -= 1;
    if (left === 0) resolve();
  });
  http.on('warn', reject);
  http.on('error', reject);
});
for (let n = 0; n < Number(count); n += 1) logger.log(LEVELS[n % 4], `shipped ${n}`, { n });
await sent;
