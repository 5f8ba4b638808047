/**
 * One line of a log as JSON: whatever it is given, a line comes out, and nothing is thrown.
 *
 * Time, level and message stand in front; fields of the same names are kept with a `_` behind them.
 */

/** What a record has beside its message. */
export type Fields = Record<string, unknown>;

/** Characters of one record; what is longer is cut, and says so. */
export const MAX_RECORD = 1 << 20;

/** A record's line. A message that is an object stays one: its fields can be asked for. */
export function line(level: string, message: string | object, fields?: Fields, time = new Date()): string {
  const record: Fields = { time: iso(time), level, message };
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value !== undefined) record[name in record ? `${name}_` : name] = value;
  }
  const whole = stringify(record);
  if (whole.length <= MAX_RECORD) return whole;
  const cut = { 'crosscut.cut': whole.length - MAX_RECORD };
  return stringify({ time: iso(time), level, message: text(message).slice(0, MAX_RECORD / 2), ...cut });
}

/** JSON of anything: errors with their stack, what goes round in circles named, never a throw. */
export function stringify(value: unknown): string {
  // What is being written, as it is and as it is shown: an error is shown by another object.
  const above: { value: object; shown: object }[] = [];
  function plain(this: unknown, _: string, value: unknown): unknown {
    if (typeof value === 'bigint') return value.toString();
    if (typeof value !== 'object' || value === null) return value;
    while (above.length > 0 && above.at(-1)?.shown !== this) above.pop();
    if (above.some((one) => one.value === value)) return '[Circular]';
    const shown = value instanceof Error ? ofError(value) : ofCollection(value);
    above.push({ value, shown });
    return shown;
  }
  try {
    return JSON.stringify(value, plain) ?? 'null';
  } catch {
    // A getter or a toJSON of theirs threw: the fields beside it are kept.
    return typeof value === 'object' && value !== null ? salvage(value) : '"[unreadable]"';
  }
}

/** JSON of the fields that have one. */
function salvage(value: object): string {
  const parts: string[] = [];
  for (const name of Object.keys(value)) {
    let part: string | undefined;
    try {
      part = JSON.stringify((value as Fields)[name]);
    } catch {
      part = '"[unreadable]"';
    }
    if (part !== undefined) parts.push(`${JSON.stringify(name)}:${part}`);
  }
  return `{${parts.join(',')}}`;
}

/** What an error says of itself, with what was added to it and what caused it. */
export function ofError(error: Error): Fields {
  const { name, message, stack } = error;
  const shown: Fields = { ...error, type: name, message, stack };
  if (error.cause !== undefined) shown['cause'] = error.cause;
  // What failed where several things did, as all addresses of a host: its own message is often empty.
  if (error instanceof AggregateError) shown['errors'] = error.errors;
  return shown;
}

/** Anything as text. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    return typeof value === 'object' ? stringify(value) : String(value);
  } catch {
    return '[unreadable]';
  }
}

function ofCollection(value: object): object {
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [text(k), v]));
  if (value instanceof Set) return [...value];
  return value;
}

function iso(time: Date): string {
  return Number.isNaN(time.getTime()) ? new Date().toISOString() : time.toISOString();
}
