/** Numbers for people. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `59,914` */
export function count(value: number): string {
  return grouped.format(value);
}

/** `912`, `48.2k`, `1.5M`, for narrow places. */
export function short(value: number): string {
  if (value < 10_000) return grouped.format(value);
  if (value < 1_000_000) return `${trim(value / 1_000)}k`;
  if (value < 1_000_000_000) return `${trim(value / 1_000_000)}M`;
  return `${trim(value / 1_000_000_000)}G`;
}

/** `84 MB`, in powers of ten. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(size) : trim(size)} ${units[unit] ?? ''}`;
}

/** `1 line`, `2 lines` */
export function plural(value: number, word: string): string {
  return `${count(value)} ${word}${value === 1 ? '' : 's'}`;
}

/** A share of the way as whole per cent; 100 only when it is all. */
export function percent(done: number, total: number): string {
  if (total <= 0) return '0%';
  return `${String(done >= total ? 100 : Math.min(99, Math.floor((done / total) * 100)))}%`;
}

function trim(value: number): string {
  return value < 100 ? value.toFixed(1).replace(/\.0$/, '') : value.toFixed(0);
}
