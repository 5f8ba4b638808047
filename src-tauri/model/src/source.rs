//! What lines can come from.

use serde::{Deserialize, Serialize};

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "types.ts"))]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A file that is followed.
    File,
    /// Files that are found by themselves: those of a folder, or that fit a glob.
    Files,
    /// A Docker container.
    Docker,
    /// Containers that are found by themselves: all, or those of a label or a compose project.
    Containers,
    /// The standard input of a `crosscut pipe`.
    Stdin,
    /// A command that `crosscut run` started, or a terminal pane that is read.
    Command,
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
    /// Where it is: an absolute path, a folder or glob, a container's id, a client's name.
    pub key: String,
    /// What people call it: a file's name, a container's name.
    pub name: String,
}
