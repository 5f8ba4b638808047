//! What xtask itself says, set apart from what the programs it starts say.

use std::fmt::Display;
use std::io::Write;

/// Announces a part of the work.
pub(crate) fn step(what: impl Display) {
    line(format_args!("\n── {what}"));
}

/// One plain line.
pub(crate) fn line(what: impl Display) {
    // A reader who has gone away is no reason to stop.
    writeln!(std::io::stdout().lock(), "{what}").ok();
}

/// The last word when something failed.
pub(crate) fn failure(what: impl Display) {
    writeln!(std::io::stderr().lock(), "\nxtask: {what}").ok();
}
