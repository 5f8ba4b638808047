/** Everything that can happen to the page's state: what the workbench tells and what the user does. */
import type { Connection } from '../client';
import type { Event, SourceKind } from '../generated/types';
import type { Fresh } from '../list';
import type { LevelName } from '../query/edit';
import type { Theme } from './theme';

export type Message =
  | { type: 'connection'; state: Connection }
  | { type: 'event'; event: Event }
  | QueryMessage
  | RunMessage
  | SourceMessage
  | RecordMessage
  | PageMessage;

export type QueryMessage =
  /** Typed into the box: the view follows after a moment. */
  | { type: 'query.typed'; text: string }
  /** Edited by a click: the view follows at once. */
  | { type: 'query.set'; text: string }
  | { type: 'query.level'; level: LevelName }
  | { type: 'query.source'; name: string }
  | { type: 'query.field'; field: string; value: string; not: boolean };

export type RunMessage =
  | { type: 'run.new' }
  | { type: 'run.show'; run: string }
  | { type: 'run.rename'; run: string; name: string }
  | { type: 'run.delete'; run: string };

export type SourceMessage =
  | { type: 'source.add'; kind: SourceKind; key: string; name?: string }
  | { type: 'source.pause'; source: number }
  | { type: 'source.resume'; source: number }
  | { type: 'source.remove'; source: number }
  | { type: 'files.pick' }
  | { type: 'files.given'; files: readonly File[] }
  | { type: 'upload.forget'; id: number }
  | { type: 'containers.look' };

export type RecordMessage =
  | { type: 'list.follow'; follow: boolean }
  | { type: 'list.fresh'; fresh: Fresh }
  | { type: 'list.failed'; cause: unknown }
  | { type: 'record.active'; seq: number | undefined }
  | { type: 'record.open'; seq: number }
  | { type: 'record.close' }
  /** Go to a record wherever it is: another run, outside the query. */
  | { type: 'record.find'; run: string; seq: number };

export type PageMessage =
  | { type: 'theme'; theme: Theme }
  | { type: 'sidebar'; open: boolean }
  | { type: 'help'; open: boolean }
  | { type: 'settings'; open: boolean }
  | { type: 'bell' }
  | { type: 'drag'; over: boolean }
  | { type: 'notice.dismiss'; code: string };
