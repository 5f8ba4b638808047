//! From what a line says of its time to an instant.
//!
//! [`stamp`] reads the spelling, [`Zone`] supplies what it leaves out: the offset, the year, the
//! day. Kept apart because the spelling alone (where does it end?) is of use without a zone.

mod epoch;
mod stamp;

use crosscut_model::UnixNanos;
use jiff::civil;
use jiff::tz::TimeZone;

pub(crate) use epoch::epoch;
pub(crate) use stamp::{Day, Stamp, in_value, stamp};

const DAY: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;
/// A time without a year, or without a day, may lie this far ahead of the present (clocks differ);
/// beyond that the last year, or yesterday, is meant. Seconds.
const AHEAD: i64 = DAY;
const AHEAD_TODAY: i64 = 3_600;

/// A time of day this close to the present is of today, whatever date came before. Seconds.
const AS_IT_HAPPENS: i64 = 900;

/// Days from 1970-01-01 to a date of the Gregorian calendar.
///
/// Howard Hinnant's `days_from_civil` (<https://howardhinnant.github.io/date_algorithms.html>).
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = i64::from(month);
    let day_of_year =
        (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Whether the month of that year has such a day.
fn is_date(year: i64, month: u32, day: u32) -> bool {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// A source's time zone, remembering the offset it looked up last.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    rules: TimeZone,
    fixed: Option<i64>,
    /// The quarter of an hour (of local time) looked up last, and its offset. Offsets change at no
    /// finer grain.
    last: Option<(i64, i64)>,
    /// The local time that was read last, for times of day that follow it.
    dated: Option<i64>,
}

impl Zone {
    pub(crate) fn new(zone: TimeZone) -> Self {
        let fixed = zone
            .to_fixed_offset()
            .ok()
            .map(|offset| i64::from(offset.seconds()));
        Self {
            rules: zone,
            fixed,
            last: None,
            dated: None,
        }
    }

    /// The offset from UTC at a local time, in seconds. Of a time that occurs twice (clocks set
    /// back) the first is meant, one that never occurs (clocks set forward) is read as before the
    /// change.
    fn offset_at_local(&mut self, local: i64) -> i64 {
        if let Some(fixed) = self.fixed {
            return fixed;
        }
        let quarter = local.div_euclid(900);
        if let Some((at, offset)) = self.last
            && at == quarter
        {
            return offset;
        }
        let offset = self.look_up(local).unwrap_or_default();
        self.last = Some((quarter, offset));
        offset
    }

    fn look_up(&self, local: i64) -> Option<i64> {
        let second = jiff::Timestamp::from_second(local).ok()?;
        let civil: civil::DateTime = jiff::tz::Offset::UTC.to_datetime(second);
        let instant = self.rules.to_ambiguous_timestamp(civil).compatible().ok()?;
        Some(local - instant.as_second())
    }

    /// The local time of day at an instant, in seconds since 1970 as if in UTC.
    fn local(&self, now: UnixNanos) -> i64 {
        let second = now.0.div_euclid(NANOS);
        let offset = self.fixed.or_else(|| {
            let instant = jiff::Timestamp::from_second(second).ok()?;
            Some(i64::from(self.rules.to_offset(instant).seconds()))
        });
        second + offset.unwrap_or_default()
    }

    /// The instant a spelling stands for. None for dates that do not exist or lie beyond what
    /// [`UnixNanos`] holds.
    pub(crate) fn resolve(&mut self, stamp: &Stamp, now: UnixNanos) -> Option<UnixNanos> {
        let seconds = match stamp.day {
            Day::Full { year, month, day } => {
                let year = i64::from(year);
                if !is_date(year, month, day) {
                    return None;
                }
                days_from_civil(year, month, day) * DAY + i64::from(stamp.second)
            }
            Day::NoYear { month, day } => self.latest_year(stamp, month, day, now)?,
            Day::Today => self.day_of(i64::from(stamp.second), now),
            Day::Instant(instant) => return Some(instant),
        };
        self.dated = Some(seconds);
        let offset = match stamp.offset {
            Some(offset) => i64::from(offset),
            None => self.offset_at_local(seconds),
        };
        let seconds = seconds - offset;
        seconds
            .checked_mul(NANOS)?
            .checked_add(i64::from(stamp.nanos))
            .map(UnixNanos)
    }

    /// The local time that a time of day stands for: today, as far as that is not ahead, unless
    /// the source has named a date before. Then it is the one closest to what was read last, so that
    /// midnight is passed as it was passed when the lines were written.
    fn day_of(&self, second: i64, now: UnixNanos) -> i64 {
        let local = self.local(now);
        let today = local.div_euclid(DAY) * DAY + second;
        let latest = if today > local + AHEAD_TODAY {
            today - DAY
        } else {
            today
        };
        let Some(dated) = self.dated else {
            return latest;
        };
        if local.abs_diff(latest) <= AS_IT_HAPPENS.unsigned_abs() {
            return latest;
        }
        let same = dated.div_euclid(DAY) * DAY + second;
        let closest = if same < dated - DAY / 2 {
            same + DAY
        } else if same > dated + DAY / 2 {
            same - DAY
        } else {
            same
        };
        if closest > local + AHEAD_TODAY {
            latest
        } else {
            closest
        }
    }

    /// The latest year in which that day exists and lies no further ahead than a day.
    fn latest_year(&self, stamp: &Stamp, month: u32, day: u32, now: UnixNanos) -> Option<i64> {
        let local = self.local(now);
        let second = jiff::Timestamp::from_second(local).ok()?;
        let this_year = i64::from(jiff::tz::Offset::UTC.to_datetime(second).year());
        // Nine years hold a leap year, even around 2100.
        (0..9)
            .map(|back| this_year + 1 - back)
            .filter(|&year| is_date(year, month, day))
            .map(|year| days_from_civil(year, month, day) * DAY + i64::from(stamp.second))
            .find(|&seconds| seconds <= local + AHEAD)
    }
}

#[cfg(test)]
mod tests;
