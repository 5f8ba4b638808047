//! The walk over a segment's frames, through whatever damage there is.

use std::io;

use crate::frame::{HEADER_BYTES, Header, HeaderFault, MAGIC};
use crate::storage::StoredFile;

/// Bytes read at once: a header and its meta section, or a few small frames.
const WINDOW: usize = 16 << 10;

/// A sliding look at a file, so that small frames do not cost a read each.
#[derive(Debug)]
pub(crate) struct Window<'f> {
    file: &'f dyn StoredFile,
    start: u64,
    bytes: Vec<u8>,
    /// How many of the bytes were read.
    len: usize,
}

impl<'f> Window<'f> {
    pub(crate) fn new(file: &'f dyn StoredFile) -> Self {
        Self {
            file,
            start: 0,
            bytes: Vec::new(),
            len: 0,
        }
    }

    /// The bytes at an offset; fewer than asked for at the file's end.
    pub(crate) fn get(&mut self, offset: u64, len: usize) -> io::Result<&[u8]> {
        let skip = offset
            .checked_sub(self.start)
            .and_then(|skip| usize::try_from(skip).ok());
        let held = skip.filter(|skip| skip.saturating_add(len) <= self.len);
        let skip = if let Some(skip) = held {
            skip
        } else {
            let want = len.max(WINDOW);
            if self.bytes.len() < want {
                self.bytes = vec![0; want];
            }
            let room = self.bytes.get_mut(..want).unwrap_or_default();
            self.len = self.file.read_at(room, offset)?;
            self.start = offset;
            0
        };
        let end = self.len.min(skip + len);
        Ok(self.bytes.get(skip..end).unwrap_or_default())
    }
}

/// What is wrong with a frame whose header is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// Nothing (its text may not have been looked at).
    Whole,
    /// Its text fails its checksum.
    TextLost,
    /// Its meta section fails its checksum.
    MetaLost,
}

/// A frame met on the walk.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found {
    pub(crate) offset: u64,
    pub(crate) header: Header,
    pub(crate) health: Health,
}

/// What a walk meets.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item {
    /// A frame whose header is whole. Its first row is the one expected or, when frames before it
    /// are lost, a later one.
    Frame(Found),
    /// Bytes that belong to no frame; they begin here.
    Junk {
        /// Where.
        offset: u64,
    },
}

/// The outcome of a walk.
#[derive(Debug)]
pub(crate) enum Walk {
    /// All there is, in order.
    Items(Vec<Item>),
    /// A whole frame of a version that is not known: nothing may be cut or guessed.
    TooNew(u16),
}

/// Which frames belong into a segment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    /// The run's stamp; any will do when it is not known.
    pub(crate) stamp: Option<u32>,
    /// The row that the next frame should begin with.
    pub(crate) row: u64,
}

/// The stamp of the frame that a segment begins with.
pub(crate) fn stamp_of(file: &dyn StoredFile) -> io::Result<Option<u32>> {
    let header = Header::decode(Window::new(file).get(0, HEADER_BYTES)?, None);
    Ok(header.ok().map(|header| header.stamp))
}

/// Walks over a segment of `len` bytes.
///
/// With `verify_text`, texts are read and checked too.
pub(crate) fn walk(
    file: &dyn StoredFile,
    len: u64,
    mut expected: Expected,
    verify_text: bool,
) -> io::Result<Walk> {
    let mut window = Window::new(file);
    let mut items = Vec::new();
    let mut offset = 0;
    while offset < len {
        let mut found = match look(&mut window, offset, len, expected)? {
            Ok(found) => found,
            Err(HeaderFault::TooNew(version)) => return Ok(Walk::TooNew(version)),
            Err(HeaderFault::Damaged) => {
                items.push(Item::Junk { offset });
                match next_frame(&mut window, offset + 1, len, expected)? {
                    Some(next) => offset = next,
                    None => break,
                }
                continue;
            }
        };
        let header = &found.header;
        if verify_text && found.health == Health::Whole && header.text_stored > 0 {
            let text = window.get(offset + header.text_offset(), header.text_stored as usize)?;
            if crc32c::crc32c(text) != header.text_crc {
                found.health = Health::TextLost;
            }
        }
        expected.row = header.first_row + u64::from(header.rows);
        offset += header.frame_bytes();
        items.push(Item::Frame(found));
    }
    Ok(Walk::Items(items))
}

/// Looks for a frame at an offset: its header must be whole, it must fit the file, and it must not
/// begin with a row there was already.
fn look(
    window: &mut Window<'_>,
    offset: u64,
    len: u64,
    expected: Expected,
) -> io::Result<Result<Found, HeaderFault>> {
    let header = match Header::decode(window.get(offset, HEADER_BYTES)?, expected.stamp) {
        Ok(header) => header,
        Err(fault) => return Ok(Err(fault)),
    };
    if header.first_row < expected.row || offset.saturating_add(header.frame_bytes()) > len {
        return Ok(Err(HeaderFault::Damaged));
    }
    let meta = window.get(offset + HEADER_BYTES as u64, header.meta_stored as usize)?;
    let whole = crc32c::crc32c(meta) == header.meta_crc;
    let health = if whole {
        Health::Whole
    } else {
        Health::MetaLost
    };
    Ok(Ok(Found {
        offset,
        header,
        health,
    }))
}

/// The next place at or after an offset where a frame begins whose header and meta are whole.
fn next_frame(
    window: &mut Window<'_>,
    mut offset: u64,
    len: u64,
    expected: Expected,
) -> io::Result<Option<u64>> {
    while offset < len {
        let bytes = window.get(offset, WINDOW)?;
        if bytes.len() < MAGIC.len() {
            return Ok(None);
        }
        let Some(at) = bytes.windows(MAGIC.len()).position(|w| w == MAGIC) else {
            offset += (bytes.len() - (MAGIC.len() - 1)) as u64;
            continue;
        };
        offset += at as u64;
        match look(window, offset, len, expected)? {
            Ok(found) if found.health == Health::Whole => return Ok(Some(offset)),
            // A newer version's frame is for the walk itself to meet.
            Err(HeaderFault::TooNew(_)) => return Ok(Some(offset)),
            Ok(_) | Err(HeaderFault::Damaged) => offset += 1,
        }
    }
    Ok(None)
}
