//! What logging libraries write, each in its own order; where layouts are free, see [`parts`].
//!
//! [`parts`]: super::parts

use super::Places;
use super::parts::Parts;
use super::scan::{Scan, is_file_line, is_number};
use crate::level;
use crate::time::stamp;

/// Behind a time: the parts up to the words. Of Python's `time:LEVEL:name:text` the rest is as
/// without a time.
pub(super) fn after_time<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut ahead = rest;
    if ahead.eat(b":") {
        let word = ahead.take_while(|byte| byte.is_ascii_uppercase());
        if is_level(word) && ahead.peek() == Some(b':') {
            return python(ahead, places);
        }
    }
    Parts::default().read(rest, places)
}

/// Nest's: `[Nest] 4711  - 03/01/2026, 8:00:00 AM     LOG [NestFactory] text`.
pub(super) fn nest<'a>(rest: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(rest);
    let pid = rest.digits()?;
    rest.blanks();
    if !rest.eat(b"- ") {
        return None;
    }
    rest.take(stamp(rest.rest)?.length);
    rest.blanks();
    rest.token().filter(|level| is_level(level))?;
    rest.blanks();
    places.put("pid", pid);
    if let Some(logger) = rest.bracketed() {
        places.put("logger", logger);
        rest.blanks();
    }
    places.words = Some(rest.rest);
    Some(())
}

/// Android's, without process and thread before the level: `E/Tag( 1234): text`.
pub(super) fn android<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    rest.blanks();
    if !matches!(
        rest.take(2),
        [b'V' | b'D' | b'I' | b'W' | b'E' | b'F', b'/']
    ) {
        return None;
    }
    let tag = rest.until(b'(')?.trim_ascii();
    let pid = rest.until(b')')?.trim_ascii();
    if tag.is_empty() || !tag.iter().copied().all(is_name) || !is_number(pid) {
        return None;
    }
    rest.eat(b": ").then_some(())?;
    places.put("pid", pid);
    places.put("logger", tag);
    places.words = Some(rest.rest);
    Some(())
}

/// A line that begins with its level, or with something in brackets.
pub(super) fn without_time<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(body);
    let word = rest.take_while(|byte| byte.is_ascii_alphabetic());
    if rest.peek() == Some(b':') && level::by_name(word).is_some() {
        return if word.iter().all(u8::is_ascii_uppercase) {
            python(rest, places)
        } else {
            dotnet(rest, places)
        };
    }
    if !word.is_empty() && !is_level(word) {
        return None;
    }
    Parts::default().read(Scan::new(body), places)
}

/// `[2026-03-01T08:00:00Z INFO  app::db] text` (`env_logger`), `[… +0000] [7] [INFO] text`
/// (gunicorn), `[…: INFO/MainProcess] text` (celery): behind the time.
pub(super) fn in_brackets<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    if rest.eat(b"]") {
        return Parts::default().read(rest, places);
    }
    let mut inside = Scan::new(rest.until(b']')?);
    if inside.eat(b": ") {
        let level = inside.until(b'/')?;
        if !is_level(level) {
            return None;
        }
        places.put("thread", inside.rest);
    } else {
        inside.blanks();
        let level = inside.token()?;
        if !is_level(level) {
            return None;
        }
        inside.blanks();
        let logger = inside.rest;
        if logger.is_empty() || !logger.iter().copied().all(is_name) {
            return None;
        }
        places.put("logger", logger);
    }
    rest.blanks();
    places.words = Some(rest.rest);
    Some(())
}

/// glog and klog: `I0301 08:00:00.000001   12345 main.go:42] text`.
pub(super) fn glog<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(body.get(1..)?);
    rest.digits().filter(|date| date.len() == 4)?;
    rest.blanks();
    rest.token()?;
    rest.blanks();
    let thread = rest.digits()?;
    rest.blanks();
    let file = rest.until(b']').filter(|file| is_file_line(file))?;
    places.put("thread", thread);
    places.put("file", file);
    rest.blanks();
    places.words = Some(rest.rest);
    Some(())
}

/// Ruby's Logger: `I, [2026-03-01T08:00:00.123456 #1234]  INFO -- name: text`.
pub(super) fn ruby<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(body.get(4..)?);
    let mut inside = Scan::new(rest.until(b']')?);
    inside.until(b'#')?;
    let pid = inside.digits()?;
    rest.blanks();
    rest.token()
        .filter(|level| is_level(level) || *level == b"ANY")?;
    if !rest.eat(b" -- ") {
        return None;
    }
    places.put("pid", pid);
    if let Some(colon) = memchr::memmem::find(rest.rest, b": ") {
        let app = rest.take(colon);
        if !app.iter().copied().all(is_name) {
            return None;
        }
        places.put("app", app);
        rest.take(2);
    } else {
        rest.eat(b":");
    }
    places.words = Some(rest.rest);
    Some(())
}

/// Behind a time, what no other has: Android's `1702  2395 D Tag: text`, MongoDB's
/// `I NETWORK  [conn1] text`, Go's `main.go:12: text`.
pub(super) fn odd<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    rest.blanks();
    match rest.peek()? {
        b'0'..=b'9' => {
            let pid = rest.digits()?;
            rest.blanks();
            let thread = rest.digits()?;
            let level = rest.rest.get(..3)?;
            if !matches!(level, [b' ', b'V' | b'D' | b'I' | b'W' | b'E' | b'F', b' ']) {
                return None;
            }
            rest.take(3);
            let tag = rest.until(b':')?.trim_ascii();
            places.put("pid", pid);
            places.put("thread", thread);
            places.put("logger", tag);
        }
        _ if rest.rest.get(1) == Some(&b'/') => return android(rest, places),
        letter if rest.rest.get(1) == Some(&b' ') && level::by_letter(letter).is_some() => {
            rest.take(2);
            let component = rest.token()?;
            if component.len() < 2 || !component.iter().all(u8::is_ascii_uppercase) {
                return None;
            }
            rest.blanks();
            places.put("component", component);
            places.put("thread", rest.bracketed()?);
        }
        _ => {
            let file = rest.token()?.strip_suffix(b":")?;
            if !is_file_line(file) || !file.windows(4).any(|part| part == b".go:") {
                return None;
            }
            places.put("file", file);
        }
    }
    rest.blanks();
    places.words = Some(rest.rest);
    Some(())
}

/// Python's default: `INFO:app.db:text`.
fn python<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    rest.eat(b":");
    let logger = rest.take_while(is_name_but_colon);
    if logger.is_empty() || !rest.eat(b":") || rest.peek().is_none_or(|byte| byte == b':') {
        return None;
    }
    places.put("logger", logger);
    places.words = Some(rest.rest);
    Some(())
}

/// .NET's console: `info: Microsoft.Hosting.Lifetime[14]` and the text on the next line.
fn dotnet<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    rest.eat(b": ").then_some(())?;
    let logger = rest.take_while(is_name_but_colon);
    let event = rest.bracketed().filter(|event| is_number(event))?;
    if !matches!(rest.peek(), None | Some(b'\r' | b'\n' | b' ')) || !is_logger(logger) {
        return None;
    }
    places.put("logger", logger);
    places.put("event_id", event);
    places.words = Some(rest.rest.trim_ascii_start());
    Some(())
}

/// A level in capitals; no word that only brackets make one.
pub(super) fn is_level(word: &[u8]) -> bool {
    word.len() >= 3
        && word.iter().all(u8::is_ascii_uppercase)
        && !matches!(
            word,
            b"HTTP" | b"CONFIG" | b"DEFAULT" | b"FAILURE" | b"FAIL" | b"SUCCESS"
        )
        && level::by_name(word).is_some()
}

pub(super) fn is_level_in_brackets(word: &[u8]) -> bool {
    let part = matches!(word, b"http" | b"config" | b"default");
    (level::by_name(word).is_some() && !part)
        || matches!(word, [letter] if level::by_letter(*letter).is_some())
}

pub(super) fn is_name(byte: u8) -> bool {
    is_name_but_colon(byte) || byte == b':'
}

/// What names of loggers are made of.
#[expect(
    clippy::indexing_slicing,
    reason = "within bounds, and evaluated while compiling"
)]
const NAMES: [bool; 256] = {
    let mut names = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        names[byte as usize] = byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'.' | b'_' | b'-' | b'$' | b'/' | b'<' | b'>' | b'#' | b'@' | b'`' | b'+'
            );
        byte += 1;
    }
    names
};

#[inline]
fn is_name_but_colon(byte: u8) -> bool {
    NAMES.get(usize::from(byte)).copied().unwrap_or_default()
}

/// A name as loggers have them: made of parts.
pub(super) fn is_logger(word: &[u8]) -> bool {
    let parted = word.iter().any(|byte| matches!(byte, b'.' | b'_' | b'$'))
        || word.windows(2).any(|pair| pair == b"::");
    parted
        && word.iter().copied().all(is_name)
        && word
            .first()
            .is_some_and(|&byte| byte.is_ascii_alphabetic() || byte == b'_')
        && word.last().is_some_and(|&byte| byte != b'.')
}
