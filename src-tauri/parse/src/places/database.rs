//! What databases write.

use super::Places;
use super::scan::{Scan, is_number};

/// PostgreSQL behind its time: `[123] user@db LOG:  text`, perhaps with the zone's name before.
pub(super) fn postgres<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    rest.blanks();
    let zone = rest.take_while(|byte| byte.is_ascii_uppercase());
    if !matches!(zone.len(), 0 | 3..=5) || (!zone.is_empty() && !rest.eat(b" ")) {
        return None;
    }
    let process = rest.bracketed()?;
    let pid = process.split(|&byte| byte == b'-').next()?;
    if !is_number(pid) || !rest.eat(b" ") {
        return None;
    }
    let mut who = None;
    let mut word = rest.token()?;
    if let Some(at) = memchr::memchr(b'@', word) {
        who = Some(word.split_at_checked(at)?);
        rest.blanks();
        word = rest.token()?;
    } else if memchr::memchr(b'=', word).is_some() {
        // `user=a,db=b` are pairs.
        rest.blanks();
        word = rest.token()?;
    }
    let kind = word.strip_suffix(b":")?;
    let known = [
        &b"LOG"[..],
        b"ERROR",
        b"WARNING",
        b"FATAL",
        b"PANIC",
        b"DETAIL",
        b"HINT",
        b"STATEMENT",
        b"NOTICE",
        b"INFO",
        b"CONTEXT",
        b"DEBUG",
        b"DEBUG1",
        b"DEBUG2",
        b"DEBUG3",
        b"DEBUG4",
        b"DEBUG5",
    ];
    if !known.contains(&kind) {
        return None;
    }
    places.put("pid", pid);
    if let Some((user, db)) = who {
        places.put("user", user);
        let db = db.get(1..).unwrap_or_default();
        places.put("db", db.split(|&byte| byte == b'/').next().unwrap_or(db));
    }
    rest.blanks();
    places.words = Some(rest.rest);
    Some(())
}

/// MySQL 8 and MariaDB behind their time: `0 [System] [MY-010116] [Server] text`.
pub(super) fn mysql<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    rest.blanks();
    let thread = rest.digits()?;
    rest.blanks();
    let level = rest.bracketed()?;
    let levels = [&b"System"[..], b"Note", b"Warning", b"ERROR", b"Error"];
    if !levels.contains(&level) {
        return None;
    }
    places.put("thread", thread);
    rest.blanks();
    if let Some(code) = rest.bracketed() {
        places.put("code", code);
        rest.blanks();
        places.put("component", rest.bracketed()?);
        rest.blanks();
    }
    places.words = Some(rest.rest);
    Some(())
}

/// Redis: `1234:M 01 Mar 2026 08:00:00.123 * text`.
pub(super) fn redis<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut rest = Scan::new(body);
    let pid = rest.digits()?;
    if !rest.eat(b":") {
        return None;
    }
    let role = rest.take(1);
    if !matches!(role, b"M" | b"S" | b"C" | b"X") || !rest.eat(b" ") {
        return None;
    }
    // Day, month, year, time of day.
    for _ in 0..4 {
        rest.token()?;
        rest.blanks();
    }
    if !matches!(rest.take(2), b". " | b"- " | b"* " | b"# ") {
        return None;
    }
    places.put("pid", pid);
    places.put("role", role);
    places.words = Some(rest.rest);
    Some(())
}
