/**
 * The page's token: handed over once in the address, kept for this tab, and taken out of the
 * address so that it is neither bookmarked nor shown.
 */
const KEY = 'crosscut.token';

export function takeToken(
  location: Pick<Location, 'href'> = window.location,
  history: Pick<History, 'replaceState' | 'state'> = window.history,
  storage: Pick<Storage, 'getItem' | 'setItem'> = window.sessionStorage,
): string {
  const url = new URL(location.href);
  const given = url.searchParams.get('token');
  if (given === null) return storage.getItem(KEY) ?? '';
  storage.setItem(KEY, given);
  url.searchParams.delete('token');
  history.replaceState(history.state, '', url.href);
  return given;
}
