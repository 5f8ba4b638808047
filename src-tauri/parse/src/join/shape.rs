//! The shapes of single lines.

use memchr::memmem;

use super::go;
use super::trace::Trace;
use crate::head;
use crate::level::by_name;
use crate::through::uncoloured;

/// The line without the blanks and colours it begins with.
pub(super) fn inner(body: &[u8]) -> &[u8] {
    let blanks = body
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    let rest = body.get(blanks..).unwrap_or_default();
    if rest.first() == Some(&b'\x1b') {
        return uncoloured(rest).trim_ascii_start();
    }
    rest
}

/// Digits at the start.
pub(super) fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether `:12` stands somewhere.
fn names_line(text: &[u8]) -> bool {
    memchr::memchr_iter(b':', text).any(|at| text.get(at + 1).is_some_and(u8::is_ascii_digit))
}

/// A line that begins a record though it is indented: it begins with a time, with a level in
/// capitals (` INFO` is written so below `ERROR`), with a request and its status, or with one of the
/// marks that tools set before their own lines.
pub(super) fn begins_record(inner: &[u8]) -> bool {
    let letters = inner
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let level = (3..=8).contains(&letters)
        && matches!(inner.get(letters), Some(b' ' | b'\t'))
        && inner.get(..letters).and_then(by_name).is_some();
    let object = inner.first() == Some(&b'{') && inner.trim_ascii_end().ends_with(b"}");
    level || object || marked(inner) || begins_with_time(inner) || head::is_request(inner)
}

/// `✓ Compiled`, `⨯ Error`, `➜ Local`: a geometric shape, a symbol or a dingbat, but for the `❯` before
/// frames.
fn marked(inner: &[u8]) -> bool {
    matches!(
        inner,
        [0xe2, 0x96, 0xa0..=0xbf, ..] | [0xe2, 0x97..=0x9e, ..] | [0xe2, 0xa8, 0xaf, ..]
    ) && !inner.starts_with("❯".as_bytes())
}

/// Whether nothing but punctuation comes before the time.
pub(super) fn begins_with_time(inner: &[u8]) -> bool {
    let start = inner
        .iter()
        .take_while(|byte| matches!(byte, b'[' | b'(' | b'<'))
        .count();
    let rest = inner.get(start..).unwrap_or_default();
    rest.first().is_some_and(u8::is_ascii_alphanumeric) && crate::time::stamp(rest).is_some()
}

/// A frame of a trace, or what else is indented there and nowhere else.
pub(super) fn frame(inner: &[u8]) -> Option<Trace> {
    match inner.first()? {
        b'a' => {
            let place = inner.strip_prefix(b"at ")?;
            let call = place.contains(&b'(') && place.contains(&b')');
            if !call && !names_line(place) {
                return None;
            }
            let dump = inner.trim_ascii_end().ends_with(b"{");
            Some(if dump { Trace::Dump } else { Trace::Frames })
        }
        b'F' => (inner.starts_with(b"File \"") && memmem::find(inner, b"\", line ").is_some())
            .then_some(Trace::Python),
        b'+' => memmem::find(inner, b"Exception Group Traceback").map(|_| Trace::Group),
        b'f' => (inner.starts_with(b"from ") && names_line(inner)).then_some(Trace::Frames),
        b'C' => inner.starts_with(b"Caused by: ").then_some(Trace::Frames),
        b'S' => inner.starts_with(b"Suppressed: ").then_some(Trace::Frames),
        b'.' => elided(inner).then_some(Trace::Frames),
        b'-' => (inner.starts_with(b"--- End of ")
            || inner
                .strip_prefix(b"---> ")
                .is_some_and(|rest| exception(rest).is_some()))
        .then_some(Trace::Frames),
        b'[' => inner.starts_with(b"[cause]: ").then_some(Trace::Frames),
        b't' => inner.starts_with(b"thrown in ").then_some(Trace::Php),
        b'0' => (inner.starts_with(b"0: ") && inner.len() > 3).then_some(Trace::Rust),
        b'/' => go::place(inner).then_some(Trace::Go),
        _ => None,
    }
}

/// `... 12 more`, `... 5 common frames omitted`, `... 7 lines matching cause stack trace ...`.
fn elided(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"... ") else {
        return false;
    };
    let number = digits(rest);
    let rest = rest.get(number..).unwrap_or_default();
    number > 0
        && [
            &b" more"[..],
            b" common frames",
            b" lines matching",
            b" frames",
        ]
        .iter()
        .any(|words| rest.starts_with(words))
}

/// Lines at the margin that go on with the trace, or begin the trace, of what was said before.
pub(super) fn resumes(body: &[u8]) -> Option<Trace> {
    match body.first()? {
        b'C' => body.starts_with(b"Caused by: ").then_some(Trace::Frames),
        b'S' if body.starts_with(b"Suppressed: ") => Some(Trace::Frames),
        b'S' => (body.trim_ascii_end() == b"Stack trace:").then_some(Trace::Php),
        b's' => body.starts_with(b"stack backtrace:").then_some(Trace::Rust),
        b'n' => body
            .starts_with(b"note: run with `RUST_BACKTRACE")
            .then_some(Trace::Rust),
        b'P' => (body.starts_with(b"PHP Stack trace:")).then_some(Trace::Php),
        b'[' => (body.trim_ascii_end() == b"[stacktrace]").then_some(Trace::Php),
        b'R' => body
            .starts_with(b"Require stack:")
            .then_some(Trace::Requires),
        b'.' => elided(body).then_some(Trace::Frames),
        b'E' => emitted(body).then_some(Trace::Frames),
        b'-' => body.starts_with(b"--- End of ").then_some(Trace::Frames),
        b'g' => go::goroutine(body).then_some(Trace::Go),
        b'a' if body.starts_with(b"at ") => {
            (body.trim_ascii_end().ends_with(b")") && body.contains(&b'(') && names_line(body))
                .then_some(Trace::Frames)
        }
        _ => (ruby_frame(body) && body.trim_ascii_end().ends_with(b"'")).then_some(Trace::Frames),
    }
}

/// `Emitted 'error' event on Server instance at:`, between Node's frames.
pub(super) fn emitted(body: &[u8]) -> bool {
    body.starts_with(b"Emitted '") && body.trim_ascii_end().ends_with(b" at:")
}

/// `app/models/x.rb:3:in 'name'`, `app/views/x.html.erb:3:in 'name'`.
pub(crate) fn ruby_frame(body: &[u8]) -> bool {
    let window = body.get(..256).unwrap_or(body);
    let blank = memchr::memchr(b' ', window);
    let place = blank.and_then(|blank| window.get(..blank)?.strip_suffix(b":in"));
    let Some((path, line)) = place.and_then(|place| {
        let colon = memchr::memrchr(b':', place)?;
        place.split_at_checked(colon)
    }) else {
        return false;
    };
    (path.ends_with(b".rb") || path.ends_with(b".erb"))
        && line.len() > 1
        && digits(line.get(1..).unwrap_or_default()) + 1 == line.len()
}

/// `/app/x.js:3`, `node:events:495`, `node:internal/modules/cjs/loader:1080`: nothing else on the line.
pub(super) fn node_source(body: &[u8]) -> bool {
    let body = body.trim_ascii_end();
    let Some(colon) = memchr::memrchr(b':', body) else {
        return false;
    };
    let (path, number) = body.split_at(colon);
    let number = number.get(1..).unwrap_or_default();
    if number.is_empty() || digits(number) != number.len() {
        return false;
    }
    let absolute = path.starts_with(b"/")
        || path.starts_with(b"file://")
        || path.get(1..3).is_some_and(|drive| drive == b":\\");
    let script = [
        &b".js"[..],
        b".mjs",
        b".cjs",
        b".ts",
        b".mts",
        b".tsx",
        b".jsx",
    ]
    .iter()
    .any(|ending| path.ends_with(ending));
    let builtin = path.strip_prefix(b"node:").is_some_and(|module| {
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-');
        !module.is_empty() && module.iter().all(fits)
    });
    builtin || (absolute && script)
}

/// Only `^` and `~`.
pub(super) fn carets(inner: &[u8]) -> bool {
    inner
        .trim_ascii_end()
        .iter()
        .all(|byte| matches!(byte, b'^' | b'~'))
}

/// What Node was thrown out with: an error, or anything else that it shows.
pub(super) fn thrown(body: &[u8]) -> bool {
    exception(body).is_some()
        || body.starts_with(b"Uncaught")
        || body.starts_with(b"[")
        || body.starts_with(b"Thrown")
        || body.starts_with(b"(Use `node ")
        || body.starts_with(b"triggerUncaughtException(")
}

/// `TypeError: …`, `java.lang.IllegalStateException: …`, `Error [ERR_X]: …`; tells whether the name
/// has dots.
pub(super) fn exception(body: &[u8]) -> Option<bool> {
    let length = body
        .iter()
        .take_while(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$' | b'/' | b'\\')
        })
        .count();
    let name = body.get(..length)?;
    let fits = [
        &b"Error"[..],
        b"Exception",
        b"Throwable",
        b"Failure",
        b"Fault",
    ]
    .iter()
    .any(|ending| name.ends_with(ending));
    let behind = body.get(length..)?.trim_ascii_end();
    let closed = behind.is_empty()
        || behind.starts_with(b":")
        || (behind.starts_with(b" [") && memmem::find(behind, b"]: ").is_some())
        || behind.starts_with(b" (");
    (fits && closed).then(|| name.contains(&b'.'))
}

/// What a Python traceback ends with: a class's name, and behind a colon its message. A level's name
/// is none, nor is a single word without a capital or a dot.
pub(super) fn raised(body: &[u8]) -> bool {
    let length = body
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_'))
        .count();
    let name = body.get(..length).unwrap_or_default();
    let named = name
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    let (upper, lower) = (
        name.iter().any(u8::is_ascii_uppercase),
        name.iter().any(u8::is_ascii_lowercase),
    );
    let level = upper != lower && by_name(name).is_some();
    let behind = body.get(length..).unwrap_or_default().trim_ascii_end();
    let closed = match behind {
        [] => upper || name.contains(&b'.'),
        [b':'] | [b':', b' ', ..] => true,
        _ => false,
    };
    named && !level && closed
}

/// What stands at the margin of a PHP trace.
pub(super) fn php_line(body: &[u8]) -> bool {
    body.strip_prefix(b"#")
        .is_some_and(|rest| matches!(digits(rest), 1..=4))
        || body.starts_with(b"Stack trace:")
        || body.starts_with(b"Next ")
        || body.starts_with(b"PHP   ")
        || body.starts_with(b"[previous exception] ")
}

/// Whether a line says more than a name and a colon: `info:` is a key of a YAML file.
pub(super) fn says_more(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let behind = memchr::memchr(b':', line).map(|at| line.get(at + 1..).unwrap_or_default());
    behind.is_none_or(|rest| {
        rest.iter()
            .filter(|byte| byte.is_ascii_alphanumeric())
            .count()
            > 1
    })
}

/// Whether a line speaks of something that has a trace, or announces what follows.
pub(super) fn alarms(line: &[u8]) -> bool {
    names_error(line) || line.trim_ascii_end().ends_with(b":")
}

/// Whether a line speaks of an error by one of its names.
pub(super) fn names_error(line: &[u8]) -> bool {
    const WORDS: [&[u8]; 7] = [
        b"rror",
        b"xception",
        b"anic",
        b"raceback",
        b"atal",
        b"hrowable",
        b"ncaught",
    ];
    WORDS.iter().any(|word| memmem::find(line, word).is_some())
}

/// `12 |     let x = 1;`
pub(super) fn gutter(body: &[u8]) -> bool {
    let number = digits(body);
    let rest = body.get(number..).unwrap_or_default();
    (1..=6).contains(&number) && rest.trim_ascii_start().starts_with(b"|")
}
