import pino from 'pino';

const logger = pino({ transport: { target: 'crosscut-client/pino', options: { source: 'burst' } } });
for (let n = 1; n <= 30_000; n += 1) logger.info(`line ${n}`);
