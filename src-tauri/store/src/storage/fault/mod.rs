//! A file system in memory that fails, crashes and loses power on demand.
//!
//! Exists for tests only. Promises: every operation that changes anything is counted, and the one
//! of a given number can be made to fail ([`FaultStorage::fail_at`]), so that "fail at operation N
//! for N = 1, 2, 3 … until none fails" covers every point. After a power cut
//! ([`FaultStorage::power_loss`]) of what was not synced there is a random part: 512-byte sectors
//! of files, and the first so many changes of names in each directory. A sync that fails has lost
//! what it was to write: syncing again succeeds and saves nothing of it, as on Linux.

mod disk;

use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::Mutex;

use self::disk::{Disk, NameOp};
use super::{DirItem, FileLock, OpenMode, Storage, StoredFile};

/// What is to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The operation fails with an I/O error; a write has written its first half by then.
    Error,
    /// The operation fails because the disk is full; a write has written its first half by then.
    DiskFull,
    /// The process ends in the middle of the operation: it and all that follow fail.
    Crash,
}

/// A file system in memory. Clones are the same file system.
#[derive(Debug, Clone, Default)]
pub struct FaultStorage(Arc<Mutex<Disk>>);

impl FaultStorage {
    /// An empty file system.
    pub fn new() -> Self {
        Self::default()
    }

    /// Changing operations so far.
    pub fn operations(&self) -> u64 {
        self.0.lock().operations
    }

    /// Makes the `n`th changing operation from now on (1 is the next) go wrong, once.
    pub fn fail_at(&self, n: u64, fault: Fault) {
        let mut disk = self.0.lock();
        disk.fault = Some((disk.operations + n, fault));
    }

    /// Takes back what [`fail_at`](Self::fail_at) asked for; tells whether it has not happened yet.
    pub fn clear_fault(&self) -> bool {
        self.0.lock().fault.take().is_some()
    }

    /// Limits the bytes that all files together may hold.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.0.lock().capacity = bytes;
    }

    /// What is there after the process was killed: all that was written. Locks are free.
    #[must_use]
    pub fn restart(&self) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().after_kill())))
    }

    /// What is there after the power went: all that was synced and a random part of the rest.
    #[must_use]
    pub fn power_loss(&self, seed: u64) -> Self {
        Self(Arc::new(Mutex::new(self.0.lock().after_power_loss(seed))))
    }

    /// All files and what is in them.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        self.0.lock().files()
    }

    /// Puts bytes into a file, durably and uncounted; for damaging things on purpose.
    pub fn put(&self, path: &Path, bytes: &[u8]) {
        self.0.lock().put(path, bytes);
    }
}

impl Storage for FaultStorage {
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.0.lock();
        disk.alive()?;
        let missing: Vec<_> = path
            .ancestors()
            .filter(|p| !disk.now.has_dir(p))
            .map(Path::to_owned)
            .collect();
        for dir in missing.into_iter().rev() {
            disk.step()?;
            disk.change(NameOp::MakeDir(dir));
        }
        Ok(())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<DirItem>> {
        let disk = self.0.lock();
        disk.alive()?;
        if !disk.now.has_dir(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let named = |p: &PathBuf, is_dir| {
            let name = p.file_name()?.to_str()?.to_owned();
            (p.parent() == Some(path)).then_some(DirItem { name, is_dir })
        };
        let files = disk.now.files.keys().filter_map(|p| named(p, false));
        let mut items: Vec<_> = disk
            .now
            .dirs
            .iter()
            .filter_map(|p| named(p, true))
            .chain(files)
            .collect();
        items.sort();
        Ok(items)
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Arc<dyn StoredFile>> {
        let mut disk = self.0.lock();
        disk.alive()?;
        let inode = match disk.now.files.get(path).copied() {
            Some(inode) => {
                if mode == OpenMode::Truncate {
                    disk.step()?;
                    disk.resize(inode, 0)?;
                }
                inode
            }
            None if mode == OpenMode::Read => return Err(io::ErrorKind::NotFound.into()),
            None if !path.parent().is_some_and(|dir| disk.now.has_dir(dir)) => {
                return Err(io::ErrorKind::NotFound.into());
            }
            None => {
                disk.step()?;
                let inode = disk.new_inode();
                disk.change(NameOp::Link(path.to_owned(), inode));
                inode
            }
        };
        Ok(Arc::new(FaultFile {
            disk: Arc::clone(&self.0),
            inode,
        }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut disk = self.0.lock();
        disk.step()?;
        if !disk.now.files.contains_key(from) && !disk.now.dirs.contains(from) {
            return Err(io::ErrorKind::NotFound.into());
        }
        disk.change(NameOp::Rename(from.to_owned(), to.to_owned()));
        Ok(())
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.0.lock();
        disk.step()?;
        if !disk.now.files.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        disk.change(NameOp::Unlink(path.to_owned()));
        Ok(())
    }

    fn remove_dir_all(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.0.lock();
        disk.step()?;
        if !disk.now.dirs.contains(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        disk.change(NameOp::RemoveDir(path.to_owned()));
        Ok(())
    }

    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        let mut disk = self.0.lock();
        disk.step()?;
        disk.sync_names(path);
        Ok(())
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Box<dyn FileLock>>> {
        let mut disk = self.0.lock();
        disk.alive()?;
        if !disk.locks.insert(path.to_owned()) {
            return Ok(None);
        }
        Ok(Some(Box::new(FaultLock {
            disk: Arc::clone(&self.0),
            path: path.to_owned(),
        })))
    }
}

#[derive(Debug)]
struct FaultLock {
    disk: Arc<Mutex<Disk>>,
    path: PathBuf,
}

impl FileLock for FaultLock {}

impl Drop for FaultLock {
    fn drop(&mut self) {
        self.disk.lock().locks.remove(&self.path);
    }
}

#[derive(Debug)]
struct FaultFile {
    disk: Arc<Mutex<Disk>>,
    inode: u64,
}

impl StoredFile for FaultFile {
    fn len(&self) -> io::Result<u64> {
        let disk = self.disk.lock();
        disk.alive()?;
        Ok(disk.bytes(self.inode).len() as u64)
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let disk = self.disk.lock();
        disk.alive()?;
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let rest = disk.bytes(self.inode).get(offset..).unwrap_or_default();
        let n = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        Ok(n)
    }

    fn append(&self, bufs: &mut [IoSlice<'_>]) -> io::Result<()> {
        let bytes: Vec<u8> = bufs.iter().flat_map(|buf| buf.iter().copied()).collect();
        let mut disk = self.disk.lock();
        let end = disk.bytes(self.inode).len();
        disk.write(self.inode, end, &bytes)
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<()> {
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        self.disk.lock().write(self.inode, offset, buf)
    }

    fn truncate(&self, len: u64) -> io::Result<()> {
        let mut disk = self.disk.lock();
        disk.step()?;
        disk.resize(self.inode, usize::try_from(len).map_err(io::Error::other)?)
    }

    fn sync(&self) -> io::Result<()> {
        let mut disk = self.disk.lock();
        let step = disk.step();
        disk.sync(self.inode, step.is_ok());
        step
    }
}

#[cfg(test)]
mod tests;
