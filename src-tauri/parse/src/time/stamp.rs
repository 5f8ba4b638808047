//! The spellings of dates and times.
//!
//! Read by parts (a date in any of the usual orders, a separator, a time of day, a zone) and not by
//! a list of layouts, so that a new mixture of known parts is understood as well.

use crosscut_model::UnixNanos;

mod bytes;
mod date;
mod zone;

use bytes::Bytes;
use date::{compact, month_first, numeric_date, weekday_first};
use zone::zone;

/// The day of a [`Stamp`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// Year, month and day.
    Full { year: u16, month: u32, day: u32 },
    /// A month and day without a year (syslog, Android).
    NoYear { month: u32, day: u32 },
    /// Only a time of day.
    Today,
    /// No calendar at all: an epoch.
    Instant(UnixNanos),
}

/// A time as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) day: Day,
    /// Seconds since midnight.
    pub(crate) second: u32,
    pub(crate) nanos: u32,
    /// Seconds east of UTC, where it says so.
    pub(crate) offset: Option<i32>,
    /// Bytes it took.
    pub(crate) length: usize,
}

#[inline]
fn pair(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// Reads a time at the very start of `bytes`. Whatever follows it stays unread.
#[inline]
pub(crate) fn stamp(bytes: &[u8]) -> Option<Stamp> {
    match bytes.first()? {
        b'0'..=b'9' => iso(bytes).or_else(|| numeric(bytes)),
        b'A'..=b'Z' | b'a'..=b'z' => worded(bytes),
        _ => None,
    }
}

/// Reads a field's whole value as a time; brackets and blanks around it are let pass, and so is a
/// date without a time of day.
pub(crate) fn in_value(bytes: &[u8]) -> Option<Stamp> {
    let bytes = bytes.trim_ascii();
    let bytes = bytes.strip_prefix(b"[").unwrap_or(bytes);
    if let Some(found) = stamp(bytes) {
        return Some(found);
    }
    let mut reader = Bytes { rest: bytes };
    let day = numeric_date(&mut reader)?;
    let done = reader.rest.is_empty() && matches!(day, Day::Full { .. });
    done.then_some(Stamp {
        day,
        second: 0,
        nanos: 0,
        offset: None,
        length: bytes.len(),
    })
}

/// `2026-03-01T08:00:00` by fixed places, with fraction and zone: what nearly every line has.
#[inline]
fn iso(bytes: &[u8]) -> Option<Stamp> {
    let (head, _) = bytes.split_first_chunk::<19>()?;
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b' ' | b't',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = *head
    else {
        return None;
    };
    let year = u16::try_from(pair(y1, y2)? * 100 + pair(y3, y4)?).ok()?;
    let (month, day) = (pair(m1, m2)?, pair(d1, d2)?);
    let hour = pair(h1, h2)?;
    let second = clock(hour, pair(n1, n2)?, pair(s1, s2)?)?;
    if !(1970..2200).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let mut reader = Bytes {
        rest: bytes.get(19..).unwrap_or_default(),
    };
    let nanos = fraction(&mut reader)?;
    let hour_of_day = half(&mut reader, hour, b"AP");
    let mut found = Stamp {
        day: Day::Full { year, month, day },
        second: second + hour_of_day * 3_600 - hour * 3_600,
        nanos,
        offset: None,
        length: 0,
    };
    Some(finish(&mut found, &mut reader, bytes))
}

/// Seconds since midnight; a leap second is let pass.
#[inline]
fn clock(hour: u32, minute: u32, second: u32) -> Option<u32> {
    (hour < 24 && minute < 60 && second <= 60).then_some(hour * 3_600 + minute * 60 + second)
}

/// Reads a fraction of a second behind `.` or `,`, or milliseconds behind `:`. None when digits
/// follow that are neither.
#[inline]
fn fraction(reader: &mut Bytes<'_>) -> Option<u32> {
    match (reader.peek(), reader.at(1)) {
        (Some(b'.' | b','), Some(b'0'..=b'9')) => {
            reader.skip(1);
            let mut nanos = 0;
            let mut place = 1_000_000_000;
            while let Some(byte @ b'0'..=b'9') = reader.peek() {
                place /= 10;
                nanos += u32::from(byte - b'0') * place;
                reader.skip(1);
            }
            Some(nanos)
        }
        (Some(b':'), Some(b'0'..=b'9')) => {
            reader.skip(1);
            let millis = reader.number(1, 3)?;
            // A hardware address goes on.
            let more = reader.peek() == Some(b':')
                && reader.at(1).is_some_and(|byte| byte.is_ascii_hexdigit());
            (!more).then_some(millis * 1_000_000)
        }
        (Some(b'0'..=b'9'), _) => None,
        _ => Some(0),
    }
}

/// Reads the zone behind the time, and sets the length.
#[inline]
fn finish(found: &mut Stamp, reader: &mut Bytes<'_>, all: &[u8]) -> Stamp {
    found.offset = zone(reader);
    found.length = all.len() - reader.rest.len();
    *found
}

/// Reads a time of day: `8:00:00`, `08:00:00.123`, `08.00.00`, `080000`, `3:04:05 PM`. Behind a whole
/// date it may be sloppier: `08:00`, `8:0:5`.
fn time_of_day(reader: &mut Bytes<'_>, dated: bool) -> Option<(u32, u32)> {
    if reader.run() == 6 {
        let (hour, minute, second) = (reader.exactly(2)?, reader.exactly(2)?, reader.exactly(2)?);
        return Some((clock(hour, minute, second)?, fraction(reader)?));
    }
    let mut hour = reader.number(1, 2)?;
    let separator = reader.peek().filter(|byte| matches!(byte, b':' | b'.'))?;
    reader.skip(1);
    let least = if dated { 1 } else { 2 };
    let minute = reader.number(least, 2)?;
    let mut second = 0;
    let mut nanos = 0;
    if reader.peek() == Some(separator) && reader.at(1).is_some_and(|b| b.is_ascii_digit()) {
        reader.skip(1);
        second = reader.number(least, 2)?;
        nanos = fraction(reader)?;
    } else if separator == b'.' || !(dated || has_half(reader)) {
        return None;
    }
    hour = half(reader, hour, b"AaPp");
    if reader.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((clock(hour, minute, second)?, nanos))
}

/// Passes `AM` or `PM`, which begins with one of `letters`; gives the hour of the day.
#[inline]
fn half(reader: &mut Bytes<'_>, hour: u32, letters: &[u8]) -> u32 {
    let mut ahead = *reader;
    ahead.eat_blanks();
    let (Some(first), Some(b'M' | b'm')) = (ahead.peek(), ahead.at(1)) else {
        return hour;
    };
    let closed = !ahead.at(2).is_some_and(|byte| byte.is_ascii_alphanumeric());
    if !letters.contains(&first) || !closed || !(1..=12).contains(&hour) {
        return hour;
    }
    ahead.skip(2);
    *reader = ahead;
    let afternoon = first.eq_ignore_ascii_case(&b'p');
    hour % 12 + if afternoon { 12 } else { 0 }
}

/// Whether `AM` or `PM` follows at once: a clock, even without seconds.
fn has_half(reader: &Bytes<'_>) -> bool {
    matches!(
        (reader.peek(), reader.at(1)),
        (Some(b'A' | b'P'), Some(b'M'))
    )
}

/// Passes what may stand between a date and a time.
fn between(reader: &mut Bytes<'_>) -> bool {
    // Erlang, fern, Gin.
    for wide in [&b"::"[..], b"][", b" - "] {
        if reader.rest.starts_with(wide) {
            reader.skip(wide.len());
            return true;
        }
    }
    match reader.peek() {
        Some(b'T' | b't' | b'_' | b'-' | b':' | b'|' | b';') => {
            reader.skip(1);
            true
        }
        Some(b',' | b' ') => {
            reader.eat(b',');
            reader.eat_blanks();
            if reader.rest.starts_with(b"at ") {
                reader.skip(3);
            }
            true
        }
        _ => false,
    }
}

/// A time that begins with a digit.
fn numeric(bytes: &[u8]) -> Option<Stamp> {
    let mut reader = Bytes { rest: bytes };
    if let Some(found) = compact(bytes) {
        return Some(found);
    }
    if let Some(day) = numeric_date(&mut reader) {
        if !between(&mut reader) {
            return None;
        }
        let (second, nanos) = time_of_day(&mut reader, matches!(day, Day::Full { .. }))?;
        let mut found = Stamp {
            day,
            second,
            nanos,
            offset: None,
            length: 0,
        };
        return Some(finish(&mut found, &mut reader, bytes));
    }
    // A time of day alone needs its seconds: `12:30` is all kinds of things.
    let mut reader = Bytes { rest: bytes };
    if !matches!(
        (bytes.get(1), bytes.get(2)),
        (Some(b':'), _) | (_, Some(b':'))
    ) {
        return None;
    }
    let (second, nanos) = time_of_day(&mut reader, false)?;
    let mut found = Stamp {
        day: Day::Today,
        second,
        nanos,
        offset: None,
        length: 0,
    };
    Some(finish(&mut found, &mut reader, bytes))
}

/// A time that begins with the name of a month or a day of the week.
fn worded(bytes: &[u8]) -> Option<Stamp> {
    let mut reader = Bytes { rest: bytes };
    let mut found = month_first(&mut reader).or_else(|| {
        reader = Bytes { rest: bytes };
        weekday_first(&mut reader)
    })?;
    found.length = bytes.len() - reader.rest.len();
    Some(found)
}
