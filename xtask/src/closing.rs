//! The closing lines of test runners: shown as they come, and once more at the end.
//!
//! A run of half an hour scrolls far; what each runner counted is what one wants to read last.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;

use crate::command::{Context, Outcome, Run, judge};
use crate::say;

/// How the closing lines of the runners in use begin: nextest, libtest, vitest.
const CLOSING: &[&str] = &["Summary [", "test result:", "Test Files ", "Tests "];

/// Runs a test runner and returns its closing lines, whether it succeeds or not.
pub(crate) fn run(command: &mut Command) -> (Vec<String>, Outcome) {
    let mut lines = Vec::new();
    let outcome = forward(command, &mut lines);
    (lines, outcome)
}

fn forward(command: &mut Command, lines: &mut Vec<String>) -> Outcome {
    say::line(format_args!("$ {}", command.line()));
    // Not a terminal any more; runners that colour regardless would spoil the lines.
    command
        .env("NO_COLOR", "1")
        .env("CARGO_TERM_COLOR", "never");
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context(command.line())?;
    let stderr = child.stderr.take();
    let reader = thread::spawn(move || stderr.map(|pipe| pass_on(pipe, std::io::stderr())));
    if let Some(pipe) = child.stdout.take() {
        lines.extend(pass_on(pipe, std::io::stdout()));
    }
    if let Ok(Some(more)) = reader.join() {
        lines.extend(more);
    }
    let status = child.wait().context(command.line())?;
    judge(command, status)
}

/// Copies line by line, byte for byte, and keeps the closing lines.
fn pass_on(from: impl Read, mut to: impl Write) -> Vec<String> {
    let mut from = BufReader::new(from);
    let mut kept = Vec::new();
    let mut line = Vec::new();
    while matches!(from.read_until(b'\n', &mut line), Ok(1..)) {
        // The child must be able to go on writing even when nobody reads us.
        to.write_all(&line).ok();
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if CLOSING.iter().any(|start| text.starts_with(start)) {
            kept.push(text.to_owned());
        }
        line.clear();
    }
    kept
}

#[cfg(test)]
mod tests;
