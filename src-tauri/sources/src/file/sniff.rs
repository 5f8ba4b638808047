//! What a file holds, by its first bytes.
//!
//! Names lie (a `.log` that is gzip, a `.gz` that is text), so the content decides. Magic numbers:
//! gzip RFC 1952, zstd RFC 8878, bzip2 and xz from their format documents, zip APPNOTE 4.3.7, tar
//! POSIX pax (the header's checksum, so that old archives without `ustar` are known too).

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How many first bytes are enough to tell.
pub(crate) const SNIFF_BYTES: usize = 1024;
/// A tar header.
const TAR_BLOCK: usize = 512;

/// How a stream is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Nothing yet.
    Empty,
    /// Lines, as far as can be seen.
    Text,
    /// One compressed stream.
    Packed(Codec),
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// Neither lines nor anything that holds some.
    Binary,
}

/// Looks at a file's first bytes.
pub(crate) fn of_file(path: &Path) -> io::Result<Content> {
    let mut head = Vec::with_capacity(SNIFF_BYTES);
    File::open(path)?
        .take(SNIFF_BYTES as u64)
        .read_to_end(&mut head)?;
    Ok(of_head(&head))
}

/// Tells from the first bytes.
pub(crate) fn of_head(head: &[u8]) -> Content {
    if head.is_empty() {
        return Content::Empty;
    }
    if let Some(content) = packed(head) {
        return content;
    }
    if is_text(head) {
        Content::Text
    } else {
        Content::Binary
    }
}

/// Whether it is compressed or an archive, and which.
pub(crate) fn packed(head: &[u8]) -> Option<Content> {
    let skippable = |head: &[u8]| {
        matches!(head.first(), Some(0x50..=0x5f)) && head.get(1..4) == Some(b"\x2a\x4d\x18")
    };
    if head.starts_with(b"\x1f\x8b\x08") {
        Some(Content::Packed(Codec::Gzip))
    } else if head.starts_with(b"\x28\xb5\x2f\xfd") || skippable(head) {
        Some(Content::Packed(Codec::Zstd))
    } else if head.starts_with(b"\xfd7zXZ\0") {
        Some(Content::Packed(Codec::Xz))
    } else if head.starts_with(b"BZh")
        && matches!(head.get(3), Some(b'1'..=b'9'))
        && matches!(
            head.get(4..10),
            Some(b"\x31\x41\x59\x26\x53\x59" | b"\x17\x72\x45\x38\x50\x90")
        )
    {
        Some(Content::Packed(Codec::Bzip2))
    } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        Some(Content::Zip)
    } else if head.get(..TAR_BLOCK).is_some_and(is_tar_header) {
        Some(Content::Tar)
    } else {
        None
    }
}

/// Whether the block's checksum is the one written in it.
fn is_tar_header(block: &[u8]) -> bool {
    let Some(written) = block.get(148..156) else {
        return false;
    };
    let digits: String = written
        .iter()
        .skip_while(|byte| **byte == b' ')
        .take_while(|byte| byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    let Ok(written) = u64::from_str_radix(&digits, 8) else {
        return false;
    };
    let sum: u64 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| {
            if (148..156).contains(&at) {
                u64::from(b' ')
            } else {
                u64::from(*byte)
            }
        })
        .sum();
    block.first() != Some(&0) && sum == written
}

/// Lines have hardly any bytes below the blank but tabs, line ends and escapes. Zeros are those of
/// UTF-16, or else few.
fn is_text(head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    if head.starts_with(b"\x7fELF") || head.starts_with(b"SQLite format 3\0") {
        return false;
    }
    let zeros = |odd: bool| {
        let of = head
            .iter()
            .enumerate()
            .filter(|(at, _)| (at % 2 == 1) == odd);
        of.filter(|(_, byte)| **byte == 0).count()
    };
    let (even, odd) = (zeros(false), zeros(true));
    let units = head.len() / 2;
    let wide = units >= 4
        && ((odd * 10 >= units * 9 && even == 0) || (even * 10 >= units * 9 && odd == 0));
    let odd_ones = head
        .iter()
        .filter(|byte| matches!(byte, 0..=6 | 14..=26 | 28..=31 | 127))
        .count();
    wide || odd_ones * 20 <= head.len()
}

#[cfg(test)]
mod tests;
