// Logs a line and is ended by a signal, while others listen for it who end the process once nobody
// else does.
import { createLogger } from 'crosscut-client';

const others = process.argv.slice(2);
createLogger({ source: 'bystanders' }).info('last words');
if (others.includes('copy')) {
  // As two dependencies may bring two.
  const exit = new URL('exit.js', import.meta.resolve('crosscut-client'));
  (await import(`${exit}?copy`)).onExit({ timeout: 0, pending: () => 0, flush: async () => true, rest: () => [], page() {} });
}
if (others.includes('signal-exit')) {
  // What signal-exit 4 does for a signal, to the letter where it counts.
  const emitter = { count: 1 };
  process[Symbol.for('signal-exit emitter')] = emitter;
  const listener = () => {
    if (process.listeners('SIGTERM').length !== emitter.count) return;
    process.removeListener('SIGTERM', listener);
    emitter.count -= 1;
    process.kill(process.pid, 'SIGTERM');
  };
  process.on('SIGTERM', listener);
}
setTimeout(() => process.exit(9), 10_000);
process.kill(process.pid, 'SIGTERM');
