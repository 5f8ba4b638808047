//! Following one container through restarts of it and of its daemon.
//!
//! What the container is doing is asked (`inspect`), never concluded from events or from the end of
//! a stream: both only say that it is time to ask again. Every read of the log, whatever ended the
//! one before, begins at the cursor, so what one missed the next brings.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::query_parameters::{EventsOptions, InspectContainerOptions, LogsOptions};
use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Batch, Feed, FeedClosed};
use crosscut_model::{Clock, Level, Stream, SystemClock};
use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::time::timeout;

use super::connect::{self, ANSWER, Daemon};
use super::cursor::Cursor;
use super::intake::Intake;
use super::look::Look;
use crate::tell::Teller;

/// Frames taken at once.
const FRAMES: usize = 1024;
/// A log that brings nothing for this long has been caught up with.
const CAUGHT_UP: Duration = Duration::from_millis(200);
/// A follow that brings nothing for this long is checked by asking the daemon something.
const QUIET: Duration = Duration::from_secs(15);
/// How often a stopped container is looked at when no event comes.
const LOOK: Duration = Duration::from_secs(2);
/// A follow that ends though the container runs is begun again after this long.
const PAUSE: Duration = Duration::from_millis(100);
/// Stands in the cursor for the end of a container that is no more.
const REMOVED: &str = "removed";
/// How soon a lost daemon is looked for again: first, and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// Why following goes no further at this point.
#[derive(Debug)]
enum Break {
    /// It is to end.
    Stopped,
    /// The container is no more.
    Removed,
    /// The daemon does not answer (any more).
    Lost(String),
    /// The daemon answers, and refuses.
    Refused(String),
}

impl From<FeedClosed> for Break {
    fn from(_: FeedClosed) -> Self {
        Self::Stopped
    }
}

/// Follows one container.
#[derive(Debug)]
pub(crate) struct Follower {
    runtime: tokio::runtime::Handle,
    stop: watch::Receiver<bool>,
    host: Option<String>,
    id: String,
    name: String,
    feed: Arc<dyn Feed>,
    tell: Teller,
    cursor: Cursor,
    /// Whether it was caught up with once.
    live: bool,
}

impl Follower {
    /// A follower that goes on where the feed's checkpoint says.
    pub(crate) fn new(
        runtime: tokio::runtime::Handle,
        stop: watch::Receiver<bool>,
        host: Option<String>,
        (id, name): (String, String),
        feed: Arc<dyn Feed>,
    ) -> Self {
        let tell = Teller::new(Arc::clone(&feed));
        let cursor = Cursor::default();
        Self {
            runtime,
            stop,
            host,
            id,
            name,
            feed,
            tell,
            cursor,
            live: false,
        }
    }

    /// Follows until it is stopped or the container is removed.
    pub(crate) fn run(&mut self) -> Result<(), FeedClosed> {
        self.tell.state(SourceState::Connecting);
        match self.feed.checkpoint().as_deref().map(Cursor::decode) {
            None => {}
            Some(Ok(cursor)) => self.cursor = cursor,
            Some(Err(why)) => self.mark(
                Level::Warn,
                &format!(
                    "how far {} had been read is not known ({why}); its log is read again from \
                     the start",
                    self.name
                ),
            )?,
        }
        let mut wait = BACK_OFF.0;
        loop {
            let lost = match self.connect().and_then(|daemon| {
                wait = BACK_OFF.0;
                self.with(&daemon)
            }) {
                Ok(never) => match never {},
                Err(Break::Stopped) => return Ok(()),
                Err(Break::Removed) => {
                    self.note_removal()?;
                    self.tell.state(SourceState::Ended);
                    return Ok(());
                }
                Err(Break::Lost(lost)) => lost,
                Err(Break::Refused(message)) => {
                    let hint = "see the daemon's own log; it is tried again by itself";
                    self.tell.failed("read_failed", message, hint);
                    String::new()
                }
            };
            if !lost.is_empty() {
                let hint = "start Docker; the container is followed again by itself";
                self.tell.waiting("docker_unavailable", lost, hint);
            }
            if self.pause(wait).is_err() {
                return Ok(());
            }
            wait = (wait * 2).min(BACK_OFF.1);
        }
    }

    fn connect(&self) -> Result<Daemon, Break> {
        self.unless_stopped(connect::connect(self.host.as_deref()))?
            .map_err(|cause| Break::Lost(cause.to_string()))
    }

    /// Follows as long as this daemon answers.
    fn with(&mut self, daemon: &Daemon) -> Result<std::convert::Infallible, Break> {
        loop {
            let look = self.look(daemon)?;
            if let Some(driver) = &look.no_logs {
                self.tell.failed(
                    "no_logs",
                    format!(
                        "{} keeps no log: its logging driver is `{driver}`",
                        self.name
                    ),
                    "recreate it with `--log-driver json-file` or `local`, or remove the driver \
                     from its compose file or the daemon's configuration",
                );
                self.pause(BACK_OFF.1)?;
                continue;
            }
            if look.running {
                self.note_restart(&look)?;
                self.read(daemon, &look, true)?;
                self.pause(PAUSE)?;
            } else {
                self.read(daemon, &look, false)?;
                self.note_end(&look)?;
                self.wait_for_start(daemon)?;
            }
        }
    }

    /// Says that the container was restarted when its end was not seen.
    fn note_restart(&mut self, look: &Look) -> Result<(), Break> {
        let known = self.cursor.started.is_some() && self.cursor.started != look.started;
        let marked = self.cursor.ended == look.ended;
        self.cursor.started.clone_from(&look.started);
        self.cursor.ended.clone_from(&look.ended);
        if known && !marked {
            self.mark(
                Level::Info,
                &format!("container {} was restarted", self.name),
            )?;
        }
        Ok(())
    }

    /// Says how the container ended, once, and waits for it.
    fn note_end(&mut self, look: &Look) -> Result<(), Break> {
        let message = if look.started.is_none() {
            format!("container {} has not been started yet", self.name)
        } else {
            let reason = if look.out_of_memory {
                " (out of memory)"
            } else {
                ""
            };
            format!(
                "container {} exited with code {}{reason}",
                self.name, look.exit_code
            )
        };
        if look.ended.is_some() && self.cursor.ended != look.ended {
            self.cursor.ended.clone_from(&look.ended);
            self.cursor.started.clone_from(&look.started);
            let level = if look.exit_code == 0 {
                Level::Info
            } else {
                Level::Warn
            };
            self.mark(level, &message)?;
        }
        self.feed.flush()?;
        self.live = true;
        let hint = "start it; it is followed again by itself";
        self.tell.waiting("container_stopped", message, hint);
        Ok(())
    }

    /// Says once that the container is no more.
    fn note_removal(&mut self) -> Result<(), FeedClosed> {
        if self.cursor.ended.as_deref() == Some(REMOVED) {
            return Ok(());
        }
        self.cursor.ended = Some(REMOVED.to_owned());
        self.mark(Level::Info, &format!("container {} was removed", self.name))?;
        self.feed.flush()
    }

    fn look(&self, daemon: &Daemon) -> Result<Look, Break> {
        let asked = daemon
            .client
            .inspect_container(&self.id, None::<InspectContainerOptions>);
        match self.unless_stopped(async { timeout(ANSWER, asked).await })? {
            Err(_) => Err(Break::Lost(format!(
                "the daemon at {} takes too long",
                daemon.host
            ))),
            Ok(Err(cause)) => Err(broken(daemon, &cause)),
            Ok(Ok(found)) => Ok(Look::of(found)),
        }
    }

    /// Reads the log from the cursor on: to its present end, or until the follow ends.
    fn read(&mut self, daemon: &Daemon, look: &Look, follow: bool) -> Result<(), Break> {
        let options = LogsOptions {
            follow,
            stdout: true,
            stderr: true,
            timestamps: true,
            since: self.cursor.since(),
            ..LogsOptions::default()
        };
        let begun = SystemClock.now().0;
        let mut intake = Intake::resume(self.cursor.clone(), look.terminal, self.live);
        let client = daemon.client.clone();
        let id = self.id.clone();
        let mut frames = pin!(client.logs(&id, Some(options)).ready_chunks(FRAMES));
        let mut bytes = 0u64;
        let mut settled = false;
        loop {
            let limit = if settled || !follow { QUIET } else { CAUGHT_UP };
            let next = async { timeout(limit, frames.next()).await };
            let Ok(next) = self.unless_stopped(next)? else {
                if settled || !follow {
                    self.ping(daemon)?;
                } else {
                    self.caught_up(&mut intake)?;
                    settled = true;
                }
                continue;
            };
            let Some(chunk) = next else { break };
            let mut newest = 0;
            let mut failed = None;
            for frame in chunk {
                match frame.map(|frame| split(frame, look.terminal)) {
                    Ok(Some((stream, frame))) => {
                        bytes += frame.len() as u64;
                        newest = newest.max(intake.frame(stream, &frame).unwrap_or(0));
                    }
                    Ok(None) => {}
                    Err(cause) => failed = Some(broken(daemon, &cause)),
                }
            }
            self.send(&mut intake)?;
            if let Some(cause) = failed {
                return Err(cause);
            }
            if follow && !settled && newest >= begun {
                self.caught_up(&mut intake)?;
                settled = true;
            } else if !self.live {
                self.tell.loading(bytes, bytes, Instant::now());
            }
        }
        // Nothing more comes from a container that ended; one that was removed (`--rm`) cannot even
        // be read again.
        let over = !look.running || (follow && matches!(self.look(daemon), Err(Break::Removed)));
        if over {
            intake.end();
        }
        self.send(&mut intake)
    }

    fn caught_up(&mut self, intake: &mut Intake) -> Result<(), Break> {
        self.feed.flush()?;
        self.live = true;
        intake.set_live(true);
        self.tell.state(SourceState::Live);
        Ok(())
    }

    fn send(&mut self, intake: &mut Intake) -> Result<(), Break> {
        for batch in intake.take() {
            self.feed.send(batch)?;
        }
        self.cursor = intake.cursor().clone();
        Ok(())
    }

    fn ping(&self, daemon: &Daemon) -> Result<(), Break> {
        match self.unless_stopped(async { timeout(ANSWER, daemon.client.ping()).await })? {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(cause)) => Err(broken(daemon, &cause)),
            Err(_) => Err(Break::Lost(format!(
                "the daemon at {} does not answer",
                daemon.host
            ))),
        }
    }

    /// Waits until the container runs; events make it notice sooner.
    fn wait_for_start(&self, daemon: &Daemon) -> Result<(), Break> {
        let filters = [
            ("container".to_owned(), vec![self.id.clone()]),
            (
                "event".to_owned(),
                vec!["start".to_owned(), "destroy".to_owned()],
            ),
        ];
        let options = EventsOptions {
            filters: Some(filters.into()),
            ..EventsOptions::default()
        };
        let client = daemon.client.clone();
        let mut events = pin!(client.events(Some(options)));
        loop {
            let next = async { timeout(LOOK, events.next()).await };
            let ended = matches!(self.unless_stopped(next)?, Ok(None | Some(Err(_))));
            if self.look(daemon)?.running {
                return Ok(());
            }
            if ended {
                self.pause(LOOK)?;
                return Ok(());
            }
        }
    }

    /// Stores a marker, and with it the cursor as it is.
    fn mark(&self, level: Level, text: &str) -> Result<(), FeedClosed> {
        self.feed
            .send(Batch::marker(level, text, self.cursor.encode()))
    }

    fn pause(&self, limit: Duration) -> Result<(), Break> {
        self.unless_stopped(async { tokio::time::sleep(limit).await })
    }

    /// Drives a future on this thread, but no longer than until the stop.
    fn unless_stopped<T>(&self, doing: impl Future<Output = T>) -> Result<T, Break> {
        let mut stop = self.stop.clone();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => Err(Break::Stopped),
                done = doing => Ok(done),
            }
        })
    }
}

/// The stream and bytes of a frame; nothing for the torn end of a framed log.
fn split(frame: LogOutput, terminal: bool) -> Option<(Stream, bytes::Bytes)> {
    match frame {
        LogOutput::StdErr { message } => Some((Stream::Stderr, message)),
        LogOutput::StdOut { message } | LogOutput::StdIn { message } => {
            Some((Stream::Stdout, message))
        }
        LogOutput::Console { message } => terminal.then_some((Stream::Stdout, message)),
    }
}

fn broken(daemon: &Daemon, cause: &Error) -> Break {
    match cause {
        Error::DockerResponseServerError {
            status_code: 404, ..
        } => Break::Removed,
        Error::DockerResponseServerError {
            status_code: 409,
            message,
        } if message.contains("marked for removal") => Break::Removed,
        Error::DockerResponseServerError { message, .. } => {
            Break::Refused(format!("the daemon at {} refuses: {message}", daemon.host))
        }
        other => Break::Lost(format!("the daemon at {} was lost: {other}", daemon.host)),
    }
}
