//! What a record's first line opens.

use super::{Brackets, State, Trace, go, shape};

/// The state behind the first line of a record.
pub(super) fn opening(body: &[u8]) -> State {
    let Some(&first) = body.first() else {
        return State::Closed;
    };
    if first == b'{' && body.trim_ascii_end().ends_with(b"}") {
        return State::Closed;
    }
    if let Some(brackets) = Brackets::opened(body) {
        return State::Open(brackets);
    }
    trace(first, body).map_or(State::Text, State::Trace)
}

fn trace(first: u8, body: &[u8]) -> Option<Trace> {
    match first {
        b' ' | b'\t' => shape::frame(shape::inner(body)),
        b'T' if body.starts_with(b"Traceback (most recent call last)") => Some(Trace::Python),
        b'p' if body.starts_with(b"panic: ") => Some(Trace::Go),
        b'f' if body.starts_with(b"fatal error: ") => Some(Trace::Go),
        b'g' if go::goroutine(body) => Some(Trace::Go),
        b'S' if body.starts_with(b"SIGQUIT: quit") => Some(Trace::Go),
        b't' if body.starts_with(b"thread '") => {
            memchr::memmem::find(body, b" panicked at ").map(|_| {
                if body.trim_ascii_end().ends_with(b":") {
                    Trace::RustMessage
                } else {
                    Trace::Rust
                }
            })
        }
        _ if shape::node_source(body) => Some(Trace::Source(0)),
        _ if shape::ruby_frame(body) => Some(Trace::Frames),
        _ => None,
    }
}
