//! Which file this is, and whether it still holds what was read.
//!
//! A path says little: logs are renamed, recreated, cut and filled again, and inodes are reused. A
//! file is the one that was read before only when its [`Identity`] is the same *and* its bytes still
//! fit the [`Prints`] taken of them: the first up to 4 KiB and the up to 1 KiB before the cursor.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// How many of a file's first bytes are remembered.
const HEAD_BYTES: usize = 4 << 10;
/// How many bytes before the cursor are remembered.
const TAIL_BYTES: usize = 1 << 10;

/// What the file system says a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The device it lies on; may change when the machine starts again.
    dev: u64,
    /// Its number there; may be reused once the file is gone.
    ino: u64,
    /// When it was made, in nanoseconds since 1970, where the file system knows.
    pub(crate) born: Option<u64>,
}

impl Identity {
    /// Out of a file's metadata.
    pub(crate) fn of(meta: &Metadata) -> Self {
        let (dev, ino) = numbers(meta);
        Self {
            dev,
            ino,
            born: meta.created().ok().and_then(since_1970),
        }
    }

    /// Whether both mean one file. The birth time makes up for a device that got a new number.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self.born, other.born) {
            (Some(a), Some(b)) => self.ino == other.ino && a == b,
            _ => self.dev == other.dev && self.ino == other.ino,
        }
    }

    /// Its number on its device: what files that are the same have in common, and few others.
    pub(crate) fn number(&self) -> u64 {
        self.ino
    }

    /// The file's new name when it was renamed within `folder`.
    pub(crate) fn find_in(&self, folder: &Path) -> Option<std::path::PathBuf> {
        let entries = std::fs::read_dir(folder).ok()?;
        entries.flatten().find_map(|entry| {
            // The entry's own number is free to ask for; the full identity costs a call.
            if !may_have_number(&entry, self.ino) {
                return None;
            }
            let path = entry.path();
            let meta = std::fs::metadata(&path).ok()?;
            (meta.is_file() && self.same(&Self::of(&meta))).then_some(path)
        })
    }
}

#[cfg(unix)]
fn numbers(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn numbers(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

#[cfg(unix)]
fn may_have_number(entry: &std::fs::DirEntry, ino: u64) -> bool {
    use std::os::unix::fs::DirEntryExt;
    entry.ino() == ino
}

#[cfg(not(unix))]
fn may_have_number(_: &std::fs::DirEntry, _: u64) -> bool {
    true
}

/// Whether no name leads to the file any more.
#[cfg(unix)]
pub(crate) fn is_nameless(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.nlink() == 0
}

/// Whether no name leads to the file any more; not known here.
#[cfg(not(unix))]
pub(crate) fn is_nameless(_: &Metadata) -> bool {
    false
}

/// What a file looked like when it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Bytes.
    pub(crate) size: u64,
    /// When it was last written to, in nanoseconds since 1970, where the file system knows.
    pub(crate) modified: Option<u64>,
}

/// A change within this time of the last look may not show in the time of change.
pub(crate) const TIME_GRAIN_NANOS: u64 = 50_000_000;

impl Stamp {
    /// Out of a file's metadata.
    pub(crate) fn of(meta: &Metadata) -> Self {
        Self {
            size: meta.len(),
            modified: meta.modified().ok().and_then(since_1970),
        }
    }

    /// Whether a later change is sure to show in the stamp: the last one is long enough ago.
    pub(crate) fn is_settled(&self, now_nanos: i64) -> bool {
        let now = u64::try_from(now_nanos).unwrap_or(0);
        self.modified
            .is_some_and(|at| at.saturating_add(TIME_GRAIN_NANOS) < now)
    }
}

fn since_1970(at: SystemTime) -> Option<u64> {
    u64::try_from(at.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

/// What the bytes before the cursor look like, short enough for a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Digest {
    /// Length and CRC32C of the head.
    head: (usize, u32),
    /// Length and CRC32C of the bytes before the cursor.
    tail: (usize, u32),
}

/// The remembered bytes before the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Prints {
    head: Vec<u8>,
    tail: Vec<u8>,
}

impl Prints {
    /// Takes in bytes that were read at the cursor and now lie before it.
    pub(crate) fn advance(&mut self, read: &[u8]) {
        let room = HEAD_BYTES.saturating_sub(self.head.len());
        self.head
            .extend_from_slice(read.get(..room).unwrap_or(read));
        if let Some(last) = read
            .len()
            .checked_sub(TAIL_BYTES)
            .and_then(|from| read.get(from..))
        {
            self.tail.clear();
            self.tail.extend_from_slice(last);
        } else {
            self.tail.extend_from_slice(read);
            let too_many = self.tail.len().saturating_sub(TAIL_BYTES);
            self.tail.drain(..too_many);
        }
    }

    /// For a checkpoint.
    pub(crate) fn digest(&self) -> Digest {
        let print = |bytes: &[u8]| (bytes.len(), crc32c::crc32c(bytes));
        Digest {
            head: print(&self.head),
            tail: print(&self.tail),
        }
    }

    /// Whether `file` still holds, before `cursor`, what was read from it.
    pub(crate) fn fit(&self, file: &File, cursor: u64) -> io::Result<bool> {
        Ok(read_at(file, 0, self.head.len())? == self.head
            && read_at(
                file,
                cursor.saturating_sub(self.tail.len() as u64),
                self.tail.len(),
            )? == self.tail)
    }

    /// The prints of `file` at `cursor`, if they are those of the checkpoint.
    pub(crate) fn take(file: &File, cursor: u64, digest: &Digest) -> io::Result<Option<Self>> {
        // A checkpoint is only bytes from a disk: lengths it can never have had do not fit.
        if digest.head.0 > HEAD_BYTES || digest.tail.0 > TAIL_BYTES || digest.tail.0 as u64 > cursor
        {
            return Ok(None);
        }
        let head = read_at(file, 0, digest.head.0)?;
        let tail = read_at(file, cursor - digest.tail.0 as u64, digest.tail.0)?;
        let found = Self { head, tail };
        Ok((found.digest() == *digest).then_some(found))
    }
}

fn read_at(mut file: &File, at: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(len);
    file.seek(SeekFrom::Start(at))?;
    file.take(len as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
