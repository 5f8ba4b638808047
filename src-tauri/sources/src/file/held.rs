//! A file that is held open, and how far it has been read.
//!
//! Whatever happens to its path, the descriptor stays on the same file, so a renamed or deleted one
//! is read to its end. Each read checks *after* the bytes came in that those before the cursor are
//! still the ones that were read; only then are the new ones believed.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Instant;

use crosscut_model::{Clock, SystemClock};

use super::checkpoint::Checkpoint;
use super::chunk::{self, Chunk, Sizes};
use super::identity::{Identity, Prints, Stamp, is_nameless};

/// What a look into the file brought.
#[derive(Debug)]
pub(crate) enum Look {
    /// Whole lines.
    Lines(Vec<u8>),
    /// A piece of a line too long to be kept whole; the line goes on.
    Piece(Vec<u8>),
    /// No whole line; perhaps the beginning of one, see [`Held::rest`].
    End,
    /// The bytes that were read are not there any more: the file was cut, and perhaps filled again.
    Cut,
}

/// An open file.
#[derive(Debug)]
pub(crate) struct Held {
    file: File,
    /// What it is.
    pub(crate) id: Identity,
    /// The start of the first line not handed over.
    pub(crate) cursor: u64,
    prints: Prints,
    /// What it looked like when it was last read to its end, if a change since then must show.
    settled: Option<Stamp>,
    /// The beginning of the line that has no newline yet, and its whole length.
    rest: (Vec<u8>, u64),
    /// When the path was last seen to lead to it, in nanoseconds since 1970.
    pub(crate) seen: i64,
    /// When it last brought bytes.
    pub(crate) grown: Instant,
    /// Whether what is read was there before anyone looked.
    pub(crate) history: bool,
    untouched: bool,
    /// Whether it was cut while it was only glanced at.
    was_cut: bool,
}

impl Held {
    /// A file to be read from its start.
    pub(crate) fn start(file: File, id: Identity, history: bool, now: Instant) -> Self {
        Self {
            file,
            id,
            cursor: 0,
            prints: Prints::default(),
            settled: None,
            rest: (Vec::new(), 0),
            seen: SystemClock.now().0,
            grown: now,
            history,
            untouched: true,
            was_cut: false,
        }
    }

    /// A file to be read on from a checkpoint; `None` when its bytes do not fit.
    pub(crate) fn resume(file: File, at: &Checkpoint, now: Instant) -> io::Result<Option<Self>> {
        let meta = file.metadata()?;
        if meta.len() < at.at {
            return Ok(None);
        }
        let Some(prints) = Prints::take(&file, at.at, &at.prints)? else {
            return Ok(None);
        };
        let mut held = Self::start(file, Identity::of(&meta), true, now);
        held.cursor = at.at;
        held.prints = prints;
        held.seen = at.seen;
        Ok(Some(held))
    }

    /// The file of a checkpoint under the new name it was given in `folder`; and whether its bytes
    /// fit, else it is to be read from its start.
    pub(crate) fn resume_renamed(
        folder: &Path,
        at: &Checkpoint,
        now: Instant,
    ) -> Option<(Self, bool)> {
        let file = File::open(at.file.find_in(folder)?).ok()?;
        let id = Identity::of(&file.metadata().ok()?);
        if let Some(held) = Self::resume(file.try_clone().ok()?, at, now).ok()? {
            return Some((held, true));
        }
        let mut held = Self::start(file, id, true, now);
        held.seen = at.seen;
        Some((held, false))
    }

    /// How far it has been handed over.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint::new(self.id, self.cursor, self.seen, self.prints.digest())
    }

    /// Reads what comes next. `wall` is the time of day in nanoseconds.
    pub(crate) fn look(&mut self, now: Instant, wall: i64, sizes: &Sizes) -> io::Result<Look> {
        let stamp = Stamp::of(&self.file.metadata()?);
        if self.settled == Some(stamp) {
            return Ok(Look::End);
        }
        self.settled = None;
        if std::mem::take(&mut self.was_cut) || stamp.size < self.cursor {
            return Ok(self.cut(stamp.size));
        }
        let first = std::mem::take(&mut self.untouched);
        let chunk = chunk::read(&self.file, self.cursor, stamp.size, first, sizes)?;
        let size = self.file.metadata()?.len();
        if size < self.cursor || !self.prints.fit(&self.file, self.cursor)? {
            return Ok(self.cut(0));
        }
        let (Chunk::Lines(bytes) | Chunk::Piece(bytes) | Chunk::Rest(bytes)) = &chunk;
        if !self.fits_rest(bytes, size) {
            return Ok(self.cut(size));
        }
        match chunk {
            Chunk::Lines(bytes) => {
                self.advance(&bytes, now);
                Ok(Look::Lines(bytes))
            }
            Chunk::Piece(bytes) => {
                self.advance(&bytes, now);
                Ok(Look::Piece(bytes))
            }
            Chunk::Rest(bytes) => {
                if bytes.len() as u64 != self.rest.1 {
                    self.grown = now;
                }
                let shown = bytes.len().min(sizes.partial);
                self.rest = (
                    bytes.get(..shown).unwrap_or_default().to_vec(),
                    bytes.len() as u64,
                );
                self.settled = stamp.is_settled(wall).then_some(stamp);
                Ok(Look::End)
            }
        }
    }

    /// Looks only at how a file begins that is to be read later, to know then whether it was cut.
    pub(crate) fn glance(&mut self, sizes: &Sizes) -> io::Result<()> {
        let size = self.file.metadata()?.len();
        let begin = chunk::begin(&self.file, self.cursor, sizes)?;
        self.was_cut |= !self.fits_rest(&begin, size);
        self.rest = (begin, size.saturating_sub(self.cursor));
        Ok(())
    }

    /// Whether what was seen behind the cursor at the last look is still there.
    fn fits_rest(&self, bytes: &[u8], size: u64) -> bool {
        let same = bytes
            .iter()
            .zip(&self.rest.0)
            .all(|(now, before)| now == before);
        same && size.saturating_sub(self.cursor) >= self.rest.1
    }

    /// The beginning of the last line, when it has no newline yet.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.rest.0
    }

    /// Takes the last line as it is, without a newline: no more will come.
    pub(crate) fn take_rest(&mut self, now: Instant, sizes: &Sizes) -> io::Result<Option<Vec<u8>>> {
        let size = self.file.metadata()?.len();
        match chunk::read(&self.file, self.cursor, size, false, sizes)? {
            Chunk::Rest(bytes) if !bytes.is_empty() => {
                self.advance(&bytes, now);
                Ok(Some(bytes))
            }
            _ => Ok(None),
        }
    }

    /// Bytes in the file.
    pub(crate) fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Whether it was deleted.
    pub(crate) fn is_nameless(&self) -> bool {
        self.file.metadata().is_ok_and(|meta| is_nameless(&meta))
    }

    fn advance(&mut self, bytes: &[u8], now: Instant) {
        self.cursor += bytes.len() as u64;
        self.prints.advance(bytes);
        self.rest = (Vec::new(), 0);
        self.grown = now;
    }

    /// The file was cut to `size` bytes: what lies before stays taken when all of it is there.
    fn cut(&mut self, size: u64) -> Look {
        if size < self.cursor {
            self.cursor = 0;
            self.prints = Prints::default();
        }
        self.rest = (Vec::new(), 0);
        Look::Cut
    }
}
