//! Starting programs: each is printed before it runs, and one that fails ends the work.

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use crate::say;

/// Why xtask stops, in words for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// What every task returns.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Adds what was being done to an error.
pub(crate) trait Context<T> {
    /// `what: error`.
    fn context(self, what: impl fmt::Display) -> Outcome<T>;
}

impl<T, E: fmt::Display> Context<T> for Result<T, E> {
    fn context(self, what: impl fmt::Display) -> Outcome<T> {
        self.map_err(|error| Failure(format!("{what}: {error}")))
    }
}

/// Running a [`Command`] and judging how it ended.
pub(crate) trait Run {
    /// Prints the command, runs it on this terminal, and fails when it does.
    fn run(&mut self) -> Outcome;
    /// Runs it silently and returns what it wrote to standard output.
    fn read(&mut self) -> Outcome<String>;
    /// Runs it silently: did it succeed? A program that is not there did not.
    fn succeeds(&mut self) -> bool;
    /// The command as one would type it.
    fn line(&self) -> String;
}

impl Run for Command {
    fn run(&mut self) -> Outcome {
        say::line(format_args!("$ {}", self.line()));
        let status = self.status().context(self.line())?;
        judge(self, status)
    }

    fn read(&mut self) -> Outcome<String> {
        let output = self
            .stderr(Stdio::inherit())
            .output()
            .context(self.line())?;
        judge(self, output.status)?;
        String::from_utf8(output.stdout).context(self.line())
    }

    fn succeeds(&mut self) -> bool {
        self.stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn line(&self) -> String {
        let program = self.get_program();
        // Started by its full path, so that it is the one that started us; nobody types that.
        let cargo = std::env::var_os("CARGO").is_some_and(|path| path == program);
        let program = if cargo { OsStr::new("cargo") } else { program };
        let words = std::iter::once(program).chain(self.get_args());
        words.map(quoted).collect::<Vec<_>>().join(" ")
    }
}

/// Turns a bad ending into a failure that names the command.
pub(crate) fn judge(command: &Command, status: ExitStatus) -> Outcome {
    if status.success() {
        return Ok(());
    }
    Err(Failure(format!("`{}` failed ({status})", command.line())))
}

/// The cargo that started us.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// npm, which is a script on Windows.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Looks a program up on the PATH, and where system daemons live.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let daemons = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    std::env::split_paths(&path)
        .chain(daemons)
        .map(|folder| folder.join(executable(name)))
        .find(|file| file.is_file())
}

/// A program's file name on this platform.
pub(crate) fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |c: char| c.is_alphanumeric() || "-_=+./:,@^%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests;
