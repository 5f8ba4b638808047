//! A file that is held open, and how far it has been read.
//!
//! Whatever happens to its path, the descriptor stays on the same file, so a renamed or deleted one
//! is read to its end. Each read checks *after* the bytes came in that those before the cursor are
//! still the ones that were read; only then are the new ones believed.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Instant;

use crosscut_engine::source::Lines;
use crosscut_model::limits::JOIN_WAIT;
use crosscut_model::{Clock, SystemClock};

use super::checkpoint::Checkpoint;
use super::cut::{Behind, Cutter, Sizes};
use super::decode::Encoding;
use super::identity::{Identity, Prints, Stamp, is_nameless};
use super::read;
use super::sniff;

/// Fewer zeros at a file's beginning than this are bytes of its first line; so many are read at once.
const ZEROS_STEP: usize = 64 << 10;
static ZEROS: [u8; ZEROS_STEP] = [0; ZEROS_STEP];
/// So many are looked through in one look. Bytes.
const ZEROS_AT_ONCE: u64 = 256 << 20;

/// What a look into the file brought.
#[derive(Debug)]
pub(crate) enum Look {
    /// Records, or a piece of a line too long to be kept whole.
    Lines(Lines),
    /// No whole record; perhaps the beginning of one, see [`Held::shown`].
    End,
    /// It is compressed or an archive, and nothing of it was taken.
    Packed,
    /// The bytes that were read are not there any more: the file was cut, and perhaps filled again.
    Cut,
    /// The file begins with so many zeros, which were passed over.
    Hole(u64),
    /// There is more to look at before anything can be said.
    Unfinished,
}

/// What was there behind the cursor and could not be taken yet.
#[derive(Debug, Default)]
struct Rest {
    /// Its beginning.
    begin: Vec<u8>,
    /// How long it is.
    length: u64,
    /// How long the whole lines in it are, which may go on.
    whole: usize,
    /// Since when they are as they are.
    since: Option<Instant>,
}

/// An open file.
#[derive(Debug)]
pub(crate) struct Held {
    file: File,
    /// What it is.
    pub(crate) id: Identity,
    /// The start of the first record not handed over.
    pub(crate) cursor: u64,
    prints: Prints,
    cutter: Cutter,
    /// What it looked like when it was last read to its end, if a change since then must show.
    settled: Option<Stamp>,
    rest: Rest,
    /// When the path was last seen to lead to it, in nanoseconds since 1970.
    pub(crate) seen: i64,
    /// When it last brought bytes.
    pub(crate) grown: Instant,
    /// Whether what is read was there before anyone looked.
    pub(crate) history: bool,
    untouched: bool,
    /// Zeros at its beginning that were found so far.
    zeros: u64,
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
            cutter: Cutter::default(),
            settled: None,
            rest: Rest::default(),
            seen: SystemClock.now().0,
            grown: now,
            history,
            untouched: true,
            zeros: 0,
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
        held.cutter = Cutter::new(at.encoding);
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
        // Where births are not known, any file may have got the number of one that is gone.
        at.file.born?;
        let mut held = Self::start(file, id, true, now);
        held.seen = at.seen;
        Some((held, false))
    }

    /// How far it has been handed over.
    pub(crate) fn checkpoint(&self) -> Checkpoint {
        let prints = self.prints.digest();
        Checkpoint::new(self.id, self.cursor, self.seen, prints, self.encoding())
    }

    /// Reads what comes next. `wall` is the time of day in nanoseconds.
    pub(crate) fn look(&mut self, now: Instant, wall: i64, sizes: &Sizes) -> io::Result<Look> {
        let stamp = Stamp::of(&self.file.metadata()?);
        let since = self.rest.since;
        let rested = since.is_some_and(|at| now.saturating_duration_since(at) >= JOIN_WAIT);
        if self.settled == Some(stamp) && !rested {
            return Ok(Look::End);
        }
        self.settled = None;
        if std::mem::take(&mut self.was_cut) || stamp.size < self.cursor {
            return Ok(self.cut(stamp.size));
        }
        if self.cursor == 0
            && let Some(look) = self.pass_zeros(stamp, wall)?
        {
            return Ok(look);
        }
        let first = std::mem::take(&mut self.untouched).then_some(sizes.first);
        let mut bytes = self.read(stamp.size, first, sizes)?;
        if self.cursor == 0 && sniff::packed(&bytes).is_some() {
            return Ok(Look::Packed);
        }
        let whole = self.cutter.encoding.whole_lines(&bytes);
        let quiet = rested && whole == self.rest.whole;
        let behind = if quiet { Behind::Rest } else { Behind::More };
        let mut cut = self.cutter.cut(&bytes, behind, sizes);
        if cut.is_none() && (first.is_some() || bytes.len() == sizes.longest(Encoding::Bytes)) {
            bytes = self.read(stamp.size, None, sizes)?;
            cut = self.cutter.cut(&bytes, behind, sizes);
        }
        let size = self.file.metadata()?.len();
        if size < self.cursor || !self.prints.fit(&self.file, self.cursor)? {
            return Ok(self.cut(0));
        }
        if !self.fits_rest(&bytes, size) {
            return Ok(self.cut(size));
        }
        if let Some(cut) = cut {
            self.advance(bytes.get(..cut.taken).unwrap_or(&bytes), now);
            return Ok(Look::Lines(cut.lines));
        }
        if bytes.len() as u64 != self.rest.length {
            self.grown = now;
        }
        let whole = self.cutter.encoding.whole_lines(&bytes);
        let since = self.rest.since.filter(|_| whole == self.rest.whole);
        let length = bytes.len() as u64;
        bytes.truncate(sizes.partial);
        self.rest = Rest {
            begin: bytes,
            length,
            whole,
            since: (whole > 0).then(|| since.unwrap_or(now)),
        };
        self.settled = stamp.is_settled(wall).then_some(stamp);
        Ok(Look::End)
    }

    /// The bytes behind the cursor, as many as make a line too long, or `most`. How a file is written
    /// is told by its first bytes until some of them are taken.
    fn read(&mut self, size: u64, most: Option<usize>, sizes: &Sizes) -> io::Result<Vec<u8>> {
        let longest = sizes.longest(self.cutter.encoding);
        let there = usize::try_from(size.saturating_sub(self.cursor)).unwrap_or(usize::MAX);
        let len = there.min(longest).min(most.unwrap_or(longest));
        let bytes = read::up_to(&self.file, self.cursor, len)?;
        if self.cursor == 0 {
            self.cutter.encoding = Encoding::of(&bytes);
        }
        Ok(bytes)
    }

    /// Passes over the zeros that a file begins with when a program goes on writing where it was after
    /// its file was cut: there may be more of them than there ever were lines. `None` when there are
    /// none to speak of.
    fn pass_zeros(&mut self, stamp: Stamp, wall: i64) -> io::Result<Option<Look>> {
        let until = stamp.size.min(self.zeros.saturating_add(ZEROS_AT_ONCE));
        while self.zeros < until {
            let bytes = read::up_to(&self.file, self.zeros, ZEROS_STEP)?;
            let zeros = if bytes == ZEROS {
                bytes.len()
            } else {
                bytes.iter().take_while(|byte| **byte == 0).count()
            };
            self.zeros += zeros as u64;
            if zeros < bytes.len() || bytes.is_empty() {
                let zeros = std::mem::take(&mut self.zeros);
                if zeros < ZEROS_STEP as u64 {
                    return Ok(None);
                }
                self.cursor = zeros;
                self.prints.advance(&ZEROS);
                self.rest = Rest::default();
                return Ok(Some(Look::Hole(zeros)));
            }
        }
        if self.zeros < stamp.size {
            return Ok(Some(Look::Unfinished));
        }
        // Nothing but zeros: whatever will be written may be written over them.
        if std::mem::take(&mut self.zeros) < ZEROS_STEP as u64 {
            return Ok(None);
        }
        self.settled = stamp.is_settled(wall).then_some(stamp);
        Ok(Some(Look::End))
    }

    /// Looks only at how a file begins that is to be read later, to know then whether it was cut.
    pub(crate) fn glance(&mut self, sizes: &Sizes) -> io::Result<()> {
        let size = self.file.metadata()?.len();
        let begin = read::up_to(&self.file, self.cursor, sizes.partial)?;
        self.was_cut |= !self.fits_rest(&begin, size);
        self.rest = Rest {
            begin,
            length: size.saturating_sub(self.cursor),
            whole: 0,
            since: None,
        };
        Ok(())
    }

    /// Whether what was seen behind the cursor at the last look is still there.
    fn fits_rest(&self, bytes: &[u8], size: u64) -> bool {
        let same = bytes
            .iter()
            .zip(&self.rest.begin)
            .all(|(now, before)| now == before);
        same && size.saturating_sub(self.cursor) >= self.rest.length
    }

    /// The beginning of what could not be taken yet, as it is to be shown.
    pub(crate) fn shown(&self) -> Vec<u8> {
        let mut shown = self.cutter.encoding.decode(self.rest.begin.clone());
        if shown.last() == Some(&b'\n') {
            shown.pop();
        }
        shown
    }

    /// How its characters are written, as far as that is known.
    pub(crate) fn encoding(&self) -> Encoding {
        self.cutter.encoding
    }

    /// Takes what is left before `end`, though its last line has no newline: no more is awaited. `None`
    /// when there is nothing.
    pub(crate) fn take_rest(
        &mut self,
        end: u64,
        now: Instant,
        sizes: &Sizes,
    ) -> io::Result<Option<Lines>> {
        let bytes = self.read(end, None, sizes)?;
        let Some(cut) = self.cutter.cut(&bytes, Behind::Nothing, sizes) else {
            return Ok(None);
        };
        self.advance(bytes.get(..cut.taken).unwrap_or(&bytes), now);
        Ok(Some(cut.lines))
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
        self.rest = Rest::default();
        self.grown = now;
    }

    /// The file was cut to `size` bytes: what lies before stays taken when all of it is there.
    fn cut(&mut self, size: u64) -> Look {
        if size < self.cursor {
            self.cursor = 0;
            self.prints = Prints::default();
        }
        self.cutter = Cutter::new(self.cutter.encoding);
        self.rest = Rest::default();
        self.zeros = 0;
        Look::Cut
    }
}
