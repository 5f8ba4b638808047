/** The theme: the system's unless the user chose one. `public/theme.js` reads the same key. */
export type Theme = 'system' | 'dark' | 'light';

const KEY = 'crosscut.theme';
const THEMES: readonly Theme[] = ['system', 'dark', 'light'];

export function storedTheme(): Theme {
  const stored = remembered(KEY);
  return THEMES.find((theme) => theme === stored) ?? 'system';
}

export function applyTheme(theme: Theme): void {
  remember(KEY, theme);
  const light = theme === 'light' || (theme === 'system' && systemLight().matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
}

/** Keeps to the system's theme as it changes. `theme` is asked each time. */
export function followSystem(theme: () => Theme): () => void {
  const system = systemLight();
  const changed = () => applyTheme(theme());
  system.addEventListener('change', changed);
  return () => system.removeEventListener('change', changed);
}

/** What was remembered on this machine; nothing where the browser forbids it. */
export function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing shows the same page.
  }
}

function systemLight(): MediaQueryList {
  return matchMedia('(prefers-color-scheme: light)');
}
