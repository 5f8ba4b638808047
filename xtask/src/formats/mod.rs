//! `cargo xtask formats`: how well times and levels are read from logs of many systems.
//!
//! Owns the comparison with an oracle of its own ([`oracle`]), which shares no code with the reader:
//! the columns that loghub (<https://github.com/logpai/loghub>) has split each line into, found
//! beside each log as `<log>_structured.csv`. Promises: a time is right when its date and its time of
//! day are (the year where the line names it), a level when it means what the column says; the
//! command fails where less than 99 in 100 times or any level is wrong.

mod oracle;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Context, Failure, Outcome, Run};
use crate::say;
use crate::workspace::Workspace;

use oracle::{Oracle, Severity, Wall};

/// Which logs to read.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Logs, or folders of logs [default: ../shared/corpora/loghub, beside the repository]
    paths: Vec<PathBuf>,
    /// Print the first lines that were read wrongly
    #[arg(long, short)]
    verbose: bool,
}

/// The share of times that must be right. Per cent.
const TIMES: f64 = 99.0;

/// What was found in one log.
#[derive(Debug, Default)]
struct Score {
    format: String,
    lines: usize,
    timed: usize,
    times_right: usize,
    levelled: usize,
    levels_right: usize,
    wrong: Vec<String>,
}

/// Reads the logs and prints the table.
pub(crate) fn formats(workspace: &Workspace, args: &Args) -> Outcome {
    say::step("build");
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "crosscut-parse"]);
    build.args(["--example", "detect"]).run()?;
    let detect = workspace.target().join("release/examples/detect");
    let mut logs = Vec::new();
    let usual = [workspace.root().join("../shared/corpora/loghub")];
    let paths = if args.paths.is_empty() {
        &usual[..]
    } else {
        &args.paths
    };
    for path in paths {
        collect(path, &mut logs)?;
    }
    logs.sort();
    if logs.is_empty() {
        return Err(Failure::new("there are no logs with a _structured.csv"));
    }
    say::step("table");
    say::line(format_args!(
        "| {:24} | {:6} | {:>6} | {:>10} | {:>7} | {:>10} | {:>7} | {:7} |",
        "log", "format", "lines", "with time", "right", "with level", "right", "verdict"
    ));
    let mut missed = 0;
    for log in &logs {
        let score = score(&detect, log)?;
        let met = score.met();
        missed += usize::from(!met);
        score.print(log, met);
        for wrong in score.wrong.iter().filter(|_| args.verbose) {
            say::line(format_args!("    {wrong}"));
        }
    }
    if missed > 0 {
        return Err(Failure::new(format!(
            "{missed} logs are not read well enough"
        )));
    }
    Ok(())
}

/// Adds the logs at a path that have an oracle.
fn collect(path: &Path, logs: &mut Vec<PathBuf>) -> Outcome {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).context(path.display())? {
            collect(&entry.context(path.display())?.path(), logs)?;
        }
    } else if path.extension().is_some_and(|ending| ending == "log") && columns(path).is_file() {
        logs.push(path.to_owned());
    }
    Ok(())
}

/// Where a log's columns are.
fn columns(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push("_structured.csv");
    name.into()
}

fn score(detect: &Path, log: &Path) -> Outcome<Score> {
    let read = Command::new(detect).arg("--lines").arg(log).read()?;
    let text = std::fs::read(log).context(log.display())?;
    let text = String::from_utf8_lossy(&text);
    let oracle = Oracle::open(&columns(log))?;
    let mut score = Score::default();
    for ((found, wanted), line) in read.lines().zip(oracle.rows()).zip(text.lines()) {
        let mut parts = found.split('\t');
        let (format, time, level) = (parts.next(), parts.next(), parts.next());
        format.unwrap_or_default().clone_into(&mut score.format);
        score.lines += 1;
        if let Some(wall) = wanted.wall {
            let time = time.and_then(|time| time.parse().ok()).map(Wall::of_nanos);
            let right = time.is_some_and(|time| wall.is(time));
            score.timed += 1;
            score.times_right += usize::from(right);
            score.blame(right, || format!("{time:?}, not {wall:?}: {line}"));
        }
        if let Some(severity) = wanted.severity {
            let level = level.and_then(Severity::of_ours);
            let right = level == Some(severity);
            score.levelled += 1;
            score.levels_right += usize::from(right);
            score.blame(right, || format!("{level:?}, not {severity:?}: {line}"));
        }
    }
    Ok(score)
}

impl Score {
    fn blame(&mut self, right: bool, how: impl FnOnce() -> String) {
        if !right && self.wrong.len() < 5 {
            self.wrong.push(how());
        }
    }

    fn met(&self) -> bool {
        let times = share(self.times_right, self.timed);
        times.is_none_or(|share| share >= TIMES) && self.levels_right == self.levelled
    }

    fn print(&self, log: &Path, met: bool) {
        let name = log.file_name().unwrap_or_default().to_string_lossy();
        let percent = |right, all| {
            share(right, all).map_or("–".to_owned(), |share| format!("{share:.2} %"))
        };
        say::line(format_args!(
            "| {name:24} | {:6} | {:6} | {:10} | {:>7} | {:10} | {:>7} | {:7} |",
            self.format,
            self.lines,
            self.timed,
            percent(self.times_right, self.timed),
            self.levelled,
            percent(self.levels_right, self.levelled),
            if met { "met" } else { "MISSED" },
        ));
    }
}

/// In per cent.
fn share(part: usize, all: usize) -> Option<f64> {
    let figure = |count: usize| u32::try_from(count).map(f64::from).ok();
    (all > 0).then_some(100.0 * figure(part)? / figure(all)?)
}
