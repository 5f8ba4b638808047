/** The keys. One table, read by the handler and by the help dialog alike. */
import type { ListCommand } from '../list';
import type { Store } from './store.svelte';

export interface Shortcut {
  keys: readonly string[];
  what: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  { keys: ['/'], what: 'Go to the query' },
  { keys: ['Esc'], what: 'Leave the query, close the detail, clear the choice' },
  { keys: ['F'], what: 'Follow new lines, or stay' },
  { keys: ['j', '↓'], what: 'Next record' },
  { keys: ['k', '↑'], what: 'Previous record' },
  { keys: ['Enter'], what: 'Show the record in full' },
  { keys: ['PgUp', 'PgDn'], what: 'A page up or down' },
  { keys: ['g', 'Home'], what: 'To the first record' },
  { keys: ['G', 'End'], what: 'To the last record, and follow' },
  { keys: ['Ctrl', 'L'], what: 'New run' },
  { keys: ['Ctrl', ','], what: 'Settings' },
  { keys: ['?'], what: 'This help' },
];

/** Keys that work wherever nothing is being typed. */
const ANYWHERE: Readonly<Record<string, ListCommand>> = {
  j: 'down',
  k: 'up',
  g: 'home',
  G: 'end',
};

/** Keys that other controls use too: they scroll the list from the list or from nowhere. */
const IN_LIST: Readonly<Record<string, ListCommand>> = {
  ArrowDown: 'down',
  ArrowUp: 'up',
  PageDown: 'pageDown',
  PageUp: 'pageUp',
  Home: 'home',
  End: 'end',
  Enter: 'open',
};

export function handleKey(event: KeyboardEvent, store: Store): void {
  if (event.defaultPrevented || event.isComposing) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'l') {
    event.preventDefault();
    store.send({ type: 'run.new' });
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === ',') {
    event.preventDefault();
    store.send({ type: 'settings', open: true });
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (target.closest('input, textarea, select, [role=dialog], [role=menu], [role=alertdialog]')) {
    return;
  }
  const command = listCommand(event.key, target, store);
  if (command) store.list?.command(command);
  else if (!pageKey(event.key, store)) return;
  event.preventDefault();
}

function listCommand(key: string, target: Element, store: Store): ListCommand | undefined {
  const inList = target === document.body || target === store.list?.grid;
  if (key === 'f' || key === 'F') return store.state.follow ? 'letGo' : 'follow';
  return ANYWHERE[key] ?? (inList ? IN_LIST[key] : undefined);
}

function focusQuery(): void {
  const box = document.querySelector<HTMLInputElement>('[data-testid=toolbar-query]');
  box?.focus();
  box?.select();
}

function pageKey(key: string, store: Store): boolean {
  const { state } = store;
  if (key === '/') focusQuery();
  else if (key === '?') store.send({ type: 'help', open: true });
  else if (key === 'Escape' && state.sidebar) store.send({ type: 'sidebar', open: false });
  else if (key === 'Escape' && state.detail) store.send({ type: 'record.close' });
  else if (key === 'Escape') store.list?.command('clear');
  else return false;
  return true;
}
