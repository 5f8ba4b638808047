//! Stack traces, by the way their languages print them.

use super::{State, go, shape};

/// The trace a record has turned out to be, and how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trace {
    /// Indented frames, causes in between: Java, Node, .NET, Ruby.
    Frames,
    /// Behind Node's frames: what else the error has, up to a `}`.
    Dump,
    /// Node's modules that required each other.
    Requires,
    /// The place where Node was thrown out: its path, then the source, a mark below it and an empty
    /// line.
    Source(u8),
    /// What Node was thrown out with.
    Uncaught,
    /// Frames, up to what was raised.
    Python,
    /// A group of exceptions, each line of which begins with a bar.
    Group,
    /// Behind what was raised.
    Raised,
    /// Behind the words that lead to another traceback.
    Chained,
    Go,
    /// Functions of a Go program, the place of each on the next line.
    Calls,
    /// The message is still to come.
    RustMessage,
    Rust,
    /// The causes of an error that a Rust program ended with.
    Causes,
    /// An empty line behind what speaks of an error, as Spring puts it before the trace.
    Gap,
    Php,
}

impl Trace {
    /// What the record becomes with the line `body`; `None` when it does not belong to it.
    pub(super) fn follow(self, body: &[u8]) -> Option<State> {
        let inner = shape::inner(body);
        if inner.is_empty() {
            return self.behind_empty().map(State::Trace);
        }
        if inner.len() < body.len() {
            return self.indented(inner).map(State::Trace);
        }
        self.outdented(body)
    }

    fn behind_empty(self) -> Option<Self> {
        match self {
            Self::Source(2) => Some(Self::Source(3)),
            Self::Raised | Self::Group | Self::Chained => Some(Self::Chained),
            Self::Go | Self::Uncaught | Self::Causes | Self::Php => Some(self),
            Self::Source(_)
            | Self::Frames
            | Self::Dump
            | Self::Requires
            | Self::Python
            | Self::Calls
            | Self::RustMessage
            | Self::Rust
            | Self::Gap => None,
        }
    }

    fn indented(self, inner: &[u8]) -> Option<Self> {
        let known = shape::frame(inner);
        if known.is_none() && shape::begins_record(inner) {
            return None;
        }
        match self {
            Self::Source(0) => Some(Self::Source(1)),
            Self::Source(1) => shape::carets(inner).then_some(Self::Source(2)),
            Self::Group => matches!(inner, [b'|' | b'+', ..]).then_some(self),
            Self::Chained => known.filter(|known| *known == Self::Group),
            Self::Calls => go::place(inner).then_some(self),
            Self::Source(_) | Self::Gap => None,
            Self::Frames | Self::Requires => {
                if inner.trim_ascii_end().ends_with(b"{") {
                    Some(Self::Dump)
                } else {
                    Some(Self::Frames)
                }
            }
            Self::RustMessage => Some(Self::Rust),
            Self::Python | Self::Raised => Some(Self::Python),
            Self::Dump | Self::Uncaught | Self::Go | Self::Rust | Self::Causes | Self::Php => {
                Some(self)
            }
        }
    }

    fn outdented(self, body: &[u8]) -> Option<State> {
        let next = match self {
            Self::Frames | Self::Dump if body.starts_with(b"}") => Some(Self::Frames),
            Self::Frames | Self::Dump => shape::resumes(body),
            Self::Requires => body.starts_with(b"- ").then_some(self),
            Self::Source(0) => (!shape::begins_record(body)).then_some(Self::Source(1)),
            Self::Source(1) => shape::carets(body).then_some(Self::Source(2)),
            Self::Source(_) => shape::thrown(body).then_some(Self::Uncaught),
            Self::Uncaught if body.starts_with(b"Node.js v") => return Some(State::Closed),
            Self::Uncaught => ([&b"}"[..], b"Require stack:", b"- ", b"(Use `node "]
                .iter()
                .any(|start| body.starts_with(start))
                || shape::emitted(body)
                || shape::exception(body).is_some())
            .then_some(self),
            Self::Python => shape::raised(body).then_some(Self::Raised),
            Self::Raised | Self::Chained
                if body.starts_with(b"During handling of the above")
                    || body.starts_with(b"The above exception was") =>
            {
                Some(Self::Chained)
            }
            Self::Chained if body.starts_with(b"Traceback (most recent call last)") => {
                Some(Self::Python)
            }
            Self::Raised | Self::Chained | Self::Group => None,
            Self::Calls => go::function(body).then_some(self),
            Self::Gap if body.starts_with(b"Caused by:") => Some(Self::Causes),
            Self::Gap if body.starts_with(b"Traceback (most recent call last)") => {
                Some(Self::Python)
            }
            Self::Gap => {
                shape::resumes(body).or_else(|| shape::exception(body).map(|_| Self::Frames))
            }
            Self::Go if body.starts_with(b"exit status ") => return Some(State::Closed),
            Self::Go => go::line(body).then_some(self),
            Self::RustMessage => (!shape::begins_record(body)).then_some(Self::Rust),
            Self::Rust => (body.starts_with(b"note: ")
                || body.starts_with(b"stack backtrace:")
                || body.starts_with(b"fatal runtime error: "))
            .then_some(self),
            Self::Causes => [
                &b"Caused by:"[..],
                b"Stack backtrace:",
                b"Location:",
                b"Backtrace omitted.",
                b"Run with ",
            ]
            .iter()
            .any(|start| body.starts_with(start))
            .then_some(self),
            Self::Php if body.starts_with(b"\"}") => return Some(State::Closed),
            Self::Php => shape::php_line(body).then_some(self),
        };
        next.map(State::Trace)
    }
}
