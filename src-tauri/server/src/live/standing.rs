//! How a source is doing, in the three words that followers of one source are told.

use crosscut_engine::api::{SourceInfo, SourceState};
use crosscut_model::SourceKind;
use serde::Serialize;

/// How a source is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    /// More may come.
    Running,
    /// It ended, and well.
    Completed,
    /// It ended badly, or cannot be read.
    Failed,
}

/// Why nothing more comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    /// The source has ended.
    SourceEnded,
    /// The run has ended; the source may go on in the next one.
    RunEnded,
}

impl Status {
    /// The status, and whether it is the last one.
    pub(super) fn of(source: &SourceInfo) -> (Self, bool) {
        match &source.status {
            SourceState::Ended => (Self::Completed, true),
            SourceState::Failed { .. } => (Self::Failed, !is_tried_again(source.kind)),
            SourceState::Connecting
            | SourceState::Loading { .. }
            | SourceState::Live
            | SourceState::Watching { .. }
            | SourceState::Waiting { .. }
            | SourceState::Paused => (Self::Running, false),
        }
    }

    /// The same once nothing more comes.
    pub(super) fn at_the_end(self) -> Self {
        match self {
            Self::Running | Self::Completed => Self::Completed,
            Self::Failed => Self::Failed,
        }
    }
}

/// Whether a source that cannot be read is looked at again and again. What pushes its lines itself
/// is not: when that has failed, it is over.
fn is_tried_again(kind: SourceKind) -> bool {
    match kind {
        SourceKind::File
        | SourceKind::Files
        | SourceKind::Docker
        | SourceKind::Containers
        | SourceKind::Demo => true,
        SourceKind::Stdin | SourceKind::Command | SourceKind::Http | SourceKind::System => false,
    }
}

#[cfg(test)]
mod tests;
