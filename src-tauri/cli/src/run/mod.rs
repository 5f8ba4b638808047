//! `crosscut run`: a command as a source, in a run of its own.
//!
//! Owns the command from its start to the last thing it says. Promises: the command does not notice
//! (its output is passed on unchanged and at once, it gets the signals and the terminal, its exit
//! code is ours), whatever becomes of storing; what could not be stored is said at the end; when
//! this program is asked to end, nothing the command started is left behind.

mod begin;
#[cfg(unix)]
mod foreground;
#[cfg(unix)]
mod pause;
#[cfg(not(unix))]
#[path = "process_other.rs"]
mod process;
#[cfg(unix)]
mod process;
#[cfg(unix)]
mod pty;
mod pump;
#[cfg(not(unix))]
#[path = "signals_other.rs"]
mod signals;
#[cfg(unix)]
mod signals;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_model::{Level, SourceKind};

use self::process::{End, Process};
use self::pump::Pumps;
use self::signals::{Signals, Told};
use crate::args::RunArgs;
use crate::deliver::{Chunk, Delivery, Outbox, Sender};
use crate::failure::Failure;
use crate::say;

/// What a command says last arrives after its exit; it is waited for so long before the exit is
/// recorded.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// After the command's end storing is tried so long: whoever waits for the command waits for us.
const PATIENCE: Duration = Duration::from_secs(3);

/// After so long it is said why this program has not ended with the command.
const EXPLAIN: Duration = Duration::from_secs(2);

/// How often the window's size is compared: while the command has the terminal, only it is told of
/// changes.
const RESIZE: Duration = Duration::from_millis(250);

/// Runs a command; its exit code.
pub(crate) async fn run(data_dir: PathBuf, args: RunArgs) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen()
        .map_err(|error| Failure::refused(format!("cannot listen for signals: {error}")))?;
    let (owner, run) = begin::begin(&data_dir, args.name.as_deref()).await;
    let mut command = begin::command(&args.command, &data_dir);
    begin::environment(&mut command, &owner, run.as_deref().ok());
    let delivery = Delivery::start(
        Sender {
            data_dir,
            source: args.source.unwrap_or_else(|| begin::name(&args.command)),
            kind: SourceKind::Command,
            run: run.as_ref().ok().cloned(),
            quiet: args.quiet,
            patience: PATIENCE,
        },
        owner,
    );
    let outbox = delivery.outbox();
    let keep = Keep {
        stdout: args.pty || (!args.no_pty && std::io::stdout().is_terminal()),
        stderr: args.pty || (!args.no_pty && std::io::stderr().is_terminal()),
    };
    let ended = Running {
        outbox,
        typed: args.command.join(" "),
        grace: Duration::from_secs(args.grace),
    }
    .start(command, keep, &mut signals)
    .await;
    let outcome = delivery.finish().await;
    if let Some(why) = &outcome.why {
        say::problem(format_args!(
            "{} of the command's lines were not stored: {why}",
            outcome.lost
        ));
    } else if outcome.lost > 0 {
        say::problem(format_args!(
            "{} of the command's lines were not stored: storing was too slow",
            outcome.lost
        ));
    } else if let Err(why) = run {
        say::problem(format_args!("the command has no run of its own: {why}"));
    }
    Ok(ended)
}

/// Which streams are terminals for the command.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(unix), expect(dead_code, reason = "a command has pipes there"))]
pub(crate) struct Keep {
    pub(crate) stdout: bool,
    pub(crate) stderr: bool,
}

/// A command on its way.
struct Running {
    outbox: Arc<Outbox>,
    /// As it was typed.
    typed: String,
    grace: Duration,
}

impl Running {
    async fn start(self, command: Command, keep: Keep, signals: &mut Signals) -> ExitCode {
        let program = command.get_program().to_string_lossy().into_owned();
        let began = Instant::now();
        match Process::start(command, keep) {
            Ok((process, pumps)) => {
                let folder = std::env::current_dir().unwrap_or_default();
                self.record(
                    Level::Info,
                    &format!(
                        "started `{}` as process {} in {}",
                        self.typed,
                        process.id(),
                        folder.display()
                    ),
                );
                let pumps = pumps.start(&self.outbox);
                let end = self.follow(process, pumps, began, signals).await;
                ExitCode::from(end.code())
            }
            Err(error) => {
                // The codes of every shell.
                let code = if error.kind() == std::io::ErrorKind::NotFound {
                    127
                } else {
                    126
                };
                say::problem(format_args!("{program}: {error}"));
                self.record(
                    Level::Error,
                    &format!("`{}` cannot be started: {error}", self.typed),
                );
                ExitCode::from(code)
            }
        }
    }

    /// Until the command and all that speaks for it have ended.
    async fn follow(
        &self,
        mut process: Process,
        mut pumps: Pumps,
        began: Instant,
        signals: &mut Signals,
    ) -> End {
        let mut asked = Asked::default();
        let mut resize = tokio::time::interval(RESIZE);
        let end = loop {
            tokio::select! {
                end = process.ended() => break end,
                told = signals.next() => self.pass_on(told, &mut process, &mut asked),
                () = asked.patience() => process.kill(),
                _ = resize.tick() => process.resize(),
            }
        };
        let drained = tokio::time::timeout(LAST_WORDS, pumps.ended())
            .await
            .is_ok();
        self.record_end(end, began.elapsed(), asked.ever);
        if !drained {
            self.drain(&mut process, &mut pumps, &mut asked, signals)
                .await;
        }
        if asked.ever {
            // Nothing is left behind that was to end; what ended meanwhile is not waited for.
            while !process.is_gone() {
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(10)) => {}
                    told = signals.next() => self.pass_on(told, &mut process, &mut asked),
                    () = asked.patience() => process.kill(),
                }
            }
        }
        end
    }

    /// The command has ended, and something it started still speaks: it is heard to its end, as by
    /// a shell that waits for a pipeline.
    async fn drain(
        &self,
        process: &mut Process,
        pumps: &mut Pumps,
        asked: &mut Asked,
        signals: &mut Signals,
    ) {
        let explain = tokio::time::sleep(EXPLAIN);
        tokio::pin!(explain);
        let mut explained = false;
        loop {
            tokio::select! {
                () = pumps.ended() => return,
                told = signals.next() => {
                    self.pass_on(told, process, asked);
                    if told.interrupts() {
                        // Nobody is left who could decide to ignore it.
                        asked.set(self.grace);
                    }
                    if told.stops() {
                        // Nor who would be seen to stop.
                        process.pause().await;
                    }
                }
                () = asked.patience() => {
                    process.kill();
                    // What has left the group is not ours to end, nor to wait for.
                    tokio::time::timeout(LAST_WORDS, pumps.ended()).await.ok();
                    return;
                }
                () = &mut explain, if !explained => {
                    explained = true;
                    say::problem(format_args!(
                        "`{}` has ended, but what it started still writes; Ctrl-C ends that, too",
                        self.typed
                    ));
                }
            }
        }
    }

    fn pass_on(&self, told: Told, process: &mut Process, asked: &mut Asked) {
        process.tell(told);
        if told.ends() {
            asked.set(self.grace);
        }
    }

    fn record_end(&self, end: End, took: Duration, asked: bool) {
        let took = took.as_secs_f64();
        let level = if end.is_well(asked) {
            Level::Info
        } else {
            Level::Error
        };
        self.record(level, &format!("`{}` {end} after {took:.3} s", self.typed));
    }

    fn record(&self, level: Level, text: &str) {
        // Waits a moment at most, however it stands.
        self.outbox.offer(Chunk::record(level, text));
    }
}

/// Whether the command was asked to end, and how long it may take.
#[derive(Debug, Default)]
struct Asked {
    ever: bool,
    until: Option<tokio::time::Instant>,
}

impl Asked {
    fn set(&mut self, grace: Duration) {
        self.ever = true;
        self.until
            .get_or_insert_with(|| tokio::time::Instant::now() + grace);
    }

    /// Waits until patience ends; forever as long as nobody asked. Once.
    async fn patience(&mut self) {
        match self.until {
            Some(until) => {
                tokio::time::sleep_until(until).await;
                // Killed once; a second look a little later.
                self.until = Some(until + Duration::from_secs(1));
            }
            None => std::future::pending().await,
        }
    }
}
