//! Followed containers.
//!
//! The only part that knows Docker's API (by the crate bollard). A thread per container, because
//! feeds block; the network runs on the runtime it is given, and `ears` waits for it. Finding the
//! daemon is in `connect`, its events in `hub`, asking for logs in `wire`, cutting them in `frames`,
//! frames to records in `intake`, what was taken in `cursor`, what happens to a container in `life`,
//! the course of events in `follow` and `read`, finding containers by `choice` in `select`.

mod choice;
mod connect;
mod cursor;
mod ears;
mod follow;
mod frames;
mod hub;
mod intake;
mod life;
mod list;
mod look;
mod read;
mod select;
mod wire;

use std::collections::HashSet;

use std::sync::{Arc, mpsc};
use std::time::Duration;

use crosscut_engine::api::{ApiError, Container, Containers, SourceState};
use crosscut_engine::source::{Connection, Feed};
use crosscut_model::SourceSpec;
use parking_lot::Mutex;
use tokio::sync::watch;

use choice::Choice;
use ears::Ears;
use hub::{Fact, Hub};

use crate::{error, worker};

/// How long listing may take.
const LIST: Duration = Duration::from_secs(2);
/// Characters of a container's whole id.
const FULL_ID: usize = 64;

/// All followed containers.
#[derive(Debug)]
pub(crate) struct DockerSources {
    runtime: tokio::runtime::Handle,
    host: Option<String>,
    hub: Hub,
    names: Arc<Names>,
}

/// The names of containers that selections have found: nobody need ask the daemon about those.
#[derive(Debug, Default)]
pub(crate) struct Names(Mutex<HashSet<String>>);

impl Names {
    pub(crate) fn know(&self, name: &str) {
        self.0.lock().insert(name.to_owned());
    }

    fn knows(&self, name: &str) -> bool {
        self.0.lock().contains(name)
    }
}

impl DockerSources {
    /// Sources of the daemon at `host`, or of the one that is found when it is needed.
    pub(crate) fn new(runtime: tokio::runtime::Handle, host: Option<String>) -> Self {
        let hub = Hub::new(runtime.clone(), host.clone());
        Self {
            runtime,
            host,
            hub,
            names: Arc::default(),
        }
    }

    /// Finds a container by its name, its id, or the beginning of its id. Its name is the key: who is
    /// recreated under a name goes on as the same source.
    pub(crate) fn resolve(&self, mut spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        let asked = spec.key.trim_start_matches('/').to_owned();
        let spelled = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
        if asked.is_empty() || !asked.bytes().all(spelled) {
            return Err(error(
                "bad_container",
                format!("`{asked}` is no container's name"),
                "give a container's name or id",
            ));
        }
        let name = if self.names.knows(&asked) {
            asked
        } else {
            let Containers { docker, containers } = self.containers();
            // Without a daemon the name is as good as any: the source waits for both.
            if docker.available {
                find(&containers, &asked)?.name.clone()
            } else {
                asked
            }
        };
        if spec.name.is_empty() {
            spec.name = if is_full_id(&name) {
                look::short(&name)
            } else {
                name.clone()
            };
        }
        spec.key = name;
        Ok(spec)
    }

    /// Checks and names a selection of containers.
    pub(crate) fn resolve_selection(mut spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        let key = spec.key.trim();
        Choice::parse(key).map_err(|why| {
            error(
                "bad_selection",
                why,
                "write `all`, `label:KEY=VALUE`, `label:KEY`, `project:NAME` or `name:GLOB`",
            )
        })?;
        let key = if key.is_empty() { "all" } else { key }.to_owned();
        if spec.name.is_empty() {
            spec.name = Choice::describe(&key);
        }
        spec.key = key;
        Ok(spec)
    }

    /// Starts to find the containers of a selection.
    pub(crate) fn select(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        let choice = match Choice::parse(&spec.key) {
            Ok(choice) => choice,
            Err(why) => {
                feed.state(SourceState::Failed {
                    code: "bad_selection".to_owned(),
                    message: why,
                    hint: "remove it, and select again".to_owned(),
                });
                return worker::idle();
            }
        };
        let ((ears, _), stop) = self.listen();
        let mut selector = select::Selector::new(
            ears,
            (choice, spec.key.clone()),
            Arc::clone(&self.names),
            Arc::clone(&feed),
        );
        worker::spawn(&spec.name, feed, stop, move || {
            selector.run();
            Ok(())
        })
    }

    /// Starts to follow a container.
    pub(crate) fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        let (listening, stop) = self.listen();
        let mut follower = follow::Follower::new(
            listening,
            (spec.key.clone(), spec.name.clone()),
            Arc::clone(&feed),
        );
        worker::spawn(&spec.name, feed, stop, move || follower.run())
    }

    /// Begins to listen for a connection: what happened lately comes with it, and how it is ended.
    fn listen(&self) -> ((Ears, Vec<Arc<Fact>>), impl Fn() + Send + 'static) {
        let (stop, stopped) = watch::channel(false);
        let (runtime, host) = (self.runtime.clone(), self.host.clone());
        let listening = Ears::new(runtime, stopped, host, self.hub.clone());
        let stop = move || {
            stop.send_replace(true);
        };
        (listening, stop)
    }

    /// The containers there are; blocks for up to two seconds.
    pub(crate) fn containers(&self) -> Containers {
        let (tell, told) = mpsc::sync_channel(1);
        let host = self.host.clone();
        // Spawned and waited for from outside, so that any thread may call this.
        self.runtime.spawn(async move {
            let listed = list::containers(host.as_deref()).await;
            if tell.send(listed).is_err() {
                tracing::debug!("the list of containers came too late");
            }
        });
        told.recv_timeout(LIST)
            .unwrap_or_else(|_| list::too_slow(LIST))
    }
}

fn is_full_id(key: &str) -> bool {
    key.len() == FULL_ID && key.bytes().all(|b| b.is_ascii_hexdigit())
}

fn find<'a>(containers: &'a [Container], asked: &str) -> Result<&'a Container, ApiError> {
    if let Some(exact) = containers
        .iter()
        .find(|found| found.id == asked || found.name == asked)
    {
        return Ok(exact);
    }
    let mut begun = containers
        .iter()
        .filter(|found| found.id.starts_with(asked));
    match (begun.next(), begun.next()) {
        (Some(found), None) => Ok(found),
        (Some(_), Some(_)) => Err(error(
            "ambiguous_container",
            format!("several containers' ids begin with `{asked}`"),
            "give more of the id, or the name",
        )),
        (None, _) => Err(error(
            "unknown_container",
            format!("there is no container `{asked}`"),
            "`docker ps -a` lists those there are",
        )),
    }
}
