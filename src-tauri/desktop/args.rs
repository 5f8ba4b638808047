//! What can be typed.

use std::path::PathBuf;

use clap::Parser;

/// The window's command line.
#[derive(Debug, Parser)]
#[command(
    name = "crosscut-desktop",
    version,
    about = "Crosscut's window: a workbench for the logs of local development"
)]
pub struct Args {
    /// Log files to follow; one that is not there yet is waited for
    pub files: Vec<PathBuf>,
    /// The data directory [default: the platform's]
    #[arg(long, env = "CROSSCUT_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The port; 0 takes any that is free, and one that is taken makes way to the next
    #[arg(long, value_name = "N", default_value_t = crosscut_server::DEFAULT_PORT)]
    pub port: u16,
    /// A Docker container to follow, by name or id; may be given several times
    #[arg(long, value_name = "CONTAINER")]
    pub docker: Vec<String>,
    /// Follow the built-in demonstration: three services that now and then fail
    #[arg(long)]
    pub demo: bool,
    /// Draw without the graphics card, where the window stays empty or flickers
    #[arg(long)]
    pub safe_rendering: bool,
}
