import winston from 'winston';
import { CrosscutTransport } from 'crosscut-client/winston';

const transport = new CrosscutTransport({ source: 'early', retry: { min: 20, max: 100 } });
const logger = winston.createLogger({ transports: [transport] });
for (let n = 1; n <= 500; n += 1) logger.info(`line ${n}`);
process.exitCode = (await transport.flush(20_000)) ? 0 : 1;
