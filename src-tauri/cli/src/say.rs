//! Printing. A reader who has gone away is no reason to stop.

use std::fmt::Display;
use std::io::Write;

/// What was asked for: one line on standard output.
pub(crate) fn line(text: impl Display) {
    writeln!(std::io::stdout().lock(), "{text}").ok();
}

/// What a person should know: one line on standard error.
pub(crate) fn problem(text: impl Display) {
    writeln!(std::io::stderr().lock(), "crosscut: {text}").ok();
}
