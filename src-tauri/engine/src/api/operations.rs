//! The table of operations: name, arguments, reply. It drives the HTTP API, the Tauri command and
//! the TypeScript.

use serde::Serialize;
use serde::de::DeserializeOwned;
use ts_rs::TS;

use super::{
    ApiError, Containers, Context, ContextArgs, Empty, QueryCompleteArgs, QueryCompletions,
    QueryReadArgs, Reading, RecordArgs, RecordDetail, Rows, RunArgs, RunInfo, RunNewArgs,
    RunPinArgs, RunRenameArgs, SearchArgs, SearchReply, SettingsCheck, SettingsCheckArgs,
    SettingsSaveArgs, SettingsText, SourceAddArgs, SourceArgs, SourceInfo, SourcesArgs, Status,
    ViewArgs, ViewAround, ViewAroundArgs, ViewFacet, ViewFacetArgs, ViewFields, ViewHistogram,
    ViewHistogramArgs, ViewOpenArgs, ViewOpened, ViewPosition, ViewPositionArgs, ViewRowsArgs,
    ViewSummary, ViewSummaryArgs,
};
use crate::Workbench;

macro_rules! operations {
    ($($name:ident($args:ty) -> $reply:ty;)*) => {
        /// The operations' names.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        /// Performs one operation.
        pub(crate) fn perform(
            workbench: &Workbench,
            operation: &str,
            args: &[u8],
        ) -> Result<Vec<u8>, ApiError> {
            match operation {
                $(stringify!($name) => write(&workbench.$name(&read::<$args>(args)?)?),)*
                _ => Err(ApiError::new(
                    "unknown_operation",
                    format!("there is no operation `{operation}`"),
                )),
            }
        }

        /// `operations.ts`: an interface with every operation's arguments and reply.
        pub fn typescript(config: &ts_rs::Config) -> String {
            let mut text = String::from(
                "/** Every operation: its arguments and its reply. */\nexport interface Operations {\n",
            );
            $(
                text.push_str(&format!(
                    "  {}: {{ args: {}; reply: {} }};\n",
                    stringify!($name),
                    <$args as TS>::name(config),
                    <$reply as TS>::name(config),
                ));
            )*
            text.push_str("}\n");
            text
        }
    };
}

operations! {
    status(Empty) -> Status;
    runs_list(Empty) -> Vec<RunInfo>;
    run_new(RunNewArgs) -> RunInfo;
    run_delete(RunArgs) -> Empty;
    run_rename(RunRenameArgs) -> RunInfo;
    run_pin(RunPinArgs) -> RunInfo;
    sources_list(SourcesArgs) -> Vec<SourceInfo>;
    source_add(SourceAddArgs) -> SourceInfo;
    source_pause(SourceArgs) -> Empty;
    source_resume(SourceArgs) -> Empty;
    source_remove(SourceArgs) -> Empty;
    docker_containers(Empty) -> Containers;
    view_open(ViewOpenArgs) -> ViewOpened;
    view_rows(ViewRowsArgs) -> Rows;
    view_position(ViewPositionArgs) -> ViewPosition;
    view_around(ViewAroundArgs) -> ViewAround;
    view_histogram(ViewHistogramArgs) -> ViewHistogram;
    view_facet(ViewFacetArgs) -> ViewFacet;
    view_summary(ViewSummaryArgs) -> ViewSummary;
    view_fields(ViewArgs) -> ViewFields;
    view_close(ViewArgs) -> Empty;
    record(RecordArgs) -> RecordDetail;
    context(ContextArgs) -> Context;
    search(SearchArgs) -> SearchReply;
    query_read(QueryReadArgs) -> Reading;
    query_complete(QueryCompleteArgs) -> QueryCompletions;
    settings_get(Empty) -> SettingsText;
    settings_check(SettingsCheckArgs) -> SettingsCheck;
    settings_save(SettingsSaveArgs) -> SettingsText;
}

/// Reads arguments; no bytes at all mean `{}`.
fn read<T: DeserializeOwned>(args: &[u8]) -> Result<T, ApiError> {
    let args = if args.is_empty() { b"{}" } else { args };
    serde_json::from_slice(args).map_err(|error| {
        ApiError::new("bad_arguments", format!("the arguments are wrong: {error}"))
    })
}

fn write<T: Serialize>(reply: &T) -> Result<Vec<u8>, ApiError> {
    serde_json::to_vec(reply)
        .map_err(|error| ApiError::new("internal", format!("the reply cannot be written: {error}")))
}
