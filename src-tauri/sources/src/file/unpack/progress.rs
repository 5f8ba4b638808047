//! How far a packed file was read, as it is stored beside its lines.
//!
//! JSON: `{"v":1,"packed":{"file","size","at","prints","encoding","end","members"}}`. `at` counts
//! unpacked bytes: reading goes on by unpacking from the start and passing over as many, with prints
//! of them to know that they are the same.

use serde::{Deserialize, Serialize};

use crate::file::decode::Encoding;
use crate::file::identity::{Digest, Identity, Prints};

/// The version written.
const VERSION: u32 = 1;

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum End {
    /// Read to its end.
    Whole,
    /// Given up, and why: code, message, hint.
    Broken(String, String, String),
}

/// How far which file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The packed file.
    pub(crate) file: Identity,
    /// Its size. Bytes.
    pub(crate) size: u64,
    /// How many unpacked bytes have been handed over.
    pub(crate) at: u64,
    /// What they look like.
    pub(crate) prints: Digest,
    /// How their characters are written.
    pub(crate) encoding: Encoding,
    /// Whether nothing more is to be read.
    pub(crate) end: Option<End>,
    /// The names of the files in it that were found, when it is an archive.
    pub(crate) members: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u32,
    packed: Progress,
}

impl Progress {
    /// Nothing read.
    pub(crate) fn start(file: Identity, size: u64) -> Self {
        Self {
            file,
            size,
            at: 0,
            prints: Prints::default().digest(),
            encoding: Encoding::Bytes,
            end: None,
            members: Vec::new(),
        }
    }

    /// As it is stored.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(&Stored {
            v: VERSION,
            packed: self.clone(),
        })
        .ok()
    }

    /// Out of a checkpoint, if it is one of a packed file.
    pub(crate) fn decode(checkpoint: &[u8]) -> Option<Self> {
        let stored: Stored = serde_json::from_slice(checkpoint).ok()?;
        (stored.v == VERSION).then_some(stored.packed)
    }
}
