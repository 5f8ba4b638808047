//! Signals that this program was started to ignore.
//!
//! `nohup` has a program live on when its terminal goes, and a shell without job control has what it
//! starts behind a `&` not hear Ctrl-C. Who listens to such a signal all the same undoes that, for
//! itself and for what it starts: a program inherits what is ignored, and nothing else.

/// Whether a signal is ignored, by its number. To be asked before anybody listens to it. Where the
/// system does not tell (it does on Linux), none is.
pub(crate) fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    in_status(&status, signal)
}

/// Reads the mask of the line `SigIgn:`.
fn in_status(status: &str, signal: i32) -> bool {
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u128::from_str_radix(mask.trim(), 16).ok());
    let bit = u32::try_from(signal - 1).unwrap_or(u32::MAX);
    mask.is_some_and(|mask| mask.checked_shr(bit).is_some_and(|rest| rest & 1 == 1))
}

#[cfg(test)]
mod tests;
