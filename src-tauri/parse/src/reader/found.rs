//! What the members of a JSON record tell.

use crosscut_model::{Level, UnixNanos};
use jiff::tz::TimeZone;
use memchr::memmem;

use super::LineMeta;
use super::times::Times;
use crate::head::head;
use crate::json::{self, Cursor, Raw};
use crate::keys::{Role, role};
use crate::level::{self, Scale};
use crate::logfmt::Pair;
use crate::text::trimmed;

/// The best answer so far: the lower rank is believed, of equals the first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best<T> {
    pub(super) value: Option<T>,
    pub(super) rank: u8,
    /// The member it came from, counted from 0.
    member: usize,
}

impl<T> Best<T> {
    pub(super) const NONE: Self = Self {
        value: None,
        rank: u8::MAX,
        member: 0,
    };

    #[inline]
    pub(super) fn offer(&mut self, rank: u8, member: usize, read: impl FnOnce() -> Option<T>) {
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
pub(super) struct Found {
    pub(super) time: Best<UnixNanos>,
    pub(super) level: Best<Level>,
    members: usize,
    /// Whether an agent wrote it, whose records tell by their type what they are.
    agent: bool,
    kind: Option<Level>,
}

impl Found {
    pub(super) const NOTHING: Self = Self {
        time: Best::NONE,
        level: Best::NONE,
        members: 0,
        agent: false,
        kind: None,
    };

    /// Takes up the next member.
    #[inline]
    pub(super) fn take(&mut self, role: Role, value: Raw<'_>, times: &mut Times, now: UnixNanos) {
        let (time, level, member) = (&mut self.time, &mut self.level, self.members);
        self.members += 1;
        match role {
            Role::Other => {}
            Role::Time(rank) => time.offer(rank, member, || times.in_json(value, now)),
            Role::Level(rank, scale) => level.offer(rank, member, || level_in(value, scale)),
            Role::Log => level.offer(WRAPPED, member, || in_log(value)),
            Role::Clef => level.offer(LEFT_OUT, member, || Some(Level::Info)),
            Role::Agent => self.agent = true,
            Role::Kind => self.kind = kind(value),
            Role::Record => {
                time.offer(WRAPPED, member, || {
                    times.in_json(inside(value, b"time", b"timestamp")?, now)
                });
                level.offer(WRAPPED, member, || {
                    level::in_json(inside(value, b"level", b"name")?, Scale::Level)
                });
            }
            Role::Otlp => {
                if let Raw::Array(logs) = value {
                    time.offer(WRAPPED, member, || {
                        let told =
                            otlp(logs, &[b"\"timeUnixNano\":", b"\"observedTimeUnixNano\":"])?;
                        times.in_json(told, now)
                    });
                    level.offer(WRAPPED, member, || {
                        level::in_json(otlp(logs, &[b"\"severityNumber\":"])?, Scale::Otel)
                    });
                }
            }
        }
    }

    /// How bad the record is.
    pub(super) fn level(&self) -> Level {
        let kind = self.kind.filter(|_| self.agent);
        self.level.value.or(kind).unwrap_or_default()
    }
}

/// What the pairs of a line have told so far.
pub(super) struct Told {
    pub(super) time: Best<UnixNanos>,
    pub(super) level: Best<Level>,
}

impl Told {
    pub(super) const NOTHING: Self = Self {
        time: Best::NONE,
        level: Best::NONE,
    };

    /// Takes up the next pair.
    #[inline]
    pub(super) fn take(&mut self, pair: Pair<'_>, times: &mut Times, now: UnixNanos) {
        self.named(pair.key, pair.value, times, now);
    }

    /// Takes up what has a name.
    #[inline]
    pub(super) fn named(&mut self, name: &str, value: &[u8], times: &mut Times, now: UnixNanos) {
        match role(name.as_bytes()) {
            Role::Time(rank) => self.time.offer(rank, 0, || times.in_text(value, now)),
            Role::Level(rank, scale) => {
                self.level.offer(rank, 0, || level::in_text(value, scale));
            }
            Role::Log
            | Role::Clef
            | Role::Agent
            | Role::Kind
            | Role::Record
            | Role::Otlp
            | Role::Other => {}
        }
    }

    pub(super) fn meta(&self) -> LineMeta {
        LineMeta {
            time: self.time.value,
            level: self.level.value.unwrap_or_default(),
            broken: false,
        }
    }
}

/// The rank of a level read out of a line that Docker wrapped in JSON, and that of a level which
/// CLEF leaves out because it is the usual one.
const WRAPPED: u8 = 7;
const LEFT_OUT: u8 = 8;

/// The member of a member of an object.
fn inside<'a>(value: Raw<'a>, outer: &[u8], inner: &[u8]) -> Option<Raw<'a>> {
    let member = |value: Raw<'a>, name: &[u8]| {
        let Raw::Object(object) = value else {
            return None;
        };
        let mut found = None;
        let valid = json::members(object, |key, value| {
            if key.bytes == name {
                found = Some(value);
            }
        });
        found.filter(|_| valid)
    };
    member(member(value, outer)?, inner)
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
        Raw::Str(line) => {
            let line = line.decode();
            let body = trimmed(line.as_bytes());
            if body.first() != Some(&b'{') {
                return head(body).level;
            }
            let mut found = Best::NONE;
            let valid = json::members(body, |key, value| {
                if let Role::Level(rank, scale) = role(key.bytes) {
                    found.offer(rank, 0, || level_in(value, scale));
                }
            });
            found.value.filter(|_| valid)
        }
        _ => None,
    }
}

/// The level of an agent's record by its type; standard error is where troubles go.
fn kind(value: Raw<'_>) -> Option<Level> {
    let Raw::Str(text) = value else {
        return None;
    };
    match text.bytes {
        b"stderr" => Some(Level::Warn),
        b"stdout" | b"log" | b"output" => None,
        name => level::by_name(name),
    }
}

/// The first value under one of the keys in a batch of the OpenTelemetry protocol.
fn otlp<'a>(logs: &'a [u8], keys: &[&[u8]]) -> Option<Raw<'a>> {
    let at = keys
        .iter()
        .find_map(|key| Some(memmem::find(logs, key)? + key.len()))?;
    let mut cursor = Cursor::new(logs.get(at..)?);
    cursor.blanks();
    cursor.value().ok()
}
