//! What can be typed.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

/// Everything on the command line.
#[derive(Debug, Parser)]
#[command(
    name = "crosscut",
    version,
    about = "A workbench for the logs of local development",
    after_help = "Examples:
  crosscut open app.log                     the window, following a file
  crosscut serve app.log --docker orders    the same in a browser; prints the address
  crosscut serve --port 0 --data ./logs     on any free port, with a data directory of its own
  crosscut search 'level:error timeout'     what matches, oldest first
  crosscut status                           where it runs, and what it follows
  curl -d '{\"lines\":[\"hello\"]}' localhost:3002/ingest"
)]
pub(crate) struct Args {
    /// The data directory [default: the platform's]
    #[arg(long, global = true, env = "CROSSCUT_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open the window
    Open(OpenArgs),
    /// Run the workbench without a window, and serve its web UI
    Serve(ServeArgs),
    /// Find records: words, phrases, fields, numbers, times
    Search(SearchArgs),
    /// Tell where the workbench runs, and what it follows
    Status(StatusArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  crosscut open
  crosscut open app.log worker.jsonl")]
pub(crate) struct OpenArgs {
    /// Log files to follow; one that is not there yet is waited for
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  crosscut serve app.log
  crosscut serve --docker                          all containers, and new ones too
  crosscut serve --docker orders --docker project:shop
  crosscut serve --demo --port 0
  crosscut serve --listen 0.0.0.0 --allow-host buildbox.local")]
pub(crate) struct ServeArgs {
    /// Log files to follow; one that is not there yet is waited for
    pub(crate) files: Vec<PathBuf>,
    /// The address to listen on; beyond this machine everything needs the token
    #[arg(long, value_name = "ADDR", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) listen: IpAddr,
    /// The port; 0 takes any that is free, and one that is taken makes way to the next
    #[arg(long, value_name = "N", default_value_t = crosscut_server::DEFAULT_PORT)]
    pub(crate) port: u16,
    /// Docker containers to follow: one by its name or id, or `label:KEY[=VALUE]`, `project:NAME`
    /// (of compose), `name:GLOB`, now and as they start; without a value all. May be given several
    /// times
    #[arg(
        long, value_name = "CONTAINERS", num_args = 0..=1, default_missing_value = "all",
        value_parser = clap::builder::NonEmptyStringValueParser::new()
    )]
    pub(crate) docker: Vec<String>,
    /// Follow the built-in demonstration: three services that now and then fail
    #[arg(long)]
    pub(crate) demo: bool,
    /// Ask nobody for the token (on this machine only)
    #[arg(long)]
    pub(crate) no_token: bool,
    /// A further name this machine is called by
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_host: Vec<String>,
    /// The address of a further page that may call
    #[arg(long, value_name = "http://HOST:PORT")]
    pub(crate) allow_origin: Vec<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  crosscut search timeout                       records that contain the word, ignoring case
  crosscut search 'level:error -healthz' -n 20  the newest twenty errors that are no health checks
  crosscut search 'http.status:>=500' --since 5m --context 3
  crosscut search 'duration_ms:>1000' --count
  crosscut search '/refused|reset/' --format jsonl | jq .line

Exit codes: 0 something matched, 1 nothing did, 2 a bad query, 3 no run to search")]
pub(crate) struct SearchArgs {
    /// The query; an empty one finds everything
    #[arg(allow_hyphen_values = true)]
    pub(crate) query: String,
    /// Only the newest so many
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) number: Option<u64>,
    /// The oldest so many instead of the newest
    #[arg(long, requires = "number", conflicts_with = "order")]
    pub(crate) oldest: bool,
    /// The run, by its id or its name [default: the current one]
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Print how many there are, and nothing else
    #[arg(short, long)]
    pub(crate) count: bool,
    /// So many records before and after each match as well
    #[arg(
        short = 'C', long, value_name = "K", default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(..=1000)
    )]
    pub(crate) context: u32,
    /// Only from then on: 5m, 10:30, 2026-11-21T10:30:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Only up to then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Only of this source
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// As they came in, or by their times
    #[arg(long, value_enum, default_value_t = SearchOrder::Arrival)]
    pub(crate) order: SearchOrder,
    /// Lines, one JSON array, or a JSON object a line
    #[arg(long, value_enum, default_value_t = SearchFormat::Text)]
    pub(crate) format: SearchFormat,
    /// Whether matches stand out
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SearchOrder {
    Arrival,
    Time,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SearchFormat {
    Text,
    Json,
    Jsonl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}
