//! The shapes that cross the workbench's faces: HTTP bodies, Tauri messages, events.
//!
//! Everything here is plain data. The TypeScript in `ui/src/generated/` is made from it
//! (`cargo xtask types`) and checked for drift by a test. Names are camelCase on the wire; instants
//! are whole microseconds since 1970 (`…Us`), which a JavaScript number holds exactly.

mod around;
mod error;
mod events;
mod fields;
mod histogram;
pub mod operations;
mod reading;
mod records;
mod runs;
mod search;
mod settings;
mod sources;
pub mod typescript;
mod views;

pub use around::{Context, ContextArgs, ViewAround, ViewAroundArgs};
pub use error::ApiError;
pub(crate) use error::chain;
pub use events::{Event, Notice, NoticeKind, Trouble};
pub use fields::{
    CompletionItem, CompletionKind, FacetKind, FacetValue, FieldCount, NumberSummary,
    QueryCompleteArgs, QueryCompletions, ViewFacet, ViewFacetArgs, ViewFields, ViewSummary,
    ViewSummaryArgs,
};
pub use histogram::{ViewHistogram, ViewHistogramArgs};
pub use reading::{ReadArgs, ReadRecord};
pub use records::{Field, RecordArgs, RecordDetail, Row, Rows};
pub use runs::{Empty, RunArgs, RunInfo, RunNewArgs, RunPinArgs, RunRenameArgs, Status};
pub use search::{SearchArgs, SearchRecord, SearchReply};
pub use settings::{
    SettingsCheck, SettingsCheckArgs, SettingsMistake, SettingsSaveArgs, SettingsText,
};
pub use sources::{
    Container, Containers, DockerAvailability, SourceAddArgs, SourceArgs, SourceInfo, SourceState,
    SourcesArgs,
};
pub use views::{
    QueryReadArgs, Reading, ReadingHint, ReadingToken, TokenKind, ViewArgs, ViewOpenArgs,
    ViewOpened, ViewOrder, ViewPosition, ViewPositionArgs, ViewRowsArgs, ViewState,
};
