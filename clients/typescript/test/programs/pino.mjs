import pino from 'pino';

const logger = pino({
  level: 'debug',
  transport: { target: 'crosscut-client/pino', options: { source: 'pino' } },
});
logger.info('hello');
logger.child({ request: 7 }).debug('detail');
logger.error(new TypeError('boom'), 'failed');
for (let n = 1; n <= 300; n += 1) logger.info(`line ${n}`);
// Where a program ends at once, pino sees to what it wrote.
if (process.argv[2] === 'exit') process.exit(0);
