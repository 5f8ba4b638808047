//! ripgrep, the measure of all searching.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Instant;

use super::stats::millis;
use crate::command::{Context, Failure, Outcome, Run, find_program};
use crate::say;

/// ripgrep, if it is there.
#[derive(Debug)]
pub(super) struct Ripgrep {
    program: PathBuf,
}

/// Lines to look for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) flags: &'a [&'a str],
    pub(super) pattern: &'a str,
    /// Flags and pattern of a second ripgrep, which gets the first one's lines.
    pub(super) then: Option<(&'a [&'a str], &'a str)>,
}

impl Ripgrep {
    pub(super) fn find() -> Option<Self> {
        let program = find_program("rg");
        if program.is_none() {
            say::line(
                "no rg here: nothing to compare searching with (Debian: apt install ripgrep)",
            );
        }
        program.map(|program| Self { program })
    }

    /// How many lines are wanted, and the milliseconds from its start to its end.
    pub(super) fn count(&self, wanted: Wanted<'_>, file: &Path) -> Outcome<(u64, f64)> {
        let mut search = self.start();
        search.args(wanted.flags).args(["--regexp", wanted.pattern]);
        let Some((flags, pattern)) = wanted.then else {
            search.args(["--count", "--"]).arg(file);
            let begin = Instant::now();
            let output = search.output().context(search.line())?;
            return Ok((counted(&search, &output)?, millis(begin.elapsed())));
        };
        search.arg("--").arg(file).stdout(Stdio::piped());
        let mut sieve = self.start();
        sieve.arg("--count").args(flags);
        sieve.args(["--regexp", pattern, "-"]);
        let begin = Instant::now();
        let mut first = search.spawn().context(search.line())?;
        if let Some(lines) = first.stdout.take() {
            sieve.stdin(lines);
        }
        let output = sieve.output().context(sieve.line())?;
        first.wait().context(search.line())?;
        Ok((counted(&sieve, &output)?, millis(begin.elapsed())))
    }

    fn start(&self) -> Command {
        let mut rg = Command::new(&self.program);
        rg.arg("--no-config").stdin(Stdio::null());
        rg
    }
}

fn counted(command: &Command, output: &Output) -> Outcome<u64> {
    let text = String::from_utf8_lossy(&output.stdout);
    match (output.status.code(), text.trim().parse()) {
        (Some(0), Ok(count)) => Ok(count),
        // Its way of saying none.
        (Some(1), _) => Ok(0),
        _ => Err(Failure::new(format!("`{}` failed", command.line()))),
    }
}
