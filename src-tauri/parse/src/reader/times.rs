//! Times in the values of fields.

use crosscut_model::UnixNanos;
use jiff::tz::TimeZone;

use crate::json::{self, Raw};
use crate::time::{Zone, epoch, in_value};

/// Bytes of `2026-03-01T08:00:`.
const MINUTE: usize = 17;

/// Reads times, remembering the minute it read last.
#[derive(Debug, Clone)]
pub(crate) struct Times {
    pub(crate) zone: Zone,
    /// The last minute written out in UTC, and when it began.
    minute: Option<([u8; MINUTE], UnixNanos)>,
}

impl Times {
    pub(crate) fn new(zone: TimeZone) -> Self {
        Self {
            zone: Zone::new(zone),
            minute: None,
        }
    }

    /// A time in a JSON value.
    #[inline]
    pub(crate) fn in_json(&mut self, value: Raw<'_>, now: UnixNanos) -> Option<UnixNanos> {
        match value {
            Raw::Str(text) if !text.escaped => self.in_text(text.bytes, now),
            Raw::Str(text) => self.in_text(text.decode().as_bytes(), now),
            Raw::Number(literal) => epoch(literal),
            Raw::Object(object) => self.in_object(object, now),
            Raw::Bool(_) | Raw::Null | Raw::Array(_) => None,
        }
    }

    /// A time in a text value. Those of a minute, in UTC, come in crowds: of them only the seconds
    /// are read.
    #[inline]
    pub(crate) fn in_text(&mut self, text: &[u8], now: UnixNanos) -> Option<UnixNanos> {
        let Some((minute, rest)) = text.split_first_chunk::<MINUTE>() else {
            return self.read(text, now);
        };
        let Some(within) = seconds(rest) else {
            return self.read(text, now);
        };
        if let Some((known, began)) = &self.minute
            && known == minute
        {
            return Some(UnixNanos(began.0.checked_add(within)?));
        }
        let time = self.read(text, now)?;
        let utc = minute.get(10) == Some(&b'T') && minute.last() == Some(&b':');
        if utc {
            self.minute = Some((*minute, UnixNanos(time.0.checked_sub(within)?)));
        }
        Some(time)
    }

    /// Reads a text value from its first byte.
    fn read(&mut self, text: &[u8], now: UnixNanos) -> Option<UnixNanos> {
        if let Some(stamp) = in_value(text) {
            return self.zone.resolve(&stamp, now);
        }
        epoch(std::str::from_utf8(text.trim_ascii()).ok()?)
    }

    /// Mongo's `{"$date":…}`, log4j's `{"epochSecond":…,"nanoOfSecond":…}`, protobuf's
    /// `{"seconds":…,"nanos":…}`.
    fn in_object(&mut self, object: &[u8], now: UnixNanos) -> Option<UnixNanos> {
        let mut whole = None;
        let mut nanos = 0;
        let valid = json::members(object, |key, value| match (key.bytes, value) {
            (b"$date", Raw::Str(_) | Raw::Number(_)) => whole = self.in_json(value, now),
            (b"epochSecond" | b"seconds", Raw::Number(literal)) => whole = epoch(literal),
            (b"nanoOfSecond" | b"nanos", Raw::Number(literal)) => {
                nanos = literal.parse().unwrap_or_default();
            }
            _ => {}
        });
        let whole = whole.filter(|_| valid);
        Some(UnixNanos(whole?.0.checked_add(nanos)?))
    }
}

/// `SSZ`, `SS.fZ` with up to nine digits: nanoseconds since the minute began.
#[inline]
fn seconds(text: &[u8]) -> Option<i64> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
    let (&[tens, ones], rest) = text.split_first_chunk::<2>()?;
    let second = digit(tens)? * 10 + digit(ones)?;
    let mut nanos = 0;
    if let Some((b'.', fraction)) = rest.strip_suffix(b"Z")?.split_first() {
        if fraction.is_empty() || fraction.len() > 9 {
            return None;
        }
        let mut place = 1_000_000_000;
        for &byte in fraction {
            place /= 10;
            nanos += digit(byte)? * place;
        }
    } else if rest != b"Z" {
        return None;
    }
    (second <= 60).then_some(second * 1_000_000_000 + nanos)
}
