//! What web servers write of their troubles.

use super::scan::{Scan, is_number};
use super::{Places, access};

/// nginx behind its time: `[error] 29#31: *7 text, client: 10.0.0.1, server: x, request: "GET /
/// HTTP/1.1", upstream: "http://…", host: "x"`.
pub(super) fn nginx_error<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    if !rest.eat(b" [") {
        return None;
    }
    rest.until(b']')?;
    rest.blanks();
    let pid = rest.digits()?;
    if !rest.eat(b"#") {
        return None;
    }
    let thread = rest.digits()?;
    if !rest.eat(b": ") {
        return None;
    }
    places.put("pid", pid);
    places.put("thread", thread);
    if rest.eat(b"*") {
        places.put("connection", rest.digits()?);
        rest.blanks();
    }
    places.words = Some(rest.rest);
    let Some(at) = memchr::memmem::find(rest.rest, b", client: ") else {
        return Some(());
    };
    rest.take(at);
    while rest.eat(b", ") {
        let Some(name) = rest.until(b':') else {
            break;
        };
        rest.eat(b" ");
        let value = if rest.peek() == Some(b'"') {
            let Some(value) = rest.quoted() else { break };
            value
        } else {
            rest.take_while(|byte| byte != b',' && byte != b'\n')
        };
        match name {
            b"client" => places.put("client", value),
            b"server" => places.put("server", value),
            b"request" => access::request_line(value, places),
            b"upstream" => places.put("upstream", value),
            b"host" => places.put("host", value),
            b"referrer" => places.put("referer", value),
            _ => {}
        }
    }
    Some(())
}

/// Apache behind its time: `] [core:error] [pid 35708:tid 4328636416] [client 10.0.0.1:5] text`.
pub(super) fn apache_error<'a>(rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
    let mut rest = rest;
    if !rest.eat(b"] [") {
        return None;
    }
    let level = rest.until(b']')?;
    let named = level
        .iter()
        .all(|&byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_'));
    if !named {
        return None;
    }
    if let Some(colon) = memchr::memchr(b':', level) {
        places.put("component", level.get(..colon)?);
    }
    rest.blanks();
    while let Some(inside) = rest.bracketed() {
        let mut scan = Scan::new(inside);
        if scan.eat(b"pid ") {
            places.put("pid", scan.digits()?);
            if scan.eat(b":tid ") {
                places.put("thread", scan.digits()?);
            }
        } else if scan.eat(b"client ") {
            let client = scan.rest;
            // A port behind the address; an address may hold colons itself.
            let port = memchr::memrchr(b':', client)
                .filter(|&at| is_number(client.get(at + 1..).unwrap_or_default()));
            places.put("client", client.get(..port.unwrap_or(client.len()))?);
        }
        rest.blanks();
    }
    places.words = Some(rest.rest);
    (places.len > 0).then_some(())
}
