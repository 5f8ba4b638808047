//! Reading at a place in a file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The bytes at `at`, at most `len` of them.
pub(crate) fn up_to(mut file: &File, at: u64, len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(len);
    file.seek(SeekFrom::Start(at))?;
    file.take(len as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
