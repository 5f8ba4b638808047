// Made from src-tauri/engine/src/api by `cargo xtask types`. Do not edit.

import type {
  Containers,
  Context,
  ContextArgs,
  Empty,
  QueryCompleteArgs,
  QueryCompletions,
  QueryReadArgs,
  Reading,
  RecordArgs,
  RecordDetail,
  Rows,
  RunArgs,
  RunInfo,
  RunNewArgs,
  RunPinArgs,
  RunRenameArgs,
  SearchArgs,
  SearchReply,
  SettingsCheck,
  SettingsCheckArgs,
  SettingsSaveArgs,
  SettingsText,
  SourceAddArgs,
  SourceArgs,
  SourceInfo,
  SourcesArgs,
  Status,
  ViewArgs,
  ViewAround,
  ViewAroundArgs,
  ViewFacet,
  ViewFacetArgs,
  ViewFields,
  ViewHistogram,
  ViewHistogramArgs,
  ViewOpenArgs,
  ViewOpened,
  ViewPosition,
  ViewPositionArgs,
  ViewRowsArgs,
  ViewSummary,
  ViewSummaryArgs,
} from "./types";

/** Every operation: its arguments and its reply. */
export interface Operations {
  status: { args: Empty; reply: Status };
  runs_list: { args: Empty; reply: Array<RunInfo> };
  run_new: { args: RunNewArgs; reply: RunInfo };
  run_delete: { args: RunArgs; reply: Empty };
  run_rename: { args: RunRenameArgs; reply: RunInfo };
  run_pin: { args: RunPinArgs; reply: RunInfo };
  sources_list: { args: SourcesArgs; reply: Array<SourceInfo> };
  source_add: { args: SourceAddArgs; reply: SourceInfo };
  source_pause: { args: SourceArgs; reply: Empty };
  source_resume: { args: SourceArgs; reply: Empty };
  source_remove: { args: SourceArgs; reply: Empty };
  docker_containers: { args: Empty; reply: Containers };
  view_open: { args: ViewOpenArgs; reply: ViewOpened };
  view_rows: { args: ViewRowsArgs; reply: Rows };
  view_position: { args: ViewPositionArgs; reply: ViewPosition };
  view_around: { args: ViewAroundArgs; reply: ViewAround };
  view_histogram: { args: ViewHistogramArgs; reply: ViewHistogram };
  view_facet: { args: ViewFacetArgs; reply: ViewFacet };
  view_summary: { args: ViewSummaryArgs; reply: ViewSummary };
  view_fields: { args: ViewArgs; reply: ViewFields };
  view_close: { args: ViewArgs; reply: Empty };
  record: { args: RecordArgs; reply: RecordDetail };
  context: { args: ContextArgs; reply: Context };
  search: { args: SearchArgs; reply: SearchReply };
  query_read: { args: QueryReadArgs; reply: Reading };
  query_complete: { args: QueryCompleteArgs; reply: QueryCompletions };
  settings_get: { args: Empty; reply: SettingsText };
  settings_check: { args: SettingsCheckArgs; reply: SettingsCheck };
  settings_save: { args: SettingsSaveArgs; reply: SettingsText };
}
