//! One column's file.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Kind;
use crate::storage::{OpenMode, Storage, StoredFile, read_exact_at};

const MAGIC: [u8; 8] = *b"\x89CXC\r\n\x1a\n";
const VERSION: u16 = 1;
const HEADER_BYTES: usize = 16;
const CRC_BYTES: usize = 4;

/// A column's file, or the lack of one.
#[derive(Debug)]
pub(crate) struct ColumnFile {
    path: PathBuf,
    file: Option<Arc<dyn StoredFile>>,
    value_bytes: u64,
}

impl ColumnFile {
    /// Opens a column's file and tells how many whole chunks it may hold. One that is missing, or
    /// has another header than is expected, is begun anew.
    pub(crate) fn open(
        storage: &dyn Storage,
        dir: &Path,
        kind: Kind,
        chunk_rows: u32,
    ) -> (Self, u64) {
        let path = dir.join(kind.file_name());
        let value_bytes = u64::from(chunk_rows) * u64::from(kind.width());
        let mut header = Vec::from(MAGIC);
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&kind.width().to_le_bytes());
        header.extend_from_slice(&chunk_rows.to_le_bytes());

        let begin = || -> io::Result<(Arc<dyn StoredFile>, u64)> {
            let file = storage.open(&path, OpenMode::Write)?;
            let mut found = [0; HEADER_BYTES];
            let got = file.read_at(&mut found, 0)?;
            if got < found.len() || found.as_slice() != header.as_slice() {
                file.truncate(0)?;
                file.write_at(&header, 0)?;
            }
            let chunks =
                file.len()?.saturating_sub(HEADER_BYTES as u64) / (value_bytes + CRC_BYTES as u64);
            Ok((file, chunks))
        };
        let (file, chunks) = match begin() {
            Ok((file, chunks)) => (Some(file), chunks),
            Err(error) => {
                let path = path.display();
                tracing::warn!(%path, %error, "a column is kept in memory only");
                (None, 0)
            }
        };
        (
            Self {
                path,
                file,
                value_bytes,
            },
            chunks,
        )
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn chunk_bytes(&self) -> u64 {
        self.value_bytes + CRC_BYTES as u64
    }

    fn offset(&self, index: u64) -> u64 {
        HEADER_BYTES as u64 + index * self.chunk_bytes()
    }

    /// Cuts the file to a number of chunks if it is longer, durably.
    pub(crate) fn cut(&mut self, chunks: u64) {
        let end = self.offset(chunks);
        let Some(file) = &self.file else { return };
        let cut = || -> io::Result<()> {
            if file.len()? > end {
                file.truncate(end)?;
                file.sync()?;
            }
            Ok(())
        };
        if let Err(error) = cut() {
            let path = self.path.display();
            tracing::warn!(%path, %error, "a column could not be cut and is done without");
            self.file = None;
        }
    }

    /// Writes a chunk's values at its place.
    pub(crate) fn write(&self, index: u64, values: &[u8]) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let mut bytes = Vec::with_capacity(values.len() + CRC_BYTES);
        bytes.extend_from_slice(values);
        bytes.extend_from_slice(&checksum(index, values).to_le_bytes());
        file.write_at(&bytes, self.offset(index))
    }

    /// A chunk's values; `None` when it is not there or not whole.
    pub(crate) fn read(&self, index: u64) -> Option<Vec<u8>> {
        let file = self.file.as_ref()?;
        let mut bytes = vec![0; usize::try_from(self.chunk_bytes()).ok()?];
        read_exact_at(&**file, &mut bytes, self.offset(index)).ok()?;
        let crc = bytes.split_off(usize::try_from(self.value_bytes).ok()?);
        (crc == checksum(index, &bytes).to_le_bytes()).then_some(bytes)
    }
}

/// Covers the chunk's number too, so that a chunk in the wrong place is not believed.
fn checksum(index: u64, values: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&index.to_le_bytes()), values)
}
