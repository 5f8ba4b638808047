//! The built `crosscut`, started as a user starts it, and what can be asked of it.
//!
//! Promises to the tests: a program that was started is ended with its test; nothing waits for a
//! fixed time (a condition is looked at whenever the program tells of a change, until a deadline);
//! what the program said on standard error is printed when a test fails.

pub(crate) mod corpus;
mod events;
mod program;
mod said;

use std::path::PathBuf;
use std::time::Duration;

pub(crate) use program::{Crosscut, Ending, Record, Start};
pub(crate) use said::Said;

/// How long anything may take that is expected to happen: far more than it does.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// A built program: from `CROSSCUT_BIN_DIR`, or where cargo puts it beside this test.
pub(crate) fn binary(name: &str) -> PathBuf {
    let folder = std::env::var_os("CROSSCUT_BIN_DIR").map_or_else(
        || {
            let test = std::env::current_exe().unwrap();
            test.ancestors().nth(2).unwrap().to_owned()
        },
        PathBuf::from,
    );
    let program = folder
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        program.is_file(),
        "{} is not built: `cargo build --bin {name}`, or say where it is with CROSSCUT_BIN_DIR",
        program.display()
    );
    program
}

/// Whether this test may do what only root may; says so when not.
pub(crate) fn is_root(what: &str) -> bool {
    let id = std::process::Command::new("id").arg("-u").output().unwrap();
    let root = id.stdout.trim_ascii() == b"0";
    if !root {
        eprintln!("skipped: {what} needs root");
    }
    root
}
