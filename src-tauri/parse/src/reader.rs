//! One source's reader: line by line, when it happened and how bad it is.
//!
//! The hot path of ingest. A JSON line is passed once: the scan that proves it valid also catches
//! the members that tell time and level, wherever they stand, and knows them by what the lines before
//! had in the same place ([`Leads`]). Text is read only in its head.

mod columns;
mod epochs;
mod found;
mod times;
mod whole;

use std::sync::Arc;

use crosscut_model::{Level, UnixNanos};
use jiff::tz::TimeZone;

use self::columns::Columns;
use self::epochs::Epochs;
use self::found::{Found, Told};
use self::times::Times;
use crate::head::{Begins, Head, head};
use crate::join::is_trace;
use crate::journal;
use crate::json::{self, Leads};
use crate::known::message_field;
use crate::layout::{Layout, Line};
use crate::logfmt::{Pairs, is_logfmt};
use crate::text::trimmed;
use crate::through::through;
use crate::walk::Buffers;
use crate::wrap::{Within, joined};

pub(crate) use self::found::{Tellers, tellers};
pub use self::whole::Record;

/// Heads before heads that are looked through: a container's, and Compose's within.
const DEPTH: u8 = 4;

/// What a record was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A JSON object.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// Cells below a line of names, set off by commas, semicolons or tabs.
    Csv,
    /// Cells below a line that begins with `#Fields:`.
    W3c,
    /// Anything else.
    Text,
}

/// No format has that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat;

impl std::fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no such format; there are ")?;
        f.write_str(&Format::ALL.map(Format::name).join(", "))
    }
}

impl std::error::Error for UnknownFormat {}

impl std::str::FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.name() == name)
            .ok_or(UnknownFormat)
    }
}

impl Format {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::Json, Self::Logfmt, Self::Csv, Self::W3c, Self::Text];

    /// The format's name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Logfmt => "logfmt",
            Self::Csv => "csv",
            Self::W3c => "w3c",
            Self::Text => "text",
        }
    }
}

/// What `line` is: JSON only when it is a valid object.
pub fn format_of(line: &[u8]) -> Format {
    if json::is_object(trimmed(line)) {
        Format::Json
    } else if is_logfmt(line) {
        Format::Logfmt
    } else {
        Format::Text
    }
}

/// What a line says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineMeta {
    /// When it happened, where it says so.
    pub time: Option<UnixNanos>,
    /// How bad it is.
    pub level: Level,
    /// Whether it began as a JSON object but is none.
    pub broken: bool,
}

/// What the user knows better than the lines tell.
#[derive(Debug, Clone)]
pub struct ReaderOptions {
    /// The zone of times that name none.
    pub zone: TimeZone,
    /// The format, where it is not to be found out line by line.
    pub format: Option<Format>,
    /// The user's own format, an expression: what its groups name stands for what is found out, in
    /// lines that it fits.
    pub pattern: Option<Arc<Layout>>,
}

impl From<TimeZone> for ReaderOptions {
    fn from(zone: TimeZone) -> Self {
        Self {
            zone,
            format: None,
            pattern: None,
        }
    }
}

/// How a record of one line begins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Start {
    /// Where its words begin.
    pub(crate) words: usize,
    /// What stands first.
    pub(crate) begins: Begins,
}

/// Reads one source's lines.
#[derive(Debug, Clone)]
pub struct Reader {
    format: Option<Format>,
    pattern: Option<Arc<Layout>>,
    times: Times,
    leads: Leads,
    columns: Columns,
    epochs: Epochs,
    buffers: Buffers,
}

impl Reader {
    /// A reader for one source.
    pub fn new(options: impl Into<ReaderOptions>) -> Self {
        let ReaderOptions {
            zone,
            format,
            pattern,
        } = options.into();
        Self {
            format,
            pattern,
            times: Times::new(zone),
            leads: Leads::default(),
            columns: Columns::default(),
            epochs: Epochs::default(),
            buffers: Buffers::default(),
        }
    }

    /// Reads one line (without its newline), or lines joined into one record. `now` completes times
    /// without a year or a date.
    #[inline]
    pub fn meta(&mut self, line: &[u8], now: UnixNanos) -> LineMeta {
        match &self.pattern {
            None => self.within(line, now, 0),
            Some(pattern) => {
                let pattern = Arc::clone(pattern);
                self.patterned(&pattern, line, now)
            }
        }
    }

    /// Reads a line by the user's own format; what that does not name is found out.
    fn patterned(&mut self, pattern: &Layout, line: &[u8], now: UnixNanos) -> LineMeta {
        let within = Within::of(line);
        let mut told = Told::NOTHING;
        for (name, value) in pattern.fields(&within.body).unwrap_or_default() {
            told.named(name, value.as_bytes(), &mut self.times, now);
        }
        if let (Some(_), Some(_)) = (told.time.value, told.level.value) {
            return told.meta();
        }
        let found = self.within(line, now, 0);
        LineMeta {
            time: told.time.value.or(found.time),
            level: told.level.value.unwrap_or(found.level),
            ..found
        }
    }

    /// The same, of a line that stands within so many others.
    #[inline]
    fn within(&mut self, line: &[u8], now: UnixNanos, depth: u8) -> LineMeta {
        let body = trimmed(line);
        if body.first() == Some(&b'{') && matches!(self.format, None | Some(Format::Json)) {
            return self.json(body, now);
        }
        if depth == 0
            && matches!(self.format, None | Some(Format::Json))
            && let Some(object) = journal::object(line)
        {
            return self.json(&object, now);
        }
        self.plain(body, now, depth).0
    }

    /// Reads what is no JSON; and how it begins, where its head was read and nothing stands before it.
    fn plain(&mut self, body: &[u8], now: UnixNanos, depth: u8) -> (LineMeta, Option<Start>) {
        match self.format {
            Some(Format::Text) => self.text(body, now),
            Some(Format::Logfmt) => (self.logfmt(body, now), None),
            Some(Format::Csv | Format::W3c) => {
                let read = self.columns.read(body, &mut self.times, now);
                (read.unwrap_or_default(), None)
            }
            None | Some(Format::Json) => self.detected(body, now, depth),
        }
    }

    fn detected(&mut self, body: &[u8], now: UnixNanos, depth: u8) -> (LineMeta, Option<Start>) {
        if let Some(meta) = self.around(body, now, depth) {
            (meta, None)
        } else if is_logfmt(body) {
            (self.logfmt(body, now), None)
        } else {
            self.text(body, now)
        }
    }

    /// Reads what stands in something: behind a container's head, or in a table.
    fn around(&mut self, body: &[u8], now: UnixNanos, depth: u8) -> Option<LineMeta> {
        let found = through(body);
        let headed = !found.whose.is_empty() || found.stamp.is_some();
        if headed && depth < DEPTH {
            let joined = found.stamp.and_then(|_| joined(body));
            let inside = joined.as_deref().unwrap_or(found.body);
            let inner = self.within(inside, now, depth + 1);
            // A container runtime's own time stands for the line's.
            let time = inner.time.or_else(|| self.times.in_text(found.stamp?, now));
            if time.is_some() || inner.level != Level::None {
                return Some(LineMeta { time, ..inner });
            }
        }
        self.columns.read(body, &mut self.times, now)
    }

    fn json(&mut self, body: &[u8], now: UnixNanos) -> LineMeta {
        let mut found = Found::NOTHING;
        let times = &mut self.times;
        let read = self
            .leads
            .members(body, |role, value| found.take(role, value, times, now));
        if read == Err(0) {
            return LineMeta {
                broken: true,
                ..self.text(body, now).0
            };
        }
        let level = match found.level() {
            Level::None => said(body),
            level => level,
        };
        LineMeta {
            time: found.time.value,
            level,
            broken: read.is_err(),
        }
    }

    fn logfmt(&mut self, body: &[u8], now: UnixNanos) -> LineMeta {
        let mut told = Told::NOTHING;
        for pair in Pairs::of_logfmt(body) {
            told.take(pair, &mut self.times, now);
            if told.time.rank == 0 && told.level.rank == 0 {
                break;
            }
        }
        told.meta()
    }

    fn text(&mut self, body: &[u8], now: UnixNanos) -> (LineMeta, Option<Start>) {
        let Some(end) = memchr::memchr(b'\n', body) else {
            let (meta, start) = self.line(body, head(body), now);
            return (meta, Some(start));
        };
        let first = body.get(..end).unwrap_or_default().trim_ascii_end();
        let (mut meta, _) = self.line(first, head(first), now);
        if meta.level == Level::None && is_trace(body) {
            meta.level = Level::Error;
        }
        (meta, None)
    }

    /// What a single line says, and how it begins.
    fn line(&mut self, line: &[u8], head: Head, now: UnixNanos) -> (LineMeta, Start) {
        let time = match head.stamp {
            Some(stamp) => self.times.zone.resolve(&stamp, now),
            None => self.epochs.read(line),
        };
        let meta = LineMeta {
            time,
            level: head.level.unwrap_or_default(),
            broken: false,
        };
        let start = Start {
            words: head.words,
            begins: head.begins,
        };
        (meta, start)
    }
}

/// The level that a record's message begins with, for records that have none of their own: text that
/// somebody wrapped in JSON on its way.
fn said(body: &[u8]) -> Level {
    let message = message_field(body, Line::from(body));
    message.map_or(Level::None, |(text, _)| said_by(&text))
}

/// The level that a message begins with.
fn said_by(message: &str) -> Level {
    head(trimmed(message.as_bytes())).level.unwrap_or_default()
}

#[cfg(test)]
mod tests;
