//! The TypeScript of every shape, in one file.

use crosscut_model::{Level, SourceKind, Stream};
use ts_rs::{Config, TS};

use super::{
    ApiError, CompletionItem, CompletionKind, Container, Containers, Context, ContextArgs,
    DockerAvailability, Empty, Event, FacetKind, FacetValue, Field, FieldCount, Notice, NoticeKind,
    NumberSummary, QueryCompleteArgs, QueryCompletions, QueryReadArgs, ReadRecord, Reading,
    ReadingHint, ReadingToken, RecordArgs, RecordDetail, Row, Rows, RunArgs, RunInfo, RunNewArgs,
    RunPinArgs, RunRenameArgs, SearchArgs, SearchRecord, SearchReply, SettingsCheck,
    SettingsCheckArgs, SettingsMistake, SettingsSaveArgs, SettingsText, SourceAddArgs, SourceArgs,
    SourceInfo, SourceState, SourcesArgs, Status, TokenKind, Trouble, ViewArgs, ViewAround,
    ViewAroundArgs, ViewFacet, ViewFacetArgs, ViewFields, ViewHistogram, ViewHistogramArgs,
    ViewOpenArgs, ViewOpened, ViewOrder, ViewPosition, ViewPositionArgs, ViewRowsArgs, ViewState,
    ViewSummary, ViewSummaryArgs,
};

/// Instants are microseconds and counts stay far below 2^53, so a number holds them all.
fn config() -> Config {
    Config::new().with_large_int("number")
}

macro_rules! declarations {
    ($($name:ty),* $(,)?) => {{
        let config = config();
        let mut text = String::new();
        $(
            if let Some(docs) = <$name as TS>::docs() {
                text.push_str(docs.trim_end());
                text.push('\n');
            }
            text.push_str("export ");
            text.push_str(&<$name as TS>::decl(&config));
            text.push_str("\n\n");
        )*
        text
    }};
}

/// `types.ts`.
pub fn types() -> String {
    let declarations = declarations!(
        Level,
        Stream,
        SourceKind,
        ApiError,
        Empty,
        Status,
        RunInfo,
        RunNewArgs,
        RunArgs,
        RunRenameArgs,
        RunPinArgs,
        SourceState,
        SourceInfo,
        SourcesArgs,
        SourceAddArgs,
        SourceArgs,
        DockerAvailability,
        Containers,
        Container,
        ViewOpenArgs,
        ViewOpened,
        ViewState,
        ViewRowsArgs,
        ViewArgs,
        ViewPositionArgs,
        ViewPosition,
        ViewOrder,
        ViewAroundArgs,
        ViewAround,
        ContextArgs,
        Context,
        ViewHistogramArgs,
        ViewHistogram,
        ViewFacetArgs,
        ViewFacet,
        FacetValue,
        FacetKind,
        ViewSummaryArgs,
        ViewSummary,
        NumberSummary,
        ViewFields,
        FieldCount,
        QueryReadArgs,
        Reading,
        ReadingToken,
        TokenKind,
        ReadingHint,
        QueryCompleteArgs,
        QueryCompletions,
        CompletionItem,
        CompletionKind,
        SearchArgs,
        SearchReply,
        SearchRecord,
        SettingsText,
        SettingsMistake,
        SettingsCheckArgs,
        SettingsCheck,
        SettingsSaveArgs,
        ReadRecord,
        Rows,
        Row,
        RecordArgs,
        RecordDetail,
        Field,
        Event,
        Notice,
        NoticeKind,
        Trouble,
    );
    format!(
        "// Made from src-tauri/engine/src/api by `cargo xtask types`. Do not edit.\n\n{}\n",
        declarations.trim_end()
    )
}

/// `operations.ts`.
pub fn operations() -> String {
    let config = config();
    let table = super::operations::typescript(&config);
    let mut names: Vec<&str> = Vec::new();
    for word in table.split(|c: char| !c.is_ascii_alphanumeric()) {
        let is_type = word.starts_with(|c: char| c.is_ascii_uppercase());
        if is_type && word != "Operations" && word != "Array" && !names.contains(&word) {
            names.push(word);
        }
    }
    names.retain(|name| !matches!(*name, "Every"));
    names.sort_unstable();
    format!(
        "// Made from src-tauri/engine/src/api by `cargo xtask types`. Do not edit.\n\nimport type {{\n  {},\n}} from \"./types\";\n\n{table}",
        names.join(",\n  ")
    )
}
