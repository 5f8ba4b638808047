//! `cargo xtask bench`: what Crosscut promises in seconds and bytes, measured on this machine.
//!
//! Owns the measuring and the verdict. Promises: ours and the peer's figures are taken in one run,
//! one after the other in turns, since only their ratio outlives the machine; what is measured is
//! the optimised program from outside, as its user meets it; a bar that is missed is said, and ends
//! the command with a failure. How each figure comes about: `docs/performance.md`.

mod browser;
mod corpus;
mod docker;
mod duck;
mod flood;
mod http;
mod intake;
mod latency;
mod memory;
mod open;
mod parse;
mod peer;
mod pour;
mod program;
mod report;
mod ripgrep;
mod search;
mod stats;

use std::path::PathBuf;
use std::process::Command;

use clap::ValueEnum;

use crate::command::{Context, Failure, Outcome, Run};
use crate::say;
use crate::setup;
use crate::ui;
use crate::workspace::Workspace;

use report::Report;

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to measure; everything when nothing is named
    #[arg(value_enum)]
    which: Vec<Which>,
    /// Lines of the file that is opened and searched
    #[arg(long, default_value_t = 5_000_000)]
    lines: u64,
    /// How often the file is opened and each query asked; the median counts
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of 20,000 lines each
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// This program instead of building one
    #[arg(long)]
    program: Option<PathBuf>,
}

/// One of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    /// Opening a large file
    Open,
    /// Searching and summing it up, beside other programs
    Search,
    /// From a line written to its row in the browser
    Latency,
    /// Many lines a second for a while
    Flood,
    /// What one client can have stored over HTTP
    Http,
    /// Reading lines: time, level, message, fields
    Parse,
    /// A hundred containers that write at once; needs root and a dockerd of its own
    Docker,
}

/// Where things are.
struct Place {
    /// The program under test.
    program: PathBuf,
    /// The repository's folder of scripts for this.
    scripts: PathBuf,
    /// Corpora and data directories: on the disk of the build, removed when done with.
    folder: PathBuf,
}

/// Measures and prints the table.
pub(crate) fn bench(workspace: &Workspace, args: &Args) -> Outcome {
    if args.which == [Which::Parse] {
        // Needs no program, and neither node nor the minutes of building one.
        let mut report = Report::default();
        parse::measure(workspace, &folder(workspace)?, args.rounds, &mut report)?;
        return conclude(&report);
    }
    let place = prepare(workspace, args)?;
    let wanted = |which| args.which.is_empty() || args.which.contains(&which);
    let mut report = Report::default();
    if wanted(Which::Open) {
        open::measure(&place, args.lines, args.rounds, &mut report)?;
    }
    if wanted(Which::Search) {
        search::measure(&place, args.lines, args.rounds, &mut report)?;
    }
    if wanted(Which::Latency) {
        latency::measure(&place, &mut report)?;
    }
    if wanted(Which::Flood) {
        flood::measure(&place, args.seconds, &mut report)?;
    }
    if wanted(Which::Http) {
        intake::measure(&place, args.lines, args.rounds, &mut report)?;
    }
    if wanted(Which::Parse) {
        parse::measure(workspace, &place.folder, args.rounds, &mut report)?;
    }
    if wanted(Which::Docker) {
        docker::measure(&place, args.seconds, &mut report)?;
    }
    conclude(&report)
}

/// Prints the table and judges it.
fn conclude(report: &Report) -> Outcome {
    say::step("table");
    report.print();
    match report.amiss() {
        None => Ok(()),
        Some(amiss) => Err(Failure::new(amiss)),
    }
}

/// Where corpora and data directories go.
fn folder(workspace: &Workspace) -> Outcome<PathBuf> {
    let folder = workspace.target().join("bench");
    std::fs::create_dir_all(&folder).context(folder.display())?;
    Ok(folder)
}

fn prepare(workspace: &Workspace, args: &Args) -> Outcome<Place> {
    let program = if let Some(program) = &args.program {
        program.clone()
    } else {
        say::step("build");
        setup::node()?;
        ui::install(workspace)?;
        ui::build(workspace)?;
        let mut build = workspace.cargo();
        build.args(["build", "--release", "--package", "crosscut-cli"]);
        build.run()?;
        workspace.binary("crosscut", true)
    };
    say::step("machine");
    if let Ok(load) = Command::new("uptime").read() {
        say::line(load.trim());
    }
    Ok(Place {
        program,
        scripts: workspace.root().join("xtask/bench"),
        folder: folder(workspace)?,
    })
}
