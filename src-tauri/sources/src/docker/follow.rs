//! Following one container through restarts of it and of its daemon.
//!
//! A source is the container *of a name* (or of a full id, where that is its key): when it is removed
//! and another takes its name, as compose does at every change, the source goes on with that one, and
//! a record says so. Inside a run of that course everything is kept by the container's id.
//!
//! What the container is doing is asked (`inspect`), never concluded from the end of a stream: that
//! only says that it is time to ask again. Events add what nobody can ask later: when, and with which
//! code. Every read of the log, whatever ended the one before, begins at the cursor, so what one
//! missed the next brings.

mod told;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bollard::errors::Error;
use bollard::query_parameters::InspectContainerOptions;
use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Batch, Feed, FeedClosed};
use crosscut_model::Level;
use tokio::time::timeout;

use super::connect::{ANSWER, Daemon};
use super::cursor::Cursor;
use super::ears::{Ears, Stopped};
use super::hub::Fact;
use super::intake::Intake;
use super::life::{Life, Told};
use super::look::{Look, short};
use super::wire::NoAnswer;
use crate::tell::Teller;

/// A follow that ends though the container runs is begun again after this long.
const PAUSE: Duration = Duration::from_millis(100);
/// How soon a lost daemon is looked for again: first, and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// Why following goes no further at this point.
#[derive(Debug)]
pub(super) enum Break {
    /// It is to end.
    Stopped,
    /// The container is no more.
    Removed,
    /// The daemon does not answer (any more).
    Lost(String, &'static str),
    /// The daemon answers, and refuses.
    Refused(String),
    /// The container's log cannot be read.
    Unreadable(String),
}

impl From<Stopped> for Break {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

impl From<FeedClosed> for Break {
    fn from(_: FeedClosed) -> Self {
        Self::Stopped
    }
}

/// What a daemon that went away needs.
const GONE_HINT: &str = "start Docker; the container is followed again by itself";

/// Follows one container.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(super) ears: Ears,
    /// The container's id or name.
    key: String,
    /// What the source is called.
    name: String,
    pub(super) feed: Arc<dyn Feed>,
    pub(super) tell: Teller,
    pub(super) intake: Intake,
    /// Starts and ends that were heard of and not told yet.
    facts: VecDeque<Arc<Fact>>,
    /// When the container was removed, once that was heard.
    removed: Option<i64>,
    /// Whether another container seems to have the name now.
    pub(super) other: bool,
    /// Whether it was caught up with once.
    pub(super) live: bool,
    /// Whether the daemon said that it cannot read the container's log on.
    pub(super) torn: bool,
}

impl Follower {
    /// A follower that goes on where the feed's checkpoint says. `past` is what happened lately.
    pub(crate) fn new(
        (ears, past): (Ears, Vec<Arc<Fact>>),
        (key, name): (String, String),
        feed: Arc<dyn Feed>,
    ) -> Self {
        Self {
            ears,
            key,
            name,
            tell: Teller::new(Arc::clone(&feed)),
            feed,
            intake: Intake::resume(Cursor::default(), false),
            facts: past.into(),
            removed: None,
            other: false,
            live: false,
            torn: false,
        }
    }

    /// Follows until it is stopped, or until a container that is followed by its id is removed.
    pub(crate) fn run(&mut self) -> Result<(), FeedClosed> {
        self.tell.state(SourceState::Connecting);
        match self.feed.checkpoint().as_deref().map(Cursor::decode) {
            None => {}
            Some(Ok(cursor)) => self.intake = Intake::resume(cursor, false),
            Some(Err(why)) => self.feed.send(Batch::marker(
                Level::Warn,
                &format!(
                    "how far {} had been read is not known ({why}); its log is read again from \
                     the start",
                    self.name
                ),
                None,
            ))?,
        }
        let mut wait = BACK_OFF.0;
        loop {
            // What is held is read again: the next answer begins before it.
            self.intake = Intake::resume(self.intake.cursor(), self.live);
            self.intake.set_joins(self.feed.joins());
            let broken = match self.connect().and_then(|daemon| {
                wait = BACK_OFF.0;
                self.with(&daemon)
            }) {
                Ok(never) => match never {},
                Err(broken) => broken,
            };
            match broken {
                Break::Stopped => return Ok(()),
                Break::Removed => {
                    if !self.outlive() {
                        return Ok(());
                    }
                    continue;
                }
                Break::Lost(lost, hint) => {
                    self.tell.waiting("docker_unavailable", lost, hint);
                }
                Break::Refused(message) => {
                    let hint = "see the daemon's own log; it is tried again by itself";
                    self.tell.failed("read_failed", message, hint);
                    wait = BACK_OFF.1;
                }
                Break::Unreadable(message) => {
                    self.unreadable(&message);
                    wait = BACK_OFF.1;
                }
            }
            if self.ears.pause(wait).is_err() {
                return Ok(());
            }
            wait = (wait * 2).min(BACK_OFF.1);
        }
    }

    fn unreadable(&mut self, why: &str) {
        let message = format!("{} keeps no log that can be read: {why}", self.name);
        self.tell.failed(
            "no_logs",
            message,
            "recreate it with `--log-driver json-file` or `local`, or remove the driver from its \
             compose file or the daemon's configuration",
        );
    }

    fn connect(&self) -> Result<Daemon, Break> {
        self.ears
            .connect()?
            .map_err(|cause| Break::Lost(cause.to_string(), cause.hint()))
    }

    /// Follows as long as this daemon answers.
    fn with(&mut self, daemon: &Daemon) -> Result<Infallible, Break> {
        loop {
            let look = self.find(daemon)?;
            self.feed.describe(look.attributes());
            if let Some(driver) = &look.no_logs {
                return Err(Break::Unreadable(format!(
                    "its logging driver is `{driver}`"
                )));
            }
            self.await_facts(&look)?;
            if look.running {
                self.tell_life(&look)?;
                if look.rotates || self.torn {
                    self.read_in_passes(daemon, &look.id)?;
                } else {
                    self.follow_log(daemon, &look.id)?;
                }
                if self.look(daemon, &look.id).is_ok() {
                    self.ears.pause(PAUSE)?;
                } else {
                    // Nothing more comes of one that was removed; it cannot even be read again.
                    self.intake.end();
                    self.send()?;
                }
            } else {
                self.read_whole(daemon, &look.id)?;
                self.intake.end();
                self.tell_life(&look)?;
                if self.intake.life.runs() {
                    // It was started meanwhile.
                    continue;
                }
                self.stopped(&look)?;
                self.await_start(daemon, &look)?;
            }
        }
    }

    /// The container as it is now. Where another has taken its name, that one from here on.
    fn find(&mut self, daemon: &Daemon) -> Result<Look, Break> {
        self.other = false;
        let known = self.intake.life.container.clone();
        let found = match (self.look(daemon, &self.key), &known) {
            // It may have another name by now.
            (Err(Break::Removed), Some(id)) => self.look(daemon, id),
            (found, _) => found,
        };
        let look = found?;
        if known.as_ref() != Some(&look.id) {
            self.adopt(daemon, &look.id)?;
        }
        Ok(look)
    }

    /// From here on it is the container of this id.
    fn adopt(&mut self, daemon: &Daemon, id: &str) -> Result<(), Break> {
        if let Some(old) = self.intake.life.container.clone() {
            // The one before may have been renamed, and have written more.
            match self.read_to_end(daemon, &old) {
                Ok(()) | Err(Break::Removed | Break::Unreadable(_)) => {}
                Err(broken) => return Err(broken),
            }
        }
        self.await_end()?;
        // Others may have come and gone in between.
        self.drain_caught(Some(id))?;
        match self.intake.life.container.clone() {
            Some(old) => self.succeed(&old, id),
            // Known by name only so far: what its log was read to holds.
            None => self.intake.life.container = Some(id.to_owned()),
        }
        self.send()
    }

    /// Says that another container goes on in the place of the one before.
    fn succeed(&mut self, old: &str, id: &str) {
        self.intake.end();
        self.settle_facts();
        let told = Told {
            at: None,
            level: Level::Info,
            text: format!(
                "container {} was recreated: {} takes the place of {}",
                self.name,
                short(id),
                short(old)
            ),
        };
        self.intake.replace(Life::of(id));
        self.intake.set_joins(self.feed.joins());
        self.intake.tell(&told);
        self.removed = None;
        self.torn = false;
    }

    fn look(&self, daemon: &Daemon, key: &str) -> Result<Look, Break> {
        let asked = daemon
            .client
            .inspect_container(key, None::<InspectContainerOptions>);
        match self
            .ears
            .unless_stopped(async { timeout(ANSWER, asked).await })?
        {
            Err(_) => Err(Break::Lost(
                format!("the daemon at {} takes too long", daemon.host),
                GONE_HINT,
            )),
            Ok(Err(cause)) => Err(broken(daemon, &cause)),
            Ok(Ok(found)) => Ok(Look::of(found)),
        }
    }

    pub(super) fn send(&mut self) -> Result<(), Break> {
        for batch in self.intake.take() {
            self.feed.send(batch)?;
        }
        // The settings may change at any time.
        self.intake.set_joins(self.feed.joins());
        Ok(())
    }

    pub(super) fn ping(&self, daemon: &Daemon) -> Result<(), Break> {
        match self
            .ears
            .unless_stopped(async { timeout(ANSWER, daemon.client.ping()).await })?
        {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(cause)) => Err(broken(daemon, &cause)),
            Err(_) => Err(Break::Lost(
                format!("the daemon at {} does not answer", daemon.host),
                GONE_HINT,
            )),
        }
    }
}

fn broken(daemon: &Daemon, cause: &Error) -> Break {
    match cause {
        Error::DockerResponseServerError {
            status_code: 404, ..
        } => Break::Removed,
        Error::DockerResponseServerError { message, .. } => {
            Break::Refused(format!("the daemon at {} refuses: {message}", daemon.host))
        }
        other => lost(daemon, &other.to_string()),
    }
}

fn lost(daemon: &Daemon, cause: &str) -> Break {
    Break::Lost(
        format!("the daemon at {} was lost: {cause}", daemon.host),
        GONE_HINT,
    )
}

/// What it means that no log came.
pub(super) fn no_log(daemon: &Daemon, cause: NoAnswer) -> Break {
    match cause {
        NoAnswer::Gone => Break::Removed,
        NoAnswer::Lost(cause) => lost(daemon, &cause),
        NoAnswer::Unreadable(message) => Break::Unreadable(message),
        NoAnswer::Refused(message) | NoAnswer::Torn(message) => {
            Break::Refused(format!("the daemon at {} refuses: {message}", daemon.host))
        }
    }
}
