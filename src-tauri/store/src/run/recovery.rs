//! What opening a run found amiss.

use std::io;
use std::ops::Range;
use std::path::PathBuf;

use crosscut_model::SourceId;

/// What opening a run found amiss, in the order it was met; empty when nothing was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovery {
    /// What was found.
    pub events: Vec<RecoveryEvent>,
}

/// Something amiss in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecoveryEvent {
    /// The end of the last segment was not whole (a crash or power cut while it was written) and
    /// was cut off.
    TailCut {
        /// The segment.
        segment: PathBuf,
        /// Where it ends now.
        offset: u64,
        /// Bytes cut off.
        bytes: u64,
        /// Whole records cut off with it: written after the last sync, behind something torn.
        rows: u64,
    },
    /// Frames cannot be read; their records are lost, markers stand in their place.
    FramesLost {
        /// The segment.
        segment: PathBuf,
        /// The records.
        rows: Range<u64>,
    },
    /// A frame's text cannot be read; time, level and source of its records are known.
    TextLost {
        /// The segment.
        segment: PathBuf,
        /// The records.
        rows: Range<u64>,
    },
    /// `run.json` was missing or damaged and was made anew from what the frames say.
    ManifestRebuilt {
        /// What was wrong with it.
        reason: String,
    },
    /// Frames name sources that the manifest does not.
    SourcesUnknown {
        /// Them.
        sources: Vec<SourceId>,
    },
    /// Chunks of columns were missing and were made anew from the frames.
    ColumnsRebuilt {
        /// How many.
        chunks: u64,
    },
    /// The run can be read but something could not be repaired on disk.
    Unrepaired {
        /// What.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl Recovery {
    /// Whether nothing was amiss.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub(super) fn unrepaired(&mut self, path: PathBuf, error: &io::Error) {
        self.events.push(RecoveryEvent::Unrepaired {
            path,
            reason: error.to_string(),
        });
    }
}
