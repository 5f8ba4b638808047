// What a reader sees of the page, and the conditions scenarios wait for.

/** The element with this test id. */
export const at = (id) => `[data-testid=${id}]`;

/** JSON lines `line 1` … `line COUNT`, each telling more of itself. */
export function numbered(count, more = () => ({})) {
  const start = Date.UTC(2026, 4, 12, 9);
  return Array.from({ length: count }, (_, i) => {
    const time = new Date(start + i * 10).toISOString();
    return JSON.stringify({ time, level: 'info', msg: `line ${i + 1}`, ...more(i + 1) });
  });
}

/** One JSON line of now. */
export function line(msg, level = 'info', more = {}) {
  return JSON.stringify({ time: new Date().toISOString(), level, msg, ...more });
}

/** The messages on screen, from the top. */
export function messages(page) {
  return page.$$eval('.log-list .row[data-seq] .m', (cells) =>
    cells.map((cell) => cell.textContent),
  );
}

/** Waits until the last record on screen has this message. */
export async function lastIs(page, message) {
  await page.waitForFunction((wanted) => {
    const rows = document.querySelectorAll('.log-list .row[data-seq]');
    return rows[rows.length - 1]?.querySelector('.m')?.textContent === wanted;
  }, message);
}

/** Waits until exactly these messages are on screen. */
export async function shows(page, ...wanted) {
  await page.waitForFunction((expected) => {
    const cells = document.querySelectorAll('.log-list .row[data-seq] .m');
    const shown = JSON.stringify(Array.from(cells, (cell) => cell.textContent));
    return shown === expected && document.querySelector('.log-list .row.skeleton') === null;
  }, JSON.stringify(wanted));
}

/** Waits until an element says this. */
export async function says(page, selector, wanted) {
  await page.waitForFunction(
    ([where, text]) => document.querySelector(where)?.textContent.replaceAll('\u00a0', ' ').trim() === text,
    [selector, wanted],
  );
}

/** Types a query; the view follows by itself. */
export async function query(page, text) {
  await page.fill(at('toolbar-query'), text);
}
