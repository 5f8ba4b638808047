//! `cargo xtask …`: everything a developer of Crosscut types, in one small program.
//!
//! Owns the way from a bare machine to a running window (`run`) and to a verdict (`test`), the
//! making of files that are generated (`types`, `icons`) or too large to keep (`gen`), the hunt for
//! input that breaks something (`fuzz`), and the measuring of what is promised (`bench`). Promises:
//! says every command before it runs it, changes nothing outside the repository except system
//! packages on Debian and Ubuntu, and ends with a failure as soon as one of its steps does.

mod bench;
mod client;
mod closing;
mod command;
mod display;
mod formats;
mod fuzz;
mod r#gen;
mod icons;
mod run;
mod say;
mod setup;
mod shippers;
mod test;
mod types;
mod ui;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::command::Outcome;
use crate::setup::Purpose;
use crate::workspace::Workspace;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Set up, run and test Crosscut")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what is missing on this machine, or say how to
    Setup {
        /// What for
        #[arg(value_enum, default_value_t = Purpose::Test)]
        purpose: Purpose,
    },
    /// Build everything and open the window (without a display: serve the web UI)
    Run {
        /// Optimise fully: slower to build, faster to run
        #[arg(long)]
        release: bool,
        /// Log files to follow; without any, a live demo
        files: Vec<PathBuf>,
    },
    /// Set up, then check and test everything
    Test {
        /// Leave out the end-to-end tests in browser, window and Docker
        #[arg(long)]
        fast: bool,
    },
    /// Build the web UI into ui/dist
    Ui,
    /// Write the TypeScript made from the engine's types
    Types,
    /// Draw the icon set from icons/*.svg
    Icons,
    /// Write a log corpus: the same lines for the same seed
    Gen(r#gen::Args),
    /// Feed the query language hostile input for a while, guided by coverage
    Fuzz(fuzz::Args),
    /// Check how times and levels are read from logs of many systems
    Formats(formats::Args),
    /// Measure speed and memory, beside other programs where there are any
    Bench(bench::Args),
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say::failure(&failure);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Outcome {
    // Needs neither the workspace nor cargo, and must not spend time on them.
    if let Command::Gen(args) = command {
        return r#gen::write(&args);
    }
    let workspace = Workspace::find()?;
    match command {
        Command::Setup { purpose } => {
            say::step("set-up");
            setup::prepare(&workspace, purpose)
        }
        Command::Run { release, files } => run::run(&workspace, release, &files),
        Command::Test { fast } => test::test(&workspace, fast),
        Command::Ui => {
            setup::node()?;
            ui::install(&workspace)?;
            ui::build(&workspace)
        }
        Command::Types => types::write(&workspace),
        Command::Icons => icons::draw(&workspace),
        Command::Gen(args) => r#gen::write(&args),
        Command::Fuzz(args) => fuzz::fuzz(&workspace, &args),
        Command::Formats(args) => formats::formats(&workspace, &args),
        Command::Bench(args) => bench::bench(&workspace, &args),
    }
}
