//! Following a selection: finding the containers it means, now and as they start.
//!
//! Brings no lines itself. Each container that runs and fits is left word of, by its name, and is
//! then a source of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bollard::query_parameters::ListContainersOptions;
use crosscut_engine::api::SourceState;
use crosscut_engine::source::Feed;
use crosscut_model::{SourceKind, SourceSpec};
use tokio::time::timeout;

use super::Names;
use super::choice::Choice;
use super::connect::ANSWER;
use super::ears::{Ears, Stopped};
use super::hub::{Fact, Heard};
use super::life::Happening;
use super::list;
use crate::tell::Teller;

/// How often the containers are listed though nothing is heard.
const LIST: Duration = Duration::from_secs(30);
/// How soon a lost daemon is looked for again: first, and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// Finds the containers of one selection.
#[derive(Debug)]
pub(crate) struct Selector {
    ears: Ears,
    choice: Choice,
    key: String,
    feed: Arc<dyn Feed>,
    tell: Teller,
    names: Arc<Names>,
    /// Those that fit and run, by id.
    running: BTreeMap<String, String>,
    told: BTreeSet<String>,
}

impl Selector {
    /// One for this selection.
    pub(crate) fn new(
        ears: Ears,
        (choice, key): (Choice, String),
        names: Arc<Names>,
        feed: Arc<dyn Feed>,
    ) -> Self {
        let tell = Teller::new(Arc::clone(&feed));
        Self {
            ears,
            choice,
            key,
            feed,
            tell,
            names,
            running: BTreeMap::new(),
            told: BTreeSet::new(),
        }
    }

    /// Finds until it is stopped.
    pub(crate) fn run(&mut self) {
        self.tell.state(SourceState::Connecting);
        let _wanted = self.ears.hub.want(self.choice.clone());
        let Err(Stopped) = self.find();
    }

    fn find(&mut self) -> Result<std::convert::Infallible, Stopped> {
        let mut wait = BACK_OFF.0;
        loop {
            if let Err(lost) = self.list()? {
                let (message, hint) = lost;
                self.tell.waiting("docker_unavailable", message, &hint);
                self.ears.pause(wait)?;
                wait = (wait * 2).min(BACK_OFF.1);
                continue;
            }
            wait = BACK_OFF.0;
            let until = Instant::now() + LIST;
            loop {
                self.show();
                let left = until.saturating_duration_since(Instant::now());
                match self.ears.heard_within(left)? {
                    Some(Heard::Fact(fact)) => self.take(&fact),
                    Some(Heard::Look) | None => break,
                }
            }
        }
    }

    /// Looks at all that run.
    fn list(&mut self) -> Result<Result<(), (String, String)>, Stopped> {
        let daemon = match self.ears.connect()? {
            Ok(daemon) => daemon,
            Err(cause) => return Ok(Err((cause.to_string(), cause.hint().to_owned()))),
        };
        let asked = daemon.client.list_containers(None::<ListContainersOptions>);
        let failed = |cause: &dyn std::fmt::Display| {
            let hint = "it may be starting or overloaded; it is asked again by itself";
            let message = format!("the daemon at {} does not list: {cause}", daemon.host);
            (message, hint.to_owned())
        };
        let listed = self
            .ears
            .unless_stopped(async { timeout(ANSWER, asked).await })?;
        let listed = match listed {
            Ok(Ok(listed)) => listed,
            Ok(Err(cause)) => return Ok(Err(failed(&cause))),
            Err(cause) => return Ok(Err(failed(&cause))),
        };
        self.running.clear();
        for summary in listed {
            let Some((id, name)) = list::id_and_name(&summary) else {
                continue;
            };
            let labels = summary.labels.unwrap_or_default();
            if self.choice.fits(&name, &labels) {
                self.join(id, name);
            }
        }
        Ok(Ok(()))
    }

    fn take(&mut self, fact: &Fact) {
        match fact.happening {
            Happening::Started if self.choice.fits(&fact.name, &fact.labels) => {
                self.join(fact.id.clone(), fact.name.clone());
            }
            Happening::Ended { .. } | Happening::Removed => {
                self.running.remove(&fact.id);
            }
            _ => {}
        }
    }

    fn join(&mut self, id: String, name: String) {
        if self.told.insert(name.clone()) {
            self.names.know(&name);
            self.feed.found(SourceSpec {
                kind: SourceKind::Docker,
                key: name.clone(),
                name: name.clone(),
            });
        }
        self.running.insert(id, name);
    }

    fn show(&mut self) {
        let sources = u32::try_from(self.running.len()).unwrap_or(u32::MAX);
        if sources > 0 {
            self.tell.state(SourceState::Watching { sources });
        } else {
            let which = Choice::describe(&self.key);
            self.tell.waiting(
                "no_containers",
                format!("no container of `{which}` runs"),
                "start one; it is followed by itself",
            );
        }
    }
}
