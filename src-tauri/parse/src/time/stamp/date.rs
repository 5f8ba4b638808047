//! Dates, in the orders people write them.

use super::{Bytes, Day, Stamp, between, clock, finish, fraction, time_of_day, zone};

const MONTHS: Names<12> = Names::of([
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
]);

const WEEKDAYS: Names<7> = Names::of([
    b"monday",
    b"tuesday",
    b"wednesday",
    b"thursday",
    b"friday",
    b"saturday",
    b"sunday",
]);

/// Names, and what they begin with: by three letters they differ, and nearly no word begins so.
struct Names<const N: usize> {
    whole: [&'static [u8]; N],
    starts: [u32; N],
}

impl<const N: usize> Names<N> {
    #[expect(
        clippy::indexing_slicing,
        reason = "within bounds, and evaluated while compiling"
    )]
    const fn of(whole: [&'static [u8]; N]) -> Self {
        let mut starts = [0; N];
        let mut at = 0;
        while at < N {
            starts[at] = start(whole[at]);
            at += 1;
        }
        Self { whole, starts }
    }
}

/// The first three letters, in lower case, as a number; 0 where there are fewer.
#[inline]
const fn start(word: &[u8]) -> u32 {
    match word {
        [one, two, three, ..] => u32::from_be_bytes([
            0,
            one.to_ascii_lowercase(),
            two.to_ascii_lowercase(),
            three.to_ascii_lowercase(),
        ]),
        _ => 0,
    }
}

/// Reads a word that is one of `names` or its first three letters; gives its number from 0.
fn name<const N: usize>(reader: &mut Bytes<'_>, names: &Names<N>) -> Option<u32> {
    let start = start(reader.rest);
    let at = names.starts.iter().position(|known| *known == start)?;
    let length = reader
        .rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let whole = |name: &&[u8]| {
        let word = reader.rest.get(..length);
        word.is_some_and(|word| word.eq_ignore_ascii_case(name))
    };
    if length != 3 && !names.whole.get(at).is_some_and(whole) {
        return None;
    }
    reader.skip(length);
    u32::try_from(at).ok()
}

fn month_name(reader: &mut Bytes<'_>) -> Option<u32> {
    name(reader, &MONTHS).map(|at| at + 1)
}

fn full(year: u32, month: u32, day: u32) -> Option<Day> {
    let year = u16::try_from(year).ok()?;
    let fits = (1970..2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    fits.then_some(Day::Full { year, month, day })
}

fn no_year(month: u32, day: u32) -> Option<Day> {
    ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some(Day::NoYear { month, day })
}

/// `2026-03-01`, `2026/03/01`, `2026.03.01`, `20260301`, `01/Mar/2026`, `01-Mar-2026`, `1 Mar 2026`,
/// `01.03.2026`, `31/12/2026`, `12/31/2026`, `26/03/01`, `03-17`, `10.30`.
pub(super) fn numeric_date(reader: &mut Bytes<'_>) -> Option<Day> {
    match reader.run() {
        4 => {
            let year = reader.exactly(4)?;
            let separator = reader
                .peek()
                .filter(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
            reader.skip(1);
            let month = match reader.peek() {
                Some(b'A'..=b'Z' | b'a'..=b'z') => month_name(reader)?,
                _ => reader.number(1, 2)?,
            };
            if !reader.eat(separator) {
                return None;
            }
            full(year, month, reader.number(1, 2)?)
        }
        8 => full(reader.exactly(4)?, reader.exactly(2)?, reader.exactly(2)?),
        1 | 2 => {
            let first = reader.number(1, 2)?;
            let separator = reader.peek()?;
            reader.skip(1);
            match (separator, reader.peek()?) {
                (b'/' | b'-' | b' ', b'A'..=b'Z' | b'a'..=b'z') => {
                    day_month_name(reader, first, separator)
                }
                (b'/' | b'-' | b'.', b'0'..=b'9') => three_numbers(reader, first, separator),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Behind the day: `/Mar/2026`, `-Mar-2026`, ` Mar 2026`, ` Mar`.
fn day_month_name(reader: &mut Bytes<'_>, day: u32, separator: u8) -> Option<Day> {
    let month = month_name(reader)?;
    let mut ahead = *reader;
    if ahead.eat(separator) && ahead.run() == 4 {
        *reader = ahead;
        return full(reader.exactly(4)?, month, day);
    }
    // `01-Mar-26 08:00:00`.
    if separator != b' ' && ahead.rest.len() < reader.rest.len() && ahead.run() == 2 {
        *reader = ahead;
        return full(2000 + reader.exactly(2)?, month, day);
    }
    no_year(month, day)
}

/// Behind the first number and its separator.
fn three_numbers(reader: &mut Bytes<'_>, first: u32, separator: u8) -> Option<Day> {
    let second = reader.number(1, 2)?;
    let mut ahead = *reader;
    if ahead.eat(separator) {
        match ahead.run() {
            4 => {
                *reader = ahead;
                let year = reader.exactly(4)?;
                // Dots are the European order, slashes the American one unless that cannot be.
                return if separator == b'.' || first > 12 {
                    full(year, second, first)
                } else {
                    full(year, first, second)
                };
            }
            2 if separator == b'/' => {
                *reader = ahead;
                let third = reader.exactly(2)?;
                return if first > 12 {
                    full(2000 + first, second, third)
                } else {
                    full(2000 + third, first, second)
                };
            }
            _ => return None,
        }
    }
    if first > 12 {
        no_year(second, first)
    } else {
        no_year(first, second)
    }
}

/// Dates and times written without separators: `20260301080000`, `260301 080000`, `20260301T080000`.
pub(super) fn compact(bytes: &[u8]) -> Option<Stamp> {
    let mut reader = Bytes { rest: bytes };
    let day = match reader.run() {
        14 | 17 => full(reader.exactly(4)?, reader.exactly(2)?, reader.exactly(2)?)?,
        6 => {
            let day = full(
                2000 + reader.exactly(2)?,
                reader.exactly(2)?,
                reader.exactly(2)?,
            )?;
            if reader.eat_blanks() == 0 || !matches!(reader.run(), 1 | 2 | 6) {
                return None;
            }
            let (second, nanos) = time_of_day(&mut reader, true)?;
            let mut found = Stamp {
                day,
                second,
                nanos,
                offset: None,
                length: 0,
            };
            return Some(finish(&mut found, &mut reader, bytes));
        }
        _ => return None,
    };
    let second = clock(reader.exactly(2)?, reader.exactly(2)?, reader.exactly(2)?)?;
    let nanos = match reader.run() {
        3 => reader.exactly(3)? * 1_000_000,
        _ => fraction(&mut reader)?,
    };
    let mut found = Stamp {
        day,
        second,
        nanos,
        offset: None,
        length: 0,
    };
    Some(finish(&mut found, &mut reader, bytes))
}

/// `Mar  1 08:00:00`, `Mar 1, 2026 8:00:00 AM`, `March 1 2026 at 08:00`, `Mar 1 08:00:00 UTC 2026`.
pub(super) fn month_first(reader: &mut Bytes<'_>) -> Option<Stamp> {
    let month = month_name(reader)?;
    let dash = reader.eat(b'-');
    if !dash && reader.eat_blanks() == 0 {
        return None;
    }
    let day = reader.number(1, 2)?;
    let mut ahead = *reader;
    if dash {
        ahead.eat(b'-');
    }
    ahead.eat(b',');
    ahead.eat_blanks();
    let mut year = None;
    if ahead.run() == 4 {
        year = ahead.exactly(4);
        *reader = ahead;
    }
    if !between(reader) {
        return None;
    }
    let (second, nanos) = time_of_day(reader, year.is_some())?;
    let mut offset = zone(reader);
    if year.is_none() {
        // `08:00:00 2026`, `08:00:00 CET 2026`, and no number that merely looks like a year.
        let mut ahead = *reader;
        let letters = |ahead: &Bytes<'_>| {
            ahead
                .rest
                .iter()
                .take_while(|byte| byte.is_ascii_uppercase())
                .count()
        };
        ahead.eat_blanks();
        let name = letters(&ahead);
        if (3..=5).contains(&name) && ahead.at(name) == Some(b' ') {
            ahead.skip(name);
            ahead.eat_blanks();
        }
        if ahead.run() == 4
            && let Some(found @ 1970..2200) = ahead.exactly(4)
            && matches!(ahead.peek(), None | Some(b']' | b')' | b' ' | b':' | b','))
        {
            year = Some(found);
            *reader = ahead;
            offset = offset.or_else(|| zone(reader));
        }
    }
    let day = match year {
        Some(year) => full(year, month, day)?,
        None => no_year(month, day)?,
    };
    Some(Stamp {
        day,
        second,
        nanos,
        offset,
        length: 0,
    })
}

/// A date behind the name of a day: `Sun, 01 Mar 2026 08:00:00 GMT`, `Sun Mar  1 08:00:00 2026`.
pub(super) fn weekday_first(reader: &mut Bytes<'_>) -> Option<Stamp> {
    name(reader, &WEEKDAYS)?;
    reader.eat(b',');
    if reader.eat_blanks() == 0 {
        return None;
    }
    if reader.peek()?.is_ascii_alphabetic() {
        return month_first(reader);
    }
    let day = numeric_date(reader)?;
    if !between(reader) {
        return None;
    }
    let (second, nanos) = time_of_day(reader, matches!(day, Day::Full { .. }))?;
    let offset = zone(reader);
    Some(Stamp {
        day,
        second,
        nanos,
        offset,
        length: 0,
    })
}
