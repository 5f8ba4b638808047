//! From the daemon's frames to records.
//!
//! A frame is a timestamp, a space, and a line or (without a newline) a part of one: lines over
//! 16 KiB come in parts that share one timestamp. Lines that belong together become one record, per
//! stream. The reach moves only when a whole record is handed on, so a read that was cut off begins
//! again with the record's first part.
//!
//! Within one session the same intake takes in many answers of the daemon, each of which begins with
//! frames that were seen before. [`Intake::rewind`] says how those are told: by their places where the
//! answer begins early enough (and where it does not, the daemon has thrown lines away: a marker says
//! so), or by finding the last frame that was seen in an answer that is only the log's tail.

mod course;
mod kept;
mod lane;

use std::time::{Duration, Instant};

use crosscut_engine::source::Batch;
use crosscut_model::limits::{JOIN_WAIT, MAX_LINE_BYTES};
use crosscut_model::{Level, RowFlags, Stream, UnixNanos};
use jiff::Timestamp;

use super::cursor::{Cursor, Gate, Passage, Place, Reach};
use super::life::{Life, Told};
use course::Course;
pub(super) use course::{Before, Rewind};
pub(super) use kept::Kept;
use lane::{Lane, Record, newest, split_stamp};

/// Text in one batch. Bytes.
const BATCH_BYTES: usize = 1 << 20;

/// Takes in frames, hands on batches.
#[derive(Debug)]
pub(crate) struct Intake {
    out: Lane,
    err: Lane,
    course: Course,
    /// The last frame seen of either stream.
    last: Option<(Stream, Place)>,
    reach: Reach,
    /// What was told of the container.
    pub(crate) life: Life,
    live: bool,
    line_bytes: usize,
    batches: Vec<(Batch, Reach)>,
}

impl Intake {
    /// An intake that goes on behind `cursor`.
    pub(crate) fn resume(cursor: Cursor, live: bool) -> Self {
        let Cursor { reach, life } = cursor;
        Self {
            out: Lane::resume(Stream::Stdout, &reach),
            err: Lane::resume(Stream::Stderr, &reach),
            course: Course::Gates {
                owed: newest(reach.place(Stream::Stdout), reach.place(Stream::Stderr)),
                sure: false,
            },
            last: None,
            reach,
            life,
            live,
            line_bytes: MAX_LINE_BYTES,
            batches: Vec::new(),
        }
    }

    /// Cuts lines at another length, for tests.
    #[cfg(test)]
    pub(crate) fn with_line_bytes(mut self, bytes: usize) -> Self {
        self.line_bytes = bytes;
        self
    }

    /// Whether lines from now on are joined to records.
    pub(crate) fn set_joins(&mut self, joins: bool) {
        self.out.joiner.set_joins(joins);
        self.err.joiner.set_joins(joins);
    }

    /// Whether lines from now on are news.
    pub(crate) fn set_live(&mut self, live: bool) {
        self.live = live;
    }

    /// Another answer begins.
    pub(crate) fn rewind(&mut self, how: Rewind) {
        self.course = match (how, self.last) {
            (Rewind::Tail, Some(last)) => Course::Looking {
                last,
                counted: None,
                apart: false,
            },
            (how, _) => Course::Gates {
                owed: newest(self.out.seen, self.err.seen)
                    .filter(|_| !matches!(how, Rewind::Kept(Before::Nothing))),
                sure: matches!(how, Rewind::Kept(Before::Something)),
            },
        };
        for lane in [&mut self.out, &mut self.err] {
            lane.gate = Gate::behind(lane.seen);
            lane.known = None;
        }
    }

    /// Whether the answer reached back to what was seen before.
    pub(crate) fn reached(&self) -> bool {
        match self.course {
            Course::Gates { owed, .. } => owed.is_none(),
            Course::Looking { .. } => false,
            Course::News => true,
        }
    }

    /// Whether the place in the log is known, so that its tail is enough to go on.
    pub(crate) fn has_place(&self) -> bool {
        self.last.is_some()
    }

    /// Whether this frame, or one behind it, was seen.
    pub(crate) fn has_seen(&self, stream: Stream, frame: &[u8]) -> bool {
        let lane = if stream == Stream::Stderr {
            &self.err
        } else {
            &self.out
        };
        let (Some(at), _) = split_stamp(frame) else {
            return true;
        };
        lane.seen.is_some_and(|seen| seen.covers(at))
    }

    /// From when on the daemon is to be asked so that nothing is missed; absent for all.
    pub(crate) fn since(&self) -> Option<i64> {
        self.reach.since()
    }

    /// Takes a frame; returns its time when it is news.
    pub(crate) fn frame(&mut self, stream: Stream, frame: &[u8]) -> Option<i64> {
        let (time, body) = split_stamp(frame);
        let seen = self.lane(stream).seen;
        let at = time.or(seen.map(|seen| seen.at)).unwrap_or(0);
        if !self.is_news(stream, at) {
            return None;
        }
        let (body, ends) = match body.strip_suffix(b"\n") {
            Some(line) => (line, true),
            None => (body, false),
        };
        let line_bytes = self.line_bytes;
        let pending = self.lane(stream).pending.as_ref();
        let pending = pending.map(|(since, text)| (*since == at, text.len() + body.len()));
        match pending {
            // A part of another time is no part: the line before ended without a newline.
            Some((false, _)) => self.end_line(stream),
            Some((true, length)) if length > line_bytes => self.end_piece(stream),
            _ => {}
        }
        let lane = self.lane(stream);
        let place = Place::after(lane.seen, at);
        lane.seen = Some(place);
        let text = &mut lane.pending.get_or_insert_with(|| (at, Vec::new())).1;
        text.extend_from_slice(body);
        self.last = Some((stream, place));
        if ends {
            self.end_line(stream);
        }
        Some(at)
    }

    fn is_news(&mut self, stream: Stream, at: i64) -> bool {
        match &mut self.course {
            Course::News => return true,
            Course::Looking {
                last: (of, place),
                counted,
                apart,
            } => {
                if *of == stream {
                    *apart |= at != place.at;
                    let here = Place::after(*counted, at);
                    *counted = Some(here);
                    if *apart && here.is(place) {
                        self.course = Course::News;
                    }
                }
                return false;
            }
            Course::Gates { .. } => {}
        }
        let lane = self.lane(stream);
        let passage = lane.gate.passes(at);
        let news = passage != Passage::Known;
        if !news {
            let known = Place::after(lane.known, at);
            lane.known = Some(known);
            // Such a frame, too, shows where the log was before its news.
            self.last = Some((stream, known));
        }
        if let Course::Gates { owed, sure } = &mut self.course
            && (news || !*sure)
            && let Some(newest) = owed.take()
            && news
        {
            self.mark_gap(newest, at);
        } else if let Passage::Doubtful(last) = passage {
            self.mark_gap(last, at);
        }
        news
    }

    /// The log is over: what was begun is a record.
    pub(crate) fn end(&mut self) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            self.end_line(stream);
            self.close(stream);
        }
    }

    /// Closes the records that have not grown for as long as lines are waited for; how long until
    /// there is one to close, if any is open.
    pub(crate) fn settle(&mut self, now: Instant) -> Option<Duration> {
        let mut soonest: Option<Duration> = None;
        for stream in [Stream::Stdout, Stream::Stderr] {
            let Some(open) = &self.lane(stream).open else {
                continue;
            };
            let left = JOIN_WAIT.saturating_sub(now.saturating_duration_since(open.grew));
            if left.is_zero() {
                self.close(stream);
            } else {
                soonest = Some(soonest.map_or(left, |soonest| soonest.min(left)));
            }
        }
        soonest
    }

    /// From here on the log is another container's.
    pub(crate) fn replace(&mut self, life: Life) {
        let fresh = Self::resume(
            Cursor {
                life,
                ..Cursor::default()
            },
            self.live,
        );
        let line_bytes = self.line_bytes;
        let batches = std::mem::take(&mut self.batches);
        *self = Self {
            line_bytes,
            batches,
            ..fresh
        };
    }

    /// A record about the container, behind the lines taken so far.
    pub(crate) fn tell(&mut self, told: &Told) {
        let mut batch = Batch::marker(told.level, &told.text, None);
        batch.times.extend(told.at.map(UnixNanos));
        batch.live = self.live;
        let reach = self.reach;
        self.batches.push((batch, reach));
    }

    fn mark_gap(&mut self, last: i64, first: i64) {
        let time = |nanos: i64| {
            Timestamp::from_nanosecond(i128::from(nanos))
                .map_or_else(|_| nanos.to_string(), |time| format!("{time:.3}"))
        };
        // What was held is handed on before: nothing that could go on with it is left.
        self.end();
        let told = Told {
            at: Some(first),
            level: Level::Warn,
            text: format!(
                "lines may be missing: the daemon does not give what the container wrote between \
                 {} and {}",
                time(last),
                time(first)
            ),
        };
        self.tell(&told);
    }

    /// The batches so far, each with its checkpoint.
    pub(crate) fn take(&mut self) -> Vec<Batch> {
        let life = &self.life;
        let batches = std::mem::take(&mut self.batches).into_iter();
        batches
            .map(|(mut batch, reach)| {
                batch.checkpoint = Cursor::encode(&reach, life);
                batch
            })
            .collect()
    }

    /// How far the records handed on reach, and what was told.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            reach: self.reach,
            life: self.life.clone(),
        }
    }

    fn lane(&mut self, stream: Stream) -> &mut Lane {
        if stream == Stream::Stderr {
            &mut self.err
        } else {
            &mut self.out
        }
    }

    /// The line that was begun is whole.
    fn end_line(&mut self, stream: Stream) {
        let line_bytes = self.line_bytes;
        let lane = self.lane(stream);
        let Some((at, text)) = lane.pending.take() else {
            return;
        };
        let end = lane.seen;
        if text.len() > line_bytes {
            self.close(stream);
            self.hand_on(stream, at, &text, end, RowFlags::NONE);
            return;
        }
        let goes_on = lane.joiner.goes_on(&text) && lane.open.is_some();
        if !goes_on {
            let whole = lane.open.take();
            if let Some(Record { at, text, end, .. }) = whole {
                self.hand_on(stream, at, &text, end, RowFlags::NONE);
            }
        }
        let lane = self.lane(stream);
        let grew = Instant::now();
        match &mut lane.open {
            Some(open) => {
                open.text.push(b'\n');
                open.text.extend_from_slice(&text);
                open.end = end;
                open.grew = grew;
            }
            None => {
                lane.open = Some(Record {
                    at,
                    text,
                    end,
                    grew,
                });
            }
        }
        if !lane.joiner.may_go_on() {
            self.close(stream);
        }
    }

    /// The line that was begun is too long to be held any longer.
    fn end_piece(&mut self, stream: Stream) {
        self.close(stream);
        let lane = self.lane(stream);
        let end = lane.seen;
        if let Some((at, text)) = lane.pending.take() {
            self.hand_on(stream, at, &text, end, RowFlags::CONTINUES);
        }
    }

    /// The open record is whole.
    fn close(&mut self, stream: Stream) {
        let lane = self.lane(stream);
        lane.joiner.close();
        if let Some(Record { at, text, end, .. }) = lane.open.take() {
            self.hand_on(stream, at, &text, end, RowFlags::NONE);
        }
    }

    /// Hands on a record, cut where it is too long, and moves the reach behind it.
    fn hand_on(
        &mut self,
        stream: Stream,
        at: i64,
        text: &[u8],
        end: Option<Place>,
        last: RowFlags,
    ) {
        let held = if stream == Stream::Stderr {
            self.out.held()
        } else {
            self.err.held()
        };
        let own = self.lane(stream).stream;
        self.reach.set(own, end, held);
        let reach = self.reach;
        let line_bytes = self.line_bytes;
        let (batch, reached) = self.batch_for(own, text.len());
        // All pieces go into one batch: the reach cannot stand between them.
        let mut rest = text;
        while let Some((piece, behind)) = rest.split_at_checked(line_bytes)
            && !behind.is_empty()
        {
            batch.lines.push(piece, RowFlags::CONTINUES);
            batch.times.push(UnixNanos(at));
            rest = behind;
        }
        batch.lines.push(rest, last);
        batch.times.push(UnixNanos(at));
        *reached = reach;
    }

    /// The batch the next record of a stream goes into.
    fn batch_for(&mut self, stream: Stream, bytes: usize) -> &mut (Batch, Reach) {
        let fits = self.batches.last().is_some_and(|(batch, _)| {
            batch.stream == stream
                && batch.live == self.live
                && batch.lines.bytes() + bytes < BATCH_BYTES
        });
        let last = if fits { self.batches.pop() } else { None };
        let live = self.live;
        let last = last.unwrap_or_else(|| {
            let batch = Batch {
                stream,
                live,
                ..Batch::default()
            };
            (batch, Reach::default())
        });
        self.batches.push_mut(last)
    }
}

#[cfg(test)]
mod tests;
