//! Instants as people write them, and what they mean at a given moment in a given zone.
//!
//! A clock time or a date with a time is a point; compared for equality (`t:10:30`) it stands for
//! the whole minute, second or fraction it was written to. A date alone is that whole day, in
//! comparisons and ranges too.

use crosscut_model::UnixNanos;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use crate::Context;
use crate::number::{Amount, Dimension};

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;

/// An instant as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Instant {
    /// So many nanoseconds since 1970, written to `unit`.
    Epoch { nanos: i64, unit: i64 },
    /// A time of today.
    Clock { time: Time, unit: i64 },
    /// A whole day.
    Day(Date),
    /// A date with a time, written to `unit`; local unless it names an offset.
    Exact {
        at: DateTime,
        offset: Option<Offset>,
        unit: i64,
    },
    /// So many nanoseconds before now.
    Ago(i64),
}

/// Why a text is no instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoInstant {
    /// It does not look like one.
    Unlike,
    /// It looks like one, but there is no such day or time of day.
    Impossible,
}

/// What an instant means: nanoseconds since 1970, all ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Its beginning.
    pub(crate) start: i64,
    /// Its end in comparisons and ranges: its beginning, but for a day.
    pub(crate) end: i64,
    /// Its end for equality.
    pub(crate) unit_end: i64,
}

/// What strict readers say would have been right.
pub(crate) const EXPECTED: &str = "a time such as 10:30, 10:30:15.5, 2026-11-21, \
    2026-11-21T10:30:00Z, 1795256100 or, ago, 5m";

impl Instant {
    /// Reads an instant in any of its forms.
    pub(crate) fn parse(text: &str) -> Result<Self, NoInstant> {
        if let Some(amount) = Amount::parse(text.strip_prefix('-').unwrap_or(text)) {
            let nanos = i64::try_from(amount.thousandths / 1_000);
            return match (amount.dimension, nanos) {
                (Dimension::Duration, Ok(nanos)) => Ok(Self::Ago(nanos)),
                (Dimension::Duration, Err(_)) => Err(NoInstant::Impossible),
                (Dimension::Bytes, _) => Err(NoInstant::Unlike),
            };
        }
        if let Some(epoch) = epoch(text) {
            return Ok(epoch);
        }
        if text.get(4..5) == Some("-") {
            return Self::dated(text);
        }
        let (time, unit, rest) = clock(text)?;
        if rest.is_empty() {
            Ok(Self::Clock { time, unit })
        } else {
            Err(NoInstant::Unlike)
        }
    }

    /// Reads the forms that name their day: those a record's value may have.
    pub(crate) fn dated(text: &str) -> Result<Self, NoInstant> {
        let unlike = NoInstant::Unlike;
        let year = digits(text.get(0..4).ok_or(unlike)?, 4).ok_or(unlike)?;
        let month = digits(text.get(5..7).ok_or(unlike)?, 2).ok_or(unlike)?;
        let day = digits(text.get(8..10).ok_or(unlike)?, 2).ok_or(unlike)?;
        if text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
            return Err(unlike);
        }
        let rest = text.get(10..).ok_or(unlike)?;
        let date = Date::new(year, narrow(month), narrow(day));
        if rest.is_empty() {
            return date.map(Self::Day).map_err(|_| NoInstant::Impossible);
        }
        let (time, unit, rest) = clock(rest.strip_prefix(['T', 't', ' ']).ok_or(unlike)?)?;
        let offset = if rest.is_empty() {
            None
        } else {
            Some(offset(rest)?)
        };
        let at = date.map_err(|_| NoInstant::Impossible)?.to_datetime(time);
        Ok(Self::Exact { at, offset, unit })
    }

    /// What it means in this context. Instants beyond the years 1678 to 2262 become those ends.
    pub(crate) fn resolve(self, context: &Context) -> Moment {
        let point = |start: i64, unit: i64| Moment {
            start,
            end: start,
            unit_end: start.saturating_add(unit - 1),
        };
        let zone = &context.zone;
        match self {
            Self::Epoch { nanos, unit } => point(nanos, unit),
            Self::Clock { time, unit } => {
                point(local(today(context).to_datetime(time), zone), unit)
            }
            Self::Exact {
                at,
                offset: None,
                unit,
            } => point(local(at, zone), unit),
            Self::Exact {
                at,
                offset: Some(offset),
                unit,
            } => point(local(at, &TimeZone::fixed(offset)), unit),
            Self::Day(date) => {
                let start = local(date.to_datetime(Time::midnight()), zone);
                let end = date.tomorrow().map_or(i64::MAX, |next| {
                    local(next.to_datetime(Time::midnight()), zone).saturating_sub(1)
                });
                Moment {
                    start,
                    end,
                    unit_end: end,
                }
            }
            Self::Ago(nanos) => point(context.now.0.saturating_sub(nanos), 1),
        }
    }
}

/// The day it is, in the context's zone.
fn today(context: &Context) -> Date {
    let now = jiff::Timestamp::from_nanosecond(i128::from(context.now.0)).unwrap_or_default();
    context.zone.to_datetime(now).date()
}

/// A local time as nanoseconds since 1970. Where clocks were put forward the later reading
/// counts, where they were put back the earlier.
fn local(at: DateTime, zone: &TimeZone) -> i64 {
    let saturated = if at.year() < 1970 { i64::MIN } else { i64::MAX };
    zone.to_timestamp(at).map_or(saturated, |stamp| {
        i64::try_from(stamp.as_nanosecond()).unwrap_or(saturated)
    })
}

/// Exactly `count` digits.
fn digits(text: &str, count: usize) -> Option<i16> {
    let fits = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// A number of two digits always fits.
fn narrow(two_digits: i16) -> i8 {
    i8::try_from(two_digits).unwrap_or(i8::MAX)
}

/// Reads `10:30`, `9:30`, `10:30:15`, `10:30:15.5`: the time, what it was written to, and what
/// follows.
fn clock(text: &str) -> Result<(Time, i64, &str), NoInstant> {
    let unlike = NoInstant::Unlike;
    let (hour, rest) = text.split_once(':').ok_or(unlike)?;
    let hour = digits(hour, hour.len().clamp(1, 2)).ok_or(unlike)?;
    let (minute, mut rest) = rest.split_at_checked(2).ok_or(unlike)?;
    let minute = digits(minute, 2).ok_or(unlike)?;
    let (mut second, mut nanos, mut unit) = (0, 0, MINUTE);
    if let Some(after) = rest.strip_prefix(':') {
        let (two, after) = after.split_at_checked(2).ok_or(unlike)?;
        second = digits(two, 2).ok_or(unlike)?;
        (unit, rest) = (SECOND, after);
        if let Some(after) = rest.strip_prefix(['.', ',']) {
            let count = after.bytes().take_while(u8::is_ascii_digit).count();
            if count == 0 || count > 9 {
                return Err(unlike);
            }
            let (fraction, after) = after.split_at_checked(count).ok_or(unlike)?;
            unit = 10_i64.pow(9 - u32::try_from(count).unwrap_or(9));
            nanos = fraction.parse::<i64>().map_err(|_| unlike)? * unit;
            rest = after;
        }
    }
    let nanos = i32::try_from(nanos).map_err(|_| unlike)?;
    let time = Time::new(narrow(hour), narrow(minute), narrow(second), nanos);
    Ok((time.map_err(|_| NoInstant::Impossible)?, unit, rest))
}

/// Reads `Z`, `+02`, `+0200`, `+02:00`.
fn offset(text: &str) -> Result<Offset, NoInstant> {
    if text.eq_ignore_ascii_case("z") {
        return Ok(Offset::UTC);
    }
    let text = text.strip_prefix(' ').unwrap_or(text);
    let (negative, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (false, rest),
        (_, Some(rest)) => (true, rest),
        _ => return Err(NoInstant::Unlike),
    };
    let (hours, rest) = rest.split_at_checked(2).ok_or(NoInstant::Unlike)?;
    let minutes = rest.strip_prefix(':').unwrap_or(rest);
    let hours = digits(hours, 2).ok_or(NoInstant::Unlike)?;
    let minutes = match minutes {
        "" if rest.is_empty() => 0,
        _ => digits(minutes, 2).ok_or(NoInstant::Unlike)?,
    };
    if hours > 23 || minutes > 59 {
        return Err(NoInstant::Impossible);
    }
    let seconds = i32::from(hours) * 3_600 + i32::from(minutes) * 60;
    Offset::from_seconds(if negative { -seconds } else { seconds })
        .map_err(|_| NoInstant::Impossible)
}

/// Reads seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their
/// size; at least nine digits, so that small numbers are not taken for instants of 1970.
fn epoch(text: &str) -> Option<Instant> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !(9..=19).contains(&whole.len()) || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    if text.contains('.') && (fraction.is_empty() || fraction.len() > 9) {
        return None;
    }
    let unit = match whole.len() {
        ..=11 => SECOND,
        12..=14 => 1_000_000,
        15..=17 => 1_000,
        _ => 1,
    };
    let mut nanos = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    let mut step = unit;
    for byte in fraction.bytes() {
        step /= 10;
        nanos = nanos.checked_add(i64::from(byte - b'0') * step)?;
    }
    Some(Instant::Epoch {
        nanos,
        unit: step.max(1),
    })
}

impl Moment {
    /// How a point in time stands to it in comparisons and ranges.
    pub(crate) fn compare(self, at: UnixNanos) -> std::cmp::Ordering {
        if at.0 < self.start {
            std::cmp::Ordering::Less
        } else if at.0 > self.end {
            std::cmp::Ordering::Greater
        } else {
            std::cmp::Ordering::Equal
        }
    }
}

#[cfg(test)]
mod tests;
