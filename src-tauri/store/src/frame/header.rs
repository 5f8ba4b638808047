//! A frame's first 96 bytes.

use crosscut_model::{LevelSet, limits};

use super::Codec;

/// What a frame begins with.
pub(crate) const MAGIC: [u8; 8] = *b"\x89CXF\r\n\x1a\n";

/// The format's newest version.
pub(crate) const VERSION: u16 = 2;

/// The first version, which most frames are still written in.
const FIRST_VERSION: u16 = 1;

/// Set in the byte of the filter's codec when the batch goes on in the next frame.
pub(crate) const GOES_ON: u8 = 0x80;

/// A header's length.
pub(crate) const HEADER_BYTES: usize = 96;

/// The same, as it stands in the header.
const HEADER_LENGTH: u16 = 96;

/// No raw section is larger: more would mean a header that was made to do harm.
const MAX_SECTION: u32 = 1 << 30;

/// A frame's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Header {
    pub(crate) levels: LevelSet,
    pub(crate) meta_codec: Codec,
    pub(crate) text_codec: Codec,
    pub(crate) filter_codec: u8,
    pub(crate) rows: u32,
    pub(crate) meta_stored: u32,
    pub(crate) meta_raw: u32,
    pub(crate) text_stored: u32,
    pub(crate) text_raw: u32,
    pub(crate) filter_stored: u32,
    pub(crate) filter_raw: u32,
    pub(crate) meta_crc: u32,
    pub(crate) text_crc: u32,
    pub(crate) filter_crc: u32,
    pub(crate) first_row: u64,
    pub(crate) synced_rows: u64,
    pub(crate) min_time: i64,
    pub(crate) max_time: i64,
    pub(crate) stamp: u32,
}

/// Why bytes are no header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderFault {
    /// Not a header, or a damaged one.
    Damaged,
    /// A whole header of a version this program does not know.
    TooNew(u16),
}

impl Header {
    /// Whether the batch goes on in the next frame, which has its checkpoint.
    pub(crate) fn goes_on(&self) -> bool {
        self.filter_codec & GOES_ON != 0
    }

    /// Bytes of the whole frame.
    pub(crate) fn frame_bytes(&self) -> u64 {
        HEADER_BYTES as u64
            + u64::from(self.meta_stored)
            + u64::from(self.filter_stored)
            + u64::from(self.text_stored)
    }

    /// Where the text begins, from the frame's start.
    pub(crate) fn text_offset(&self) -> u64 {
        self.frame_bytes() - u64::from(self.text_stored)
    }

    /// The lowest version that can say what the frame says.
    fn version(&self) -> u16 {
        let high = [self.meta_codec, self.text_codec].contains(&Codec::Lz4High);
        if high { VERSION } else { FIRST_VERSION }
    }

    pub(crate) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&self.version().to_le_bytes());
        out.extend_from_slice(&HEADER_LENGTH.to_le_bytes());
        out.push(self.levels.0);
        out.extend_from_slice(&[
            self.meta_codec as u8,
            self.text_codec as u8,
            self.filter_codec,
        ]);
        for value in [
            self.rows,
            self.meta_stored,
            self.meta_raw,
            self.text_stored,
            self.text_raw,
            self.filter_stored,
            self.filter_raw,
            self.meta_crc,
            self.text_crc,
            self.filter_crc,
        ] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(&self.first_row.to_le_bytes());
        out.extend_from_slice(&self.synced_rows.to_le_bytes());
        out.extend_from_slice(&self.min_time.to_le_bytes());
        out.extend_from_slice(&self.max_time.to_le_bytes());
        out.extend_from_slice(&self.stamp.to_le_bytes());
        out.extend_from_slice(&crc32c::crc32c(&out).to_le_bytes());
        out.first_chunk().copied().unwrap_or([0; HEADER_BYTES])
    }

    /// Reads a header from the start of `bytes`. With a stamp, that of another run is none.
    pub(crate) fn decode(bytes: &[u8], stamp: Option<u32>) -> Result<Self, HeaderFault> {
        let header = bytes
            .first_chunk::<HEADER_BYTES>()
            .ok_or(HeaderFault::Damaged)?;
        let (body, crc) = header.split_last_chunk::<4>().ok_or(HeaderFault::Damaged)?;
        if !body.starts_with(&MAGIC) || crc32c::crc32c(body) != u32::from_le_bytes(*crc) {
            return Err(HeaderFault::Damaged);
        }
        let (_, own) = body.split_last_chunk::<4>().ok_or(HeaderFault::Damaged)?;
        let own = u32::from_le_bytes(*own);
        if stamp.is_some_and(|stamp| stamp != own) {
            return Err(HeaderFault::Damaged);
        }
        Self::decode_fields(body).ok_or(HeaderFault::Damaged)?
    }

    fn decode_fields(body: &[u8]) -> Option<Result<Self, HeaderFault>> {
        let mut rest = body.get(MAGIC.len()..)?;
        let version = take(&mut rest).map(u16::from_le_bytes)?;
        if version > VERSION {
            return Some(Err(HeaderFault::TooNew(version)));
        }
        let [_, _] = take(&mut rest)?;
        let [levels, meta_codec, text_codec, filter_codec] = take(&mut rest)?;
        let mut next = || take(&mut rest).map(u32::from_le_bytes);
        let header = Self {
            levels: LevelSet(levels),
            meta_codec: Codec::from_code(meta_codec)?,
            text_codec: Codec::from_code(text_codec)?,
            filter_codec,
            rows: next()?,
            meta_stored: next()?,
            meta_raw: next()?,
            text_stored: next()?,
            text_raw: next()?,
            filter_stored: next()?,
            filter_raw: next()?,
            meta_crc: next()?,
            text_crc: next()?,
            filter_crc: next()?,
            first_row: take(&mut rest).map(u64::from_le_bytes)?,
            synced_rows: take(&mut rest).map(u64::from_le_bytes)?,
            min_time: take(&mut rest).map(i64::from_le_bytes)?,
            max_time: take(&mut rest).map(i64::from_le_bytes)?,
            stamp: take(&mut rest).map(u32::from_le_bytes)?,
        };
        header.is_sane().then_some(Ok(header))
    }

    fn is_sane(&self) -> bool {
        let end = self.first_row.checked_add(u64::from(self.rows));
        self.rows as usize <= limits::FRAME_ROWS
            && self.text_raw >= self.rows
            && [
                self.meta_raw,
                self.meta_stored,
                self.text_raw,
                self.text_stored,
            ]
            .iter()
            .all(|&len| len <= MAX_SECTION)
            && end.is_some_and(|end| end <= limits::MAX_RUN_ROWS)
            && self.synced_rows <= self.first_row
    }
}

/// Takes `N` bytes off the front of `rest`.
pub(crate) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk::<N>()?;
    *rest = tail;
    Some(*head)
}
