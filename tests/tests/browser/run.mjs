// Runs one scenario in Chromium: `node run.mjs NAME`, or tells their names: `node run.mjs --list`.
//
// Ends with 0 when it holds. Otherwise what was expected, what the page looked like and what the
// server said go to standard error.
import * as files from './files.mjs';
import * as reading from './reading.mjs';
import * as runs from './runs.mjs';
import * as settings from './settings.mjs';
import * as trust from './trust.mjs';
import { Stage } from './stage.mjs';

const DEADLINE_MS = 60_000;
const scenarios = { ...reading, ...runs, ...files, ...settings, ...trust };
const [name] = process.argv.slice(2);

if (name === '--list') {
  console.log(Object.keys(scenarios).join('\n'));
} else if (name !== undefined && name in scenarios) {
  process.exitCode = await play(scenarios[name]);
} else {
  console.error(`there is no scenario ${String(name)}`);
  process.exitCode = 2;
}

async function play(scenario) {
  const stage = await Stage.build();
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  try {
    await Promise.race([scenario(stage), late]);
    stage.judge();
    return 0;
  } catch (error) {
    console.error(error);
    console.error(await stage.report());
    return 1;
  } finally {
    clearTimeout(timer);
    await stage.clear();
  }
}
