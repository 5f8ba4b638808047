//! What a run says about itself: `run.json`.

use crosscut_model::{RunId, SourceId, SourceSpec, UnixNanos};
use serde::{Deserialize, Serialize};

/// The manifest's schema, raised when an older program would misread a newer file.
pub const MANIFEST_SCHEMA: u32 = 1;

/// A run's id, name, times and sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunManifest {
    /// Which schema it was written in: [`MANIFEST_SCHEMA`].
    pub schema: u32,
    /// The run's id; its directory has the same name.
    pub id: RunId,
    /// The run's name, for people.
    pub name: String,
    /// When it began.
    pub started: UnixNanos,
    /// When it ended; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<UnixNanos>,
    /// Its sources. A source stands here, durably, before any frame names it.
    pub sources: Vec<SourceEntry>,
    /// Totals as of the last [`seal`](crate::RunStore::seal), so that runs can be listed without
    /// being opened. A hint: the frames are the truth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub totals: Option<Totals>,
}

impl RunManifest {
    /// The manifest of a run that begins, without sources.
    pub fn new(id: RunId, name: impl Into<String>, started: UnixNanos) -> Self {
        Self {
            schema: MANIFEST_SCHEMA,
            id,
            name: name.into(),
            started,
            ended: None,
            sources: Vec::new(),
            totals: None,
        }
    }

    /// The entry of a source.
    pub fn source(&self, id: SourceId) -> Option<&SourceEntry> {
        self.sources.iter().find(|entry| entry.id == id)
    }
}

/// A source of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceEntry {
    /// The number that rows name it by.
    pub id: SourceId,
    /// What it is.
    pub spec: SourceSpec,
    /// How far it had been read before this run, in its own encoding: where it goes on when no
    /// frame of this run carries a checkpoint for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Vec<u8>>,
}

/// What a run amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Records.
    pub rows: u64,
    /// Bytes of raw text, without the newlines the store puts between records.
    pub raw_bytes: u64,
    /// Bytes of frames and columns on disk.
    pub disk_bytes: u64,
    /// Records per level, by [`crosscut_model::Level::code`].
    pub levels: [u64; 7],
}

/// What a source has given to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SourceTotals {
    /// Records.
    pub records: u64,
    /// Records of level error and above.
    pub errors: u64,
}
