// Made from src-tauri/engine/src/api by `cargo xtask types`. Do not edit.

/**
 * How bad a record says it is. Ordered; [`Level::None`] (nothing known) is below all.
 *
 * The discriminants are the values in the store's level column.
 */
export type Level = "none" | "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/**
 * Which stream of its source a record came from.
 *
 * The discriminants are the values in the store's stream column (its low four bits).
 */
export type Stream = "stdout" | "stderr" | "system" | "control";

/**
 * The kinds of sources.
 */
export type SourceKind = "file" | "docker" | "http" | "demo" | "system";

/**
 * What went wrong, for people and programs: the UI switches on `code` alone.
 */
export type ApiError = { 
/**
 * Stable, machine-readable, snake case: `unknown_run`, `bad_query`, `disk_full`…
 */
code: string, 
/**
 * What happened, in a sentence.
 */
message: string, 
/**
 * What to do about it; empty when there is nothing to say.
 */
hint: string, 
/**
 * Where in the query, in bytes from its start, when the query is at fault.
 */
position?: number, };

/**
 * No arguments, or nothing to say.
 */
export type Empty = Record<symbol, never>;

/**
 * Reply of `status`.
 */
export type Status = { 
/**
 * Crosscut's version.
 */
version: string, 
/**
 * The data directory's path.
 */
dataDir: string, 
/**
 * Where the port listens, as `http://127.0.0.1:3002`; absent when it does not.
 */
endpoint?: string, 
/**
 * The run that new lines land in.
 */
currentRun: string, 
/**
 * Whether a Docker daemon answers.
 */
docker: DockerAvailability, 
/**
 * What the user should know: a port that was taken, a full disk. Newest last.
 */
notices: Array<Notice>, };

/**
 * One run, as listed.
 */
export type RunInfo = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name: the user's, or `Run 14`.
 */
name: string, 
/**
 * When it began.
 */
startedUs: number, 
/**
 * When it ended; absent while it goes on.
 */
endedUs?: number, 
/**
 * Records in it.
 */
records: number, 
/**
 * Bytes of raw text in it.
 */
bytes: number, 
/**
 * Bytes it takes on disk, without the index.
 */
diskBytes: number, 
/**
 * Records per level, by [`crosscut_model::Level::code`] (none, trace … fatal).
 */
levels: [number, number, number, number, number, number, number], 
/**
 * Whether new lines land in it.
 */
current: boolean, 
/**
 * Whether it is kept however old it gets.
 */
pinned: boolean, 
/**
 * Records the index has caught up with.
 */
indexed: number, };

/**
 * Arguments of `run_new`: ends the current run and starts another; sources go on into it.
 */
export type RunNewArgs = { 
/**
 * The new run's name; made up when absent.
 */
name?: string, 
/**
 * Deletes the run that ends.
 */
deleteOld?: boolean, };

/**
 * Arguments of `run_delete`.
 */
export type RunArgs = { 
/**
 * The run.
 */
run: string, };

/**
 * Arguments of `run_rename`.
 */
export type RunRenameArgs = { 
/**
 * The run.
 */
run: string, 
/**
 * Its new name, at most 200 characters.
 */
name: string, };

/**
 * Arguments of `run_pin`: keeps a run however old it gets, or no longer.
 */
export type RunPinArgs = { 
/**
 * The run.
 */
run: string, 
/**
 * Whether it is kept.
 */
pinned: boolean, };

/**
 * How a source is doing.
 */
export type SourceState = { "state": "connecting" } | { "state": "loading", 
/**
 * Bytes read.
 */
done: number, 
/**
 * Bytes there are.
 */
total: number, } | { "state": "live" } | { "state": "waiting", 
/**
 * Stable: `not_found`, `docker_unavailable`…
 */
code: string, 
/**
 * What is missing, in a sentence.
 */
message: string, 
/**
 * What to do about it.
 */
hint: string, } | { "state": "paused" } | { "state": "ended" } | { "state": "failed", 
/**
 * Stable: `not_found`, `is_directory`, `permission_denied`, `read_failed`…
 */
code: string, 
/**
 * What happened, in a sentence.
 */
message: string, 
/**
 * What to do about it.
 */
hint: string, };

/**
 * One source of a run, as listed.
 */
export type SourceInfo = { 
/**
 * Its number in the run; rows name it.
 */
id: number, 
/**
 * What it is.
 */
kind: SourceKind, 
/**
 * Where it is: a path, a container's id, a client's name.
 */
key: string, 
/**
 * What people call it; unique in the run.
 */
name: string, 
/**
 * Records from it in this run.
 */
records: number, 
/**
 * Records of level error and above from it in this run.
 */
errors: number, 
/**
 * Its last line so far, when it has no newline yet.
 */
partial?: string, } & ({ "state": "connecting" } | { "state": "loading", 
/**
 * Bytes read.
 */
done: number, 
/**
 * Bytes there are.
 */
total: number, } | { "state": "live" } | { "state": "waiting", 
/**
 * Stable: `not_found`, `docker_unavailable`…
 */
code: string, 
/**
 * What is missing, in a sentence.
 */
message: string, 
/**
 * What to do about it.
 */
hint: string, } | { "state": "paused" } | { "state": "ended" } | { "state": "failed", 
/**
 * Stable: `not_found`, `is_directory`, `permission_denied`, `read_failed`…
 */
code: string, 
/**
 * What happened, in a sentence.
 */
message: string, 
/**
 * What to do about it.
 */
hint: string, });

/**
 * Arguments of `sources_list`.
 */
export type SourcesArgs = { 
/**
 * The run; the current one when absent.
 */
run?: string, };

/**
 * Arguments of `source_add`.
 */
export type SourceAddArgs = { 
/**
 * What it is: `file`, `docker` or `demo`.
 */
kind: SourceKind, 
/**
 * Where it is: a path, a container's id or name.
 */
key: string, 
/**
 * What to call it; made from the key when absent.
 */
name?: string, };

/**
 * Arguments of `source_pause`, `source_resume` and `source_remove`.
 */
export type SourceArgs = { 
/**
 * Its number in the current run.
 */
source: number, };

/**
 * Whether a Docker daemon answers.
 */
export type DockerAvailability = { 
/**
 * Whether it answers.
 */
available: boolean, 
/**
 * Its version and socket, or why it does not answer.
 */
message: string, 
/**
 * What to do about it; empty when it answers.
 */
hint: string, };

/**
 * Reply of `docker_containers`.
 */
export type Containers = { 
/**
 * Whether a daemon answers.
 */
docker: DockerAvailability, 
/**
 * Its containers, running ones first.
 */
containers: Array<Container>, };

/**
 * One container that could be followed.
 */
export type Container = { 
/**
 * Its full id.
 */
id: string, 
/**
 * Its name without the slash.
 */
name: string, 
/**
 * Its image.
 */
image: string, 
/**
 * Whether it runs.
 */
running: boolean, 
/**
 * Docker's words for its state, such as `Up 3 minutes`.
 */
status: string, 
/**
 * Its compose project, when it has one.
 */
project?: string, 
/**
 * Whether it is a source of the current run already.
 */
followed: boolean, };

/**
 * Arguments of `view_open`.
 */
export type ViewOpenArgs = { 
/**
 * Names the window or tab, as given to the event stream; its views close with it.
 */
client: string, 
/**
 * The run; the current one when absent.
 */
run?: string, 
/**
 * The query, read leniently; empty for everything.
 */
query: string, 
/**
 * What order the rows stand in; that of arrival when absent.
 */
order?: ViewOrder, };

/**
 * Reply of `view_open`.
 */
export type ViewOpened = { 
/**
 * The view's number; given back in events and row requests.
 */
view: number, 
/**
 * The run it looks at.
 */
run: string, 
/**
 * How the query was read.
 */
reading: Reading, 
/**
 * What stands in it so far; events bring the rest.
 */
state: ViewState, };

/**
 * A view at one moment.
 */
export type ViewState = { 
/**
 * The view's number.
 */
view: number, 
/**
 * Changes when rows already handed out may have other positions now (a search in progress
 * found older matches; in order of time, late records came). Rows appended at the end leave it as it is.
 */
epoch: number, 
/**
 * Rows in the view.
 */
rows: number, 
/**
 * Records in the run.
 */
total: number, 
/**
 * Records looked at so far; less than `total` while the search goes on.
 */
searched: number, 
/**
 * Rows of the view per level (none, trace … fatal).
 */
levels: [number, number, number, number, number, number, number], 
/**
 * Records of the run per level.
 */
runLevels: [number, number, number, number, number, number, number], 
/**
 * Records that arrived in the run during the last second or so, per second.
 */
rate: number, 
/**
 * Records the index has caught up with.
 */
indexed: number, };

/**
 * Arguments of `view_rows`.
 */
export type ViewRowsArgs = { 
/**
 * The view.
 */
view: number, 
/**
 * The first row's position, from 0.
 */
start: number, 
/**
 * How many; at most 1,024 are given.
 */
count: number, };

/**
 * Arguments of `view_close`.
 */
export type ViewArgs = { 
/**
 * The view.
 */
view: number, };

/**
 * Arguments of `view_position`.
 */
export type ViewPositionArgs = { 
/**
 * The view.
 */
view: number, 
/**
 * A record's number.
 */
seq: number, };

/**
 * Reply of `view_position`.
 */
export type ViewPosition = { 
/**
 * How many rows of the view stand before the record: its position if it is in the view.
 */
row: number, 
/**
 * Whether the record is in the view.
 */
found: boolean, 
/**
 * The epoch this holds for.
 */
epoch: number, };

/**
 * Arguments of `query_read`.
 */
export type QueryReadArgs = { 
/**
 * The query as typed.
 */
query: string, };

/**
 * How a query was read.
 */
export type Reading = { 
/**
 * The query's parts, in order, for colouring. Offsets are UTF-16 units, as in JavaScript.
 */
tokens: Array<ReadingToken>, 
/**
 * What the reader should know about how it was read.
 */
hints: Array<ReadingHint>, 
/**
 * The query printed back in its plainest form.
 */
printed: string, };

/**
 * A part of a query.
 */
export type ReadingToken = { 
/**
 * Where it starts.
 */
start: number, 
/**
 * Where it ends.
 */
end: number, 
/**
 * What it is.
 */
kind: TokenKind, };

/**
 * What a part of a query is.
 */
export type TokenKind = "word" | "phrase" | "regex" | "field" | "operator" | "value" | "boolean" | "bracket";

/**
 * A remark on how a query was read.
 */
export type ReadingHint = { 
/**
 * Where the part in question starts, in UTF-16 units.
 */
start: number, 
/**
 * Where it ends.
 */
end: number, 
/**
 * The remark.
 */
message: string, };

/**
 * Reply of `view_rows`.
 */
export type Rows = { 
/**
 * The view.
 */
view: number, 
/**
 * The view's epoch when the rows were taken; older answers are to be dropped.
 */
epoch: number, 
/**
 * The first row's position.
 */
start: number, 
/**
 * Rows in the view when they were taken.
 */
total: number, 
/**
 * The rows.
 */
rows: Array<Row>, };

/**
 * A record as a row of the list.
 */
export type Row = { 
/**
 * Its number in the run: its identity.
 */
seq: number, 
/**
 * When it happened.
 */
timeUs: number, 
/**
 * Whether that is only when it arrived.
 */
arrival?: boolean, 
/**
 * How bad it is.
 */
level: Level, 
/**
 * Its source's number in the run.
 */
source: number, 
/**
 * Its stream.
 */
stream: Stream, 
/**
 * Its message on one line: escapes removed, newlines shown as `⏎`, at most 2,000 characters.
 */
msg: string, 
/**
 * Where the query hits in `msg`: start, end, start, end… in UTF-16 units, in order.
 */
hits: Array<number>, 
/**
 * Its other fields, name and value, as far as they fit a row (at most 12, about 400
 * characters).
 */
fields: Array<[string, string]>, 
/**
 * Lines in it, when more than one.
 */
lines?: number, 
/**
 * Whether it could not be read as what it claimed to be.
 */
broken?: boolean, 
/**
 * Whether `msg` was cut; the rest is in the detail.
 */
cut?: boolean, };

/**
 * Arguments of `record`.
 */
export type RecordArgs = { 
/**
 * The run; the current one when absent.
 */
run?: string, 
/**
 * The record's number.
 */
seq: number, };

/**
 * Reply of `record`: one record in full.
 */
export type RecordDetail = { 
/**
 * The run.
 */
run: string, 
/**
 * Its number.
 */
seq: number, 
/**
 * When it happened.
 */
timeUs: number, 
/**
 * Nanoseconds beyond `time_us`, 0 to 999.
 */
timeNanos: number, 
/**
 * Whether that is only when it arrived.
 */
arrival: boolean, 
/**
 * How bad it is.
 */
level: Level, 
/**
 * Its source's number in the run.
 */
source: number, 
/**
 * Its source's name.
 */
sourceName: string, 
/**
 * Its stream.
 */
stream: Stream, 
/**
 * Its message in full, newlines and all, without terminal escapes.
 */
msg: string, 
/**
 * Its fields in their order, nested as they were.
 */
fields: Array<Field>, 
/**
 * The raw line or lines. Invalid UTF-8 is shown as `�`; cut at 1 MiB.
 */
raw: string, 
/**
 * Bytes in the raw record.
 */
bytes: number, 
/**
 * What it was read as: `json`, `logfmt` or `text`.
 */
format: string, 
/**
 * Whether it could not be read as what it claimed to be.
 */
broken: boolean, 
/**
 * Whether it goes on in the next record (a line over 1 MiB).
 */
continues: boolean, };

/**
 * A field of a record.
 */
export type Field = { 
/**
 * Its name at the top level.
 */
name: string, 
/**
 * Its value.
 */
value: unknown, };

/**
 * One event. At most about thirty a second per client; of several of one kind the latest wins.
 */
export type Event = { "type": "hello", 
/**
 * Crosscut's version.
 */
version: string, } | { "type": "view", 
/**
 * As it is now.
 */
state: ViewState, } | { "type": "sources", 
/**
 * The run.
 */
run: string, 
/**
 * All of them.
 */
sources: Array<SourceInfo>, } | { "type": "runs", 
/**
 * All of them, newest first.
 */
runs: Array<RunInfo>, 
/**
 * The one new lines land in.
 */
current: string, } | { "type": "notice", 
/**
 * What.
 */
notice: Notice, } | { "type": "trouble", 
/**
 * What.
 */
trouble: Trouble, } | { "type": "focus" };

/**
 * Something the user should know.
 */
export type Notice = { 
/**
 * Stable: `port_taken`, `disk_full`, `frame_damaged`, `index_rebuilt`…
 */
code: string, 
/**
 * How bad it is.
 */
kind: NoticeKind, 
/**
 * What happened, in a sentence.
 */
message: string, 
/**
 * What to do about it; may be empty.
 */
hint: string, 
/**
 * Whether it still holds; a notice with the same code and `false` takes it back.
 */
active: boolean, };

/**
 * How bad a notice is.
 */
export type NoticeKind = "info" | "warning" | "error";

/**
 * The first error of a kind.
 */
export type Trouble = { 
/**
 * The run.
 */
run: string, 
/**
 * The record it was first seen in.
 */
seq: number, 
/**
 * Its source's name.
 */
source: string, 
/**
 * How bad it is.
 */
level: Level, 
/**
 * The record's message, cut to 200 characters.
 */
message: string, 
/**
 * The template behind it: numbers and ids masked.
 */
pattern: string, 
/**
 * Kinds first seen in the same moment, beside this one.
 */
others: number, };
