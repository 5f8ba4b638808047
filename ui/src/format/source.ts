/** Sources for people: their colours and what their states mean. */
import type { SourceInfo } from '../generated/types';
import { bytes, percent } from './numbers';

const COLOURS = 8;

/** Which of the source colours, 1 to 8. */
export function colourOf(source: number): number {
  return (source % COLOURS) + 1;
}

export interface SourceState {
  /** Shown below the name; empty when all is as it should be. */
  word: string;
  /** The whole story. */
  title: string;
  tone: 'quiet' | 'odd' | 'bad';
}

export function describe(source: SourceInfo): SourceState {
  switch (source.state) {
    case 'connecting':
      return { word: 'opening…', title: 'Being opened', tone: 'quiet' };
    case 'loading':
      return {
        word: `loading ${percent(source.done, source.total)}`,
        title: `${bytes(source.done)} of ${bytes(source.total)} read`,
        tone: 'quiet',
      };
    case 'live':
      return { word: '', title: 'Live: new lines appear as they are written', tone: 'quiet' };
    case 'watching':
      return {
        word: `watching ${source.sources}`,
        title: `${source.sources} followed in it; new ones join as they appear`,
        tone: 'quiet',
      };
    case 'waiting':
      return { word: source.message, title: said(source.message, source.hint), tone: 'odd' };
    case 'paused':
      return { word: 'paused', title: 'Paused: it goes on where it stopped', tone: 'odd' };
    case 'ended':
      return { word: 'ended', title: 'Nothing more will come', tone: 'quiet' };
    case 'failed':
      return { word: source.message, title: said(source.message, source.hint), tone: 'bad' };
  }
}

function said(message: string, hint: string): string {
  return hint === '' ? message : `${message}\n${hint}`;
}
