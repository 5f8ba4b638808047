//! Stack traces in records of several lines.
//!
//! Told by their frames: what stands before the first one is the exception, what stands in it the
//! place. Of chained ones Java's and Node's outermost counts, which stands first, and Python's,
//! which stands last.

use super::Places;
use super::scan::{Scan, is_number};

/// Places of a line at which an exception is looked for.
const PLACES: usize = 64;

/// Looks for a stack trace and adds what it tells.
pub(super) fn read<'a>(body: &'a [u8], places: &mut Places<'a>) {
    if php(body, places).is_some() || rust(body, places).is_some() {
        return;
    }
    if places.single || memchr::memchr(b'\n', body).is_none() {
        return;
    }
    if python(body, places).is_some() || go(body, places).is_some() || ruby(body, places).is_some()
    {
        return;
    }
    frames(body, places);
}

fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    text.split(|&byte| byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

fn put_file<'a>(places: &mut Places<'a>, file: &'a [u8]) {
    if !places.has("file") {
        places.put("file", file);
    }
}

/// Where a part of a text begins in it.
fn offset(text: &[u8], part: &[u8]) -> usize {
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

/// `com.acme.FooException: text`, `TypeError: text`, `Caused by: …`: the kind and the text.
fn exception(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut scan = Scan::new(line.trim_ascii());
    if scan.eat(b"Exception in thread \"") {
        scan.until(b'"')?;
        scan.blanks();
    }
    if !scan.eat(b"Unhandled exception. ") && !scan.eat(b"Uncaught ") {
        scan.eat(b"Caused by: ");
    }
    let kind =
        scan.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$'));
    let class = kind.first().is_some_and(u8::is_ascii_alphabetic)
        && kind.iter().any(u8::is_ascii_uppercase)
        && kind.last() != Some(&b'.');
    let named = [
        &b"Error"[..],
        b"Exception",
        b"Warning",
        b"Exit",
        b"Interrupt",
        b"Throwable",
    ]
    .iter()
    .any(|end| kind.ends_with(end))
        || kind.contains(&b'.');
    if !class || !named {
        return None;
    }
    // Node's codes: `Error [ERR_X]: text`.
    if scan.rest.starts_with(b" [") {
        scan.until(b']')?;
    }
    if scan.rest.is_empty() {
        return Some((kind, &[]));
    }
    scan.eat(b": ").then_some((kind, scan.rest))
}

fn put_exception<'a>(places: &mut Places<'a>, kind: &'a [u8], message: &'a [u8], stack: &'a [u8]) {
    places.put("exception.type", kind);
    places.put("exception.message", message);
    places.put("exception.stacktrace", stack);
}

/// Java's, Node's and .NET's: frames that begin with `at`.
fn frames<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let is_frame = |line: &&[u8]| {
        matches!(line.first(), Some(b' ' | b'\t')) && line.trim_ascii_start().starts_with(b"at ")
    };
    let first = lines(body).find(is_frame)?;
    let before = body.get(..offset(body, first))?.trim_ascii_end();
    // The line nearest to the frames that names a kind; the record's own head may stand before it.
    let nearest = before.rsplit(|&byte| byte == b'\n').find_map(exception);
    let found = nearest.or_else(|| {
        let line = lines(before).next()?;
        let words = places
            .words
            .filter(|words| offset(line, words) <= line.len());
        if let Some(found) = words.and_then(|words| exception(lines(words).next()?)) {
            return Some(found);
        }
        // Behind other words: `GET / failed: java.lang.IllegalStateException: text`.
        line.windows(2)
            .enumerate()
            .filter(|(_, pair)| *pair == b": " || *pair == b"- ")
            .take(PLACES)
            .find_map(|(at, _)| exception(line.get(at + 2..)?))
    });
    if let Some((kind, message)) = found {
        let start = offset(body, kind);
        put_exception(places, kind, message, body.get(start..)?);
    }
    let mut own = lines(body).filter(is_frame);
    match own.clone().find_map(dotnet) {
        Some(file) if !places.has("file") => places.file = Some(file),
        Some(_) => {}
        None => put_file(places, own.find_map(frame)?),
    }
    found.map(|_| ())
}

/// `at C.D() in /src/C.cs:line 1`: a word stands between file and line.
fn dotnet(line: &[u8]) -> Option<String> {
    let line = line.trim_ascii();
    let at = memchr::memmem::rfind(line, b":line ")?;
    let start = memchr::memmem::find(line, b" in ")? + 4;
    let file = String::from_utf8_lossy(line.get(start..at)?);
    let number = line.get(at + 6..).filter(|number| is_number(number))?;
    Some(format!("{file}:{}", String::from_utf8_lossy(number)))
}

/// The place of a frame: `at a.b.C.d(C.java:1)`, `at f (/app/x.js:1:2)`.
fn frame(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii();
    let place = match (line.strip_suffix(b")"), memchr::memrchr(b'(', line)) {
        (Some(inside), Some(open)) => inside.get(open + 1..)?,
        _ => line.strip_prefix(b"at ")?,
    };
    let place = place.strip_prefix(b"async ").unwrap_or(place);
    // Rust's tracing names the thread behind the place: `at src/main.rs:3 on ThreadId(1)`.
    let place = match memchr::memmem::find(line, b" on ThreadId(") {
        Some(at) => line.get(..at)?.strip_prefix(b"at ")?,
        None => place,
    };
    let colon = memchr::memrchr(b':', place)?;
    let (head, line_number) = place.split_at_checked(colon)?;
    if !is_number(line_number.get(1..)?) || place.starts_with(b"node:") {
        return None;
    }
    // Behind the line Node has the column.
    let lined = memchr::memrchr(b':', head)
        .is_some_and(|at| is_number(head.get(at + 1..).unwrap_or_default()));
    let place = if lined { head } else { place };
    let place = place.strip_prefix(b"file://").unwrap_or(place);
    (!place.starts_with(b"<")).then_some(place)
}

fn python<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    const START: &[u8] = b"Traceback (most recent call last):";
    let start = memchr::memmem::rfind(body, START)?;
    let stack = body.get(start..)?;
    let mut file = None;
    // Of a group each line has bars before it.
    let bare = |line: &'a [u8]| match line.trim_ascii_start().strip_prefix(b"| ") {
        Some(behind) => behind,
        None => line,
    };
    for line in lines(stack).skip(1).map(bare) {
        let Some(rest) = line.trim_ascii_start().strip_prefix(b"File \"") else {
            if line
                .first()
                .is_some_and(|byte| !matches!(byte, b' ' | b'\t'))
            {
                let (kind, message) = raised(line)?;
                put_exception(
                    places,
                    kind,
                    message,
                    body.get(memchr::memmem::find(body, START)?..)?,
                );
                break;
            }
            continue;
        };
        let mut scan = Scan::new(rest);
        if let Some(name) = scan.until(b'"')
            && scan.eat(b", line ")
            && let Some(number) = scan.digits()
        {
            file = Some((name, number));
        }
    }
    if let Some((name, number)) = file
        && !places.has("file")
    {
        let (name, number) = (
            String::from_utf8_lossy(name),
            String::from_utf8_lossy(number),
        );
        places.file = Some(format!("{name}:{number}"));
    }
    Some(())
}

/// `ValueError: text`, `app.errors.NotFound`, `KeyError: 'x'`.
fn raised(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut scan = Scan::new(line);
    let kind = scan.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'));
    if kind.is_empty() || !(scan.rest.is_empty() || scan.eat(b":")) {
        return None;
    }
    Some((kind, scan.rest.trim_ascii()))
}

fn go<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let goroutine = memchr::memmem::find(body, b"\ngoroutine ")?;
    let words = places.words.unwrap_or(body);
    let mut start = Scan::new(words);
    let kind = if start.rest.starts_with(b"panic: ") {
        start.take(5)
    } else if start.rest.starts_with(b"fatal error: ") {
        start.take(11)
    } else {
        return None;
    };
    start.take(2);
    let message = lines(start.rest).next()?;
    put_exception(places, kind, message, body.get(offset(body, kind)..)?);
    let own = lines(body.get(goroutine..)?).find_map(|line| {
        let place = line.strip_prefix(b"\t")?;
        let place = place.split(|&byte| byte == b' ').next()?;
        let runtime = memchr::memmem::find(place, b"/runtime/").is_some()
            || memchr::memmem::find(place, b"/src/runtime").is_some();
        (!runtime && memchr::memmem::find(place, b".go:").is_some()).then_some(place)
    });
    put_file(places, own?);
    Some(())
}

/// `thread 'main' panicked at src/main.rs:4:5:` and the text on the next line; before Rust 1.73
/// `thread 'main' panicked at 'text', src/main.rs:4:5`.
fn rust<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    if !body.starts_with(b"thread '") {
        return None;
    }
    let at = memchr::memmem::find(body.get(..256).unwrap_or(body), b" panicked at ")?;
    let kind = body.get(at + 1..at + 9)?;
    let mut rest = Scan::new(body.get(at + 13..)?);
    let (message, place) = if rest.eat(b"'") {
        let end = memchr::memmem::find(rest.rest, b"', ")?;
        let message = rest.take(end);
        rest.take(3);
        (message, lines(rest.rest).next()?)
    } else {
        let place = lines(rest.rest).next()?;
        rest.take(place.len());
        let behind = rest.rest.trim_ascii_start();
        (
            lines(behind).next().unwrap_or_default(),
            place.strip_suffix(b":")?,
        )
    };
    put_exception(places, kind, message, body);
    let column = memchr::memrchr(b':', place)?;
    put_file(places, place.get(..column)?);
    Some(())
}

/// `/app/x.rb:12:in 'foo': text (RuntimeError)` and `\tfrom …` behind it.
fn ruby<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let words = places.words.unwrap_or(body);
    let line = lines(words).next()?;
    let at = memchr::memmem::find(line, b":in ")?;
    let place = line.get(..at)?;
    if memchr::memmem::find(place, b".rb:").is_none() || place.contains(&b' ') {
        return None;
    }
    let inside = line.strip_suffix(b")")?;
    let open = memchr::memrchr(b'(', inside)?;
    let kind = inside.get(open + 1..)?;
    let message = line.get(..open)?;
    let start = memchr::memmem::find(message, b"': ")? + 3;
    put_exception(places, kind, message.get(start..)?.trim_ascii(), words);
    put_file(places, place);
    Some(())
}

/// `PHP Fatal error:  Uncaught TypeError: text in /app/x.php:12`, and `Stack trace:` behind it.
fn php<'a>(body: &'a [u8], places: &mut Places<'a>) -> Option<()> {
    let mut words = places.words.unwrap_or(body);
    if words.starts_with(b"[") {
        // PHP's own log: the time.
        let close = memchr::memchr(b']', words.get(..64).unwrap_or(words))?;
        words = words.get(close + 1..)?.trim_ascii_start();
    }
    let head = words.get(..48).unwrap_or(words);
    if !head.starts_with(b"PHP ") && !head.starts_with(b"Fatal error: ") {
        return None;
    }
    let line = lines(words).next()?;
    let at = memchr::memmem::rfind(line, b" in /")?;
    let place = line.get(at + 4..)?;
    let uncaught = memchr::memmem::find(line, b"Uncaught ")?;
    let mut rest = Scan::new(line.get(uncaught + 9..at)?);
    let kind = rest.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\'));
    rest.eat(b": ");
    put_exception(places, kind, rest.rest, words);
    let colon = memchr::memrchr(b':', place)?;
    is_number(place.get(colon + 1..)?).then(|| put_file(places, place))
}
