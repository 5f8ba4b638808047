//! What a run says about itself: `run.json`.
//!
//! # Format, schema 3
//!
//! Two whole copies, a line each and an empty one between, so that no single damage takes the names
//! of all sources with it:
//!
//! ```text
//!  {"crc32c":"1a2b3c4d","run":{"schema":3,"id":"20261121T101500123Z","name":"Run 1", … }}
//!
//!  {"crc32c":"1a2b3c4d","run":{"schema":3,"id":"20261121T101500123Z","name":"Run 1", … }}
//! ```
//!
//! Schema 1 had no `pinned` and no `packed`, schema 2 no `attributes` and `layouts` of sources. Both
//! are read, and written as 3 with the next change, so that a program that does not know of these does not lose
//! them.
//!
//! The checksum is that of the bytes of `run`'s value. The file is replaced as a whole: written
//! aside, synced, renamed, the directory synced.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crosscut_model::{LayoutSpec, RunId, SourceId, SourceSpec, UnixNanos};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::storage::{Storage, read_file, replace_file};
use crate::totals::Totals;

/// The manifest's name in a run's directory.
pub(crate) const MANIFEST_NAME: &str = "run.json";

/// The manifest's schema, raised when an older program would misread a newer file.
pub const MANIFEST_SCHEMA: u32 = 3;

/// A run's id, name, times and sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunManifest {
    /// Which schema it is written in: [`MANIFEST_SCHEMA`].
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
    /// Whether it is kept however old it gets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
    /// Whether it has ended and all of it is packed as it is to stay.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub packed: bool,
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
            pinned: false,
            packed: false,
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
    /// Whether it is read.
    #[serde(default)]
    pub standing: Standing,
    /// What is known of the source and true of all its records, by dotted names: a container's
    /// image, its compose service.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// How its records are divided into fields, where their names do not stand in them: each from a
    /// row on, in order of rows. Only ever added to behind the rows that are stored, so that what is
    /// known of these stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layouts: Vec<LayoutFrom>,
}

/// A layout and where it begins to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutFrom {
    /// The first row, from 0, that it may be asked of.
    pub row: u64,
    /// The layout.
    pub layout: LayoutSpec,
}

impl SourceEntry {
    /// Notes the layout that holds from a row on, one that is still to be stored. Says whether that
    /// is new.
    pub fn lay_out(&mut self, row: u64, layout: LayoutSpec) -> bool {
        let noted = self.layouts.len();
        // Noted for rows that were not stored after all, or lost their sync to a power cut.
        self.layouts.retain(|from| from.row <= row);
        let known = match self.layouts.last() {
            Some(last) => last.layout == layout,
            None => layout == LayoutSpec::Plain,
        };
        let void = noted - self.layouts.len();
        if !known {
            self.layouts.push(LayoutFrom { row, layout });
        }
        !known || void > 0
    }
}

/// Whether a source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is, and again after a restart.
    #[default]
    Followed,
    /// It is held until the user resumes it.
    Paused,
    /// The user took it away; its records stay.
    Removed,
}

/// A manifest could not be read.
#[derive(Debug, Error)]
pub enum ManifestReadError {
    /// It is missing or damaged; opening the run makes it anew.
    #[error("{} is damaged: {reason}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It was written by a newer Crosscut.
    #[error("{} was written by a newer Crosscut (schema {found})", .path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// The schema found.
        found: u32,
    },
    /// It could not be read.
    #[error("cannot read {}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// A manifest as read from its file.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) manifest: RunManifest,
    /// What was wrong with one of the two copies.
    pub(crate) copy_damaged: Option<String>,
}

/// Reads the manifest of the run in `dir`.
pub(crate) fn load(storage: &dyn Storage, dir: &Path) -> Result<Loaded, ManifestReadError> {
    let path = dir.join(MANIFEST_NAME);
    let bytes = match read_file(storage, &path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ManifestReadError::Damaged {
                path,
                reason: "it is missing".into(),
            });
        }
        Err(source) => return Err(ManifestReadError::Io { path, source }),
    };
    let mut lines = bytes.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    let first = decode_line(lines.next().unwrap_or_default());
    let second = decode_line(lines.next().unwrap_or_default());
    let (manifest, copy_damaged) = match (first, second) {
        (Ok(manifest), Ok(_)) => (manifest, None),
        (Ok(manifest), Err(reason)) | (Err(reason), Ok(manifest)) => (manifest, Some(reason)),
        (Err(reason), Err(_)) => return Err(ManifestReadError::Damaged { path, reason }),
    };
    match manifest {
        Decoded::Known(manifest) => Ok(Loaded {
            manifest,
            copy_damaged,
        }),
        Decoded::TooNew(found) => Err(ManifestReadError::TooNew { path, found }),
    }
}

/// Puts a manifest in place, durably.
pub(crate) fn save(
    storage: &dyn Storage,
    dir: &Path,
    manifest: &RunManifest,
) -> Result<(), ManifestWriteFault> {
    let path = dir.join(MANIFEST_NAME);
    let write = || {
        let run = serde_json::value::to_raw_value(manifest)?;
        let line = Line {
            crc32c: checksum(&run),
            run: &run,
        };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes = [&bytes, b"\n\n".as_slice(), &bytes, b"\n"].concat();
        replace_file(storage, &path, &bytes)
    };
    write().map_err(|source| ManifestWriteFault {
        path: path.clone(),
        source,
    })
}

/// Where and why a manifest was not written.
#[derive(Debug)]
pub(crate) struct ManifestWriteFault {
    pub(crate) path: PathBuf,
    pub(crate) source: io::Error,
}

/// One copy, as a line.
#[derive(Serialize, Deserialize)]
struct Line<'a> {
    crc32c: String,
    #[serde(borrow)]
    run: &'a RawValue,
}

enum Decoded {
    Known(RunManifest),
    TooNew(u32),
}

fn decode_line(line: &[u8]) -> Result<Decoded, String> {
    #[derive(Deserialize)]
    struct Schema {
        schema: u32,
    }
    let line: Line<'_> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if line.crc32c != checksum(line.run) {
        return Err("the checksum does not match".into());
    }
    let parse = |error: serde_json::Error| error.to_string();
    let Schema { schema } = serde_json::from_str(line.run.get()).map_err(parse)?;
    if schema > MANIFEST_SCHEMA {
        return Ok(Decoded::TooNew(schema));
    }
    let manifest: RunManifest = serde_json::from_str(line.run.get()).map_err(parse)?;
    Ok(Decoded::Known(RunManifest {
        schema: MANIFEST_SCHEMA,
        ..manifest
    }))
}

fn checksum(run: &RawValue) -> String {
    format!("{:08x}", crc32c::crc32c(run.get().as_bytes()))
}

#[cfg(test)]
mod tests;
