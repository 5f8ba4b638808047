/** The list's fixed elements: a grid with a header, and a window onto the rows. */

const COLUMNS = [
  ['t', 'Time'],
  ['l', 'Level'],
  ['s', 'Source'],
  ['m', 'Message'],
  ['f', 'Fields'],
] as const;

export interface Skeleton {
  grid: HTMLElement;
  viewport: HTMLElement;
  rows: HTMLElement;
  date: HTMLElement;
  setCount(count: number): void;
  setActive(id: string | undefined): void;
}

export function buildSkeleton(): Skeleton {
  const grid = make('div', 'grid', 'grid');
  grid.tabIndex = 0;
  grid.dataset.testid = 'list';
  grid.setAttribute('aria-label', 'Log records');
  grid.setAttribute('aria-colcount', String(COLUMNS.length));
  grid.setAttribute('aria-rowcount', '1');

  const header = make('div', 'header', 'row');
  header.setAttribute('aria-rowindex', '1');
  for (const [name, title] of COLUMNS) {
    const column = make('span', name, 'columnheader');
    column.textContent = title;
    header.append(column);
  }
  const date = document.createElement('span');
  date.className = 'date';
  header.firstElementChild?.append(date);

  const viewport = make('div', 'viewport', 'rowgroup');
  const rows = make('div', 'rows', 'presentation');
  viewport.append(rows);
  grid.append(header, viewport);

  let count = 0;
  let active: string | undefined;
  return {
    grid,
    viewport,
    rows,
    date,
    setCount(now) {
      if (now === count) return;
      count = now;
      grid.setAttribute('aria-rowcount', String(now + 1));
    },
    setActive(id) {
      if (id === active) return;
      active = id;
      if (id === undefined) grid.removeAttribute('aria-activedescendant');
      else grid.setAttribute('aria-activedescendant', id);
    },
  };
}

function make(tag: 'div' | 'span', name: string, role: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = name;
  element.setAttribute('role', role);
  return element;
}
