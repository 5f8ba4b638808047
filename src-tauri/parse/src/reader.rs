//! One source's reader: line by line, when it happened and how bad it is.
//!
//! The hot path of ingest. A JSON line is passed once: the scan that proves it valid also catches
//! the members that tell time and level, wherever they stand, and knows them by what the lines before
//! had in the same place ([`Leads`]). Text is read only in its head.

mod times;

use crosscut_model::{Level, UnixNanos};
use jiff::tz::TimeZone;

use self::times::Times;
use crate::head::head;
use crate::json::{self, Leads, Raw};
use crate::keys::{Role, role};
use crate::level::{self, Scale};
use crate::logfmt::{Pairs, is_logfmt};
use crate::text::trimmed;

/// What a record was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A JSON object.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// Anything else.
    Text,
}

impl Format {
    /// The format's name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Logfmt => "logfmt",
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

/// Reads one source's lines.
#[derive(Debug, Clone)]
pub struct Reader {
    times: Times,
    leads: Leads,
}

/// The best answer so far: the lower rank is believed, of equals the first.
#[derive(Debug, Clone, Copy)]
struct Best<T> {
    value: Option<T>,
    rank: u8,
    /// The member it came from, counted from 0.
    member: usize,
}

impl<T> Best<T> {
    const NONE: Self = Self {
        value: None,
        rank: u8::MAX,
        member: 0,
    };

    #[inline]
    fn offer(&mut self, rank: u8, member: usize, read: impl FnOnce() -> Option<T>) {
        if rank < self.rank
            && let Some(value) = read()
        {
            *self = Self {
                value: Some(value),
                rank,
                member,
            };
        }
    }
}

/// The top members of a JSON record that tell its time and its level, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tellers {
    pub(crate) time: Option<usize>,
    pub(crate) level: Option<usize>,
}

/// Which members told time and level; for the row, which shows these in columns of their own.
pub(crate) fn tellers(body: &[u8]) -> Tellers {
    let mut found = Found::NOTHING;
    let mut times = Times::new(TimeZone::UTC);
    json::members(body, |key, value| {
        let decoded;
        let name = if key.escaped {
            decoded = key.decode();
            decoded.as_bytes()
        } else {
            key.bytes
        };
        found.take(role(name), value, &mut times, UnixNanos(0));
    });
    let Found { time, level, .. } = found;
    let inside = level.rank >= WRAPPED;
    Tellers {
        time: time.value.map(|_| time.member),
        level: level.value.filter(|_| !inside).map(|_| level.member),
    }
}

/// What the members of an object have told so far.
struct Found {
    time: Best<UnixNanos>,
    level: Best<Level>,
    members: usize,
}

impl Found {
    const NOTHING: Self = Self {
        time: Best::NONE,
        level: Best::NONE,
        members: 0,
    };

    /// Takes up the next member.
    #[inline]
    fn take(&mut self, role: Role, value: Raw<'_>, times: &mut Times, now: UnixNanos) {
        let (time, level, member) = (&mut self.time, &mut self.level, self.members);
        self.members += 1;
        match role {
            Role::Other => {}
            Role::Time(rank) => time.offer(rank, member, || times.in_json(value, now)),
            Role::Level(rank, scale) => level.offer(rank, member, || level_in(value, scale)),
            Role::Log => level.offer(WRAPPED, member, || in_log(value)),
            Role::Clef => level.offer(LEFT_OUT, member, || Some(Level::Info)),
        }
    }
}

/// The rank of a level read out of a line that Docker wrapped in JSON, and that of a level which
/// CLEF leaves out because it is the usual one.
const WRAPPED: u8 = 7;
const LEFT_OUT: u8 = 8;

impl Reader {
    /// A reader for lines whose times, where they name no zone, are in `zone`.
    pub fn new(zone: TimeZone) -> Self {
        Self {
            times: Times::new(zone),
            leads: Leads::default(),
        }
    }

    /// Reads one line (without its newline). `now` completes times without a year or a date.
    #[inline]
    pub fn meta(&mut self, line: &[u8], now: UnixNanos) -> LineMeta {
        let body = trimmed(line);
        if body.first() == Some(&b'{') {
            return self.json(body, now);
        }
        if is_logfmt(body) {
            self.logfmt(body, now)
        } else {
            self.text(body, now)
        }
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
                ..self.text(body, now)
            };
        }
        LineMeta {
            time: found.time.value,
            level: found.level.value.unwrap_or_default(),
            broken: read.is_err(),
        }
    }

    fn logfmt(&mut self, body: &[u8], now: UnixNanos) -> LineMeta {
        let mut time = Best::NONE;
        let mut level = Best::NONE;
        for pair in Pairs::of_logfmt(body) {
            match role(pair.key.as_bytes()) {
                Role::Time(rank) => time.offer(rank, 0, || self.times.in_text(pair.value, now)),
                Role::Level(rank, scale) => {
                    level.offer(rank, 0, || level::in_text(pair.value, scale));
                }
                Role::Log | Role::Clef | Role::Other => {}
            }
            if time.rank == 0 && level.rank == 0 {
                break;
            }
        }
        LineMeta {
            time: time.value,
            level: level.value.unwrap_or_default(),
            broken: false,
        }
    }

    fn text(&mut self, body: &[u8], now: UnixNanos) -> LineMeta {
        let head = head(body);
        let time = head
            .stamp
            .and_then(|stamp| self.times.zone.resolve(&stamp, now));
        LineMeta {
            time,
            level: head.level.unwrap_or_default(),
            broken: false,
        }
    }
}

/// A level under one of its names; log4js writes an object there.
#[inline]
fn level_in(value: Raw<'_>, scale: Scale) -> Option<Level> {
    let Raw::Object(object) = value else {
        return level::in_json(value, scale);
    };
    let mut found = None;
    let valid = json::members(object, |key, value| {
        if matches!(key.bytes, b"levelStr" | b"name") {
            found = level::in_json(value, scale);
        }
    });
    found.filter(|_| valid)
}

/// The level inside `log`: a member of that object, or of the line that Docker wrapped there.
fn in_log(value: Raw<'_>) -> Option<Level> {
    match value {
        Raw::Object(object) => {
            let mut found = None;
            let valid = json::members(object, |key, value| {
                if key.bytes == b"level" {
                    found = level::in_json(value, Scale::Level);
                }
            });
            found.filter(|_| valid)
        }
        Raw::Str(line) => head(trimmed(line.decode().as_bytes())).level,
        _ => None,
    }
}

#[cfg(test)]
mod tests;
