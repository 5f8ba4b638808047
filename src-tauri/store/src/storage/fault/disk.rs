//! The state behind [`FaultStorage`](super::FaultStorage): what programs see now, and what would
//! be left if the power went.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::Fault;

const SECTOR: usize = 512;

/// A change of names, as a directory keeps it.
#[derive(Debug, Clone)]
pub(super) enum NameOp {
    MakeDir(PathBuf),
    Link(PathBuf, u64),
    Rename(PathBuf, PathBuf),
    Unlink(PathBuf),
    RemoveDir(PathBuf),
}

impl NameOp {
    /// The directory whose sync makes it durable.
    fn dir(&self) -> Option<&Path> {
        match self {
            Self::MakeDir(path)
            | Self::Link(path, _)
            | Self::Rename(_, path)
            | Self::Unlink(path)
            | Self::RemoveDir(path) => path.parent(),
        }
    }
}

/// Which names there are.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    pub(super) dirs: BTreeSet<PathBuf>,
    pub(super) files: BTreeMap<PathBuf, u64>,
}

impl Names {
    /// Whether a directory is there; the root always is.
    pub(super) fn has_dir(&self, path: &Path) -> bool {
        path.parent().is_none() || self.dirs.contains(path)
    }

    fn apply(&mut self, op: &NameOp) {
        match op {
            NameOp::MakeDir(path) => {
                if path.parent().is_some_and(|dir| self.has_dir(dir)) {
                    self.dirs.insert(path.clone());
                }
            }
            NameOp::Link(path, inode) => {
                if path.parent().is_some_and(|dir| self.has_dir(dir)) {
                    self.files.insert(path.clone(), *inode);
                }
            }
            NameOp::Rename(from, to) => self.rename(from, to),
            NameOp::Unlink(path) => {
                self.files.remove(path);
            }
            NameOp::RemoveDir(path) => {
                self.files.retain(|p, _| !p.starts_with(path));
                self.dirs.retain(|p| !p.starts_with(path));
            }
        }
    }

    fn rename(&mut self, from: &Path, to: &Path) {
        if let Some(inode) = self.files.remove(from) {
            self.files.insert(to.to_owned(), inode);
        }
        let moved = |path: &PathBuf| path.strip_prefix(from).map_or(path.clone(), |p| to.join(p));
        if self.dirs.contains(from) {
            self.dirs = self
                .dirs
                .iter()
                .map(moved)
                .map(|p| p.components().collect())
                .collect();
            self.files = self
                .files
                .iter()
                .map(|(path, inode)| (moved(path), *inode))
                .collect();
        }
    }
}

/// A file's bytes, whatever its name.
#[derive(Debug, Clone, Default)]
struct Inode {
    now: Vec<u8>,
    durable: Vec<u8>,
    /// Sectors that a failed sync has lost: clean in the eyes of the system, not on the disk.
    lost: BTreeSet<usize>,
}

impl Inode {
    fn sector(bytes: &[u8], i: usize) -> &[u8] {
        let end = bytes.len().min((i + 1) * SECTOR);
        bytes.get(i * SECTOR..end).unwrap_or_default()
    }

    /// The file with each sector taken from `now` or from `durable`.
    fn mixed(&self, len: usize, mut from_now: impl FnMut(usize) -> bool) -> Vec<u8> {
        let mut out = vec![0; len];
        for (i, to) in out.chunks_mut(SECTOR).enumerate() {
            let from = if from_now(i) {
                &self.now
            } else {
                &self.durable
            };
            for (to, from) in to.iter_mut().zip(Self::sector(from, i)) {
                *to = *from;
            }
        }
        out
    }
}

#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) now: Names,
    pub(super) operations: u64,
    pub(super) fault: Option<(u64, Fault)>,
    pub(super) capacity: Option<u64>,
    pub(super) locks: BTreeSet<PathBuf>,
    /// The names there were at the start, all durable.
    base: Names,
    /// What was done to them since, and whether it is durable.
    journal: Vec<(NameOp, bool)>,
    inodes: BTreeMap<u64, Inode>,
    crashed: bool,
}

impl Disk {
    pub(super) fn alive(&self) -> io::Result<()> {
        if self.crashed {
            Err(io::Error::other("the process has crashed"))
        } else {
            Ok(())
        }
    }

    /// Counts a changing operation and makes it fail if it is its turn.
    pub(super) fn step(&mut self) -> io::Result<()> {
        self.alive()?;
        self.operations += 1;
        match self.fault {
            Some((at, fault)) if at == self.operations => {
                self.fault = None;
                Err(match fault {
                    Fault::Error => io::Error::other("injected I/O error"),
                    Fault::DiskFull => io::ErrorKind::StorageFull.into(),
                    Fault::Crash => {
                        self.crashed = true;
                        io::Error::other("injected crash")
                    }
                })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn change(&mut self, op: NameOp) {
        self.now.apply(&op);
        self.journal.push((op, false));
    }

    pub(super) fn sync_names(&mut self, dir: &Path) {
        for (op, durable) in &mut self.journal {
            *durable |= op.dir() == Some(dir);
        }
    }

    pub(super) fn new_inode(&mut self) -> u64 {
        let inode = self.inodes.keys().next_back().map_or(1, |last| last + 1);
        self.inodes.insert(inode, Inode::default());
        inode
    }

    pub(super) fn bytes(&self, inode: u64) -> &[u8] {
        self.inodes.get(&inode).map_or(&[], |inode| &inode.now)
    }

    /// Writes as much as the capacity and the injected fault allow.
    pub(super) fn write(&mut self, inode: u64, at: usize, bytes: &[u8]) -> io::Result<()> {
        let step = self.step();
        let used: usize = self.now.files.values().map(|&i| self.bytes(i).len()).sum();
        let grown = (at + bytes.len()).saturating_sub(self.bytes(inode).len());
        let room = self.capacity.map_or(usize::MAX, |capacity| {
            usize::try_from(capacity)
                .unwrap_or(usize::MAX)
                .saturating_sub(used)
        });
        let (written, result) = match step {
            Err(error) => (bytes.len() / 2, Err(error)),
            Ok(()) if grown > room => (
                bytes.len() - (grown - room),
                Err(io::ErrorKind::StorageFull.into()),
            ),
            Ok(()) => (bytes.len(), Ok(())),
        };
        let Some(file) = self.inodes.get_mut(&inode) else {
            return result;
        };
        let end = at + written;
        if file.now.len() < end {
            file.now.resize(end, 0);
        }
        if let (Some(to), Some(from)) = (file.now.get_mut(at..end), bytes.get(..written)) {
            to.copy_from_slice(from);
        }
        for sector in at / SECTOR..end.div_ceil(SECTOR) {
            file.lost.remove(&sector);
        }
        result
    }

    pub(super) fn resize(&mut self, inode: u64, len: usize) -> io::Result<()> {
        let file = self.inodes.get_mut(&inode).ok_or(io::ErrorKind::NotFound)?;
        file.now.resize(len, 0);
        file.lost.retain(|sector| sector * SECTOR < len);
        Ok(())
    }

    pub(super) fn sync(&mut self, inode: u64, works: bool) {
        let Some(file) = self.inodes.get_mut(&inode) else {
            return;
        };
        if works {
            file.durable = file.mixed(file.now.len(), |sector| !file.lost.contains(&sector));
        } else {
            let sectors = file.now.len().div_ceil(SECTOR);
            let dirty = (0..sectors)
                .filter(|&i| Inode::sector(&file.now, i) != Inode::sector(&file.durable, i));
            let dirty: Vec<_> = dirty.collect();
            file.lost.extend(dirty);
        }
    }

    pub(super) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        self.now
            .files
            .iter()
            .map(|(p, &inode)| (p.clone(), self.bytes(inode).to_vec()))
            .collect()
    }

    pub(super) fn put(&mut self, path: &Path, bytes: &[u8]) {
        let inode = self.new_inode();
        let file = Inode {
            now: bytes.to_vec(),
            durable: bytes.to_vec(),
            lost: BTreeSet::new(),
        };
        self.inodes.insert(inode, file);
        self.now.files.insert(path.to_owned(), inode);
        self.journal
            .push((NameOp::Link(path.to_owned(), inode), true));
    }

    pub(super) fn after_kill(&self) -> Self {
        Self {
            now: self.now.clone(),
            base: self.base.clone(),
            journal: self.journal.clone(),
            inodes: self.inodes.clone(),
            ..Self::default()
        }
    }

    pub(super) fn after_power_loss(&self, seed: u64) -> Self {
        let mut random = Random(seed);
        let mut keep: BTreeMap<&Path, u64> = BTreeMap::new();
        for (op, _) in self.journal.iter().filter(|(_, durable)| !durable) {
            *op.dir().map_or(&mut 0, |dir| keep.entry(dir).or_default()) += 1;
        }
        for count in keep.values_mut() {
            *count = random.below(*count + 1);
        }
        let mut names = self.base.clone();
        for (op, durable) in &self.journal {
            let left = op
                .dir()
                .and_then(|dir| keep.get_mut(dir))
                .filter(|left| **left > 0);
            match left {
                _ if *durable => names.apply(op),
                Some(left) => {
                    *left -= 1;
                    names.apply(op);
                }
                None => {}
            }
        }
        let mut inodes = BTreeMap::new();
        for &id in names.files.values() {
            let Some(inode) = self.inodes.get(&id) else {
                continue;
            };
            let (low, high) = (inode.now.len().min(inode.durable.len()), inode.now.len());
            let len = match random.below(3) {
                0 => inode.durable.len(),
                1 => high,
                _ => (low + SECTOR * random.index(high - low + 1).div_ceil(SECTOR)).min(high),
            };
            let now = inode.mixed(len, |_| random.below(2) == 0);
            inodes.insert(
                id,
                Inode {
                    durable: now.clone(),
                    now,
                    lost: BTreeSet::new(),
                },
            );
        }
        Self {
            now: names.clone(),
            base: names,
            inodes,
            ..Self::default()
        }
    }
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n.max(1)
    }

    fn index(&mut self, n: usize) -> usize {
        usize::try_from(self.below(n as u64)).unwrap_or_default()
    }
}
