//! Segments: the files frames are appended to.
//!
//! Owns their names, the walk over their frames ([`walk()`]), the list of frames kept in memory
//! ([`Directory`]) and the summaries that spare a walk ([`Summary`]). Promises: a walk ends, whatever the bytes are, and gives every frame that is
//! whole; a frame's place, once in a directory, does not change within it.

mod directory;
mod summary;
mod walk;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use directory::{Directory, FrameEntry, FrameState};
pub(crate) use summary::Summary;
pub(crate) use walk::{Expected, Found, Health, Item, Walk, Window, stamp_of, walk};

use crate::storage::StoredFile;

/// One file of frames, `frames-00000.log`.
#[derive(Debug)]
pub(crate) struct Segment {
    /// Tells this file from others that had or will have its name (compaction); for cache keys.
    pub(crate) generation: u64,
    /// The number in its name.
    pub(crate) number: u32,
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<dyn StoredFile>,
}

/// The path of a segment.
pub(crate) fn segment_path(dir: &Path, number: u32) -> PathBuf {
    dir.join(format!("frames-{number:05}.log"))
}

/// The number in a segment's name.
pub(crate) fn segment_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix("frames-")?.strip_suffix(".log")?;
    let plain = digits.len() >= 5 && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests;
