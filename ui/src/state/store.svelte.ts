/**
 * The page's one store: every message goes through {@link Store.send}, which changes the state and
 * sets off what has to be asked of the workbench. What concerns runs, sources and records is done
 * by the three desks beside this file.
 */
import type { Client } from '../client';
import type { Event, ViewOpened, ViewState } from '../generated/types';
import type { LogList } from '../list';
import { toggleField, toggleLevel, toggleSource } from '../query/edit';
import { Culprits } from './culprits';
import type { Message, PageMessage, QueryMessage } from './messages';
import { Notices } from './notices';
import { QueryReader } from './reader';
import { Records } from './records';
import { Runs } from './runs';
import { Sources } from './sources';
import { State } from './state.svelte';
import { applyTheme, remember } from './theme';
import { Views } from './views';

const TYPING_MS = 120;
const COUNT_MS = 200;

export class Store {
  readonly state = new State();
  readonly client: Client;
  readonly notices: Notices;
  readonly #views: Views;
  readonly #reader: QueryReader;
  readonly #runs: Runs;
  readonly #sources: Sources;
  readonly #records: Records;
  readonly #culprits: Culprits;
  #list: LogList | undefined;
  /** The view as last told; `state.view` follows a moment later. */
  #latest: ViewState | undefined;
  #counting: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client) {
    this.client = client;
    this.notices = new Notices(this);
    this.#runs = new Runs(this);
    this.#sources = new Sources(this);
    this.#records = new Records(this);
    this.#culprits = new Culprits(client, this.state);
    this.#reader = new QueryReader(client, (query, reading) => {
      if (query !== this.state.query) return;
      this.state.reading = reading;
      this.state.readingOf = query;
    });
    this.#views = new Views(client, {
      opened: (opened, query, keep) => this.#opened(opened, query, keep),
      changed: (state) => this.#changed(state),
      failed: (cause) => this.notices.failure(cause),
    });
  }

  /** Opens the stream of events; what it says first makes the page fetch everything. */
  start(): () => void {
    return this.client.listen({
      event: (event) => this.send({ type: 'event', event }),
      connection: (state) => this.send({ type: 'connection', state }),
    });
  }

  get list(): LogList | undefined {
    return this.#list;
  }

  attach(list: LogList): void {
    this.#list = list;
    this.#restyle();
    const view = this.#latest ?? this.state.view;
    if (view) list.show(view, false);
  }

  detach(list: LogList): void {
    if (this.#list === list) this.#list = undefined;
  }

  send(message: Message): void {
    switch (message.type) {
      case 'connection':
        this.state.connection = message.state;
        if (message.state === 'live') this.state.met = true;
        else this.#views.forget();
        return;
      case 'event':
        this.#event(message.event);
        return;
      case 'query.typed':
      case 'query.set':
      case 'query.level':
      case 'query.source':
      case 'query.field':
        this.#query(message);
        return;
      case 'run.new':
      case 'run.show':
      case 'run.rename':
      case 'run.delete':
        this.#runs.handle(message);
        return;
      case 'source.add':
      case 'source.pause':
      case 'source.resume':
      case 'source.remove':
      case 'files.pick':
      case 'files.given':
      case 'upload.forget':
      case 'containers.look':
        this.#sources.handle(message);
        return;
      case 'list.follow':
      case 'list.fresh':
      case 'list.failed':
      case 'record.active':
      case 'record.open':
      case 'record.close':
      case 'record.find':
        this.#records.handle(message);
        return;
      default:
        this.#page(message);
    }
  }

  /** Opens the view anew. Without `keep` it starts at the end. */
  reopen(keep: boolean, delay = 0): void {
    this.#views.open(this.state.query, this.state.chosen, keep, delay);
  }

  /** The sources' names, colours or unfinished lines may be others. */
  sourcesChanged(): void {
    this.#restyle();
  }

  #event(event: Event): void {
    switch (event.type) {
      case 'hello':
        this.#views.forget();
        this.#runs.hello();
        this.#sources.hello();
        this.reopen(true);
        return;
      case 'view':
        this.#views.event(event.state);
        return;
      case 'sources':
        this.#sources.event(event.run, event.sources);
        return;
      case 'runs':
        this.#runs.event(event.runs, event.current);
        return;
      case 'notice':
        this.notices.notice(event.notice);
        return;
      case 'trouble':
        this.notices.trouble(event.trouble);
        return;
      case 'focus':
        window.focus();
    }
  }

  #query(message: QueryMessage): void {
    const { state } = this;
    const before = state.query;
    if (message.type === 'query.typed' || message.type === 'query.set') state.query = message.text;
    else if (message.type === 'query.level') state.query = toggleLevel(before, message.level);
    else if (message.type === 'query.source') state.query = toggleSource(before, message.name);
    else state.query = toggleField(before, message.field, message.value, message.not);
    if (state.query === before) return;
    if (state.query === '') state.reading = undefined;
    this.#reader.read(state.query);
    this.reopen(true, message.type === 'query.typed' ? TYPING_MS : 0);
  }

  #page(message: PageMessage): void {
    const { state } = this;
    switch (message.type) {
      case 'theme':
        state.theme = message.theme;
        applyTheme(message.theme);
        return;
      case 'sidebar':
        state.sidebar = message.open;
        return;
      case 'help':
      case 'settings':
        state[message.type] = message.open;
        return;
      case 'drag':
        state.dragging = message.over;
        return;
      case 'bell':
        void this.notices.toggleBell().then((bell) => {
          state.bell = bell;
          remember('crosscut.bell', bell ? 'on' : 'off');
        });
        return;
      case 'notice.dismiss':
        state.notices = state.notices.filter(({ code }) => code !== message.code);
    }
  }

  #opened(opened: ViewOpened, query: string, keep: boolean): void {
    const { state } = this;
    const sameRun = state.viewRun === opened.run;
    state.view = opened.state;
    this.#latest = opened.state;
    state.viewQuery = query;
    state.viewRun = opened.run;
    if (query === state.query) {
      state.reading = opened.reading;
      state.readingOf = query;
    }
    this.#list?.show(opened.state, keep && sameRun);
    this.#restyle();
    this.#culprits.look();
    this.#records.viewed();
  }

  #changed(view: ViewState): void {
    this.#list?.update(view);
    this.#latest = view;
    const shown = this.state.view;
    const first = shown?.view !== view.view || (shown.rows === 0) !== (view.rows === 0);
    if (first || view.searched >= view.total !== shown.searched >= shown.total) this.#count();
    else this.#counting ??= setTimeout(() => this.#count(), COUNT_MS);
  }

  /** The numbers around the list change a few times a second: more could not be read. */
  #count(): void {
    clearTimeout(this.#counting);
    this.#counting = undefined;
    if (this.#latest?.view !== this.#views.current) return;
    this.state.view = this.#latest;
    this.#culprits.look();
  }

  #restyle(): void {
    const { state } = this;
    this.#list?.restyle();
    const shown = state.viewQuery.trim() === '' && state.viewRun === state.run;
    const pending = shown ? state.sources.filter(({ partial }) => partial !== undefined) : [];
    this.#list?.setPending(pending.map(({ id, partial }) => ({ source: id, text: partial ?? '' })));
  }
}
