/** What the page shows. Only the store writes here; components read. */
import type { Connection, Failure } from '../client';
import type {
  Containers,
  Notice,
  Reading,
  RecordDetail,
  RunInfo,
  SourceInfo,
  Status,
  ViewState,
} from '../generated/types';
import type { Fresh } from '../list';
import { remembered, storedTheme, type Theme } from './theme';

/** A file on its way to the workbench. */
export interface Upload {
  id: number;
  name: string;
  sent: number;
  total: number;
  failure?: Failure;
}

/** The record in the detail panel; `record` is there once it has been read. */
export interface Detail {
  seq: number;
  record?: RecordDetail;
  failure?: Failure;
}

/** A clause without which the query would match something. */
export interface Culprit {
  index: number;
  text: string;
  rows: number;
  /** Whether more may be found. */
  more: boolean;
}

export class State {
  connection = $state<Connection>('connecting');
  /** Whether there was a connection at all: the page is blank before. */
  met = $state(false);
  status = $state.raw<Status>();
  runs = $state.raw<RunInfo[]>([]);
  current = $state('');
  /** The run the user chose; without one the current run is shown. */
  chosen = $state<string>();
  sources = $state.raw<SourceInfo[]>([]);
  /** Whether `sources` is known for the run that is shown. */
  sourcesKnown = $state(false);
  containers = $state.raw<Containers>();
  uploads = $state.raw<Upload[]>([]);

  query = $state('');
  /** How `readingOf` was read. */
  reading = $state.raw<Reading>();
  readingOf = $state('');
  view = $state.raw<ViewState>();
  /** The query the view was opened with. */
  viewQuery = $state('');
  viewRun = $state('');
  culprits = $state.raw<Culprit[]>([]);

  follow = $state(true);
  fresh = $state.raw<Fresh>({ lines: 0, errors: 0 });
  active = $state<number>();
  detail = $state.raw<Detail>();

  notices = $state.raw<Notice[]>([]);
  theme = $state<Theme>(storedTheme());
  sidebar = $state(false);
  help = $state(false);
  settings = $state(false);
  bell = $state(remembered('crosscut.bell') === 'on');
  dragging = $state(false);

  /** The run that is shown. */
  get run(): string {
    return this.chosen ?? this.current;
  }

  get runInfo(): RunInfo | undefined {
    return this.runs.find(({ id }) => id === this.run);
  }

  /** Whether new lines land in the run that is shown. */
  get live(): boolean {
    return this.chosen === undefined || this.chosen === this.current;
  }

  /** Sources the user gave: Crosscut's own markers are none. */
  get given(): SourceInfo[] {
    return this.sources.filter(({ kind }) => kind !== 'system');
  }
}
