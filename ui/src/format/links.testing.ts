/** The addresses found in a text, and the text put together again. */
import { pieces } from './links';

export function links(text: string): string[] {
  return pieces(text).flatMap(({ url }) => (url === undefined ? [] : [url]));
}

links.pieces = (text: string): string => pieces(text).map((piece) => piece.text).join('');
