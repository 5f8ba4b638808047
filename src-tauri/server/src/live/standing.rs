//! How a source is doing, in the three words that followers of one source are told.
//!
//! What a program brought in itself, by a pipe or under `crosscut run`, has ended badly when its last
//! record says so: a marker of stream `system` at level warn or above, as an exit code other than 0
//! and a stream cut off before its end event leave behind. Behind a command's exit may come what its
//! children still say: of commands the last record of that stream counts.

use crosscut_engine::Workbench;
use crosscut_engine::api::{ApiError, ReadArgs, SourceInfo, SourceState};
use crosscut_model::{Level, RunId, SourceKind, Stream};
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
    /// The status, and whether it is the last one; looks at the last record where that tells. Blocks.
    pub(super) fn in_run(
        workbench: &Workbench,
        run: &RunId,
        source: &SourceInfo,
    ) -> Result<(Self, bool), ApiError> {
        let known = Self::of(source);
        let tells = matches!(source.kind, SourceKind::Stdin | SourceKind::Command);
        if known != (Self::Completed, true) || !tells {
            return Ok(known);
        }
        let last = workbench.read(&ReadArgs {
            run: Some(run.clone()),
            source: Some(source.name.clone()),
            stream: (source.kind == SourceKind::Command).then_some(Stream::System),
            tail: Some(1),
            ..ReadArgs::default()
        })?;
        let badly = last
            .iter()
            .any(|record| record.stream == Stream::System && record.level >= Level::Warn);
        Ok(if badly { (Self::Failed, true) } else { known })
    }

    /// The same by the source's state alone.
    fn of(source: &SourceInfo) -> (Self, bool) {
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

    /// What it comes to once nothing more does.
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
