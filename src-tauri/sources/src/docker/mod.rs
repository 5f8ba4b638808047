//! Followed containers.
//!
//! The only part that knows Docker's API (by the crate bollard). A thread per container, because
//! feeds block; the network runs on the runtime it is given. Finding the daemon is in `connect`, what
//! was taken in `cursor`, frames to lines in `intake`, the course of events in `follow`.

mod connect;
mod cursor;
mod follow;
mod intake;
mod list;
mod look;

use std::sync::{Arc, mpsc};
use std::time::Duration;

use crosscut_engine::api::{ApiError, Container, Containers};
use crosscut_engine::source::{Connection, Feed};
use crosscut_model::SourceSpec;
use tokio::sync::watch;

use crate::{error, worker};

/// How long listing may take.
const LIST: Duration = Duration::from_secs(2);

/// All followed containers.
#[derive(Debug)]
pub(crate) struct DockerSources {
    runtime: tokio::runtime::Handle,
    host: Option<String>,
}

impl DockerSources {
    /// Sources of the daemon at `host`, or of the one that is found when it is needed.
    pub(crate) fn new(runtime: tokio::runtime::Handle, host: Option<String>) -> Self {
        Self { runtime, host }
    }

    /// Finds a container's id and name by its id, the beginning of its id, or its name.
    pub(crate) fn resolve(&self, mut spec: SourceSpec) -> Result<SourceSpec, ApiError> {
        let asked = spec.key.trim_start_matches('/');
        if asked.is_empty() {
            return Err(error(
                "bad_container",
                "the container's name is empty",
                "give a container's name or id",
            ));
        }
        let Containers { docker, containers } = self.containers();
        if !docker.available {
            // A full id needs no daemon to be known: the source waits for one.
            if is_full_id(asked) {
                if spec.name.is_empty() {
                    spec.name = asked.chars().take(12).collect();
                }
                return Ok(spec);
            }
            return Err(error("docker_unavailable", docker.message, docker.hint));
        }
        let found = find(&containers, asked)?;
        if spec.name.is_empty() {
            spec.name.clone_from(&found.name);
        }
        spec.key.clone_from(&found.id);
        Ok(spec)
    }

    /// Starts to follow a container.
    pub(crate) fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection> {
        let (stop, stopped) = watch::channel(false);
        let mut follower = follow::Follower::new(
            self.runtime.clone(),
            stopped,
            self.host.clone(),
            (spec.key.clone(), spec.name.clone()),
            Arc::clone(&feed),
        );
        let stop = move || {
            stop.send_replace(true);
        };
        worker::spawn(&spec.name, feed, stop, move || follower.run())
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
    key.len() == 64 && key.bytes().all(|b| b.is_ascii_hexdigit())
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
