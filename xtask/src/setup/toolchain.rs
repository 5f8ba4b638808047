//! The two languages: Rust (whose version cargo itself checks before xtask is built) and Node.

use std::process::Command;

use crate::command::{Failure, Outcome, Run, cargo, npm};
use crate::say;

/// Node in a version that Vite takes, and npm.
pub(crate) fn node() -> Outcome {
    const REMEDY: &str = "Crosscut's UI is built with Node 20.19 or newer (20.x, 22.12+, 24…): \
                          install it from https://nodejs.org or by your version manager";
    let Ok(version) = Command::new("node").arg("--version").read() else {
        return Err(Failure::new(format!(
            "there is no `node` on the PATH. {REMEDY}"
        )));
    };
    let version = version.trim();
    if !is_supported(version) {
        return Err(Failure::new(format!("this is Node {version}. {REMEDY}")));
    }
    if !npm().arg("--version").succeeds() {
        return Err(Failure::new(format!(
            "there is Node {version}, but no `npm`. {REMEDY}"
        )));
    }
    say::line(format_args!("node {version}"));
    Ok(())
}

/// The parts of the toolchain that a minimal installation leaves out.
pub(super) fn rust_components() -> Outcome {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !cargo().args([subcommand, "--version"]).succeeds() {
            return Err(Failure::new(format!(
                "this Rust toolchain has no {component}. Run this, then try again:\n\n    \
                 rustup component add {component}"
            )));
        }
    }
    Ok(())
}

/// The versions Vite 8 names: `^20.19.0 || >=22.12.0`.
fn is_supported(version: &str) -> bool {
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(20)), Some(Ok(minor))) => minor >= 19,
        (Some(Ok(22)), Some(Ok(minor))) => minor >= 12,
        (Some(Ok(major)), Some(Ok(_))) => major > 22,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
