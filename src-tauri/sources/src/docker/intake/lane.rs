//! One stream of a log: where it is, and what of it is held.

use std::time::Instant;

use crosscut_model::Stream;
use crosscut_parse::Joiner;
use jiff::Timestamp;

use crate::docker::cursor::{Gate, Place, Reach};

/// A record that is not handed on yet.
#[derive(Debug)]
pub(super) struct Record {
    /// When its first line was written.
    pub(super) at: i64,
    pub(super) text: Vec<u8>,
    /// The last frame of it.
    pub(super) end: Option<Place>,
    /// When its last line came.
    pub(super) grew: Instant,
}

/// One stream's state.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) stream: Stream,
    pub(super) gate: Gate,
    /// The last frame seen, those that are held included.
    pub(super) seen: Option<Place>,
    /// The last frame of this answer that was known.
    pub(super) known: Option<Place>,
    /// The time and text of an unfinished line.
    pub(super) pending: Option<(i64, Vec<u8>)>,
    /// A record that may go on.
    pub(super) open: Option<Record>,
    pub(super) joiner: Joiner,
}

impl Lane {
    pub(super) fn resume(stream: Stream, reach: &Reach) -> Self {
        let place = reach.place(stream);
        Self {
            stream,
            gate: Gate::behind(place),
            seen: place,
            known: None,
            pending: None,
            open: None,
            joiner: Joiner::new(),
        }
    }

    /// The time of the oldest line that is held.
    pub(super) fn held(&self) -> Option<i64> {
        let open = self.open.as_ref().map(|open| open.at);
        let pending = self.pending.as_ref().map(|(at, _)| *at);
        open.into_iter().chain(pending).min()
    }
}

/// The time of the newest of two places.
pub(super) fn newest(out: Option<Place>, err: Option<Place>) -> Option<i64> {
    out.into_iter().chain(err).map(|place| place.at).max()
}

/// A frame's time as it is written.
pub(super) fn stamp(frame: &[u8]) -> &[u8] {
    let head = frame.get(..64).unwrap_or(frame);
    let end = memchr::memchr(b' ', head).unwrap_or(0);
    head.get(..end).unwrap_or_default()
}

/// The time and the rest of a frame.
pub(super) fn split_stamp(frame: &[u8]) -> (Option<i64>, &[u8]) {
    let parsed = memchr::memchr(b' ', frame.get(..64).unwrap_or(frame)).and_then(|space| {
        let (stamp, body) = frame.split_at_checked(space)?;
        let text = std::str::from_utf8(stamp).ok()?;
        let time: Timestamp = text.parse().ok()?;
        let at = i64::try_from(time.as_nanosecond()).ok()?;
        Some((at, body.get(1..).unwrap_or_default()))
    });
    match parsed {
        Some((time, body)) => (Some(time), body),
        None => (None, frame),
    }
}
