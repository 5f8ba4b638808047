//! From the daemon's frames to lines.
//!
//! A frame is a timestamp, a space, and a line or (without a newline) a part of one: lines over
//! 16 KiB come in parts that share one timestamp. A terminal's output is not framed; there the parts
//! of a long line come joined, with the timestamp repeated between them. The cursor moves only when a
//! whole line is handed on, so an interrupted read goes on with the line's first part.

use crosscut_engine::source::{Batch, Lines};
use crosscut_model::{RowFlags, Stream, UnixNanos};
use jiff::Timestamp;

use super::cursor::{Cursor, Gate, Place};

/// Where the daemon cuts long lines. Bytes.
const PART_BYTES: usize = 16 << 10;
/// Text in one batch. Bytes.
const BATCH_BYTES: usize = 1 << 20;

/// One stream's state.
#[derive(Debug)]
struct Lane {
    stream: Stream,
    gate: Gate,
    /// The last frame seen, those of an unfinished line included.
    seen: Option<Place>,
    /// The time and text of an unfinished line.
    pending: Option<(i64, Vec<u8>)>,
}

impl Lane {
    fn resume(stream: Stream, cursor: &Cursor) -> Self {
        let place = cursor.place(stream);
        Self {
            stream,
            gate: Gate::behind(place),
            seen: place,
            pending: None,
        }
    }
}

/// Takes in frames, hands on batches.
#[derive(Debug)]
pub(crate) struct Intake {
    out: Lane,
    err: Lane,
    cursor: Cursor,
    terminal: bool,
    live: bool,
    line_bytes: usize,
    batches: Vec<Batch>,
}

impl Intake {
    /// An intake that goes on behind `cursor`.
    pub(crate) fn resume(cursor: Cursor, terminal: bool, live: bool) -> Self {
        Self {
            out: Lane::resume(Stream::Stdout, &cursor),
            err: Lane::resume(Stream::Stderr, &cursor),
            cursor,
            terminal,
            live,
            line_bytes: crosscut_model::limits::MAX_LINE_BYTES,
            batches: Vec::new(),
        }
    }

    /// Cuts lines at another length, for tests.
    #[cfg(test)]
    pub(crate) fn with_line_bytes(mut self, bytes: usize) -> Self {
        self.line_bytes = bytes;
        self
    }

    /// Whether lines from now on are news.
    pub(crate) fn set_live(&mut self, live: bool) {
        self.live = live;
    }

    /// Takes a frame; returns its time when it is news.
    pub(crate) fn frame(&mut self, stream: Stream, frame: &[u8]) -> Option<i64> {
        let (time, stamp, body) = split_stamp(frame);
        let lane = if stream == Stream::Stderr {
            &mut self.err
        } else {
            &mut self.out
        };
        let at = time.or(lane.seen.map(|seen| seen.at)).unwrap_or(0);
        if !lane.gate.admits(at) {
            return None;
        }
        let (body, ends) = match body.strip_suffix(b"\n") {
            Some(line) => (line, true),
            None => (body, false),
        };
        // A part of another time, or no part: the line before ended without a newline.
        let goes_on = lane.pending.as_ref().is_some_and(|(since, _)| *since == at);
        if !goes_on {
            self.end_line(stream);
        } else if self.pending_len(stream) + body.len() > self.line_bytes {
            self.end_piece(stream);
        }
        let terminal = self.terminal;
        let lane = if stream == Stream::Stderr {
            &mut self.err
        } else {
            &mut self.out
        };
        lane.seen = Some(Place::after(lane.seen, at));
        let text = &mut lane.pending.get_or_insert_with(|| (at, Vec::new())).1;
        if terminal {
            join_parts(text, body, stamp);
        } else {
            text.extend_from_slice(body);
        }
        if ends {
            self.end_line(stream);
        }
        Some(at)
    }

    /// The log is over: what was begun is a line.
    pub(crate) fn end(&mut self) {
        self.end_line(Stream::Stdout);
        self.end_line(Stream::Stderr);
    }

    /// The batches so far.
    pub(crate) fn take(&mut self) -> Vec<Batch> {
        std::mem::take(&mut self.batches)
    }

    /// How far the lines handed on reach.
    pub(crate) fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    fn pending_len(&self, stream: Stream) -> usize {
        let lane = if stream == Stream::Stderr {
            &self.err
        } else {
            &self.out
        };
        lane.pending.as_ref().map_or(0, |(_, text)| text.len())
    }

    fn end_line(&mut self, stream: Stream) {
        self.hand_on(stream, RowFlags::NONE);
    }

    fn end_piece(&mut self, stream: Stream) {
        self.hand_on(stream, RowFlags::CONTINUES);
    }

    /// Hands on what is pending, cut where it is too long, and moves the cursor behind it.
    fn hand_on(&mut self, stream: Stream, last: RowFlags) {
        let lane = if stream == Stream::Stderr {
            &mut self.err
        } else {
            &mut self.out
        };
        let Some((at, text)) = lane.pending.take() else {
            return;
        };
        let seen = lane.seen;
        let stream = lane.stream;
        self.cursor.set(stream, seen);
        let checkpoint = self.cursor.encode();
        let line_bytes = self.line_bytes;
        let batch = self.batch_for(stream, text.len());
        // All pieces go into one batch: the cursor cannot stand between them.
        let mut rest = text.as_slice();
        while let Some((piece, behind)) = rest.split_at_checked(line_bytes)
            && !behind.is_empty()
        {
            batch.lines.push(piece, RowFlags::CONTINUES);
            batch.times.push(UnixNanos(at));
            rest = behind;
        }
        batch.lines.push(rest, last);
        batch.times.push(UnixNanos(at));
        batch.checkpoint = checkpoint;
    }

    /// The batch the next line of a stream goes into.
    fn batch_for(&mut self, stream: Stream, bytes: usize) -> &mut Batch {
        let fits = self.batches.last().is_some_and(|batch| {
            batch.stream == stream
                && batch.live == self.live
                && batch.lines.bytes() + bytes < BATCH_BYTES
        });
        let last = if fits { self.batches.pop() } else { None };
        let batch = last.unwrap_or_else(|| Batch {
            lines: Lines::new(),
            stream,
            level: None,
            times: Vec::new(),
            checkpoint: None,
            live: self.live,
        });
        self.batches.push_mut(batch)
    }
}

/// The time, the stamp with its space, and the rest of a frame.
fn split_stamp(frame: &[u8]) -> (Option<i64>, &[u8], &[u8]) {
    let parsed = memchr::memchr(b' ', frame.get(..64).unwrap_or(frame)).and_then(|space| {
        let (stamp, body) = frame.split_at_checked(space + 1)?;
        let text = std::str::from_utf8(stamp.trim_ascii_end()).ok()?;
        let time: Timestamp = text.parse().ok()?;
        Some((i64::try_from(time.as_nanosecond()).ok()?, stamp, body))
    });
    match parsed {
        Some((time, stamp, body)) => (Some(time), stamp, body),
        None => (None, &[], frame),
    }
}

/// Joins the parts of a terminal's line, leaving out the stamps between them.
fn join_parts(text: &mut Vec<u8>, mut body: &[u8], stamp: &[u8]) {
    while let Some((part, rest)) = body.split_at_checked(PART_BYTES)
        && !stamp.is_empty()
        && let Some(rest) = rest.strip_prefix(stamp)
    {
        text.extend_from_slice(part);
        body = rest;
    }
    text.extend_from_slice(body);
}

#[cfg(test)]
mod tests;
