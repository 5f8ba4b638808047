// Logs two lines and ends at once, in the way it is told to.
import { createLogger } from 'crosscut-client';

const how = process.argv[2];
const logger = createLogger({ source: `ending-${how}` });
logger.info('first');
logger.info('last words');
if (how === 'exit') process.exit(3);
if (how === 'throw') throw new Error('the end');
if (how === 'SIGTERM') {
  // Alive until somebody ends it.
  setInterval(() => {}, 1_000);
  process.kill(process.pid, how);
}
