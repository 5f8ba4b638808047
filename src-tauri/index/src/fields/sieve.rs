//! Which rows a long hexadecimal id cannot stand in.
//!
//! Trace and span ids, hashes, UUIDs' last groups: they would be half of a full-text index, and
//! nobody looks for more than a few of them. Of each run of at least [`MIN_RUN`] hexadecimal digits
//! some of its 6-grams are kept, chosen by the *minimizer* scheme (Roberts et al. 2004; Schleimer,
//! Wilkerson, Aiken's winnowing 2003): of each window of five neighbours the one with the smallest
//! hash. Any text that holds a window of the run holds its minimizer, so a part of an id of ten
//! digits or more is found as well as a whole one.
//!
//! A block's rows are dealt into 64 *lanes* of neighbours. The sieve is one table of 64-bit words,
//! a bit a lane: a gram sets its lane's bit in the two words its hash leads to, as in a Bloom filter.
//! A text whose grams all have the lane's bits may stand there.

use std::io;

/// Lanes of a block.
pub(crate) const LANES: u32 = 64;

/// Digits of a gram.
const GRAM: usize = 6;
/// Grams of a window.
const WINDOW: usize = 5;
/// A shorter run has no window, and is not told of.
const MIN_RUN: usize = GRAM + WINDOW - 1;
/// Words of a page, which has a checksum.
const PAGE_WORDS: usize = 512;
/// A page's bytes: its words and their CRC32C.
const PAGE_BYTES: usize = PAGE_WORDS * 8 + 4;

/// Digits by byte; 16 for what is none.
const DIGITS: [u8; 256] = {
    let mut digits = [16; 256];
    let mut at = 0_u8;
    while at < 16 {
        let (small, large) = if at < 10 {
            (b'0' + at, b'0' + at)
        } else {
            (b'a' + at - 10, b'A' + at - 10)
        };
        #[expect(clippy::indexing_slicing, reason = "evaluated when compiled")]
        {
            digits[small as usize] = at;
            digits[large as usize] = at;
        }
        at += 1;
    }
    digits
};

#[inline]
fn digit(byte: u8) -> Option<u32> {
    let digit = DIGITS.get(usize::from(byte)).copied().unwrap_or(16);
    (digit < 16).then_some(u32::from(digit))
}

/// Orders grams within a window.
#[inline]
fn order(gram: u32) -> u32 {
    let mixed = gram.wrapping_mul(0x9e37_79b1);
    mixed ^ (mixed >> 15)
}

/// The gram in a key of a window.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
fn gram_of(key: u64) -> u32 {
    key as u32
}

/// Where a gram's word is: independent of the order, which favours small hashes.
#[inline]
fn spread(gram: u32) -> u32 {
    let mixed = (gram ^ (gram >> 11)).wrapping_mul(0x85eb_ca6b);
    (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35)
}

/// Shows the hash of each minimizer of the runs in `text`.
#[inline]
fn minimizers(text: &[u8], mut show: impl FnMut(u32)) {
    let mut at = 0;
    // A run that is long enough has a digit at every tenth byte.
    while let Some(&byte) = text.get(at + MIN_RUN - 1) {
        if digit(byte).is_none() {
            at += MIN_RUN;
            continue;
        }
        let before = text.get(at..at + MIN_RUN - 1).unwrap_or_default();
        let lead = before
            .iter()
            .rev()
            .take_while(|&&byte| digit(byte).is_some())
            .count();
        let start = at + MIN_RUN - 1 - lead;
        let run = of_run(text.get(start..).unwrap_or_default(), &mut show);
        at = start + run + 1;
    }
}

/// Shows the minimizers of the run that `text` begins with; gives its length.
#[inline]
fn of_run(text: &[u8], show: &mut impl FnMut(u32)) -> usize {
    let mut gram = 0;
    // The order of a gram and the gram, by its number.
    let mut window = [u64::MAX; WINDOW];
    let mut least = u64::MAX;
    let mut shown = u64::MAX;
    let mut length = 0;
    while let Some(digit) = text.get(length).and_then(|&byte| digit(byte)) {
        length += 1;
        gram = (gram << 4 | digit) & 0x00ff_ffff;
        let Some(nth) = length.checked_sub(GRAM) else {
            continue;
        };
        let key = u64::from(order(gram)) << 32 | u64::from(gram);
        let gone = window
            .get_mut(nth % WINDOW)
            .map_or(u64::MAX, |place| std::mem::replace(place, key));
        least = if gone == least {
            window.iter().copied().fold(u64::MAX, u64::min)
        } else {
            least.min(key)
        };
        if nth + 1 >= WINDOW && least != shown {
            shown = least;
            show(spread(gram_of(least)));
        }
    }
    length
}

/// What a text that is looked for must have passed the sieve with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Grams(Vec<u32>);

impl Grams {
    /// Those of a text; nothing when it has no run that is long enough to tell.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut grams = Vec::new();
        minimizers(text.as_bytes(), |hash| grams.push(hash));
        grams.sort_unstable();
        grams.dedup();
        (!grams.is_empty()).then_some(Self(grams))
    }
}

/// Gathers a block's grams.
#[derive(Debug, Default)]
pub(super) struct SieveBuilder {
    /// Of finished lanes, sorted and without doubles, one behind the other.
    grams: Vec<u32>,
    /// Lanes, and where their grams end.
    lanes: Vec<(u32, usize)>,
    lane: u32,
    open: Vec<u32>,
}

impl SieveBuilder {
    /// Adds the text of a record in a lane; lanes come in order.
    pub(super) fn push(&mut self, lane: u32, text: &[u8]) {
        if lane != self.lane {
            self.close();
            self.lane = lane;
        }
        minimizers(text, |hash| self.open.push(hash));
    }

    fn close(&mut self) {
        self.open.sort_unstable();
        self.open.dedup();
        self.grams.append(&mut self.open);
        self.lanes.push((self.lane, self.grams.len()));
    }

    /// The table's words and its bytes, as it is so far.
    pub(super) fn table(&self) -> (u32, Vec<u8>) {
        let mut open = self.open.clone();
        open.sort_unstable();
        open.dedup();
        let (mut start, mut most) = (0, open.len());
        for &(_, end) in &self.lanes {
            most = most.max(end - start);
            start = end;
        }
        // With two bits a gram, the fullest lane has one in a third of the words: both of a gram are
        // in one lane of nine by chance, all of an id's three in one of seven hundred.
        let words = u32::try_from(most * 5).unwrap_or(u32::MAX);
        let mut table = vec![0_u64; words as usize];
        start = 0;
        for &(lane, end) in &self.lanes {
            for &gram in self.grams.get(start..end).unwrap_or_default() {
                set(&mut table, gram, lane);
            }
            start = end;
        }
        for gram in open {
            set(&mut table, gram, self.lane);
        }
        let mut bytes = Vec::with_capacity(table.len().div_ceil(PAGE_WORDS) * PAGE_BYTES);
        for page in table.chunks(PAGE_WORDS) {
            let from = bytes.len();
            for word in page {
                bytes.extend_from_slice(&word.to_le_bytes());
            }
            bytes.resize(from + PAGE_WORDS * 8, 0);
            let sum = crc32c::crc32c(bytes.get(from..).unwrap_or_default());
            bytes.extend_from_slice(&sum.to_le_bytes());
        }
        (words, bytes)
    }
}

/// Sets a lane's two bits for a gram's hash.
fn set(table: &mut [u64], hash: u32, lane: u32) {
    let words = u32::try_from(table.len()).unwrap_or(u32::MAX);
    for at in places(hash, words) {
        if let Some(word) = table.get_mut(at) {
            *word |= 1 << lane;
        }
    }
}

/// The words of a gram's hash. They stand in one page, where there is one, so that asking for both
/// reads once.
fn places(hash: u32, words: u32) -> [usize; 2] {
    let first = usize::try_from((u64::from(hash) * u64::from(words)) >> 32).unwrap_or_default();
    let page = first / PAGE_WORDS * PAGE_WORDS;
    let length = PAGE_WORDS.min((words as usize).saturating_sub(page)).max(1);
    let other = hash.wrapping_mul(0x2c1b_3c6d).rotate_left(11) as usize % length;
    [first, page + other]
}

/// The lanes a text with these grams may stand in, asked of a table of `words` whose bytes `read`
/// gives from a place on. Nothing when a page is not as it was written.
pub(super) fn lanes(
    grams: &Grams,
    words: u32,
    mut read: impl FnMut(usize, &mut [u8]) -> io::Result<()>,
) -> io::Result<Option<u64>> {
    let mut lanes = if words == 0 { 0 } else { u64::MAX };
    let mut page = [0_u8; PAGE_BYTES];
    let mut known = None;
    // Sorted, so that neighbours share a page.
    for &gram in &grams.0 {
        for word in places(gram, words) {
            if lanes == 0 {
                break;
            }
            let number = word / PAGE_WORDS;
            if known != Some(number) {
                read(number * PAGE_BYTES, &mut page)?;
                known = Some(number);
                let (table, sum) = page.split_at(PAGE_WORDS * 8);
                if sum != crc32c::crc32c(table).to_le_bytes() {
                    return Ok(None);
                }
            }
            let at = word % PAGE_WORDS * 8;
            let bytes = page.get(at..).and_then(|rest| rest.first_chunk::<8>());
            lanes &= bytes.map_or(u64::MAX, |bytes| u64::from_le_bytes(*bytes));
        }
    }
    Ok(Some(lanes))
}

#[cfg(test)]
mod tests;
