// The hook in real React, on a document.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Window } from 'happy-dom';

const window = new Window();
// React looks for a document; the network stays Node's.
globalThis.window = window;
globalThis.document = window.document;
globalThis.navigator ??= window.navigator;
globalThis.IS_REACT_ACT_ENVIRONMENT = false;
after(() => window.happyDOM.close());

const { createElement, StrictMode } = await import('react');
const { createRoot } = await import('react-dom/client');
const { useLogs } = await import('crosscut-client/react');
const { Crosscut, Told } = await import('./crosscut.mjs');

/** A component that shows what the hook gives, and tells of each rendering. */
function mount(t, first) {
  const rendered = new Told();
  let current;
  function View({ target, options }) {
    current = useLogs(target, options);
    rendered.add(current);
    const lines = current.logs.map((log) => createElement('li', { key: `${log.run}/${log.seq}` }, log.message));
    return createElement('ul', { 'data-status': current.status }, ...lines);
  }
  const container = document.createElement('div');
  document.body.append(container);
  const root = createRoot(container);
  const render = (props) => root.render(createElement(StrictMode, null, createElement(View, props)));
  t.after(() => root.unmount());
  render(first);
  return {
    render,
    unmount: () => root.unmount(),
    now: () => current,
    shown: () => [...container.querySelectorAll('li')].map((item) => item.textContent),
    status: () => container.querySelector('ul')?.getAttribute('data-status'),
    until: (what, fits) => rendered.until(what, (all) => fits(all.at(-1))),
  };
}

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => `line ${from + i}`);

test('a component shows the lines as they come, the newest so many', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('api', numbers(1, 3));
  const options = { url: crosscut.url, token: crosscut.token, limit: 5, retry: { min: 5, max: 50 } };
  const view = mount(t, { target: 'api', options });
  await view.until('three', (state) => state?.logs.length === 3);
  await crosscut.ingest('api', numbers(4, 8));
  await view.until('the last', (state) => state?.logs.at(-1)?.message === 'line 8');
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(view.shown(), numbers(4, 8));
  assert.equal(view.status(), 'running');
  assert.equal(view.now().connected, true);
});

test('it goes on through a kill of the server, and says what is wrong meanwhile', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('api', numbers(1, 2));
  const options = { url: crosscut.url, token: crosscut.token, retry: { min: 5, max: 50 } };
  const view = mount(t, { target: 'api', options });
  await view.until('two', (state) => state?.logs.length === 2);
  await crosscut.kill();
  await view.until('the error', (state) => state?.error?.code === 'unreachable' && !state.connected);
  await crosscut.again();
  await crosscut.ingest('api', numbers(3, 4));
  await view.until('two more', (state) => state?.logs.length === 4);
  assert.deepEqual(view.now().logs.map((log) => log.message), numbers(1, 4));
  assert.equal(view.now().error, undefined);
});

test('another target begins anew, and nothing is left behind', async (t) => {
  const crosscut = await Crosscut.start(t);
  await crosscut.ingest('a', ['of a']);
  await crosscut.ingest('b', ['of b']);
  const options = { url: crosscut.url, token: crosscut.token, retry: { min: 5, max: 50 } };
  const view = mount(t, { target: 'a', options });
  await view.until('a', (state) => state?.logs[0]?.message === 'of a');
  view.render({ target: { source: 'b' }, options });
  await view.until('b', (state) => state?.logs[0]?.message === 'of b');
  assert.equal(view.now().logs.length, 1);
  view.now().disconnect();
  await view.until('the end of it', (state) => state?.connected === false);
  view.now().clear();
  await view.until('nothing', (state) => state?.logs.length === 0);
  await crosscut.ingest('b', ['more of b']);
  view.now().connect();
  await view.until('more', (state) => state?.logs[0]?.message === 'more of b');
  view.unmount();
});

test('an address that is none is an error to show', async (t) => {
  const view = mount(t, { target: 'a', options: { url: 'http://', token: 'x' } });
  const [state] = (await view.until('the error', (state) => state?.error !== undefined)).slice(-1);
  assert.deepEqual([state.error.code, state.error.fatal, state.connected], ['bad_address', true, false]);
});
