//! What a closed segment holds, in a small file beside it: so that opening a run reads a few
//! kilobytes a segment instead of every frame's meta section.
//!
//! A cache: it is believed only while it fits its segment, and a run opens without it.
//!
//! # Format, version 1
//!
//! `frames-00003.sum` for `frames-00003.log`. Integers are little-endian.
//!
//! ```text
//!   0  magic       89 43 58 53 0d 0a 1a 0a
//!   8  version     u16   1
//!  10  zero        u16
//!  12  run stamp   u32   as in the frames' headers
//!  16  length      u64   of the segment
//!  24  CRC32C      u32   of the segment's first and last header
//!  28  frames      u32   with records; for each:
//!                        first row, rows, offset, stored, meta stored, text raw    6 × u32
//!                        levels u8, codec of text u8, zero u16, time    2 × i64
//!      totals      up to the segment's end: rows, raw bytes, records per level    9 × u64
//!      sources     u32 count, then for each: id u16, records u64, errors u64
//!      checkpoints u32 count, then for each: source u16, length u32, bytes
//!      CRC32C      u32   of all before it
//! ```

use std::collections::{BTreeMap, HashMap};
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};

use crosscut_model::{LevelSet, SourceId};

use super::{FrameEntry, FrameState, Segment};
use crate::frame::{Codec, HEADER_BYTES, take};
use crate::storage::{OpenMode, Storage, StoredFile, read_exact_at, read_file};
use crate::totals::{SourceTotals, Totals};

const MAGIC: [u8; 8] = *b"\x89CXS\r\n\x1a\n";
const VERSION: u16 = 1;

/// A closed segment's frames, and what the run amounted to at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// The frames with records; their segment's index is not kept.
    pub(crate) frames: Vec<FrameEntry>,
    /// Without the bytes on disk.
    pub(crate) totals: Totals,
    pub(crate) sources: BTreeMap<SourceId, SourceTotals>,
    pub(crate) checkpoints: HashMap<SourceId, Vec<u8>>,
}

/// The path of a segment's summary.
fn path_of(segment: &Path) -> PathBuf {
    segment.with_extension("sum")
}

impl Summary {
    /// Puts it beside its segment. Not synced: one that is torn is not believed.
    pub(crate) fn write(
        &self,
        storage: &dyn Storage,
        segment: &Segment,
        stamp: u32,
    ) -> io::Result<()> {
        let bytes = self.encode(stamp, &Fit::of(&*segment.file, &self.frames)?);
        let file = storage.open(&path_of(&segment.path), OpenMode::Truncate)?;
        file.append(&mut [IoSlice::new(&bytes)])
    }

    /// Reads the summary of a segment; `None` when there is none that fits.
    pub(crate) fn read(storage: &dyn Storage, segment: &Segment, stamp: u32) -> Option<Self> {
        let bytes = read_file(storage, &path_of(&segment.path)).ok()?;
        let (summary, fit) = Self::decode(&bytes, stamp)?;
        let fits = fit == Fit::of(&*segment.file, &summary.frames).ok()?;
        fits.then_some(summary)
    }

    /// Takes the summary of a segment away, durably, before the segment is replaced.
    pub(crate) fn remove(storage: &dyn Storage, segment: &Path) -> io::Result<()> {
        match storage.remove_file(&path_of(segment)) {
            Ok(()) => storage.sync_dir(segment.parent().unwrap_or(Path::new(""))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn encode(&self, stamp: u32, fit: &Fit) -> Vec<u8> {
        let mut out = Vec::with_capacity(256 + self.frames.len() * 44);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&u32::from(VERSION).to_le_bytes());
        out.extend_from_slice(&stamp.to_le_bytes());
        out.extend_from_slice(&fit.length.to_le_bytes());
        out.extend_from_slice(&fit.headers.to_le_bytes());
        out.extend_from_slice(&count(self.frames.len()));
        for frame in &self.frames {
            for value in [
                frame.first_row,
                frame.rows,
                frame.offset,
                frame.stored,
                frame.meta_stored,
                frame.text_raw,
            ] {
                out.extend_from_slice(&value.to_le_bytes());
            }
            out.extend_from_slice(&[frame.levels.0, frame.text_codec as u8, 0, 0]);
            out.extend_from_slice(&frame.min_time.to_le_bytes());
            out.extend_from_slice(&frame.max_time.to_le_bytes());
        }
        let Totals {
            rows,
            raw_bytes,
            levels,
            disk_bytes: _,
        } = self.totals;
        for value in [rows, raw_bytes].iter().chain(&levels) {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(&count(self.sources.len()));
        for (id, totals) in &self.sources {
            out.extend_from_slice(&id.0.to_le_bytes());
            out.extend_from_slice(&totals.records.to_le_bytes());
            out.extend_from_slice(&totals.errors.to_le_bytes());
        }
        let checkpoints: BTreeMap<_, _> = self.checkpoints.iter().collect();
        out.extend_from_slice(&count(checkpoints.len()));
        for (source, bytes) in checkpoints {
            out.extend_from_slice(&source.0.to_le_bytes());
            out.extend_from_slice(&count(bytes.len()));
            out.extend_from_slice(bytes);
        }
        out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
        out
    }

    fn decode(bytes: &[u8], stamp: u32) -> Option<(Self, Fit)> {
        let (body, crc) = bytes.split_last_chunk::<4>()?;
        let rest = &mut body.strip_prefix(&MAGIC)?;
        let known = crc32c::crc32c(body) == u32::from_le_bytes(*crc)
            && u32_of(rest)? == u32::from(VERSION)
            && u32_of(rest)? == stamp;
        known.then_some(())?;
        let fit = Fit {
            length: u64_of(rest)?,
            headers: u32_of(rest)?,
        };
        let mut summary = Self::default();
        for _ in 0..u32_of(rest)? {
            summary.frames.push(frame(rest)?);
        }
        summary.totals.rows = u64_of(rest)?;
        summary.totals.raw_bytes = u64_of(rest)?;
        for level in &mut summary.totals.levels {
            *level = u64_of(rest)?;
        }
        for _ in 0..u32_of(rest)? {
            let id = SourceId(take(rest).map(u16::from_le_bytes)?);
            let (records, errors) = (u64_of(rest)?, u64_of(rest)?);
            summary.sources.insert(id, SourceTotals { records, errors });
        }
        for _ in 0..u32_of(rest)? {
            let source = SourceId(take(rest).map(u16::from_le_bytes)?);
            let len = u32_of(rest)? as usize;
            let (bytes, tail) = rest.split_at_checked(len)?;
            summary.checkpoints.insert(source, bytes.to_vec());
            *rest = tail;
        }
        rest.is_empty().then_some((summary, fit))
    }
}

fn frame(rest: &mut &[u8]) -> Option<FrameEntry> {
    let mut next = || u32_of(rest);
    let (first_row, rows, offset, stored, meta_stored, text_raw) =
        (next()?, next()?, next()?, next()?, next()?, next()?);
    let [levels, codec, _, _] = take(rest)?;
    Some(FrameEntry {
        first_row,
        rows,
        segment: 0,
        offset,
        stored,
        meta_stored,
        text_raw,
        levels: LevelSet(levels),
        state: FrameState::Whole,
        text_codec: Codec::from_code(codec)?,
        min_time: take(rest).map(i64::from_le_bytes)?,
        max_time: take(rest).map(i64::from_le_bytes)?,
    })
}

/// What tells the segment that a summary is of from others that had its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fit {
    length: u64,
    headers: u32,
}

impl Fit {
    fn of(segment: &dyn StoredFile, frames: &[FrameEntry]) -> io::Result<Self> {
        let last = frames.last().map_or(0, |frame| u64::from(frame.offset));
        let mut headers = [0; 2 * HEADER_BYTES];
        let (first, second) = headers.split_at_mut(HEADER_BYTES);
        read_exact_at(segment, first, 0)?;
        read_exact_at(segment, second, last)?;
        Ok(Self {
            length: segment.len()?,
            headers: crc32c::crc32c(&headers),
        })
    }
}

fn count(len: usize) -> [u8; 4] {
    u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes()
}

fn u32_of(rest: &mut &[u8]) -> Option<u32> {
    take(rest).map(u32::from_le_bytes)
}

fn u64_of(rest: &mut &[u8]) -> Option<u64> {
    take(rest).map(u64::from_le_bytes)
}
