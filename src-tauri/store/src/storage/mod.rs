//! The file operations the store is made of, and nothing else.
//!
//! Exists so that a test can fail, crash or cut the power at any single operation. Owns the
//! [`Storage`] and [`StoredFile`] traits and the real one, [`DiskStorage`]. Promises: every method
//! is one thing the operating system does, so that "fail at operation N" covers every point at
//! which the world can interfere; nothing here decides when to sync.

mod disk;
#[cfg(any(test, feature = "testing"))]
mod fault;

use std::fmt::Debug;
use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::Arc;

pub use disk::DiskStorage;
#[cfg(any(test, feature = "testing"))]
pub use fault::{Fault, FaultStorage};

/// How a file is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// For reading; it must exist.
    Read,
    /// For reading and writing; created empty when it is not there.
    Write,
    /// For reading and writing; what was there is thrown away first.
    Truncate,
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirItem {
    /// Its name. Names that are no UTF-8 are not listed: the store makes none.
    pub name: String,
    /// Whether it is a directory.
    pub is_dir: bool,
}

/// A file system, or what plays one in a test.
///
/// Files are readable by their owner alone (mode 0600, directories 0700): logs hold secrets.
pub trait Storage: Debug + Send + Sync + 'static {
    /// Makes a directory and those above it; one that exists is fine.
    fn create_dir_all(&self, path: &Path) -> io::Result<()>;

    /// What is in a directory, by name.
    fn list(&self, path: &Path) -> io::Result<Vec<DirItem>>;

    /// Opens a file. The handle stays valid when the file is renamed, replaced or removed.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn StoredFile>>;

    /// Renames a file or directory; a file that has the new name is replaced in the same moment.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove_file(&self, path: &Path) -> io::Result<()>;

    /// Removes a directory and all that is in it.
    fn remove_dir_all(&self, path: &Path) -> io::Result<()>;

    /// Makes the names in a directory durable: files made, renamed and removed in it.
    fn sync_dir(&self, path: &Path) -> io::Result<()>;

    /// Takes the exclusive lock that a file stands for, making the file when it is not there;
    /// `None` when another holds it. Dropping the answer gives the lock back.
    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn FileLock>>>;
}

/// A lock that is held until this is dropped.
pub trait FileLock: Debug + Send + Sync {}

/// An open file.
#[expect(
    clippy::len_without_is_empty,
    reason = "a file's length is asked of the system and may fail"
)]
pub trait StoredFile: Debug + Send + Sync {
    /// Its length in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Reads at an offset into the buffer; fewer bytes than asked for only at the file's end.
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes all the buffers, one after the other, at the file's end. On an error any part of
    /// them may have been written.
    fn append(&self, bufs: &mut [IoSlice<'_>]) -> io::Result<()>;

    /// Writes the whole buffer at an offset.
    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<()>;

    /// Cuts (or extends with zeros) to a length.
    fn truncate(&self, len: u64) -> io::Result<()>;

    /// Makes the file's bytes and length durable.
    fn sync(&self) -> io::Result<()>;
}

/// Reads exactly as many bytes as the buffer holds.
pub(crate) fn read_exact_at(file: &dyn StoredFile, buf: &mut [u8], offset: u64) -> io::Result<()> {
    if file.read_at(buf, offset)? == buf.len() {
        Ok(())
    } else {
        Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file is shorter than it was",
        ))
    }
}

/// Reads a whole file.
pub(crate) fn read_file(storage: &dyn Storage, path: &Path) -> io::Result<Vec<u8>> {
    let file = storage.open(path, OpenMode::Read)?;
    let len = usize::try_from(file.len()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; len];
    let got = file.read_at(&mut bytes, 0)?;
    bytes.truncate(got);
    Ok(bytes)
}

/// Puts a file in place so that after a crash at any point it is either the old or the new one,
/// whole: written aside, synced, renamed, the directory synced.
pub(crate) fn replace_file(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".tmp");
    let aside = path.with_file_name(name);
    let file = storage.open(&aside, OpenMode::Truncate)?;
    file.append(&mut [IoSlice::new(bytes)])?;
    file.sync()?;
    storage.rename(&aside, path)?;
    storage.sync_dir(path.parent().unwrap_or(Path::new("")))
}

/// Whether an error says that the disk (or the user's share of it) is full.
pub(crate) fn is_disk_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}
