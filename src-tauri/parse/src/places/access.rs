//! Requests: the access logs of servers and frameworks.

use super::Places;
use super::scan::{Scan, is_number};

/// The date of an access log stands within this. Bytes.
const WINDOW: usize = 256;

/// `[vhost] client ident user [01/Mar/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 …`; with one word
/// before the date, HAProxy's.
pub(super) fn read<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let window = body.get(..WINDOW).unwrap_or(body);
    let open = memchr::memchr(b'[', window)?;
    let date = body.get(open + 1..)?;
    if !is_date(date) {
        return None;
    }
    let mut before = Scan::new(body.get(..open)?.strip_suffix(b" ")?);
    let mut words: [&[u8]; 4] = [&[]; 4];
    let mut count = 0;
    while let Some(word) = before.token() {
        *words.get_mut(count)? = word;
        count += 1;
        before.blanks();
    }
    let mut rest = Scan::new(date);
    rest.until(b']')?;
    rest.eat(b" ");
    let [first, second, third, fourth] = words;
    match count {
        1 => {
            let colon = memchr::memrchr(b':', first)?;
            places.put("client", first.get(..colon)?);
            return haproxy(rest, places);
        }
        3 => {
            places.put("client", first);
            places.put("user", third);
        }
        4 => {
            places.put("host", first);
            places.put("client", second);
            places.put("user", fourth);
        }
        _ => return None,
    }
    request(rest, places)
}

/// `01/Mar/2026:08:00:00`, with a blank between them as well.
fn is_date(text: &[u8]) -> bool {
    matches!(
        text,
        [
            b'0'..=b'9',
            b'0'..=b'9',
            b'/',
            _,
            _,
            _,
            b'/',
            b'0'..=b'9',
            _,
            _,
            _,
            b':' | b' ',
            b'0'..=b'9',
            ..
        ]
    )
}

/// Behind a time in brackets: Envoy's and Django's.
pub(super) fn after_time<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    if !rest.eat(b"] ") {
        return None;
    }
    request(rest, places)
}

/// `"GET / HTTP/1.1" 200 1234 "referer" "agent" 0.012`.
pub(super) fn request<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let start = rest.rest;
    let mut rest = rest;
    let line = rest.quoted()?;
    request_line(line, places);
    rest.blanks();
    let status = rest.token()?;
    if status.len() != 3 || !is_number(status) {
        return None;
    }
    places.put("status", status);
    places.words = start.get(..start.len() - rest.rest.len());
    rest.blanks();
    let bytes = rest;
    if let Some(bytes) = rest.token() {
        if is_number(bytes) {
            places.put("bytes", bytes);
        } else if bytes.starts_with(b"\"") {
            rest = Scan::new(b"");
        }
    }
    if rest.rest.is_empty() && bytes.peek() == Some(b'"') {
        rest = bytes;
    }
    rest.blanks();
    if rest.peek() == Some(b'"') {
        places.put("referer", rest.quoted()?);
        rest.blanks();
        if let Some(agent) = rest.quoted() {
            places.put("agent", agent);
        }
    }
    request_time(rest, places);
    Some(())
}

/// How long the request took, behind everything else: a number right behind the agent, or the last
/// word.
fn request_time<'a>(rest: Scan<'a>, places: &mut Places<'a>) {
    let line = rest
        .rest
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let mut words = line.trim_ascii().split(|byte| *byte == b' ');
    let first = words.next().unwrap_or_default();
    let last = words.next_back().unwrap_or(first);
    if first.contains(&b'.') && is_duration(first) {
        places.put("request_time", first);
    } else if is_duration(last) {
        places.put("request_time", last);
    }
}

/// `0.012`, `12`, `5ms`.
fn is_duration(word: &[u8]) -> bool {
    let mut scan = Scan::new(word);
    if scan.digits().is_none() {
        return false;
    }
    if scan.eat(b".") && scan.digits().is_none() {
        return false;
    }
    matches!(scan.rest, b"" | b"s" | b"ms" | b"us" | b"ns" | b"\xc2\xb5s")
}

/// `GET /path?query HTTP/1.1`.
pub(super) fn request_line<'a>(line: &'a [u8], places: &mut Places<'a>) {
    let mut scan = Scan::new(line);
    let Some(method) = scan.token().filter(|method| is_method(method)) else {
        return;
    };
    places.put("method", method);
    scan.blanks();
    let Some(target) = scan.token() else { return };
    path(target, places);
    scan.blanks();
    if let Some(protocol) = scan.token() {
        places.put("protocol", protocol);
    }
}

fn path<'a>(target: &'a [u8], places: &mut Places<'a>) {
    let mut scan = Scan::new(target);
    match scan.until(b'?') {
        Some(path) => {
            places.put("path", path);
            places.put("query", scan.rest);
        }
        None => places.put("path", target),
    }
}

/// A word in capitals, as methods are.
fn is_method(word: &[u8]) -> bool {
    (3..=16).contains(&word.len())
        && word
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'-' | b'_'))
}

/// HAProxy behind client and date: `frontend backend/server 10/0/30/69/109 200 2750 - - ---- …
/// "GET / HTTP/1.1"`.
fn haproxy<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    let start = rest.rest;
    let frontend = rest.token()?;
    places.put("frontend", frontend.strip_suffix(b"~").unwrap_or(frontend));
    rest.blanks();
    let to = rest.token()?;
    let slash = memchr::memchr(b'/', to)?;
    places.put("backend", to.get(..slash)?);
    places.put("server", to.get(slash + 1..)?);
    rest.blanks();
    let timers = rest.token()?;
    let timed = timers
        .iter()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'/' | b'-' | b'+'));
    if !timed || !timers.contains(&b'/') {
        return None;
    }
    places.put("timers", timers);
    rest.blanks();
    let status = rest.token()?;
    rest.blanks();
    let bytes = rest.token()?;
    if is_number(status) && is_number(bytes) {
        places.put("status", status);
        places.put("bytes", bytes);
        rest.blanks();
        // Captured cookies.
        rest.token()?;
        rest.blanks();
        rest.token()?;
        rest.blanks();
        if let Some(state) = rest.token().filter(|state| state.len() == 4) {
            places.put("termination", state);
        }
    } else {
        // TCP mode: bytes, then the state.
        places.put("bytes", status);
        places.put("termination", bytes);
    }
    if let Some(quote) = memchr::memchr(b'"', rest.rest) {
        rest.take(quote);
        if let Some(line) = rest.quoted() {
            request_line(line, places);
        }
    }
    places.words = Some(start);
    Some(())
}

/// gin: `2026/03/01 - 08:00:00 | 200 |  1.2ms |  127.0.0.1 | GET      "/path"`.
pub(super) fn gin<'a>(rest: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(rest);
    rest.until(b'|')?;
    let words = rest.rest.trim_ascii();
    let status = rest.until(b'|')?.trim_ascii();
    if status.len() != 3 || !is_number(status) {
        return None;
    }
    places.put("status", status);
    places.put("request_time", rest.until(b'|')?.trim_ascii());
    places.put("client", rest.until(b'|')?.trim_ascii());
    rest.blanks();
    places.put("method", rest.token().filter(|method| is_method(method))?);
    rest.blanks();
    path(rest.quoted()?, places);
    places.words = Some(words);
    Some(())
}

/// Lines that begin with letters: `www.example.com:80 127.0.0.1 - - [`, `GET /path 200 1.234 ms - 56`,
/// `INFO:     127.0.0.1:1234 - "GET / HTTP/1.1" 200 OK`.
pub(super) fn letters<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(body);
    let word = rest.token()?;
    if word == b"INFO:" && rest.eat(b"     ") {
        return uvicorn(rest, places);
    }
    if is_method(word) && rest.eat(b" /") {
        return morgan(word, body, places);
    }
    read(body, places)
}

fn uvicorn<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    let client = rest.token()?;
    if !rest.eat(b" - ") {
        return None;
    }
    let colon = memchr::memrchr(b':', client)?;
    places.put("client", client.get(..colon)?);
    let line = rest.rest;
    request_line(rest.quoted()?, places);
    rest.blanks();
    let status = rest.digits().filter(|status| status.len() == 3)?;
    places.put("status", status);
    places.words = line.get(..line.len() - rest.rest.len());
    Some(())
}

/// morgan's `dev` and `tiny`, and what else begins so.
fn morgan<'a>(method: &'a [u8], body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(body.get(method.len() + 1..)?);
    let target = rest.token()?;
    rest.blanks();
    let status = rest.token()?;
    if status.len() != 3 || !is_number(status) {
        return None;
    }
    places.put("method", method);
    path(target, places);
    places.put("status", status);
    places.words = body.get(..body.len() - rest.rest.len());
    rest.blanks();
    // `1.234 ms - 56`, or `56 - 1.234 ms`.
    let mut sides = rest
        .rest
        .splitn(2, |&byte| byte == b'\n')
        .next()?
        .split(|&byte| byte == b'-');
    for side in [sides.next(), sides.next()].into_iter().flatten() {
        let side = side.trim_ascii();
        if side.ends_with(b" ms") && side.first().is_some_and(u8::is_ascii_digit) {
            places.put("request_time", side);
        } else if is_number(side) {
            places.put("bytes", side);
        }
    }
    Some(())
}
