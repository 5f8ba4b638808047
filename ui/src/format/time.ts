/** Instants for people: microseconds since 1970, shown in local time. */

const two = (value: number): string => (value < 10 ? `0${String(value)}` : String(value));

/** `12:04:31.102` */
export function clock(us: number): string {
  const at = new Date(Math.floor(us / 1000));
  const ms = at.getMilliseconds();
  const padded = ms < 10 ? `00${String(ms)}` : ms < 100 ? `0${String(ms)}` : String(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${padded}`;
}

/** `2026-11-21` */
export function day(us: number): string {
  const at = new Date(Math.floor(us / 1000));
  return `${String(at.getFullYear())}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

const dayMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** `21 Nov`; empty for today. */
export function dayUnlessToday(us: number, nowMs: number): string {
  return day(us) === day(nowMs * 1000) ? '' : dayMonth.format(us / 1000);
}

/** `2026-11-21 12:04:31.102345678` with the zone's offset, as exact as it is known. */
export function instant(us: number, nanos: number): string {
  const below = ((us % 1000) + 1000) % 1000;
  const fine =
    below === 0 && nanos === 0
      ? ''
      : String(below * 1000 + nanos)
          .padStart(6, '0')
          .replace(/(000)+$/, '');
  return `${day(us)} ${clock(us)}${fine} ${zone(us)}`;
}

function zone(us: number): string {
  const minutes = -new Date(Math.floor(us / 1000)).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** `just now`, `2m ago`, `3h ago`, `5d ago` */
export function ago(us: number, nowMs: number): string {
  const seconds = Math.max(0, (nowMs - us / 1000) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 3_600) return `${String(Math.max(1, Math.round(seconds / 60)))}m ago`;
  if (seconds < 86_400) return `${String(Math.round(seconds / 3_600))}h ago`;
  return `${String(Math.round(seconds / 86_400))}d ago`;
}
