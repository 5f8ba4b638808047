//! What can be typed.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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
  crosscut run -- npm run dev               a command, its output kept as a run
  app 2>&1 | crosscut pipe --source app     whatever a program writes
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
    /// Run a command and keep what it says, in a run of its own
    Run(RunArgs),
    /// Keep what standard input brings
    Pipe(PipeArgs),
    /// Keep what a tmux pane shows
    #[cfg(unix)]
    Tmux(TmuxArgs),
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
    /// Log files, folders, archives or quoted globs to follow; what is not there yet is waited for
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
    /// Log files, folders, archives or quoted globs to follow; what is not there yet is waited for
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
    /// Take syslog too, by UDP and TCP (port 5514)
    #[arg(long, value_name = "ADDR:PORT", num_args = 0..=1, require_equals = true,
        default_missing_value = "127.0.0.1:5514")]
    pub(crate) syslog: Option<SocketAddr>,
    /// Take GELF too, by UDP and TCP (port 12201)
    #[arg(long, value_name = "ADDR:PORT", num_args = 0..=1, require_equals = true,
        default_missing_value = "127.0.0.1:12201")]
    pub(crate) gelf: Option<SocketAddr>,
    /// Take Fluentd's forward protocol too (port 24224)
    #[arg(long, value_name = "ADDR:PORT", num_args = 0..=1, require_equals = true,
        default_missing_value = "127.0.0.1:24224")]
    pub(crate) fluent: Option<SocketAddr>,
    /// Take OTLP over gRPC too (port 4317); over HTTP the usual port takes it
    #[arg(long, value_name = "ADDR:PORT", num_args = 0..=1, require_equals = true,
        default_missing_value = "127.0.0.1:4317")]
    pub(crate) otlp_grpc: Option<SocketAddr>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  crosscut run -- npm run dev
  crosscut run --name 'before the fix' --source api -- node app.js --port 8080
  crosscut run --pty -- cargo test              colours even when this goes into a file

The command finds where to send its own records in LOG_AGENT_ENDPOINT, LOG_RUN_ID, CROSSCUT_URL and,
unless they are set, OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL.

Exit code: the command's; 128 and the signal's number when a signal ended it; 126 or 127 when it
cannot be started")]
pub(crate) struct RunArgs {
    /// The run's name [default: made up]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The source's name [default: the program's]
    #[arg(long, value_name = "NAME", value_parser = crate::name::typed)]
    pub(crate) source: Option<String>,
    /// Give the command terminals even when its output goes elsewhere
    #[arg(long, conflicts_with = "no_pty")]
    pub(crate) pty: bool,
    /// Give the command pipes even when its output goes to a terminal
    #[arg(long)]
    pub(crate) no_pty: bool,
    /// When asked to end: seconds before what has not ended is killed
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    pub(crate) grace: u64,
    /// Say nothing of one's own as long as all goes well
    #[arg(short, long)]
    pub(crate) quiet: bool,
    /// The command and its arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "CMD"
    )]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  app 2>&1 | crosscut pipe --source app
  app 2>&1 | crosscut pipe --pass | less
  agent | crosscut pipe --source agent --tee agent.jsonl --rotate 100MB
  tmux pipe-pane -o 'crosscut pipe --source build'

While no workbench can be reached, what was read waits (16 MiB), then the writer does.

Exit codes: 0 all is stored, 3 something could not be stored or written")]
pub(crate) struct PipeArgs {
    /// The source's name
    #[arg(long, value_name = "NAME", default_value = "stdin", value_parser = crate::name::typed)]
    pub(crate) source: String,
    /// The run, by its id [default: the current one, which also stands in for one that has ended]
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Write what is read to standard output as well
    #[arg(short, long)]
    pub(crate) pass: bool,
    /// Append it to a file as well, as agent-stream JSONL
    #[arg(long, value_name = "FILE")]
    pub(crate) tee: Option<PathBuf>,
    /// Rename and pack that file when it would grow larger: 100MB, 1GiB
    #[arg(long, value_name = "SIZE", requires = "tee", value_parser = crate::pipe::size)]
    pub(crate) rotate: Option<u64>,
    /// Say nothing as long as all goes well
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[cfg(unix)]
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  crosscut tmux work                 the active pane of the session `work`
  crosscut tmux work:1.0 --source api
  crosscut tmux %3

What the pane shows from now on is kept, until it closes or Ctrl-C. Programs that draw on the whole
screen (editors, top) write no lines and are no use as a source.")]
pub(crate) struct TmuxArgs {
    /// The pane, as tmux names it: session, session:window.pane, %3
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,
    /// The source's name [default: `tmux` and the pane]
    #[arg(long, value_name = "NAME", value_parser = crate::name::typed)]
    pub(crate) source: Option<String>,
    /// The run, by its id [default: the current one]
    #[arg(long, value_name = "RUN")]
    pub(crate) run: Option<String>,
    /// Read the screen again and again, even where the pane could be piped
    #[arg(long)]
    pub(crate) poll: bool,
    /// Say nothing as long as all goes well
    #[arg(short, long)]
    pub(crate) quiet: bool,
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
