//! A block's file.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use super::column::{Column, UNTOLD};
use super::sieve::{self, Grams, LANES};

const MAGIC: [u8; 8] = *b"\x89CXB\r\n\x1a\n";
/// Raised whenever a record's fields change, too.
const VERSION: u32 = 2;
const HEADER: usize = 20;
/// zstd's level for columns: codes are packed for their entropy, not for repetitions.
const LEVEL: i32 = 1;
/// No column unpacks to more. Bytes.
const MAX_COLUMN: u32 = 64 << 20;

/// What a block is made of.
pub(super) struct Parts<'b> {
    pub(super) first_row: u64,
    pub(super) rows: u32,
    pub(super) size: u32,
    pub(super) columns: Vec<(&'b str, Column)>,
    pub(super) irregular: &'b RoaringBitmap,
    pub(super) sieve: (u32, Vec<u8>),
}

/// What a file begins with.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Directory {
    first_row: u64,
    rows: u32,
    /// Rows of a whole block.
    size: u32,
    columns: Vec<Listed>,
    irregular: Section,
    sieve: Section,
    /// Words of the sieve's table.
    words: u32,
}

/// Where a part stands, counted from the end of the directory.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Section {
    at: u64,
    stored: u32,
    raw: u32,
    sum: u32,
}

/// A column in the directory.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Listed {
    name: Box<str>,
    #[serde(flatten)]
    section: Section,
    /// Rows with the field.
    present: u32,
    /// Those of them whose value is not told.
    untold: u32,
}

/// The bytes of a block's file.
pub(super) fn encode(parts: &Parts<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    let mut place = |stored: &[u8], raw: usize| {
        let section = Section {
            at: body.len() as u64,
            stored: narrow(stored.len()),
            raw: narrow(raw),
            sum: crc32c::crc32c(stored),
        };
        body.extend_from_slice(stored);
        section
    };
    let mut columns = Vec::with_capacity(parts.columns.len());
    for (name, column) in &parts.columns {
        let raw = column.encode();
        // A compressor that refuses costs the column, never the block.
        let Ok(stored) = zstd::bulk::compress(&raw, LEVEL) else {
            continue;
        };
        let untold = column.counts.get(usize::from(UNTOLD));
        columns.push(Listed {
            name: (*name).into(),
            section: place(&stored, raw.len()),
            present: column.counts.iter().skip(usize::from(UNTOLD)).sum(),
            untold: untold.copied().unwrap_or_default(),
        });
    }
    let mut irregular = Vec::new();
    let complete = columns.len() == parts.columns.len()
        && parts.irregular.serialize_into(&mut irregular).is_ok();
    if !complete {
        irregular.clear();
        let mut all = RoaringBitmap::new();
        all.insert_range(0..parts.rows);
        if all.serialize_into(&mut irregular).is_err() {
            return Vec::new();
        }
    }
    let irregular = place(&irregular, irregular.len());
    let (words, table) = &parts.sieve;
    let directory = Directory {
        first_row: parts.first_row,
        rows: parts.rows,
        size: parts.size,
        columns,
        irregular,
        sieve: place(table, table.len()),
        words: *words,
    };
    let Ok(directory) = serde_json::to_vec(&directory) else {
        return Vec::new();
    };
    let mut file = Vec::with_capacity(HEADER + directory.len() + body.len());
    file.extend_from_slice(&MAGIC);
    file.extend_from_slice(&VERSION.to_le_bytes());
    file.extend_from_slice(&narrow(directory.len()).to_le_bytes());
    let sum = crc32c::crc32c_append(crc32c::crc32c(&file), &directory);
    file.extend_from_slice(&sum.to_le_bytes());
    file.extend_from_slice(&directory);
    file.extend_from_slice(&body);
    file
}

fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// A block whose file is there.
#[derive(Debug)]
pub(crate) struct Block {
    path: PathBuf,
    directory: Directory,
    /// Where sections are counted from.
    base: u64,
    /// Its first row.
    first: u32,
    /// Rows that cannot be told by names.
    irregular: RoaringBitmap,
}

impl Block {
    /// Opens a file and reads all of it once; nothing when it is not as it was written.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let bytes = std::fs::read(path)?;
        Ok(Self::read(path, &bytes))
    }

    /// The block whose file was just written.
    pub(super) fn read(path: &Path, bytes: &[u8]) -> Option<Self> {
        let (header, rest) = bytes.split_at_checked(HEADER)?;
        let (head, sum) = header.split_last_chunk::<4>()?;
        let length = u32::from_le_bytes(*head.last_chunk::<4>()?) as usize;
        let (text, body) = rest.split_at_checked(length)?;
        let version = head.get(8..)?.first_chunk::<4>()?;
        let sound = head.starts_with(&MAGIC)
            && u32::from_le_bytes(*version) == VERSION
            && crc32c::crc32c_append(crc32c::crc32c(head), text).to_le_bytes() == *sum;
        if !sound {
            return None;
        }
        let directory: Directory = serde_json::from_slice(text).ok()?;
        let section = |section: &Section| {
            let start = usize::try_from(section.at).ok()?;
            let bytes = body.get(start..start.checked_add(section.stored as usize)?)?;
            (crc32c::crc32c(bytes) == section.sum).then_some(bytes)
        };
        for column in &directory.columns {
            section(&column.section).filter(|_| column.section.raw <= MAX_COLUMN)?;
        }
        section(&directory.sieve)?;
        let irregular = RoaringBitmap::deserialize_from(section(&directory.irregular)?).ok()?;
        let first = u32::try_from(directory.first_row).ok()?;
        let irregular = irregular
            .iter()
            .map(|row| first.saturating_add(row))
            .collect();
        Some(Self {
            first,
            path: path.to_owned(),
            base: (HEADER + length) as u64,
            directory,
            irregular,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn first_row(&self) -> u64 {
        self.directory.first_row
    }

    /// The same, as bitmaps of rows count.
    pub(crate) fn first(&self) -> u32 {
        self.first
    }

    pub(crate) fn rows(&self) -> u32 {
        self.directory.rows
    }

    /// Whether no more rows will join it.
    pub(crate) fn is_full(&self) -> bool {
        self.directory.rows >= self.directory.size
    }

    /// Whether it was made for blocks of this size.
    pub(super) fn is_of(&self, size: u32) -> bool {
        self.directory.size == size && self.directory.first_row.is_multiple_of(size.into())
    }

    /// Rows that cannot be told by names.
    pub(crate) fn irregular(&self) -> &RoaringBitmap {
        &self.irregular
    }

    /// The columns: name, rows with the field, those of them whose value is not told.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (&str, u32, u32)> {
        let columns = self.directory.columns.iter();
        columns.map(|column| (&*column.name, column.present, column.untold))
    }

    /// The number of the column of this name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let columns = &self.directory.columns;
        columns.iter().position(|column| &*column.name == name)
    }

    /// Reads a column; nothing when it is not as it was written.
    pub(super) fn column(&self, at: usize) -> io::Result<Option<Column>> {
        let Some(Listed { section, .. }) = self.directory.columns.get(at) else {
            return Ok(None);
        };
        let mut stored = vec![0; section.stored as usize];
        let file = File::open(&self.path)?;
        read_at(&file, self.base + section.at, &mut stored)?;
        if crc32c::crc32c(&stored) != section.sum {
            return Ok(None);
        }
        let raw = zstd::bulk::decompress(&stored, section.raw as usize);
        Ok(raw
            .ok()
            .and_then(|raw| Column::decode(&raw, self.directory.rows as usize)))
    }

    /// The rows a text with these grams may stand in; nothing when the sieve is not as it was
    /// written.
    pub(super) fn sift(&self, grams: &Grams) -> io::Result<Option<RoaringBitmap>> {
        let Directory {
            sieve,
            words,
            size,
            rows,
            ..
        } = &self.directory;
        if *words == 0 {
            return Ok(Some(RoaringBitmap::new()));
        }
        let file = File::open(&self.path)?;
        let lanes = sieve::lanes(grams, *words, |at, page| {
            read_at(&file, self.base + sieve.at + at as u64, page)
        })?;
        Ok(lanes.map(|lanes| {
            let mut found = RoaringBitmap::new();
            // The rows of lane n begin where n · size / 64 is reached.
            let start = |lane: u32| u64::from(lane) * u64::from(*size);
            let within = |lane: u32| narrow_u64(start(lane).div_ceil(u64::from(LANES))).min(*rows);
            for lane in (0..LANES).filter(|lane| lanes >> lane & 1 == 1) {
                found.insert_range(self.first + within(lane)..self.first + within(lane + 1));
            }
            found
        }))
    }
}

fn narrow_u64(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(unix)]
fn read_at(file: &File, at: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut at: u64, mut bytes: &mut [u8]) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !bytes.is_empty() {
        let got = file.seek_read(bytes, at)?;
        if got == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        at += got as u64;
        bytes = bytes.get_mut(got..).unwrap_or_default();
    }
    Ok(())
}
