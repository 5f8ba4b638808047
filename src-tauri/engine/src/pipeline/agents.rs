//! Watches the sequence numbers of agent streams.
//!
//! An agent stream is JSON lines with at least `agent_id` (a string) and `sequence` (a whole
//! number), as `crosscut pipe --tee` and agent runners write them; one source may carry many, told
//! apart by `agent_id`. Where numbers are missing, a marker record goes before the line that shows
//! it; a stream whose source ends before it has said that it is at its end gets one that says
//! "terminated". Promises: lines stay as they are and in order; a stream that begins in its middle,
//! begins again (at 0 or 1, or anywhere below), repeats lines, brings some late or shares its numbers
//! with the other streams of the source has no gap for that; a source without such lines pays one look for the word.
//!
//! A stream says that it is at its end by a `type` (or `event`) that is one of [`ENDS`], alone
//! (`done`) or behind what ends (`session.end`, `agent_completed`, `run-finished`): what the agents of
//! today write last, `result` (Claude Code) and `thread.completed` (Codex) among it. A turn, a step,
//! a tool or an item that ends is none.

use std::borrow::Cow;
use std::collections::HashMap;

use crosscut_model::{Level, SourceId, Stream, UnixNanos};
use memchr::memmem;
use serde::Deserialize;

use super::encode::{Encoded, LineReader, Owner, encode};
use crate::source::{Batch, Lines};

/// Streams of one source that are watched at once; the one heard of longest ago makes way.
const MAX_STREAMS: usize = 256;

/// An agent with a longer name is not watched. Bytes.
const MAX_NAME: usize = 256;

/// Gaps that are told one by one in what is sent at once; the rest in one.
const MAX_GAPS: usize = 64;

/// Words for an end.
const ENDS: [&str; 17] = [
    "end",
    "ended",
    "exit",
    "exited",
    "complete",
    "completed",
    "done",
    "finish",
    "finished",
    "final",
    "result",
    "stop",
    "stopped",
    "terminated",
    "close",
    "closed",
    "shutdown",
];

/// What ends a stream when it does.
const WHOLES: [&str; 9] = [
    "agent",
    "stream",
    "session",
    "run",
    "thread",
    "process",
    "log",
    "conversation",
    "task",
];

/// The streams of one source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    streams: HashMap<String, Seen>,
    looks: u64,
    /// The number of the line before, whichever stream's.
    before: Option<u64>,
    counting: Counting,
}

/// Whose the numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Counting {
    /// There was one stream only.
    #[default]
    Unknown,
    /// All streams count together, as those that are written to one file may: each began with the
    /// number behind the line before it.
    Together,
    /// Each stream counts for itself.
    Apart,
}

/// How far a stream has come.
#[derive(Debug, Clone)]
struct Seen {
    last: u64,
    /// The highest number: after repeated lines the stream may go on behind it.
    high: u64,
    /// The numbers told to be missing last; they may yet come.
    missing: (u64, u64),
    ended: bool,
    heard: u64,
}

#[derive(Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    agent_id: Cow<'a, str>,
    sequence: u64,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    event: Option<Cow<'a, str>>,
}

impl Watch {
    /// Looks at what a source sends; gives it in pieces, with a marker wherever lines are missing.
    pub(crate) fn split(&mut self, batch: Batch, owner: Owner) -> Vec<(Batch, Owner)> {
        if batch.stream == Stream::System
            || memmem::find(batch.lines.text(), b"\"agent_id\"").is_none()
        {
            return vec![(batch, owner)];
        }
        let gaps = self.look(&batch.lines);
        if gaps.is_empty() {
            return vec![(batch, owner)];
        }
        pieces(&batch, &owner, &gaps)
    }

    /// What to say of the streams that have not said that they are at their end.
    pub(crate) fn unfinished(&self) -> Vec<Batch> {
        let mut open: Vec<_> = self
            .streams
            .iter()
            .filter(|(_, seen)| !seen.ended)
            .collect();
        open.sort_unstable_by_key(|(_, seen)| seen.heard);
        let text = |(agent, seen): (&String, &Seen)| {
            format!(
                "terminated: the stream of agent `{agent}` ended after sequence {} without its end \
                 event",
                seen.last
            )
        };
        open.into_iter()
            .map(|stream| Batch::marker(Level::Warn, &text(stream), None))
            .collect()
    }

    /// The source has ended; should it come back, its streams begin anew.
    pub(crate) fn forget(&mut self) {
        self.streams.clear();
    }

    /// Where lines are missing: before which line, and what to say.
    fn look(&mut self, lines: &Lines) -> Vec<(usize, String)> {
        let (agent, number) = (
            memmem::Finder::new(b"\"agent_id\""),
            memmem::Finder::new(b"\"sequence\""),
        );
        let mut gaps = Vec::<(usize, String)>::new();
        let (mut further, mut records) = (0u64, 0u64);
        for (index, (line, _)) in lines.iter().enumerate() {
            let line = line.trim_ascii_start();
            if line.first() == Some(&b'{')
                && agent.find(line).is_some()
                && number.find(line).is_some()
                && let Ok(event) = serde_json::from_slice::<Told<'_>>(line)
                && event.agent_id.len() <= MAX_NAME
                && let Some((first, last)) = self.hear(&event)
            {
                if gaps.len() < MAX_GAPS {
                    gaps.push((index, missing(&event.agent_id, first, last)));
                } else {
                    further += 1;
                    records = records.saturating_add((last - first).saturating_add(1));
                }
            }
        }
        if let Some((_, text)) = gaps.last_mut().filter(|_| further > 0) {
            let rest = format!(
                "; behind it {records} more are missing in {further} places, which are not told one \
                 by one"
            );
            text.push_str(&rest);
        }
        gaps
    }

    /// Takes a line in; gives the numbers that are missing before it, first and last.
    fn hear(&mut self, event: &Told<'_>) -> Option<(u64, u64)> {
        self.looks += 1;
        let ended = [&event.kind, &event.event]
            .into_iter()
            .flatten()
            .any(|word| is_end(word));
        let (number, heard) = (event.sequence, self.looks);
        let before = self.before.replace(number);
        let in_turn = before.is_some() && before == number.checked_sub(1);
        if before.is_some_and(|before| before >= number) {
            self.counting = Counting::Apart;
        } else if !self.streams.is_empty() && !self.streams.contains_key(&*event.agent_id) {
            self.counting = match self.counting {
                Counting::Unknown | Counting::Together if in_turn => Counting::Together,
                _ => Counting::Apart,
            };
        }
        let Some(seen) = self.streams.get_mut(event.agent_id.as_ref()) else {
            self.make_room();
            let new = Seen {
                last: number,
                high: number,
                missing: (1, 0),
                ended,
                heard,
            };
            self.streams.insert(event.agent_id.to_string(), new);
            return None;
        };
        let over = std::mem::replace(&mut seen.ended, ended);
        seen.heard = heard;
        let late = (seen.missing.0..=seen.missing.1).contains(&number) && number < seen.last;
        if late {
            // What came late says nothing of how far the stream has come.
            seen.ended |= over;
            return None;
        }
        let behind = [seen.last, seen.high]
            .into_iter()
            .filter(|behind| *behind < number)
            .max();
        seen.last = number;
        let begins_again = over || behind.is_none();
        if begins_again {
            // After its end a stream is a new one; below all that was heard it repeats or restarts.
            if over || number <= 1 {
                (seen.high, seen.missing) = (number, (1, 0));
            }
            return None;
        }
        seen.high = seen.high.max(number);
        let first = behind?.saturating_add(1);
        if first >= number || (in_turn && self.counting == Counting::Together) {
            return None;
        }
        seen.missing = (first, number - 1);
        Some(seen.missing)
    }

    fn make_room(&mut self) {
        if self.streams.len() < MAX_STREAMS {
            return;
        }
        let oldest = self.streams.iter().min_by_key(|(_, seen)| seen.heard);
        if let Some(oldest) = oldest.map(|(agent, _)| agent.clone()) {
            self.streams.remove(&oldest);
        }
    }
}

fn missing(agent: &str, first: u64, last: u64) -> String {
    let before = first.saturating_sub(1);
    let after = last.saturating_add(1);
    match last - first + 1 {
        1 => format!("1 record of agent `{agent}` is missing here: sequence {first}"),
        count => format!(
            "{count} records of agent `{agent}` are missing here: its sequence goes from {before} \
             to {after}"
        ),
    }
}

/// Whether a type says that the stream is at its end.
fn is_end(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let (what, end) = word
        .rsplit_once(['.', '_', '-', '/', ':', ' '])
        .unwrap_or(("", &word));
    ENDS.contains(&end) && (what.is_empty() || WHOLES.contains(&what))
}

/// The batch cut before each of the lines named, with markers in between.
fn pieces(batch: &Batch, owner: &Owner, gaps: &[(usize, String)]) -> Vec<(Batch, Owner)> {
    let mut pieces = Vec::with_capacity(2 * gaps.len() + 1);
    let mut gaps = gaps.iter().peekable();
    let piece = || Batch {
        stream: batch.stream,
        level: batch.level,
        live: batch.live,
        ..Batch::default()
    };
    let mut open = piece();
    let mut rows = Vec::new();
    let whose = |rows: &mut Vec<SourceId>| Owner {
        source: owner.source,
        rows: std::mem::take(rows),
    };
    for (index, (line, flags)) in batch.lines.iter().enumerate() {
        if let Some((_, text)) = gaps.next_if(|(at, _)| *at == index) {
            pieces.push((std::mem::replace(&mut open, piece()), whose(&mut rows)));
            let mut marker = Batch::marker(Level::Warn, text, None);
            marker.live = batch.live;
            marker.times = batch.times.get(index).copied().into_iter().collect();
            pieces.push((marker, Owner::from(owner.source)));
        }
        open.lines.push(line, flags);
        open.times.extend(batch.times.get(index));
        rows.extend(owner.rows.get(index));
    }
    open.checkpoint.clone_from(&batch.checkpoint);
    pieces.push((open, whose(&mut rows)));
    pieces
}

/// Encodes the pieces of one batch: after a crash all of them are there, or none.
pub(crate) fn encode_pieces(
    pieces: &[(Batch, Owner)],
    reader: &mut LineReader,
    now: UnixNanos,
) -> Encoded {
    let mut all = Encoded::default();
    for (piece, owner) in pieces {
        all.join(encode(piece, owner.clone(), reader, now));
    }
    all
}

#[cfg(test)]
mod tests;
