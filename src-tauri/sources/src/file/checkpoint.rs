//! How far a file was read, as it is stored beside the lines.
//!
//! JSON, versioned: `{"v":1,"file":{"dev","ino","born"},"at":offset,"seen":nanos,
//! "prints":{"head","tail"},"encoding":"utf-16le"}`, the last one only where it is not the usual one.
//! A checkpoint of a later version, or one that cannot be read, is an error and no guess.

use serde::{Deserialize, Serialize};

use super::decode::Encoding;
use super::identity::{Digest, Identity};

/// The version written.
const VERSION: u32 = 1;

/// How far which file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    v: u32,
    /// The file.
    pub(crate) file: Identity,
    /// Where reading goes on, in bytes from its start.
    pub(crate) at: u64,
    /// When the path was last seen to lead to the file, in nanoseconds since 1970.
    pub(crate) seen: i64,
    /// What lies before.
    pub(crate) prints: Digest,
    /// How the file's characters are written.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub(crate) encoding: Encoding,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_usual(encoding: &Encoding) -> bool {
    *encoding == Encoding::Bytes
}

/// The bytes are no checkpoint.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckpointError {
    /// They are of a version that is not known here.
    #[error("it is of version {0}, and only {VERSION} is known")]
    Version(u32),
    /// They are of a compressed file.
    #[error("it was compressed then")]
    Packed,
    /// They are damaged.
    #[error("it is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
}

impl Checkpoint {
    /// A checkpoint of the present version.
    pub(crate) fn new(
        file: Identity,
        at: u64,
        seen: i64,
        prints: Digest,
        encoding: Encoding,
    ) -> Self {
        Self {
            v: VERSION,
            file,
            at,
            seen,
            prints,
            encoding,
        }
    }

    /// As it is stored.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    /// Reads what [`Self::encode`] made.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, CheckpointError> {
        #[derive(Deserialize)]
        struct Versioned {
            v: u32,
            packed: Option<serde::de::IgnoredAny>,
        }
        let Versioned { v, packed } = serde_json::from_slice(bytes)?;
        if v != VERSION {
            return Err(CheckpointError::Version(v));
        }
        if packed.is_some() {
            return Err(CheckpointError::Packed);
        }
        Ok(serde_json::from_slice(bytes)?)
    }
}
