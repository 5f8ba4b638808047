//! Gathering an answer, and telling of it on the way.

use std::ops::Range;
use std::time::{Duration, Instant};

use roaring::RoaringBitmap;

use super::searcher::{Found, Progress};

/// What was found is told at most this often.
const TELL_EVERY: Duration = Duration::from_millis(20);

/// So many rows are told as soon as they are found.
const FIRST: u64 = 128;

/// A frame's part of an answer.
#[derive(Debug, Default)]
pub(super) struct FrameFound {
    /// Rows that match, in order.
    pub(super) rows: Vec<u32>,
    /// How many were decided.
    pub(super) searched: u64,
    /// The frame's rows, if their text is lost.
    pub(super) unreadable: Option<Range<u64>>,
}

/// An answer in the making.
pub(super) struct Report<'p> {
    found: Found,
    fresh: RoaringBitmap,
    searched: u64,
    told: Option<(Instant, u64)>,
    progress: &'p mut dyn FnMut(Progress),
}

impl<'p> Report<'p> {
    /// Begins with what is known without reading; tells so.
    pub(super) fn new(
        known: RoaringBitmap,
        searched: u64,
        progress: &'p mut dyn FnMut(Progress),
    ) -> Self {
        let found = Found {
            rows: known.clone(),
            unreadable: Vec::new(),
        };
        let mut report = Self {
            found,
            fresh: known,
            searched,
            told: None,
            progress,
        };
        report.tell();
        report
    }

    /// Adds a frame's part; tells now and then.
    pub(super) fn take(&mut self, part: FrameFound) {
        self.searched += part.searched;
        self.fresh.extend(part.rows);
        self.found.unreadable.extend(part.unreadable);
        // The first ones at once: they fill the screen.
        let first = self.found.rows.is_empty() && self.fresh.len() >= FIRST;
        if first || self.told.is_none_or(|(at, _)| at.elapsed() >= TELL_EVERY) {
            self.tell();
        }
    }

    /// Tells what was not told yet; gives the answer.
    pub(super) fn end(mut self) -> Found {
        if self
            .told
            .is_none_or(|(_, searched)| searched < self.searched)
        {
            self.tell();
        }
        self.found.unreadable.sort_by_key(|rows| rows.start);
        self.found
    }

    fn tell(&mut self) {
        let found = std::mem::take(&mut self.fresh);
        self.found.rows |= &found;
        self.told = Some((Instant::now(), self.searched));
        (self.progress)(Progress {
            found,
            searched: self.searched,
        });
    }
}
