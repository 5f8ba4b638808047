//! Syslog: RFC 5424, RFC 3164 as it is really sent, and the frames of RFC 6587.
//!
//! A message's program names the source; its level, time, host, process and structured data are
//! fields of the record, beside what the message itself says (JSON and logfmt keep theirs).

use crosscut_model::Stream;

use super::Frame;
use super::pour::Sent;
use crate::shippers::sent::{self, Fields};

/// A frame, at most. Bytes.
const MAX_FRAME: usize = 1 << 20;

const LEVELS: [&str; 8] = [
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
];
const FACILITIES: [&str; 24] = [
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv",
    "ftp", "ntp", "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4",
    "local5", "local6", "local7",
];

/// The next frame: counted (`12 <14>1 - …`), or ended by a newline or NUL, of which there is none in
/// the first `seen` bytes. A line that merely begins with a number is not counted: what follows a
/// count is a message, and that begins with its priority.
pub(super) fn frame(bytes: &[u8], seen: usize, ended: bool) -> Frame {
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let behind = bytes.get(digits..).unwrap_or_default();
    match behind {
        [b' ', b'<', ..] if digits > 0 => {
            let count = std::str::from_utf8(bytes.get(..digits).unwrap_or_default());
            let count = count.ok().and_then(|count| count.parse::<usize>().ok());
            let Some(count) = count.filter(|count| *count <= MAX_FRAME) else {
                return Frame::Bad("a frame is longer than 1 MiB");
            };
            let (start, end) = (digits + 1, digits + 1 + count);
            return match (bytes.len() >= end, ended) {
                (true, _) => Frame::Whole(start..end, end),
                (false, true) => Frame::Whole(start..bytes.len(), bytes.len()),
                (false, false) => Frame::Short,
            };
        }
        // It may yet be one.
        [] | [b' '] if !ended && bytes.len() < MAX_FRAME => return Frame::Short,
        _ => {}
    }
    let window = bytes.get(..MAX_FRAME).unwrap_or(bytes);
    let news = window.get(seen..).unwrap_or_default();
    match news.iter().position(|byte| matches!(byte, b'\n' | 0)) {
        Some(at) => {
            let end = seen + at;
            let more = if starts(window) {
                lines_to_nul(window.get(end..).unwrap_or_default())
            } else {
                0
            };
            Frame::Whole(0..end + more, end + more + 1)
        }
        None if window.len() == MAX_FRAME || ended && !bytes.is_empty() => {
            Frame::Whole(0..window.len(), window.len())
        }
        None => Frame::Short,
    }
}

/// Whether a message begins here.
fn starts(bytes: &[u8]) -> bool {
    matches!(bytes, [b'<', b'0'..=b'9', ..])
}

/// How far a message goes on behind its first newline, which `bytes` begin with: who ends messages
/// with NUL (Python's `SysLogHandler`) may have newlines in them. No further than to where another
/// message begins, so that all is passed once.
fn lines_to_nul(bytes: &[u8]) -> usize {
    let mut ends = (0..).zip(bytes);
    let found = ends.find(|&(at, &byte)| match byte {
        b'\n' => starts(bytes.get(at + 1..).unwrap_or_default()),
        byte => byte == 0,
    });
    match found {
        Some((nul, 0)) => nul,
        _ => 0,
    }
}

/// What a message's head says.
#[derive(Debug, Default)]
struct Head<'a> {
    time: &'a str,
    host: &'a str,
    app: &'a str,
    pid: &'a str,
    msgid: &'a str,
    data: Vec<(String, String)>,
    message: &'a str,
}

/// A message as a record. What is no syslog is a line as it is.
pub(super) fn read(bytes: &[u8]) -> Sent {
    let end = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let length = bytes.iter().rposition(|byte| !end(byte));
    let bytes = bytes.get(..length.map_or(0, |at| at + 1)).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let read = priority(&text).and_then(|(priority, rest)| {
        let head = match rest.strip_prefix("1 ") {
            Some(rest) => rfc5424(rest)?,
            None => rfc3164(rest),
        };
        Some((priority, head))
    });
    let Some((priority, head)) = read else {
        return Sent {
            source: String::new(),
            stream: Stream::Stdout,
            time: None,
            record: bytes.to_vec(),
        };
    };
    let name = |names: &[&'static str], at: u8| names.get(usize::from(at)).copied();
    let known = [
        ("timestamp", head.time),
        ("level", name(&LEVELS, priority & 7).unwrap_or_default()),
        (
            "facility",
            name(&FACILITIES, priority >> 3).unwrap_or_default(),
        ),
        ("host", head.host),
        ("app", head.app),
        ("pid", head.pid),
        ("msgid", head.msgid),
    ];
    let mut fields: Fields<'_> = known
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    let data = head.data.iter();
    fields.extend(data.map(|(name, value)| (name.as_str().into(), value.as_str().into())));
    let message = head.message.trim_start_matches('\u{feff}');
    // The cookie that says that JSON follows.
    let message = message
        .strip_prefix("@cee:")
        .unwrap_or(message)
        .trim_start();
    let program = head.app.rsplit('/').next().unwrap_or_default();
    let source = if program.is_empty() {
        head.host
    } else {
        program
    };
    Sent {
        source: source.to_owned(),
        stream: Stream::Stdout,
        time: None,
        record: sent::line(message.as_bytes(), &fields).into_owned(),
    }
}

fn priority(text: &str) -> Option<(u8, &str)> {
    let (number, rest) = text.strip_prefix('<')?.split_once('>')?;
    let number = number.parse().ok().filter(|number| *number < 192)?;
    Some((number, rest))
}

/// `TIME HOST APP PROCID MSGID DATA MESSAGE`
fn rfc5424(text: &str) -> Option<Head<'_>> {
    let mut words = text.splitn(6, ' ');
    let mut next = || Some(words.next()?).map(|word| if word == "-" { "" } else { word });
    let (time, host, app, pid, msgid) = (next()?, next()?, next()?, next()?, next()?);
    let (data, message) = structured(words.next().unwrap_or_default());
    Some(Head {
        time,
        host,
        app,
        pid,
        msgid,
        data,
        message,
    })
}

/// `[id name="value" …][…] message`, or `- message`. Names are `id.name`.
fn structured(text: &str) -> (Vec<(String, String)>, &str) {
    let mut data = Vec::new();
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    while let Some(inside) = rest.strip_prefix('[') {
        let Some((behind, found)) = element(inside) else {
            // Not as it should be: it is the message's, then.
            return (data, rest);
        };
        data.extend(found);
        rest = behind;
    }
    (data, rest.strip_prefix(' ').unwrap_or(rest))
}

fn element(text: &str) -> Option<(&str, Vec<(String, String)>)> {
    let end = text.find([' ', ']'])?;
    let (id, mut rest) = text.split_at_checked(end)?;
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches(' ');
        if let Some(behind) = rest.strip_prefix(']') {
            return Some((behind, found));
        }
        let (name, value) = rest.split_once("=\"")?;
        let mut out = String::new();
        let mut chars = value.chars();
        loop {
            match chars.next()? {
                '"' => break,
                '\\' => match chars.next()? {
                    c @ ('"' | '\\' | ']') => out.push(c),
                    c => out.extend(['\\', c]),
                },
                c => out.push(c),
            }
        }
        found.push((format!("{id}.{name}"), out));
        rest = chars.as_str();
    }
}

/// `Nov 21 10:20:00 host tag[pid]: message`, with any part left out, or a time of RFC 3339.
fn rfc3164(text: &str) -> Head<'_> {
    let mut head = Head::default();
    // Some put a blank behind the priority.
    let mut rest = text.trim_start_matches(' ');
    let timed = old_time(rest).or_else(|| new_time(rest));
    if let Some((time, behind)) = timed {
        (head.time, rest) = (time, behind.trim_start_matches(' '));
        // Who names no host goes on with the tag, which ends with a colon.
        if let Some((host, behind)) = rest.split_once(' ')
            && !host.ends_with(':')
            && !host.contains('[')
        {
            (head.host, rest) = (host, behind);
        }
    }
    let end = rest.find([':', ' ', '[']).unwrap_or(rest.len());
    let (tag, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (pid, behind) = match behind.strip_prefix('[').and_then(|pid| pid.split_once(']')) {
        Some((pid, behind)) => (pid, behind),
        None => ("", behind),
    };
    let message = behind.strip_prefix(':').filter(|message| {
        // Without a time before it, a message may begin with anything: `http://…` is no program.
        !tag.is_empty() && (timed.is_some() || message.is_empty() || message.starts_with(' '))
    });
    if let Some(message) = message {
        (head.app, head.pid) = (tag, pid);
        rest = message.strip_prefix(' ').unwrap_or(message);
    }
    head.message = rest;
    head
}

/// `Nov 21 10:20:00`, with a fraction or without.
fn old_time(text: &str) -> Option<(&str, &str)> {
    let (time, rest) = text.split_at_checked(15)?;
    let bytes = time.as_bytes();
    let at = |at: usize, byte: u8| bytes.get(at) == Some(&byte);
    let fits = at(3, b' ') && at(6, b' ') && at(9, b':') && at(12, b':');
    let month = time.starts_with(|c: char| c.is_ascii_uppercase());
    let digits = rest.strip_prefix('.').map_or(0, |rest| {
        1 + rest.bytes().take_while(u8::is_ascii_digit).count()
    });
    let (time, rest) = text.split_at_checked(time.len() + digits)?;
    Some((time, rest.strip_prefix(' ')?)).filter(|_| fits && month)
}

fn new_time(text: &str) -> Option<(&str, &str)> {
    let (time, rest) = text.split_once(' ')?;
    let bytes = time.as_bytes();
    let fits = bytes.get(4) == Some(&b'-') && bytes.get(10) == Some(&b'T');
    (fits && bytes.first().is_some_and(u8::is_ascii_digit)).then_some((time, rest))
}

#[cfg(test)]
mod tests;
