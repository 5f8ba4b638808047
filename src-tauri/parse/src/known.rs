//! What most programs log under one of a few usual names.

use std::borrow::Cow;

/// Things that have usual names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Known {
    /// What happened, in words.
    Message,
    /// Which program says so.
    Service,
    /// Which part of the program.
    Logger,
    /// The trace the record belongs to.
    Trace,
    /// The span within the trace.
    Span,
    /// The place in the source code, `file` or `file:line`.
    File,
    /// The kind of exception, or its text.
    Exception,
    /// The stack trace.
    Stack,
}

/// Looks for a well-known field under its usual names, nested ones too.
pub fn well_known(_raw: &[u8], _known: Known) -> Option<Cow<'_, str>> {
    None
}

/// The record's message in full, without terminal escapes; for plain text the line without its
/// leading time and level. Never empty unless the record is.
pub fn message(raw: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(raw)
}
