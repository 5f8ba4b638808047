//! Crosscut's window: the workbench, its port, and a webview that shows the UI.
//!
//! A thin shell: the only package that knows Tauri, and it knows little else. It opens the engine
//! and the port ([`session`]), puts a window before them ([`window`]), and does what only a desktop
//! program can: dropped files ([`drops`]), notifications ([`notify`]), choosing files and opening
//! addresses ([`commands`]). Promises: everything received is stored when the program ends, however
//! it is asked to; a second start hands its files to the first.

#![cfg_attr(windows, windows_subsystem = "windows")]

mod alert;
mod args;
mod commands;
mod drops;
mod notify;
mod render;
mod session;
mod stop;
mod window;

use std::process::ExitCode;

use clap::Parser;
use crosscut_server::handover::HandedOver;
use tracing_subscriber::EnvFilter;

use crate::args::Args;
use crate::session::{Session, Start};

/// Gives memory back to the system when it is freed; the usual one keeps what a burst of records
/// took.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::try_from_env("CROSSCUT_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            alert::dialog(&why);
            ExitCode::from(3)
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    if !alert::has_display() {
        return Err("there is no display; `crosscut serve` shows the same in a browser".to_owned());
    }
    render::prepare(args.safe_rendering);
    let runtime =
        tokio::runtime::Runtime::new().map_err(|error| format!("cannot start: {error}"))?;
    tauri::async_runtime::set(runtime.handle().clone());
    match Session::start(args).map_err(|error| error.to_string())? {
        Start::Ours(session) => window::run(session).map_err(|error| error.to_string()),
        Start::HandedOver(handed) => {
            handed_over(&handed);
            Ok(())
        }
    }
}

/// The other process has our files now; its window comes to the front, or the browser shows it.
fn handed_over(handed: &HandedOver) {
    for (key, error) in &handed.refused {
        alert::line(&format!("{key}: {error}"));
    }
    if handed.window {
        alert::line("Crosscut is open already; its window has taken over");
        return;
    }
    alert::line(&format!(
        "`crosscut serve` has the data directory and has taken over; opening {}",
        handed.page
    ));
    if let Err(error) = tauri_plugin_opener::open_url(&handed.page, None::<&str>) {
        alert::line(&format!("the browser does not open: {error}"));
    }
}
