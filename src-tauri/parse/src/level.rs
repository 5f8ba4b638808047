//! Levels, by name, by letter and by number.

use crosscut_model::Level;

use crate::escapes::strip_escapes;
use crate::json::Raw;

/// Which scale a level's number is on, as far as the field's name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    /// `level`: syslog below 8 (GELF), tens as pino and bunyan have them, hundreds as monolog has
    /// them, thousands as logback and log4js have them.
    Level,
    /// `severity`, `priority`: syslog below 8, hundreds as Google Cloud has them.
    Severity,
    /// `levelno`: Python's.
    Python,
    /// `LogLevel`: .NET's, 0 (trace) to 5 (critical).
    DotNet,
    /// `severityNumber`: OpenTelemetry's.
    Otel,
    /// `l`, `s`: too short a name to trust with a number.
    Words,
}

/// A level by its name, in any case.
#[inline]
pub(crate) fn by_name(name: &[u8]) -> Option<Level> {
    let mut lower = [0; 13];
    let lower = lower.get_mut(..name.len())?;
    for (to, from) in lower.iter_mut().zip(name) {
        *to = from.to_ascii_lowercase();
    }
    Some(match &*lower {
        b"trace" | b"trc" | b"trce" | b"finest" | b"finer" | b"verbose" | b"silly" | b"vrb"
        | b"spam" => Level::Trace,
        b"debug" | b"dbg" | b"debu" | b"fine" | b"dbug" => Level::Debug,
        b"info" | b"inf" | b"information" | b"informational" | b"notice" | b"log" | b"config"
        | b"success" | b"default" | b"http" => Level::Info,
        b"warn" | b"warning" | b"wrn" | b"warnin" => Level::Warn,
        b"error" | b"err" | b"eror" | b"erro" | b"severe" | b"fail" | b"failure" => Level::Error,
        b"fatal" | b"ftl" | b"fata" | b"critical" | b"crit" | b"alert" | b"emerg"
        | b"emergency" | b"panic" | b"dpanic" | b"pani" => Level::Fatal,
        _ => return None,
    })
}

/// A level by its letter, as Android, glog and Mongo write it.
pub(crate) fn by_letter(letter: u8) -> Option<Level> {
    Some(match letter {
        b'V' | b'T' => Level::Trace,
        b'D' => Level::Debug,
        b'I' => Level::Info,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        b'F' | b'C' => Level::Fatal,
        _ => return None,
    })
}

/// A syslog severity, 0 (emergency) to 7 (debug).
pub(crate) fn by_severity(severity: u32) -> Option<Level> {
    Some(match severity {
        0..=2 => Level::Fatal,
        3 => Level::Error,
        4 => Level::Warn,
        5 | 6 => Level::Info,
        7 => Level::Debug,
        _ => return None,
    })
}

fn by_number(number: u32, scale: Scale) -> Option<Level> {
    // The first number of each level, lowest first; below the first there is none.
    let steps: [u32; 6] = match (scale, number) {
        (Scale::Level | Scale::Severity, 0..=7) => return by_severity(number),
        (Scale::DotNet, 0..=5) => [0, 1, 2, 3, 4, 5],
        (Scale::Otel, 1..=24) => [1, 5, 9, 13, 17, 21],
        (Scale::Python, 1..=99) => [1, 10, 20, 30, 40, 50],
        (Scale::Level, 8..=99) => [8, 20, 30, 40, 50, 60],
        (Scale::Level, 100..=999) => [100, 100, 200, 300, 400, 500],
        (Scale::Severity, 100..=999) => [100, 100, 200, 400, 500, 600],
        (Scale::Level, 1_000..=60_000) => [1_000, 10_000, 20_000, 30_000, 40_000, 50_000],
        _ => return None,
    };
    let reached = steps.iter().filter(|&&step| number >= step).count();
    u8::try_from(reached).ok().map(Level::from_code)
}

/// A level in a text value: a name (coloured or not, `WARN`, `warning`), a letter or a number.
pub(crate) fn in_text(text: &[u8], scale: Scale) -> Option<Level> {
    let text = text.trim_ascii();
    if let Some(level) = by_name(text) {
        return Some(level);
    }
    match text {
        [letter] if letter.is_ascii_alphabetic() => by_letter(letter.to_ascii_uppercase()),
        // MongoDB's D1 to D5.
        [b'D', b'1'..=b'5'] => Some(Level::Debug),
        [b'0'..=b'9', ..] => number(std::str::from_utf8(text).ok()?, scale),
        // slog's levels between the levels: `ERROR+2`.
        [.., b'+' | b'-', b'0'..=b'9'] | [.., b'+' | b'-', b'0'..=b'9', b'0'..=b'9'] => {
            let sign = text.iter().rposition(|byte| matches!(byte, b'+' | b'-'))?;
            by_name(text.get(..sign)?)
        }
        _ if text.contains(&0x1b) => {
            let text = strip_escapes(std::str::from_utf8(text).ok()?).into_owned();
            by_name(text.trim().as_bytes())
        }
        _ => None,
    }
}

fn number(literal: &str, scale: Scale) -> Option<Level> {
    let whole = literal.strip_suffix(".0").unwrap_or(literal);
    by_number(whole.parse().ok()?, scale)
}

/// A level in a JSON value.
#[inline]
pub(crate) fn in_json(value: Raw<'_>, scale: Scale) -> Option<Level> {
    match value {
        Raw::Str(text) if !text.escaped => in_text(text.bytes, scale),
        Raw::Str(text) => in_text(text.decode().as_bytes(), scale),
        Raw::Number(literal) => number(literal, scale),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
