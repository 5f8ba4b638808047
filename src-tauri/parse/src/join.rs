//! Lines that belong together: stack traces, pretty-printed objects, indented continuations, entries
//! of the journal.
//!
//! Owns the decision, line by line and without looking ahead, whether a line goes on with the record
//! before it. Most lines are decided by their first byte. What is joined must be hinted at from both
//! sides: the line has the shape of a continuation, and the record's first line the shape of
//! something that is continued (it names a time, a level or an error, or leaves a bracket open).
//! Where that is in doubt the lines stay apart: records that were split can be read one after the
//! other, records that were mixed up cannot be told apart again.
//!
//! Promises: a record never has more than [`JOIN_LINES`] lines or, when it has more than one,
//! [`JOIN_BYTES`] bytes; a complete JSON object on a line of its own, and a line that begins with a
//! time, always begin a record, but for those inside a value of the journal's, whose length is given; a
//! record of which [`Joiner::may_go_on`] denies it never goes on, so the records of a stream do not
//! depend on how it is cut into buffers.

mod brackets;
mod go;
mod opening;
mod shape;
mod trace;

use crosscut_model::Level;
use crosscut_model::limits::{JOIN_BYTES, JOIN_LINES};

use crate::head::head;
use crate::journal::{self, Entry, Next};
use crate::text::BOM;
use crate::through::{self, Through, through};
use brackets::Brackets;
use opening::opening;
pub(crate) use shape::ruby_frame;
use trace::Trace;

/// Bytes of a record's first line that are kept: as many as a head has.
const KEPT: usize = 256;

/// What the record so far is, and with it what may follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing may follow.
    Closed,
    /// A line of text: what may follow depends on what it says.
    Text,
    /// A line that leaves brackets open.
    Open(Brackets),
    Trace(Trace),
    /// A part of a line that the container runtime has cut.
    Part,
    /// An entry of the journal.
    Entry(Entry),
}

/// How much reason the first line of a record gives to expect more lines of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    None,
    /// It speaks of an error.
    Alarm,
    /// It names a level, and says more than that.
    Level,
    /// It names a time.
    Time,
}

#[derive(Debug, Clone, Copy)]
struct Hint {
    reason: Reason,
    /// It names a level below warning.
    calm: bool,
    /// It names one from warning on.
    grave: bool,
}

/// Tells which lines of one stream go on with the record of the line before.
#[derive(Debug, Clone)]
pub struct Joiner {
    state: State,
    /// The state in which the record began: other than [`State::Closed`] only behind a record that
    /// became too large.
    began: State,
    lines: usize,
    bytes: usize,
    /// The beginning of the record's first line, what is looked through left out.
    first: [u8; KEPT],
    kept: usize,
    /// Whose line it is: the service's name, the stream.
    whose: [u8; through::LONGEST],
    whose_len: usize,
    hint: Option<Hint>,
    /// Every line is to be a record of its own.
    apart: bool,
}

impl Default for Joiner {
    fn default() -> Self {
        Self::new()
    }
}

impl Joiner {
    /// A joiner that has seen no line.
    pub fn new() -> Self {
        Self {
            state: State::Closed,
            began: State::Closed,
            lines: 0,
            bytes: 0,
            first: [0; KEPT],
            kept: 0,
            whose: [0; through::LONGEST],
            whose_len: 0,
            hint: None,
            apart: false,
        }
    }

    /// Whether lines are joined at all; they are, unless they are not meant to be.
    pub fn set_joins(&mut self, joins: bool) {
        if self.apart == joins {
            self.apart = !joins;
            self.close();
        }
    }

    /// Whether `line` (without its newline) belongs to the record of the line before; if not, it
    /// begins a record.
    #[inline]
    pub fn goes_on(&mut self, line: &[u8]) -> bool {
        if self.apart {
            return false;
        }
        if let State::Entry(entry) = self.state {
            match entry.follow(line) {
                Next::GoesOn(next) => return self.add(line, State::Entry(next)),
                Next::Ends => return self.add(line, State::Closed),
                Next::Apart => self.close(),
            }
        }
        if journal::begins(line) {
            self.began = State::Closed;
            self.begin(&bare(line), line.len(), State::Entry(Entry::Field));
            return false;
        }
        let line = line.strip_prefix(BOM).unwrap_or(line);
        if let (Some(b'{'), Some(b'}')) = (line.first(), last_byte(line)) {
            self.state = State::Closed;
            self.began = State::Closed;
            return false;
        }
        self.text_goes_on(line)
    }

    fn text_goes_on(&mut self, line: &[u8]) -> bool {
        let found = through(line);
        let next = if self.same(&found) {
            self.follow(&found)
        } else {
            None
        };
        let Some(next) = next else {
            self.began = State::Closed;
            self.begin(&found, line.len(), opening(found.body));
            if found.part {
                self.state = State::Part;
            }
            return false;
        };
        if self.is_full(line) {
            self.began = self.state;
            let next = match next {
                State::Text => opening(found.body),
                other => other,
            };
            self.begin(&found, line.len(), next);
            return false;
        }
        self.state = next;
        self.lines += 1;
        self.bytes += line.len() + 1;
        true
    }

    /// Adds a line to an entry of the journal, which is then in that state; or begins a record with it,
    /// where the last has become too large.
    fn add(&mut self, line: &[u8], next: State) -> bool {
        if self.is_full(line) {
            self.began = self.state;
            self.begin(&bare(line), line.len(), next);
            return false;
        }
        self.state = next;
        self.lines += 1;
        self.bytes += line.len() + 1;
        true
    }

    /// Whether the record has no room for the line.
    fn is_full(&self, line: &[u8]) -> bool {
        self.lines >= JOIN_LINES || self.bytes + line.len() >= JOIN_BYTES
    }

    /// Whether another line may belong to the last record, so that it is better held back until
    /// there is one, or until it has waited for
    /// [`JOIN_WAIT`](crosscut_model::limits::JOIN_WAIT).
    pub fn may_go_on(&self) -> bool {
        match self.state {
            State::Closed => false,
            State::Text => self.hint.unwrap_or_else(|| self.look()).reason > Reason::None,
            State::Open(_) | State::Trace(_) | State::Part | State::Entry(_) => {
                self.lines < JOIN_LINES
            }
        }
    }

    /// The wait is over: the last record is complete, the next line begins another.
    pub fn close(&mut self) {
        self.state = State::Closed;
        self.began = State::Closed;
    }

    /// The last record is taken back: its lines will be given again, from its first.
    pub fn rewind(&mut self) {
        self.state = self.began;
        self.lines = JOIN_LINES;
    }

    fn begin(&mut self, found: &Through<'_>, bytes: usize, state: State) {
        self.state = state;
        self.lines = 1;
        self.bytes = bytes + 1;
        self.hint = None;
        self.kept = found.body.len().min(KEPT);
        if let (Some(to), Some(from)) =
            (self.first.get_mut(..self.kept), found.body.get(..self.kept))
        {
            to.copy_from_slice(from);
        }
        self.whose_len = found.whose.len();
        if let Some(to) = self.whose.get_mut(..self.whose_len) {
            to.copy_from_slice(found.whose);
        }
    }

    /// Whether the line comes from where the record's first line came from.
    fn same(&self, found: &Through<'_>) -> bool {
        self.whose.get(..self.whose_len) == Some(found.whose)
    }

    fn first(&self) -> &[u8] {
        self.first.get(..self.kept).unwrap_or_default()
    }

    /// What the record becomes with the line; `None` when the line does not belong to it.
    fn follow(&mut self, found: &Through<'_>) -> Option<State> {
        let object = found.body.first() == Some(&b'{') && last_byte(found.body) == Some(b'}');
        match self.state {
            State::Closed | State::Entry(_) => None,
            State::Part => Some(if found.part {
                State::Part
            } else {
                State::Closed
            }),
            // Behind a container's head too, a whole object is a record.
            _ if object => None,
            State::Open(brackets) => {
                let sure = brackets.sure || self.hint().reason >= Reason::Level;
                brackets.follow(found.body, sure)
            }
            State::Trace(trace) => trace.follow(found.body),
            State::Text => self.behind_text(found.body),
        }
    }

    fn behind_text(&mut self, body: &[u8]) -> Option<State> {
        let Some(&byte) = body.first() else {
            // Rust's `main` returning an error: its causes follow behind an empty line.
            if self.first().starts_with(b"Error: ") {
                return Some(State::Trace(Trace::Causes));
            }
            let hint = self.hint();
            return (hint.grave && hint.reason >= Reason::Level)
                .then_some(State::Trace(Trace::Gap));
        };
        if matches!(byte, b' ' | b'\t') {
            return self.behind_text_indented(body);
        }
        if byte.is_ascii_digit() {
            // The source below a message of a compiler.
            let hint = shape::gutter(body).then(|| self.hint());
            return hint
                .is_some_and(|hint| hint.reason == Reason::Level)
                .then_some(State::Text);
        }
        if body.starts_with(b"Traceback (most recent call last)") {
            let hint = self.hint();
            return (hint.reason > Reason::None && !hint.calm)
                .then_some(State::Trace(Trace::Python));
        }
        if let Some(trace) = shape::resumes(body) {
            return (self.hint().reason > Reason::None).then_some(State::Trace(trace));
        }
        if let Some(dotted) = shape::exception(body) {
            let hint = self.hint();
            let fits = match hint.reason {
                Reason::Time => dotted || !hint.calm,
                Reason::Level => dotted && hint.grave,
                Reason::None | Reason::Alarm => false,
            };
            return fits.then_some(State::Trace(Trace::Frames));
        }
        if go::first_function(body) {
            let hint = self.hint();
            let alarm = hint.grave || (!hint.calm && shape::names_error(self.first()));
            return (hint.reason == Reason::Time && alarm).then_some(State::Trace(Trace::Calls));
        }
        None
    }

    fn behind_text_indented(&mut self, body: &[u8]) -> Option<State> {
        let inner = shape::inner(body);
        if let Some(trace) = shape::frame(inner) {
            let hint = self.hint();
            let own = hint.calm && inner.starts_with(b"+ ");
            let trace = match trace {
                // Rust's `main`, and the report of what it returned.
                Trace::Rust if self.first().starts_with(b"Error:") => Trace::Causes,
                trace => trace,
            };
            return (hint.reason > Reason::None && !own).then_some(State::Trace(trace));
        }
        let indented = matches!(self.first().first(), Some(b' ' | b'\t'));
        let goes_on = !inner.is_empty()
            && !indented
            && self.hint().reason >= Reason::Level
            && !shape::begins_record(inner);
        goes_on.then_some(State::Text)
    }

    fn hint(&mut self) -> Hint {
        let hint = self.hint.unwrap_or_else(|| self.look());
        self.hint = Some(hint);
        hint
    }

    fn look(&self) -> Hint {
        let first = self.first();
        let head = head(first.trim_ascii());
        // Of a request the line tells all there is.
        let reason = if head.request {
            Reason::None
        } else if head.stamp.is_some() {
            Reason::Time
        } else if head.level.is_some() && shape::says_more(first) {
            Reason::Level
        } else if shape::alarms(first) {
            Reason::Alarm
        } else {
            Reason::None
        };
        Hint {
            reason,
            calm: head.level.is_some_and(|level| level < Level::Warn),
            grave: !head.request && head.level.is_some_and(|level| level >= Level::Warn),
        }
    }
}

/// A line with nothing to look through.
fn bare(line: &[u8]) -> Through<'_> {
    Through {
        whose: &[],
        body: line,
        part: false,
        stamp: None,
    }
}

/// Lines of a record that are looked at to tell whether it is a trace.
const LOOKED_AT: usize = 8;

/// Whether the first lines of a record show that it is the trace of an error.
pub(crate) fn is_trace(record: &[u8]) -> bool {
    let mut lines = record.split(|&byte| byte == b'\n').take(LOOKED_AT);
    let first = lines.clone().next().unwrap_or_default();
    shape::node_source(first.trim_ascii_end())
        || shape::frame(shape::inner(first)).is_some()
        || lines.any(|line| {
            (matches!(line.first(), Some(b' ' | b'\t'))
                && shape::frame(shape::inner(line)).is_some())
                || line.starts_with(b"Traceback (most recent call last)")
                || go::goroutine(line)
        })
}

/// The last byte that is no blank.
#[inline]
fn last_byte(line: &[u8]) -> Option<u8> {
    match line.last() {
        Some(b'\r' | b' ' | b'\t') => line.trim_ascii_end().last().copied(),
        last => last.copied(),
    }
}

#[cfg(test)]
mod tests;
