//! What lines can come from.

use serde::{Deserialize, Serialize};

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "types.ts"))]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A file that is followed.
    File,
    /// A Docker container.
    Docker,
    /// Whoever posts to the port under one name.
    Http,
    /// The built-in demonstration.
    Demo,
    /// Crosscut itself: markers of what happened to other sources.
    System,
}

/// Names one source: what it is and where it is to be found.
///
/// Two specs with one kind and key are the same source, however often they are added.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "types.ts"))]
pub struct SourceSpec {
    /// What it is.
    pub kind: SourceKind,
    /// Where it is: an absolute path, a container's id, a client's name.
    pub key: String,
    /// What people call it: a file's name, a container's name.
    pub name: String,
}
