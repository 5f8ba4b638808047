//! Syslog, with and without its priority.

use super::logger::is_level;
use super::scan::{Scan, is_number};
use super::{Places, access};
use crate::time::stamp;

/// `<34>1 2026-03-01T08:00:00Z host app 123 ID47 [x@1 a="b"] text` (RFC 5424) or
/// `<34>Mar  1 08:00:00 host app[123]: text` (RFC 3164).
pub(super) fn with_priority<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(body.get(1..)?);
    rest.digits().filter(|digits| digits.len() <= 3)?;
    if !rest.eat(b">") {
        return None;
    }
    if rest.eat(b"1 ") {
        return structured(rest, places);
    }
    if let Some(stamp) = stamp(rest.rest) {
        rest.take(stamp.length);
        rest.eat(b":");
    }
    rest.blanks();
    tagged(rest, true, places)
}

fn structured<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    let mut next = || {
        let token = rest.token();
        rest.eat(b" ");
        token
    };
    next()?;
    places.put("host", next()?);
    places.put("app", next()?);
    places.put("pid", next()?);
    places.put("msgid", next()?);
    // The data itself is pairs, which are found as such.
    if !rest.eat(b"-") {
        while rest.peek() == Some(b'[') {
            data(&mut rest)?;
        }
    }
    rest.eat(b" ");
    rest.eat(b"\xef\xbb\xbf");
    places.words = Some(rest.rest);
    Some(())
}

/// Passes an element of structured data: a bracket inside quotes does not end it.
fn data(rest: &mut Scan<'_>) -> Option<()> {
    loop {
        let at = memchr::memchr2(b'"', b']', rest.rest)?;
        rest.take(at);
        if rest.eat(b"]") {
            return Some(());
        }
        rest.quoted()?;
    }
}

/// Behind a time: `Mar  1 08:00:00 host app[123]: text`. No host has a level's name.
pub(super) fn after_time<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    let apart = rest.blanks();
    let host = Scan::new(rest.rest).token()?;
    if !apart || is_level(host) {
        return None;
    }
    tagged(rest, false, places)
}

/// Behind a time as rsyslog writes it to files: sure only with a number behind the program.
pub(super) fn iso<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    if !rest.eat(b" ") {
        return None;
    }
    let mut ahead = rest;
    ahead.token()?;
    ahead.blanks();
    let tag = ahead.token()?.strip_suffix(b":")?;
    if tag != b"kernel" && !tag.ends_with(b"]") {
        return None;
    }
    tagged(rest, false, places)
}

/// `host app[123]: text`, `host app: text`, `app[123]: text`. `sure`: a host without a program
/// behind it is one.
fn tagged<'a>(rest: Scan<'a>, sure: bool, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    let first = rest.token()?;
    rest.blanks();
    let tag = if first.ends_with(b":") {
        first
    } else {
        let behind = rest;
        match rest.token().filter(|tag| tag.ends_with(b":")) {
            Some(tag) => {
                places.put("host", first);
                tag
            }
            None if sure && !first.contains(&b'=') => {
                places.put("host", first);
                places.words = Some(behind.rest);
                return Some(());
            }
            None => return None,
        }
    };
    rest.eat(b" ");
    let tag = tag.strip_suffix(b":")?;
    let mut scan = Scan::new(tag);
    let app = scan.take_while(|byte| !matches!(byte, b'[' | b'('));
    if app.is_empty() {
        return None;
    }
    places.put("app", app);
    if let Some(open) = memchr::memchr(b'[', scan.rest) {
        scan.take(open);
        if let Some(pid) = scan.bracketed().filter(|pid| is_number(pid)) {
            places.put("pid", pid);
        }
    }
    places.words = Some(rest.rest);
    // Servers send their requests here too.
    let (before, words) = (places.len, places.words);
    if access::read(rest.rest, places).is_none() {
        places.len = before;
        places.words = words;
    }
    Some(())
}
