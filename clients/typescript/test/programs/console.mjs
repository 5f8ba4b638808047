// Writes to the console.
import { captureConsole, createLogger } from 'crosscut-client';

const restore = captureConsole(createLogger({ source: 'console' }));
console.log('plain', 1, { a: [1, 2] });
console.log('a %s for %d and %j, 100%%', 'place', '7', { a: 1 }, 'more');
console.warn('careful');
console.error('failed:', new RangeError('too far'));
restore();
console.log('only here');
