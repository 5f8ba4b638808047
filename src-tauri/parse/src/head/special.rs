//! Heads that are unlike all others: glog's, Redis's, Erlang's, Chromium's.

use crosscut_model::Level;
use memchr::memmem;

use crate::level;
use crate::time::{Day, Stamp, stamp};

/// A head that was read whole.
pub(super) struct Special {
    pub(super) stamp: Stamp,
    pub(super) level: Option<Level>,
    /// Where it ends.
    pub(super) end: usize,
}

pub(super) fn special(line: &[u8]) -> Option<Special> {
    match line.first()? {
        b'I' | b'W' | b'E' | b'F' => glog(line),
        b'0'..=b'9' => redis(line),
        b'[' => redis(line).or_else(|| chromium(line)),
        b'=' => erlang(line),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + u32::from(byte - b'0'))
    })
}

/// `E1121 08:00:00.123456 …`, `E20261121 08:00:00.123456 …`: glog and klog, the date glued to the
/// level's letter.
fn glog(line: &[u8]) -> Option<Special> {
    let (letter, rest) = line.split_first()?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (year, date) = match digits {
        4 => (None, rest.get(..4)?),
        8 => (Some(number(rest.get(..4)?)?), rest.get(4..8)?),
        _ => return None,
    };
    let date = number(date)?;
    let (month, day) = (date / 100, date % 100);
    let blanks = rest
        .get(digits..)?
        .iter()
        .take_while(|&&byte| byte == b' ')
        .count();
    let start = 1 + digits + blanks;
    let found = stamp(line.get(start..)?)?;
    let dated = (1..=12).contains(&month) && (1..=31).contains(&day);
    if blanks == 0 || found.day != Day::Today || !dated {
        return None;
    }
    let day = match year {
        Some(year) => Day::Full {
            year: u16::try_from(year)
                .ok()
                .filter(|year| (1970..2200).contains(year))?,
            month,
            day,
        },
        None => Day::NoYear { month, day },
    };
    Some(Special {
        stamp: Stamp { day, ..found },
        level: level::by_letter(*letter),
        end: start + found.length,
    })
}

/// `1:M 21 Nov 2026 10:15:00.123 * …`, `[12] 21 Nov 10:15:00.123 # …`: Redis and Valkey, which put a
/// mark for the level behind the time.
fn redis(line: &[u8]) -> Option<Special> {
    let open = usize::from(line.first() == Some(&b'['));
    let digits = line
        .get(open..)?
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let start = match line.get(open + digits..)? {
        [b':', b'M' | b'S' | b'C' | b'X', b' ', ..] if open == 0 => digits + 3,
        [b']', b' ', ..] if open == 1 => digits + 3,
        _ => return None,
    };
    let found = stamp(line.get(start..)?).filter(|_| digits > 0)?;
    let end = start + found.length;
    let level = match line.get(end..)? {
        [b' ', b'.' | b'-', b' ', ..] => Level::Debug,
        [b' ', b'*', b' ', ..] => Level::Info,
        [b' ', b'#', b' ', ..] => Level::Warn,
        _ => return None,
    };
    Some(Special {
        stamp: found,
        level: Some(level),
        end: end + 2,
    })
}

/// `=ERROR REPORT==== 21-Nov-2026::10:15:00 ===`.
fn erlang(line: &[u8]) -> Option<Special> {
    let (name, _) = line
        .strip_prefix(b"=")?
        .split_at_checked(memmem::find(line, b" REPORT==== ")?.checked_sub(1)?)?;
    let start = name.len() + 13;
    let found = stamp(line.get(start..)?)?;
    let level = match name {
        b"CRASH" | b"SUPERVISOR" => Some(Level::Error),
        b"PROGRESS" => Some(Level::Info),
        name => level::by_name(name),
    };
    Some(Special {
        stamp: found,
        level,
        end: start + found.length,
    })
}

/// `[4711:4712:0301/080000.123456:ERROR:gpu_process.cc(12)] …`: Chromium and Electron, with or without
/// process and thread.
fn chromium(line: &[u8]) -> Option<Special> {
    const LONGEST: usize = 128;
    let close = memchr::memchr(b']', line.get(..LONGEST).unwrap_or(line))?;
    let mut parts = line.get(1..close)?.split(|&byte| byte == b':');
    let when = parts.find(|part| part.get(4) == Some(&b'/'))?;
    let level = parts.next()?;
    let day = number(when.get(..4)?)?;
    let time = number(when.get(5..11)?)?;
    let (month, day) = (day / 100, day % 100);
    let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
    let dated = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !dated || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let micros = match when.get(11..)? {
        [] => 0,
        [b'.', micros @ ..] if micros.len() == 6 => number(micros)?,
        _ => return None,
    };
    let level = match level {
        [b'V', b'E', b'R', b'B', ..] => Some(Level::Debug),
        name => level::by_name(name),
    };
    Some(Special {
        stamp: Stamp {
            day: Day::NoYear { month, day },
            second: hour * 3_600 + minute * 60 + second,
            nanos: micros * 1_000,
            offset: None,
            length: close,
        },
        level: Some(level?),
        end: close + 1,
    })
}
