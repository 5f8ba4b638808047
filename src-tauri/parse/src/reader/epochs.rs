//! Epochs in the middle of a line: `134681 node-246 unix.hw state_change 1077804742 1 …`.
//!
//! A number of ten digits may be anything. It is a time when lines of the source keep having one in
//! the same place, and one close to the other.

use crosscut_model::UnixNanos;

use crate::time::epoch;

/// Words of a line that are looked at.
const WORDS: usize = 8;

/// So many lines must agree.
const AGREED: u8 = 3;

/// Between the times of two lines, at most: two years, for logs that were picked from larger ones.
/// Nanoseconds.
const APART: u64 = 2 * 366 * 86_400 * 1_000_000_000;

/// Where the lines of a source have had an epoch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Epochs {
    place: usize,
    last: UnixNanos,
    agreed: u8,
}

impl Epochs {
    /// The time of a line that names none in any other way.
    pub(super) fn read(&mut self, line: &[u8]) -> Option<UnixNanos> {
        // Nearly no line has a word that begins like one.
        let begins = |at: usize| {
            at.checked_sub(1)
                .is_none_or(|at| line.get(at) == Some(&b' '))
        };
        if !memchr::memchr_iter(b'1', line).any(begins) {
            return None;
        }
        let words = line.split(|&byte| byte == b' ').take(WORDS).enumerate();
        let (place, time) = words
            .filter(|(_, word)| matches!(word.len(), 10 | 13) && word.first() == Some(&b'1'))
            .find_map(|(place, word)| Some((place, epoch(std::str::from_utf8(word).ok()?)?)))?;
        let close = time.0.abs_diff(self.last.0) < APART;
        self.agreed = if close && place == self.place {
            self.agreed.saturating_add(1)
        } else {
            1
        };
        self.place = place;
        self.last = time;
        (self.agreed >= AGREED).then_some(time)
    }
}
