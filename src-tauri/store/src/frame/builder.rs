//! Making frames.

use crosscut_model::{LevelSet, RowMeta, SourceId, limits};

use super::FrameText;
use super::codec::{Codec, pack};
use super::header::{GOES_ON, HEADER_BYTES, Header};
use super::meta::{self, Checkpoints, Columns};
use crate::totals::Tally;

/// Text shorter than this is stored as it is: a live frame of a few lines.
const MIN_PACKED_TEXT: usize = 4 << 10;

/// A meta section shorter than this is stored as it is.
const MIN_PACKED_META: usize = 512;

/// A frame takes no more text than this, whatever its records. Bytes.
const MAX_TEXT: usize = 512 << 20;

/// A frame takes no more records, or no more text; the record was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the frame is full")]
pub struct FrameFull;

/// All of a frame but its text: for records whose text stands in a buffer already, as it is to
/// stand in the frame.
#[derive(Debug, Clone, Default)]
pub struct FrameOutline {
    ends: Vec<u32>,
    columns: Columns,
    checkpoints: Checkpoints,
}

impl FrameOutline {
    /// A frame without records, with room for some.
    pub fn with_capacity(rows: usize) -> Self {
        let rows = rows.min(limits::FRAME_ROWS);
        Self {
            ends: Vec::with_capacity(rows),
            columns: Columns::with_capacity(rows),
            checkpoints: Checkpoints::new(),
        }
    }

    /// Adds a record: its columns, and how long it is without the newline behind it.
    pub fn push(&mut self, meta: &RowMeta, len: usize) -> Result<(), FrameFull> {
        let end = self.text_bytes().saturating_add(len).saturating_add(1);
        let Ok(end_u32) = u32::try_from(end) else {
            return Err(FrameFull);
        };
        if self.ends.len() >= limits::FRAME_ROWS || (end > MAX_TEXT && !self.ends.is_empty()) {
            return Err(FrameFull);
        }
        if end > 2 * MAX_TEXT {
            return Err(FrameFull);
        }
        self.ends.push(end_u32);
        self.columns.push(meta);
        Ok(())
    }

    /// How far a source had been read once the records so far are stored; replaces what was said
    /// of it before.
    pub fn checkpoint(&mut self, source: SourceId, bytes: Vec<u8>) {
        match self
            .checkpoints
            .iter_mut()
            .find(|(known, _)| *known == source)
        {
            Some((_, old)) => *old = bytes,
            None => self.checkpoints.push((source, bytes)),
        }
    }

    /// Records so far.
    pub fn rows(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of text so far, a newline per record included.
    pub fn text_bytes(&self) -> usize {
        self.ends.last().map_or(0, |&end| end as usize)
    }

    /// Whether there is nothing in it: neither records nor checkpoints.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.checkpoints.is_empty()
    }

    /// Packs the frame with the text it is the outline of: [`text_bytes`](Self::text_bytes) bytes,
    /// each record followed by a newline. `None` when the text is of another length.
    pub fn encode(self, text: &[u8], codec: Codec) -> Option<EncodedFrame> {
        (text.len() == self.text_bytes()).then(|| encode(self, text, codec))
    }
}

/// Gathers records into a frame.
///
/// Encoding is pure and takes no part of a run, so frames can be built and packed on any thread;
/// only [`append`](crate::RunStore::append) gives them their place.
#[derive(Debug, Clone, Default)]
pub struct FrameBuilder {
    outline: FrameOutline,
    text: Vec<u8>,
}

impl FrameBuilder {
    /// A frame without records.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record: its columns and its raw bytes, without the newline that ended it.
    pub fn push(&mut self, meta: &RowMeta, raw: &[u8]) -> Result<(), FrameFull> {
        self.outline.push(meta, raw.len())?;
        self.text.reserve(raw.len() + 1);
        self.text.extend_from_slice(raw);
        self.text.push(b'\n');
        Ok(())
    }

    /// Adds all records of another frame, for compaction.
    pub(crate) fn absorb(&mut self, text: &FrameText, columns: &Columns) -> Result<(), FrameFull> {
        let base = u32::try_from(self.text.len()).map_err(|_| FrameFull)?;
        self.text.extend_from_slice(text.text());
        let ends = text.ends().iter().map(|end| base.saturating_add(*end));
        self.outline.ends.extend(ends);
        self.outline.columns.extend_from(columns, 0..columns.len());
        Ok(())
    }

    /// How far a source had been read once the records so far are stored; replaces what was said
    /// of it before.
    pub fn checkpoint(&mut self, source: SourceId, bytes: Vec<u8>) {
        self.outline.checkpoint(source, bytes);
    }

    /// Records so far.
    pub fn rows(&self) -> usize {
        self.outline.rows()
    }

    /// Bytes of text so far, a newline per record included.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// Whether there is nothing in it: neither records nor checkpoints.
    pub fn is_empty(&self) -> bool {
        self.outline.is_empty()
    }

    /// Whether it has come to the size a frame should have
    /// ([`limits::FRAME_TEXT_BYTES`], [`limits::FRAME_ROWS`]).
    pub fn is_full(&self) -> bool {
        self.text.len() >= limits::FRAME_TEXT_BYTES || self.rows() >= limits::FRAME_ROWS
    }

    /// Packs the frame. `codec` is for the text; what is small, or does not get smaller, is stored
    /// as it is.
    pub fn encode(self, codec: Codec) -> EncodedFrame {
        encode(self.outline, &self.text, codec)
    }
}

fn encode(outline: FrameOutline, text: &[u8], codec: Codec) -> EncodedFrame {
    let FrameOutline {
        ends,
        columns,
        checkpoints,
    } = outline;
    let rows = len_u32(ends.len());
    let text_raw = len_u32(text.len());
    let mut levels = LevelSet::default();
    columns
        .levels
        .iter()
        .for_each(|code| levels.0 |= 1 << (code & 7));
    let min_time = columns.times.iter().copied().min().unwrap_or_default();
    let max_time = columns.times.iter().copied().max().unwrap_or_default();

    let meta = meta::encode(&columns, &ends, &checkpoints);
    let meta_raw = len_u32(meta.len());
    let meta_codec = if meta.len() < MIN_PACKED_META {
        Codec::None
    } else {
        Codec::Lz4
    };
    let (meta_codec, meta) = match pack(meta_codec, &meta) {
        Some(packed) => (meta_codec, packed),
        None => (Codec::None, meta),
    };
    let codec = if text.len() < MIN_PACKED_TEXT {
        Codec::None
    } else {
        codec
    };
    let (text_codec, text) = match pack(codec, text) {
        Some(packed) => (codec, packed),
        None => (Codec::None, text.to_vec()),
    };

    let header = Header {
        levels,
        meta_codec,
        text_codec,
        rows,
        meta_stored: len_u32(meta.len()),
        meta_raw,
        text_stored: len_u32(text.len()),
        text_raw,
        meta_crc: crc32c::crc32c(&meta),
        text_crc: crc32c::crc32c(&text),
        filter_crc: crc32c::crc32c(&[]),
        min_time,
        max_time,
        ..Header::default()
    };
    let tally = Tally::of(&columns);
    EncodedFrame {
        header,
        meta,
        text,
        columns,
        checkpoints,
        tally,
    }
}

/// A packed frame that has no place in a run yet.
#[derive(Debug, Clone)]
pub struct EncodedFrame {
    pub(crate) header: Header,
    pub(crate) meta: Vec<u8>,
    pub(crate) text: Vec<u8>,
    pub(crate) columns: Columns,
    pub(crate) checkpoints: Checkpoints,
    pub(crate) tally: Tally,
}

impl EncodedFrame {
    /// Records in it.
    pub fn rows(&self) -> usize {
        self.header.rows as usize
    }

    /// Says that its batch goes on in the next frame, which carries the checkpoint: after a crash
    /// it is kept only together with that one.
    #[must_use]
    pub fn goes_on(mut self) -> Self {
        self.header.filter_codec |= GOES_ON;
        self
    }

    /// Bytes it takes on disk.
    pub fn stored_bytes(&self) -> usize {
        HEADER_BYTES + self.meta.len() + self.text.len()
    }
}

/// Lengths are bounded by [`MAX_TEXT`], so they fit.
fn len_u32(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
