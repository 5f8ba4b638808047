//! The zone behind a time.

use super::bytes::Bytes;

/// Reads `Z`, `+01:00`, `+0100`, `+01`, ` +0100`, ` +01`, ` UTC`, ` GMT+0100`, ` CET`; leaves anything
/// else.
#[inline]
pub(super) fn zone(reader: &mut Bytes<'_>) -> Option<i32> {
    let ends = |byte: Option<u8>| !byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    match reader.peek()? {
        b'Z' | b'z' if ends(reader.at(1)) => {
            reader.skip(1);
            Some(0)
        }
        b'+' | b'-' => numeric_zone(reader, true),
        b' ' => {
            let mut ahead = Bytes {
                rest: reader.rest.get(1..).unwrap_or_default(),
            };
            let offset = match ahead.peek()? {
                b'+' | b'-' => numeric_zone(&mut ahead, false).or_else(|| hours(&mut ahead))?,
                b'Z' if ends(ahead.at(1)) => {
                    ahead.skip(1);
                    0
                }
                b'A'..=b'Z' if place(&mut ahead) => {
                    *reader = ahead;
                    return None;
                }
                b'A'..=b'Z' => named(&mut ahead)?,
                _ => return None,
            };
            *reader = ahead;
            Some(offset)
        }
        _ => None,
    }
}

/// ` +01` with a blank behind it, as PostgreSQL writes zones without a name.
fn hours(reader: &mut Bytes<'_>) -> Option<i32> {
    let mut ahead = *reader;
    let sign = if ahead.eat(b'+') { 1 } else { -1 };
    if sign < 0 {
        ahead.eat(b'-');
    }
    let hours = ahead.exactly(2).filter(|hours| *hours <= 14)?;
    if !matches!(ahead.peek(), None | Some(b' ' | b']' | b')')) {
        return None;
    }
    *reader = ahead;
    i32::try_from(hours).ok().map(|hours| sign * hours * 3_600)
}

/// ` Europe/Berlin]`, as PHP has it: passed, and taken for the source's zone.
fn place(reader: &mut Bytes<'_>) -> bool {
    const CONTINENTS: [&[u8]; 8] = [
        b"Africa/",
        b"America/",
        b"Asia/",
        b"Atlantic/",
        b"Australia/",
        b"Europe/",
        b"Indian/",
        b"Pacific/",
    ];
    let length = reader
        .rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-'))
        .count();
    let found = reader.at(length) == Some(b']')
        && CONTINENTS
            .iter()
            .any(|continent| reader.rest.starts_with(continent));
    if found {
        reader.skip(length);
    }
    found
}

/// A zone by its name, where only one goes by it (not CST, IST, BST); with UTC and GMT an offset may
/// follow.
fn named(reader: &mut Bytes<'_>) -> Option<i32> {
    let length = reader
        .rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let half_hours = match reader.rest.get(..length)? {
        b"UTC" | b"GMT" => {
            reader.skip(length);
            return Some(numeric_zone(reader, false).unwrap_or(0));
        }
        b"WET" => 0,
        b"CET" | b"WEST" | b"MEZ" => 2,
        b"CEST" | b"EET" | b"SAST" | b"MESZ" => 4,
        b"EEST" | b"MSK" => 6,
        b"JST" | b"KST" => 18,
        b"ACST" => 19,
        b"AEST" => 20,
        b"ACDT" => 21,
        b"AEDT" => 22,
        b"NZST" => 24,
        b"NZDT" => 26,
        b"EDT" => -8,
        b"EST" | b"CDT" => -10,
        b"MDT" => -12,
        b"MST" | b"PDT" => -14,
        b"PST" => -16,
        b"AKST" => -18,
        b"HST" => -20,
        _ => return None,
    };
    if reader
        .at(length)
        .is_some_and(|byte| byte.is_ascii_alphanumeric())
    {
        return None;
    }
    reader.skip(length);
    Some(half_hours * 1_800)
}

fn numeric_zone(reader: &mut Bytes<'_>, hours_alone: bool) -> Option<i32> {
    let mut ahead = *reader;
    let sign = match ahead.peek()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    ahead.skip(1);
    let hours = ahead.exactly(2)?;
    let minutes = if ahead.peek() == Some(b':') {
        ahead.skip(1);
        ahead.exactly(2)?
    } else if ahead.run() == 2 {
        ahead.exactly(2)?
    } else if hours_alone {
        0
    } else {
        return None;
    };
    if hours > 18 || minutes > 59 || ahead.peek().is_some_and(|byte| byte.is_ascii_digit()) {
        return None;
    }
    *reader = ahead;
    i32::try_from(hours * 3_600 + minutes * 60)
        .ok()
        .map(|offset| sign * offset)
}
