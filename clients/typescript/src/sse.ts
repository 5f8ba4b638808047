/** Server-sent events out of the pieces of a response (WHATWG HTML, 9.2.6). */

/** One event. */
export interface ServerEvent {
  /** Its kind; `message` when none is named. */
  event: string;
  data: string;
  /** The last id there was, as the standard has it. */
  id: string | undefined;
}

/** Takes pieces that end anywhere, gives the events that are complete. */
export class EventReader {
  #rest = '';
  #id: string | undefined;
  #event = '';
  #data: string[] = [];

  read(piece: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    const text = this.#rest + piece;
    let from = 0;
    for (;;) {
      const end = text.indexOf('\n', from);
      if (end < 0) break;
      const line = text.slice(from, text[end - 1] === '\r' ? end - 1 : end);
      from = end + 1;
      if (line === '') this.#finish(events);
      else this.#field(line);
    }
    this.#rest = text.slice(from);
    return events;
  }

  #finish(events: ServerEvent[]): void {
    if (this.#data.length > 0) {
      events.push({ event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id });
    }
    this.#event = '';
    this.#data = [];
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#event = value;
    else if (name === 'id') this.#id = value;
  }
}
