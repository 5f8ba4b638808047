import winston from 'winston';
import { CrosscutTransport } from 'crosscut-client/winston';

const { combine, splat, errors, colorize } = winston.format;
const transport = new CrosscutTransport({ source: 'winston' });
const logger = winston.createLogger({
  format: combine(errors({ stack: true }), splat(), colorize()),
  transports: [transport],
});
logger.info('started on %d', 3000, { timestamp: '2026-01-02T03:04:05Z' });
logger.debug('not at this level');
logger.child({ request: 7 }).warn('careful');
logger.error(Object.assign(new TypeError('failed: boom')));
logger.info({ order: 7 });
logger.end();
