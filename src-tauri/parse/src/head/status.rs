//! Levels of lines that report a request: by the status it was answered with.

use crosscut_model::Level;
use memchr::memmem;

/// Bytes that are looked at.
const WINDOW: usize = 4 << 10;

/// The level of an access log's line: of `"GET / HTTP/1.1" 200`, of `HAProxy`'s line behind its
/// timers, of Gin's `| 200 |`, of `GET / 200 3 ms`, of Rails' `Completed 200 OK`. Its words begin at
/// `words`, behind the time.
pub(super) fn by_status(line: &[u8], words: usize) -> Option<Level> {
    let line = line.get(..WINDOW).unwrap_or(line);
    if let Some(rest) = line.strip_prefix(b"[GIN] ") {
        let bar = memmem::find(rest, b" | ")?;
        return of(rest.get(bar + 3..)?);
    }
    let start = line.get(..64).unwrap_or(line);
    let named = |open: usize| {
        start
            .get(..open)
            .is_some_and(|name| name.ends_with(b"haproxy"))
    };
    if memchr::memchr_iter(b'[', start).any(named) {
        return haproxy(line);
    }
    let said = line.get(words..)?;
    if let Some(rest) = said.strip_prefix(b"Completed ") {
        let timed = memmem::find(rest, b"ms").is_some() && memmem::find(rest, b" in ").is_some();
        return of(rest).filter(|_| timed);
    }
    if method(said).is_some() {
        return answered(said);
    }
    quoted(line).or_else(|| {
        // Without syslog's head: `10.0.0.1:54321 [18/Nov/2026:10:15:32.123] in be/srv …`.
        let open = memchr::memchr(b'[', start)?;
        let client = start.get(..open)?.strip_suffix(b" ")?;
        let dated = matches!(line.get(open + 1..)?, [b'0'..=b'9', b'0'..=b'9', b'/', ..]);
        (dated && !client.contains(&b' ')).then(|| haproxy(line))?
    })
}

/// Behind `HAProxy`'s timers.
fn haproxy(line: &[u8]) -> Option<Level> {
    let mut words = line.split(|&byte| byte == b' ');
    words.find(|word| timers(word))?;
    of(words.next()?)
}

/// Whether a line begins with a request and its status: `GET / 200 in 3 ms`.
pub(crate) fn is_request(line: &[u8]) -> bool {
    method(line).is_some() && answered(line.get(..WINDOW).unwrap_or(line)).is_some()
}

/// Behind a method and a path.
fn answered(line: &[u8]) -> Option<Level> {
    let path = memchr::memchr(b' ', line)? + 1;
    let rest = line.get(path..)?;
    let blank = memchr::memchr(b' ', rest)?;
    let rest = rest.get(blank + 1..)?;
    if !rest.starts_with(b"HTTP/") {
        return of(rest);
    }
    of(rest.get(memchr::memchr(b' ', rest)? + 1..)?)
}

/// `HAProxy`'s timers: `10/0/30/69/109`, the last of them perhaps with a `+`.
fn timers(word: &[u8]) -> bool {
    let numbers = word
        .iter()
        .all(|&byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'-' | b'+'));
    numbers && word.split(|&byte| byte == b'/').count() == 5
}

/// Behind the request in quotes.
fn quoted(line: &[u8]) -> Option<Level> {
    let open = memchr::memchr(b'"', line)?;
    let request = line.get(open + 1..)?;
    method(request)?;
    let mut quotes = memchr::memchr_iter(b'"', request);
    let close = quotes.find(|quote| request.get(quote + 1) == Some(&b' '))?;
    of(request.get(close + 2..)?)
}

/// The method that a request begins with.
fn method(request: &[u8]) -> Option<usize> {
    let length = request
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let known = matches!(
        request.get(..length)?,
        b"GET"
            | b"POST"
            | b"PUT"
            | b"PATCH"
            | b"DELETE"
            | b"HEAD"
            | b"OPTIONS"
            | b"CONNECT"
            | b"TRACE"
            | b"PROPFIND"
    );
    (known && request.get(length) == Some(&b' ')).then_some(length)
}

/// The level of the status at the start of `text`.
pub(crate) fn of(text: &[u8]) -> Option<Level> {
    let (&[first, b'0'..=b'9', b'0'..=b'9'], rest) = text.split_first_chunk::<3>()? else {
        return None;
    };
    if rest.first().is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    match first {
        b'5' => Some(Level::Error),
        b'4' => Some(Level::Warn),
        b'1'..=b'3' => Some(Level::Info),
        _ => None,
    }
}
