/**
 * A pino transport, run by pino in a worker thread of its own:
 * `pino({ transport: { target: 'crosscut-client/pino', options: { source: 'api' } } })`.
 *
 * Lines are sent as pino wrote them. At the program's end, by `process.exit()` too, pino waits for
 * the worker to be done. A signal ends both at once, and a worker is not told of it: so lines wait
 * 50 ms here for others, not 5 s.
 */
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { Sender, type SenderOptions } from './sender.js';
import { line } from './record.js';

const FLUSH_INTERVAL = 50;

/** What pino calls in its worker. */
export default function transport(options: SenderOptions = {}): Writable {
  const sender = new Sender({ flushInterval: FLUSH_INTERVAL, ...options });
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = async (text: string): Promise<void> => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const one of lines) {
      if (one !== '') sender.send(asJson(one));
      // A burst waits at pino's end, as long as the port takes lines at all.
      const room = sender.room();
      if (room !== undefined) await room;
    }
  };
  return new Writable({
    write(chunk: Buffer, _, done) {
      void take(decoder.write(chunk)).then(() => done());
    },
    final(done) {
      void take(`${decoder.end()}\n`)
        .then(() => sender.close())
        .then(() => done());
    },
  });
}

/** The line itself; what is no JSON, such as a formatter's text, as a message. */
function asJson(text: string): string {
  if (text.startsWith('{')) {
    try {
      JSON.parse(text);
      return text;
    } catch {
      // Falls through.
    }
  }
  return line('info', text);
}
