// Runs, sources and views, and the operations over them.

import { SOURCES, detailOf, levelOf, sourceOf } from './data.mjs';
import { read } from './query.mjs';
import { View } from './view.mjs';

/** Counting ten million records one by one would take seconds: a sample does for looks. */
const SAMPLE = 20_000;

/** @param {string} code @param {string} message @param {string} [hint] */
const failure = (code, message, hint = '') => Object.assign(new Error(message), { code, hint });

export class Run {
  /** @param {string} id @param {string} name @param {number} ageMinutes @param {number} records */
  constructor(id, name, ageMinutes, records) {
    this.id = id;
    this.name = name;
    this.startedUs = (Date.now() - ageMinutes * 60_000) * 1000;
    this.pinned = false;
    this.records = 0;
    this.indexed = 0;
    this.rate = 0;
    this.levels = [0, 0, 0, 0, 0, 0, 0];
    this.bySource = SOURCES.map(() => ({ records: 0, errors: 0 }));
    this.append(records);
    this.indexed = records;
  }

  /** @param {number} count */
  append(count) {
    const step = Math.max(1, Math.floor(count / SAMPLE));
    for (let seq = this.records + 1; seq <= this.records + count; seq += step) {
      const weight = Math.min(step, this.records + count - seq + 1);
      const level = levelOf(seq);
      this.levels[level] += weight;
      const source = this.bySource[sourceOf(seq) - 1];
      source.records += weight;
      if (level >= 5) source.errors += weight;
    }
    this.records += count;
  }
}

export class Workbench {
  /** @param {{ rows: number, rate: number, scene: string, port: number }} options */
  constructor({ rows, rate, scene, port }) {
    this.scene = scene;
    this.port = port;
    const empty = scene === 'empty';
    /** @type {Run[]} newest first */
    this.runs = [new Run('r-14', 'Run 14', 2, empty ? 0 : rows)];
    if (!empty) {
      this.runs.push(new Run('r-13', 'checkout crash', 95, 59_914));
      this.runs.push(new Run('r-12', 'Run 12', 60 * 26, 1_204));
    }
    /** @type {Map<number, View>} */
    this.views = new Map();
    this.nextView = 1;
    this.rate = rate;
    /** @type {Map<number, string>} */
    this.held = new Map();
    /** @type {string | undefined} */
    this.partial = undefined;
    /** @type {Record<string, unknown>[]} */
    this.notices = [];
    /** @type {Set<string>} */
    this.followed = new Set(['c1']);
    /** @type {{ name: string }[]} */
    this.uploaded = [];
    /** @type {(event: Record<string, unknown>, client?: string) => void} */
    this.tell = () => undefined;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      if (this.rate > 0) this.append(Math.round((this.rate * (now - last)) / 1000));
      this.current.rate = this.rate;
      last = now;
    }, 100).unref();
  }

  get current() {
    return this.runs[0];
  }

  /** @param {number} count */
  append(count) {
    this.current.append(count);
    this.current.indexed = Math.max(this.current.indexed, this.current.records - 40_000);
    for (const view of this.views.values()) {
      view.extend();
      if (view.run === this.current) this.tell({ type: 'view', state: view.state() }, view.client);
    }
  }

  sources() {
    const { current } = this;
    if (this.scene === 'empty' && current.records === 0 && this.uploaded.length === 0) return [];
    const list = SOURCES.map((name, at) => ({
      id: at + 1,
      kind: at % 3 === 1 ? 'docker' : 'file',
      key: at % 3 === 1 ? `c${at}` : `/home/dev/shop/logs/${name}.log`,
      name,
      ...this.sourceState(at),
      records: current.bySource[at].records,
      errors: current.bySource[at].errors,
      ...(at === 0 && this.partial ? { partial: this.partial } : {}),
    })).filter(({ id }) => this.held.get(id) !== 'removed');
    return list;
  }

  /** @param {number} at */
  sourceState(at) {
    if (this.held.get(at + 1) === 'paused') return { state: 'paused' };
    if (this.scene === 'odd') {
      const hint = 'Give your user the right to read it: chmod +r.';
      if (at === 1) return { state: 'loading', done: 431_000_000, total: 1_300_000_000 };
      if (at === 2) return { state: 'failed', code: 'permission_denied', message: 'no permission to read it', hint };
      if (at === 3) return { state: 'waiting', code: 'not_found', message: 'the file is not there yet', hint: 'It is looked for every second.' };
      if (at === 4) return { state: 'ended' };
    }
    return { state: 'live' };
  }

  containers() {
    if (this.scene === 'odd') {
      const message = 'Docker does not answer at /var/run/docker.sock';
      return { docker: { available: false, message, hint: 'Start it, or set DOCKER_HOST.' }, containers: [] };
    }
    const list = [
      ['c1', 'shop-auth-1', 'shop/auth:dev', true, 'Up 3 minutes'],
      ['c4', 'shop-billing-1', 'shop/billing:dev', true, 'Up 3 minutes'],
      ['c9', 'shop-db-1', 'postgres:18', false, 'Exited (0) 2 hours ago'],
    ];
    return {
      docker: { available: true, message: 'Docker 20.10.24 at /var/run/docker.sock', hint: '' },
      containers: list.map(([id, name, image, running, status]) => ({
        id, name, image, running, status, project: 'shop', labels: {},
        followed: this.followed.has(String(name)),
      })),
    };
  }

  /** @param {string | undefined} id */
  run(id) {
    const run = id === undefined ? this.current : this.runs.find((one) => one.id === id);
    if (!run) throw failure('unknown_run', `There is no run ${id}.`);
    return run;
  }

  /** @param {number} id */
  view(id) {
    const view = this.views.get(id);
    if (!view) throw failure('unknown_view', `There is no view ${id}.`);
    return view;
  }

  /** @param {Run} run */
  info(run) {
    const { id, name, startedUs, records, levels, pinned, indexed } = run;
    const current = run === this.current;
    return { id, name, startedUs, records, bytes: records * 130, diskBytes: records * 30, levels, current, pinned, indexed };
  }

  tellRuns() {
    this.tell({ type: 'runs', runs: this.runs.map((run) => this.info(run)), current: this.current.id });
  }

  tellSources() {
    this.tell({ type: 'sources', run: this.current.id, sources: this.sources() });
  }

  /** @param {string} operation @param {any} args @returns {unknown} */
  perform(operation, args) {
    switch (operation) {
      case 'status': {
        const endpoint = `http://127.0.0.1:${this.port}`;
        const { docker } = this.containers();
        return { version: '0.1.0', dataDir: '/home/dev/.local/share/crosscut', endpoint, currentRun: this.current.id, docker, notices: this.notices };
      }
      case 'runs_list':
        return this.runs.map((run) => this.info(run));
      case 'run_new': {
        const number = 14 + this.runs.length;
        this.runs.unshift(new Run(`r-${number}`, args.name ?? `Run ${number}`, 0, 0));
        this.tellRuns();
        this.tellSources();
        return this.info(this.current);
      }
      case 'run_delete':
        if (this.run(args.run) === this.current) throw failure('run_is_current', 'New lines land in this run.', 'Begin a new run first.');
        this.runs = this.runs.filter(({ id }) => id !== args.run);
        this.tellRuns();
        return {};
      case 'run_rename':
        this.run(args.run).name = args.name;
        this.tellRuns();
        return this.info(this.run(args.run));
      case 'run_pin':
        this.run(args.run).pinned = args.pinned;
        this.tellRuns();
        return this.info(this.run(args.run));
      case 'sources_list':
        return this.sources();
      case 'source_add':
        if (args.kind === 'docker') this.followed.add(args.key);
        this.tellSources();
        return this.sources()[0];
      case 'source_pause':
      case 'source_resume':
      case 'source_remove':
        this.held.set(args.source, { pause: 'paused', resume: 'live', remove: 'removed' }[operation.slice(7)] ?? '');
        this.tellSources();
        return {};
      case 'docker_containers':
        return this.containers();
      case 'view_open': {
        const id = this.nextView++;
        const run = this.run(args.run);
        const view = new View(id, args.client, run, args.query ?? '', () => {
          if (this.views.has(id)) this.tell({ type: 'view', state: view.state() }, args.client);
        });
        this.views.set(id, view);
        return { view: id, run: run.id, reading: view.reading, state: view.state() };
      }
      case 'view_rows':
        return this.view(args.view).page(args.start, args.count);
      case 'view_position':
        return this.view(args.view).position(args.seq);
      case 'view_close':
        this.view(args.view).closed = true;
        this.views.delete(args.view);
        return {};
      case 'record':
        return detailOf(this.run(args.run).id, args.seq);
      case 'query_read':
        return read(args.query);
      default:
        throw failure('unknown_operation', `There is no operation ${operation}.`);
    }
  }
}
