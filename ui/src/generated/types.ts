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
export type SourceKind = "file" | "files" | "docker" | "containers" | "stdin" | "command" | "http" | "demo" | "system";

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
total: number, } | { "state": "live" } | { "state": "watching", 
/**
 * How many of them are there now.
 */
sources: number, } | { "state": "waiting", 
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
total: number, } | { "state": "live" } | { "state": "watching", 
/**
 * How many of them are there now.
 */
sources: number, } | { "state": "waiting", 
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
 * Its compose service, when it has one.
 */
service?: string, 
/**
 * Its labels, but for those that compose and image builders write about themselves.
 */
labels: { [key in string]: string }, 
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
 * What order a view's rows stand in.
 */
export type ViewOrder = "arrival" | "time";

/**
 * Arguments of `view_around`.
 */
export type ViewAroundArgs = { 
/**
 * The view.
 */
view: number, 
/**
 * A record's number.
 */
seq: number, 
/**
 * How many rows before it; at most 1,024.
 */
before: number, 
/**
 * How many rows behind it; at most 1,024.
 */
after: number, };

/**
 * Reply of `view_around`: where a record stands, and the rows around it, of one moment.
 */
export type ViewAround = { 
/**
 * The view.
 */
view: number, 
/**
 * The view's epoch at that moment; older answers are to be dropped.
 */
epoch: number, 
/**
 * Rows in the view.
 */
total: number, 
/**
 * How many rows of the view stand before the record: its position if it is in the view.
 */
position: number, 
/**
 * Whether the record is in the view.
 */
found: boolean, 
/**
 * The position of the first of `rows`.
 */
start: number, 
/**
 * The rows: the record's own among them when it is in the view.
 */
rows: Array<Row>, };

/**
 * Arguments of `context`.
 */
export type ContextArgs = { 
/**
 * The run; the current one when absent.
 */
run?: string, 
/**
 * A record's number.
 */
seq: number, 
/**
 * How many records before it; at most 1,024.
 */
before: number, 
/**
 * How many records behind it; at most 1,024.
 */
after: number, 
/**
 * What order its neighbours are told in; that of arrival when absent.
 */
order?: ViewOrder, 
/**
 * Whether only records of its source count.
 */
sameSource?: boolean, };

/**
 * Reply of `context`: a record among its neighbours, whatever a view leaves out.
 */
export type Context = { 
/**
 * The run.
 */
run: string, 
/**
 * Which of `rows` the record is.
 */
at: number, 
/**
 * The records, in the order asked for.
 */
rows: Array<Row>, 
/**
 * Whether there are records before the first.
 */
moreBefore: boolean, 
/**
 * Whether there are records behind the last.
 */
moreAfter: boolean, };

/**
 * Arguments of `view_histogram`.
 */
export type ViewHistogramArgs = { 
/**
 * The view.
 */
view: number, 
/**
 * Where the first bucket begins; the run's earliest record when absent.
 */
fromUs?: number, 
/**
 * Where the last bucket ends, itself not included; just behind the run's latest record when
 * absent.
 */
toUs?: number, 
/**
 * How many buckets, 1 to 2,000. There are fewer when the span has fewer microseconds.
 */
buckets: number, };

/**
 * Reply of `view_histogram`. Bucket *i* holds what happened from `fromUs + i * widthUs` on for
 * `widthUs`; the last may reach beyond what was asked for.
 */
export type ViewHistogram = { 
/**
 * The view.
 */
view: number, 
/**
 * The view's epoch when it was counted.
 */
epoch: number, 
/**
 * Where the first bucket begins.
 */
fromUs: number, 
/**
 * Where the last bucket ends.
 */
toUs: number, 
/**
 * The width of each.
 */
widthUs: number, 
/**
 * Rows of the view per bucket, by level (none, trace … fatal).
 */
buckets: Array<[number, number, number, number, number, number, number]>, 
/**
 * Rows of the view before the first bucket.
 */
before: number, 
/**
 * Rows of the view behind the last bucket.
 */
after: number, 
/**
 * Records looked at so far; less than `total` while the view's search goes on.
 */
searched: number, 
/**
 * Records in the run.
 */
total: number, };

/**
 * Arguments of `view_facet`.
 */
export type ViewFacetArgs = { 
/**
 * The view.
 */
view: number, 
/**
 * The field, as in a query: `level`, `source`, `stream`, `service`, `http.status`…
 */
field: string, 
/**
 * How many values; at most 1,000.
 */
top: number, };

/**
 * Reply of `view_facet`: the values of a field, the most frequent first.
 */
export type ViewFacet = { 
/**
 * The view.
 */
view: number, 
/**
 * The values.
 */
values: Array<FacetValue>, 
/**
 * How many different ones there are; at least so many, if `truncated`.
 */
distinct: number, 
/**
 * Rows that have the field.
 */
rows: number, 
/**
 * Rows that were looked at: those of the view so far.
 */
of: number, 
/**
 * Whether there were too many different values to count them all.
 */
truncated: boolean, };

/**
 * A value and how many rows have it.
 */
export type FacetValue = { 
/**
 * As text.
 */
value: string, 
/**
 * What it is.
 */
kind: FacetKind, 
/**
 * Rows that have it; of an array's elements each counts.
 */
count: number, 
/**
 * As a query must have it behind `field:`.
 */
written: string, };

/**
 * What a value is.
 */
export type FacetKind = "text" | "number" | "bool" | "json";

/**
 * Arguments of `view_summary`.
 */
export type ViewSummaryArgs = { 
/**
 * The view.
 */
view: number, 
/**
 * The field, as in a query.
 */
field: string, };

/**
 * Reply of `view_summary`.
 */
export type ViewSummary = { 
/**
 * The view.
 */
view: number, 
/**
 * What the field's numbers amount to; absent when it has none.
 */
summary?: NumberSummary, };

/**
 * What a field's numbers amount to. Percentiles are by nearest rank.
 */
export type NumberSummary = { 
/**
 * How many there are.
 */
count: number, 
/**
 * The smallest.
 */
min: number, 
/**
 * The largest.
 */
max: number, 
/**
 * The median.
 */
p50: number, 
/**
 * 95 % are not above this.
 */
p95: number, 
/**
 * 99 % are not above this.
 */
p99: number, 
/**
 * All together.
 */
sum: number, };

/**
 * Reply of `view_fields`.
 */
export type ViewFields = { 
/**
 * The view.
 */
view: number, 
/**
 * The fields of its run's records, the most frequent first.
 */
fields: Array<FieldCount>, };

/**
 * A field.
 */
export type FieldCount = { 
/**
 * Its name, as in a query.
 */
name: string, 
/**
 * Records that have it, about: of the newest ones only some thousands are looked at.
 */
rows: number, };

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
 * Arguments of `query_complete`.
 */
export type QueryCompleteArgs = { 
/**
 * Names the window or tab; its next request of this kind calls this one off.
 */
client?: string, 
/**
 * The run that fields and values are taken from; the view's, or the current one, when absent.
 */
run?: string, 
/**
 * The view that fields and values are taken from.
 */
view?: number, 
/**
 * The query as typed.
 */
text: string, 
/**
 * Where the cursor stands, in UTF-16 units.
 */
cursor: number, };

/**
 * Reply of `query_complete`.
 */
export type QueryCompletions = { 
/**
 * Where what is replaced begins, in UTF-16 units.
 */
from: number, 
/**
 * Where it ends.
 */
to: number, 
/**
 * What may stand there, the likeliest first.
 */
items: Array<CompletionItem>, };

/**
 * Something that may stand at a place in a query.
 */
export type CompletionItem = { 
/**
 * What to put between `from` and `to`.
 */
insert: string, 
/**
 * What to show.
 */
label: string, 
/**
 * Records that have it, where that is known.
 */
count?: number, 
/**
 * What it is.
 */
kind: CompletionKind, };

/**
 * What a completion is.
 */
export type CompletionKind = "field" | "value" | "operator" | "keyword";

/**
 * Arguments of `search`.
 */
export type SearchArgs = { 
/**
 * The query, read strictly; empty for everything.
 */
query: string, 
/**
 * The run; the current one when absent.
 */
run?: string, 
/**
 * Only records of the source of this name.
 */
source?: string, 
/**
 * Only records from then on: what may stand behind `since:` in a query.
 */
since?: string, 
/**
 * Only records up to then.
 */
until?: string, 
/**
 * What order the records are told in, oldest first; that of arrival when absent.
 */
order?: ViewOrder, 
/**
 * Only the newest so many matches, in that order; all when absent.
 */
limit?: number, 
/**
 * Of more matches than `limit`, the oldest rather than the newest; in order of arrival only.
 */
oldest?: boolean, 
/**
 * So many records on either side of each match come along; at most 1,000.
 */
context?: number, 
/**
 * Whether only the number of matches is wanted.
 */
count?: boolean, 
/**
 * Whether each record is to tell where the query hits in its line.
 */
highlight?: boolean, 
/**
 * Where the answer before broke off; everything else as it was then.
 */
cursor?: string, };

/**
 * Reply of `search`.
 */
export type SearchReply = { 
/**
 * The run.
 */
run: string, 
/**
 * How many records match in all; absent when the newest were found without looking further.
 */
matches?: number, 
/**
 * Whether `limit` left matches out: older ones, or newer ones with `oldest`.
 */
older: boolean, 
/**
 * The next of the records: as many as fit an answer of some megabytes.
 */
records: Array<SearchRecord>, 
/**
 * Gets the rest; absent when there is none.
 */
cursor?: string, 
/**
 * Records whose text is lost: they were matched by what stands in their place.
 */
unreadable: number, };

/**
 * A record of an answer.
 */
export type SearchRecord = { 
/**
 * Whether it matches; else it is context.
 */
matched: boolean, 
/**
 * Whether something was left out between it and the one before, where context is asked for.
 */
gap?: boolean, 
/**
 * Where the query hits in `line`: start, end, start, end… in UTF-16 units, in order.
 */
hits?: Array<number>, 
/**
 * The run.
 */
run: string, 
/**
 * Its number.
 */
seq: number, 
/**
 * When it happened, RFC 3339 in UTC.
 */
time: string, 
/**
 * How bad it is.
 */
level: Level, 
/**
 * Its source's name.
 */
source: string, 
/**
 * Its stream.
 */
stream: Stream, 
/**
 * Its message.
 */
message: string, 
/**
 * The raw line or lines; invalid UTF-8 shown as `�`.
 */
line: string, };

/**
 * The settings file as it is.
 */
export type SettingsText = { 
/**
 * Where it is.
 */
path: string, 
/**
 * Its text; where there is no file yet, one that explains every key and sets none.
 */
text: string, 
/**
 * Whether there is a file.
 */
exists: boolean, 
/**
 * What is wrong with it; while there is anything, what held before goes on holding.
 */
mistakes: Array<SettingsMistake>, };

/**
 * A mistake in a settings file.
 */
export type SettingsMistake = { 
/**
 * The line, from 1.
 */
line: number, 
/**
 * The column in characters, from 1.
 */
column: number, 
/**
 * What is wrong, in a sentence without a full stop.
 */
message: string, };

/**
 * Arguments of `settings_check`.
 */
export type SettingsCheckArgs = { 
/**
 * The text that would be saved.
 */
text: string, };

/**
 * Reply of `settings_check`.
 */
export type SettingsCheck = { 
/**
 * What is wrong with the text; empty when it can be saved.
 */
mistakes: Array<SettingsMistake>, };

/**
 * Arguments of `settings_save`.
 */
export type SettingsSaveArgs = { 
/**
 * The text to save, as it is to stand in the file.
 */
text: string, 
/**
 * The text it was made from: when the file has another one by now, nothing is saved
 * (`settings_changed`). Absent: whatever stands there is replaced.
 */
was?: string, };

/**
 * A record as `/raw`, `/stream` and the command line give it.
 */
export type ReadRecord = { 
/**
 * The run.
 */
run: string, 
/**
 * Its number.
 */
seq: number, 
/**
 * When it happened, RFC 3339 in UTC.
 */
time: string, 
/**
 * How bad it is.
 */
level: Level, 
/**
 * Its source's name.
 */
source: string, 
/**
 * Its stream.
 */
stream: Stream, 
/**
 * Its message.
 */
message: string, 
/**
 * The raw line or lines; invalid UTF-8 shown as `�`.
 */
line: string, };

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
