// Opens Crosscut's page in Chromium and notes what is on its screen, frame by frame.
//
//   node page.mjs <address with token>
//
// Prints `ready` once the first record is shown; on `begin` starts to note and prints `begun`; on
// `end <number>` waits until the record of that number is shown, prints the notes as one line of
// JSON and ends. The end of its input ends it too.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { chromium } = createRequire(new URL('../../ui/package.json', import.meta.url))('playwright-core');

const NAMES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Longer than the last record should take. */
const PATIENCE = 60_000;
/** Between two keys, so that they fall anywhere in a frame. */
const KEYS_EVERY = 137;

/** Runs in the page. */
function watch() {
  const notes = { seen: [], frames: [], keys: [] };
  const highest = () => {
    let most = 0;
    for (const row of document.querySelectorAll('.log-list .row[data-seq]')) {
      most = Math.max(most, Number(row.dataset.seq));
    }
    return most;
  };
  let shown = 0;
  let last = performance.now();
  let pressed = [];
  // Rows change inside a frame, before it is painted; a message sent then arrives behind its
  // painting. (A look from a frame's callback of our own would come before the page's, and see
  // each change one frame late.)
  const behind = new MessageChannel();
  behind.port1.onmessage = ({ data }) => {
    if (data > shown) {
      shown = data;
      notes.seen.push([Date.now(), data]);
    }
    const now = performance.now();
    for (const key of pressed) notes.keys.push(now - key);
    pressed = [];
  };
  const changes = { subtree: true, childList: true, attributeFilter: ['data-seq'] };
  new MutationObserver(() => behind.port2.postMessage(highest())).observe(
    document.querySelector('.log-list'),
    changes,
  );
  const frame = () => {
    const now = performance.now();
    notes.frames.push(now - last);
    last = now;
    if (pressed.length > 0) behind.port2.postMessage(0);
    requestAnimationFrame(frame);
  };
  addEventListener('keydown', ({ timeStamp }) => pressed.push(timeStamp), true);
  requestAnimationFrame(frame);
  window.crosscutNotes = notes;
}

const executablePath = process.env.CHROMIUM ?? NAMES.find((name) => existsSync(name));
const args = ['--no-sandbox', '--disable-gpu', '--enable-precise-memory-info'];
const browser = await chromium.launch({ executablePath, args });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await page.goto(process.argv[2]);
await page.waitForSelector('.log-list .row[data-seq]');
console.log('ready');

let keys;
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'begin') {
    await page.evaluate(watch);
    // A key that does nothing by itself, so that what is measured is how long the page is busy.
    let pressing = Promise.resolve();
    keys = setInterval(() => {
      pressing = pressing.then(() => page.keyboard.press('Shift'));
    }, KEYS_EVERY);
    console.log('begun');
  } else if (line.startsWith('end ')) {
    const shows = (number) => window.crosscutNotes.seen.at(-1)?.[1] >= number;
    await page.waitForFunction(shows, Number(line.slice(4)), { timeout: PATIENCE }).catch(() => {});
    clearInterval(keys);
    const notes = await page.evaluate(() => ({
      ...window.crosscutNotes,
      heap: performance.memory.usedJSHeapSize,
    }));
    console.log(JSON.stringify(notes));
    break;
  }
}
await browser.close();
process.exit(0);
