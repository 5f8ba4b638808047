//! All blocks of a run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crosscut_store::ByteLru;
use roaring::RoaringBitmap;

use super::block::Block;
use super::column::Column;
use super::sieve::Grams;

/// Columns kept unpacked. Bytes.
const CACHE: usize = 32 << 20;

/// Whose column: the block's first row and rows, the column's number.
type Key = (u64, u32, usize);

/// The blocks of a run as they are at one moment, in order and without gaps from row 0 on.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    blocks: Arc<Vec<Arc<Block>>>,
    cache: Arc<ByteLru<Key, Arc<Column>>>,
    /// Set when a file was found damaged.
    damaged: Arc<AtomicBool>,
}

impl Fields {
    /// Rows they tell of.
    pub(crate) fn rows(&self) -> u64 {
        self.blocks
            .last()
            .map_or(0, |last| last.first_row() + u64::from(last.rows()))
    }

    pub(crate) fn blocks(&self) -> &[Arc<Block>] {
        &self.blocks
    }

    /// Whether a file was found damaged.
    pub(crate) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Acquire)
    }

    /// A column; nothing when it cannot be read.
    pub(crate) fn column(&self, block: &Block, at: usize) -> Option<Arc<Column>> {
        let key = (block.first_row(), block.rows(), at);
        if let Some(column) = self.cache.get(key) {
            return Some(column);
        }
        let column = Arc::new(self.sound(block, block.column(at))?);
        self.cache.insert(key, Arc::clone(&column), column.memory());
        Some(column)
    }

    /// The rows of a block that a text with these grams may stand in.
    pub(crate) fn sift(&self, block: &Block, grams: &Grams) -> Option<RoaringBitmap> {
        self.sound(block, block.sift(grams))
    }

    fn sound<T>(&self, block: &Block, read: io::Result<Option<T>>) -> Option<T> {
        match read {
            Ok(Some(found)) => return Some(found),
            // A block that has been replaced since.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                tracing::debug!(%error, "columns are gone; the records are read");
                if block.is_full() {
                    self.damaged.store(true, Ordering::Release);
                }
            }
            Err(error) => {
                tracing::warn!(%error, path = %block.path().display(), "columns cannot be read");
                self.damaged.store(true, Ordering::Release);
            }
            Ok(None) => {
                tracing::warn!(path = %block.path().display(), "columns are damaged");
                self.damaged.store(true, Ordering::Release);
            }
        }
        None
    }
}

/// The directory of blocks, for the one who writes them.
#[derive(Debug)]
pub(crate) struct FieldFiles {
    dir: PathBuf,
    /// Rows of a block.
    size: u32,
    current: Fields,
}

impl FieldFiles {
    /// Opens what is in `dir`, up to the first block that is missing, damaged, or tells of rows the
    /// store does not have; what comes behind it is removed.
    pub(crate) fn open(dir: &Path, size: u32, store_rows: u64) -> io::Result<Self> {
        make_private(dir)?;
        let mut found: Vec<(u64, u64, PathBuf)> = Vec::new();
        let mut stray = Vec::new();
        for item in fs::read_dir(dir)? {
            let path = item?.path();
            match numbers(&path) {
                Some((block, rows)) => found.push((block, rows, path)),
                None => stray.push(path),
            }
        }
        found.sort();
        let mut blocks: Vec<Arc<Block>> = Vec::new();
        for (number, _, path) in found {
            let next = blocks.len() as u64;
            let block = Block::open(&path)?.filter(|block| {
                let end = block.first_row() + u64::from(block.rows());
                block.is_of(size)
                    && block.rows() > 0
                    && block.first_row() == number * u64::from(size)
                    && end <= store_rows
            });
            // Of two files for one block the one with more rows comes second.
            let replaces = number + 1 == next && blocks.last().is_some_and(|last| !last.is_full());
            let follows = number == next && blocks.last().is_none_or(|last| last.is_full());
            match block {
                Some(block) if replaces => {
                    if let Some(old) = blocks.pop() {
                        stray.push(old.path().to_owned());
                    }
                    blocks.push(Arc::new(block));
                }
                Some(block) if follows => blocks.push(Arc::new(block)),
                _ => stray.push(path),
            }
        }
        for path in stray {
            remove(&path)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            size,
            current: Fields {
                blocks: Arc::new(blocks),
                cache: Arc::new(ByteLru::new(CACHE)),
                damaged: Arc::default(),
            },
        })
    }

    /// Removes all blocks.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        let dir = self.dir.clone();
        match fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        *self = Self::open(&dir, self.size, 0)?;
        Ok(())
    }

    /// The blocks as they are now.
    pub(crate) fn current(&self) -> &Fields {
        &self.current
    }

    /// Rows of a block.
    pub(crate) fn size(&self) -> u32 {
        self.size
    }

    /// Where the next block begins: behind the last full one.
    pub(crate) fn next_row(&self) -> u64 {
        let full = self.current.blocks.iter().filter(|block| block.is_full());
        full.count() as u64 * u64::from(self.size)
    }

    /// Writes blocks that follow the full ones. Their rows must be durable.
    pub(crate) fn append(&mut self, files: &[Vec<u8>]) -> io::Result<()> {
        let mut blocks = Vec::clone(&self.current.blocks);
        let mut replaced = Vec::new();
        for bytes in files {
            if blocks.last().is_some_and(|last| !last.is_full()) {
                replaced.extend(blocks.pop());
            }
            let provisional = Block::read(Path::new(""), bytes);
            let rows = provisional.map(|block| block.rows());
            let name = format!("{:05}-{:05}.fields", blocks.len(), rows.unwrap_or_default());
            let path = self.dir.join(name);
            write(&path, bytes)?;
            let block = Block::read(&path, bytes)
                .filter(|block| block.first_row() == blocks.len() as u64 * u64::from(self.size))
                .ok_or_else(|| io::Error::other("a block was not made as it should be"))?;
            blocks.push(Arc::new(block));
        }
        self.current.blocks = Arc::new(blocks);
        for old in replaced {
            if !self
                .current
                .blocks
                .iter()
                .any(|block| block.path() == old.path())
            {
                remove(old.path())?;
            }
        }
        Ok(())
    }
}

/// The block's number and rows in a file's name.
fn numbers(path: &Path) -> Option<(u64, u64)> {
    let name = path.file_name()?.to_str()?;
    let (block, rows) = name.strip_suffix(".fields")?.split_once('-')?;
    Some((block.parse().ok()?, rows.parse().ok()?))
}

/// Writes a file beside its place and moves it there.
#[expect(
    clippy::disallowed_methods,
    reason = "columns are a cache: whatever a crash leaves here is found out and made anew"
)]
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Logs hold secrets, and columns are made of logs.
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
