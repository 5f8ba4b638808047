//! The shapes of what Go programs print.

use memchr::memmem;

use super::shape::digits;

/// `/path/x.go:12 +0x1d`.
pub(super) fn place(inner: &[u8]) -> bool {
    memmem::find(inner, b".go:")
        .and_then(|at| inner.get(at + 4))
        .is_some_and(u8::is_ascii_digit)
}

/// `goroutine 1 [running]:`.
pub(super) fn goroutine(body: &[u8]) -> bool {
    body.strip_prefix(b"goroutine ").is_some_and(|rest| {
        let number = digits(rest);
        number > 0 && memmem::find(rest.get(number..).unwrap_or_default(), b" [").is_some()
    })
}

/// What stands at the margin of a Go program's last words.
pub(super) fn line(body: &[u8]) -> bool {
    const STARTS: [&[u8]; 9] = [
        b"panic(",
        b"panic: ",
        b"[signal ",
        b"created by ",
        b"runtime stack:",
        b"...additional frames elided",
        b"[originating from ",
        b"PC=",
        b"runtime: ",
    ];
    if goroutine(body) || STARTS.iter().any(|start| body.starts_with(start)) {
        return true;
    }
    let name = body
        .iter()
        .take_while(|byte| byte.is_ascii_graphic() && !matches!(byte, b'(' | b'{'))
        .count();
    let behind = body.get(name..).unwrap_or_default();
    let call = body.first().is_some_and(u8::is_ascii_alphabetic)
        && body.get(..name).is_some_and(|name| name.contains(&b'.'))
        && matches!(behind.first(), Some(b'(' | b'{'))
        && body.trim_ascii_end().ends_with(b")");
    // `rax    0x0`: registers.
    let register = (2..=6).contains(&name) && behind.trim_ascii_start().starts_with(b"0x");
    call || register
}

/// `main.run`, `github.com/acme/x.(*Store).Get`: a function's name, as zap and `pkg/errors` print
/// it, the place on the next line.
pub(super) fn function(body: &[u8]) -> bool {
    let body = body.trim_ascii_end();
    body.first().is_some_and(u8::is_ascii_alphabetic)
        && body.contains(&b'.')
        && body
            .last()
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b')' | b']'))
        && body.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'.' | b'/' | b'_' | b'-' | b'~' | b'(' | b')' | b'*' | b'[' | b']'
                )
        })
}

/// The same, sure enough to begin a trace: in `main`, or in a package of some host.
pub(super) fn first_function(body: &[u8]) -> bool {
    // Nearly every line has a blank among its first bytes.
    if memchr::memchr(b' ', body).is_some() {
        return false;
    }
    let host = body.split(|&byte| byte == b'/').next().unwrap_or_default();
    let hosted = host.len() < body.len() && host.contains(&b'.');
    (body.starts_with(b"main.") || hosted) && function(body)
}
