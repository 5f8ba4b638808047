//! `crosscut`: the workbench on the command line, with no GUI library.
//!
//! Owns what is typed and what is printed; everything else is the engine's and the server's. Each
//! subcommand is a module. Promises: what a script reads goes to standard output, what a person
//! should know to standard error; the exit code is 0 when done, 1 when nothing matched, 2 for bad
//! usage, 3 when something is not reachable, not found or refused.

mod args;
mod deliver;
mod failure;
#[cfg(unix)]
mod ignored;
mod name;
mod open;
mod pipe;
mod reach;
mod run;
mod say;
mod search;
mod serve;
mod status;
mod stop;
#[cfg(unix)]
mod tmux;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::args::{Args, Command};
use crate::failure::Failure;

/// Gives memory back to the system when it is freed; the usual one keeps what a burst of records
/// took.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    log();
    let is_demo = matches!(&args.command, Command::Serve(serve) if serve.demo);
    let usual = if is_demo {
        crosscut_engine::demo_data_dir
    } else {
        crosscut_engine::default_data_dir
    };
    let data_dir = args.data.unwrap_or_else(usual);
    match run(data_dir, args.command) {
        Ok(code) => code,
        Err(failure) => {
            say::problem(&failure);
            failure.code()
        }
    }
}

/// Does it; gives the exit code.
fn run(data_dir: PathBuf, command: Command) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::refused(format!("cannot start: {error}")))?;
    let well = |()| ExitCode::SUCCESS;
    let done = match command {
        Command::Open(args) => open::open(&data_dir, &args).map(well),
        Command::Serve(args) => serve::serve(data_dir, args, &runtime).map(well),
        Command::Run(args) => runtime.block_on(run::run(data_dir, args)),
        Command::Pipe(args) => runtime.block_on(pipe::pipe(data_dir, args)).map(well),
        #[cfg(unix)]
        Command::Tmux(args) => runtime.block_on(tmux::tmux(data_dir, args)).map(well),
        Command::Search(args) => runtime
            .block_on(search::search(&data_dir, &args))
            .map(|found| {
                if found {
                    ExitCode::SUCCESS
                } else {
                    ExitCode::from(1)
                }
            }),
        Command::Status(args) => runtime.block_on(status::status(&data_dir, &args)).map(well),
    };
    // What still runs (a look-up of Docker that nobody waits for) must not hold the exit up.
    runtime.shutdown_background();
    done
}

/// The log of Crosscut's own doings, for those who ask for it: `CROSSCUT_LOG=debug`.
fn log() {
    let filter = EnvFilter::try_from_env("CROSSCUT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
