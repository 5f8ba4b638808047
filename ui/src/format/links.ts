/** Finds http(s) addresses in text, so that they alone become links. */
export interface Piece {
  text: string;
  /** The address, where the piece is one. */
  url?: string;
}

const MOST_LINKS = 200;
/** Control and direction characters end an address: it must read as what it is. */
const ADDRESS = /\bhttps?:\/\/[^\s<>"'`{}|\\^\p{Cc}\p{Cf}]+/giu;

export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  let links = 0;
  for (const match of text.matchAll(ADDRESS)) {
    if ((links += 1) > MOST_LINKS) break;
    const address = trimmed(match[0]);
    if (!isWeb(address)) continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index) });
    found.push({ text: address, url: address });
    at = match.index + address.length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}

/** What ends a sentence or a bracket around the address is not part of it. */
function trimmed(address: string): string {
  let end = address.length;
  for (;;) {
    const last = address[end - 1] ?? '';
    const opens = last === ')' ? '(' : last === ']' ? '[' : '';
    const unmatched = opens !== '' && !address.slice(0, end - 1).includes(opens);
    if (!/[.,;:!?*]/.test(last) && !unmatched) return address.slice(0, end);
    end -= 1;
  }
}

function isWeb(address: string): boolean {
  try {
    const { protocol, hostname } = new URL(address);
    return (protocol === 'http:' || protocol === 'https:') && hostname !== '';
  } catch {
    return false;
  }
}
