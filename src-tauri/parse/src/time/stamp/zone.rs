//! The zone behind a time.

use super::bytes::Bytes;

/// Reads `Z`, `+01:00`, `+0100`, `+01`, ` +0100`, ` UTC`, ` GMT+0100`; leaves anything else.
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
                b'+' | b'-' => numeric_zone(&mut ahead, false)?,
                b'Z' if ends(ahead.at(1)) => {
                    ahead.skip(1);
                    0
                }
                b'U' | b'G' => {
                    let word = ahead.rest.get(..3)?;
                    if (word != b"UTC" && word != b"GMT")
                        || ahead.at(3).is_some_and(|byte| byte.is_ascii_alphabetic())
                    {
                        return None;
                    }
                    ahead.skip(3);
                    numeric_zone(&mut ahead, false).unwrap_or(0)
                }
                _ => return None,
            };
            *reader = ahead;
            Some(offset)
        }
        _ => None,
    }
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
