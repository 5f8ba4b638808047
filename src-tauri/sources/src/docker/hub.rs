//! One ear on the daemon for all who follow its containers.
//!
//! Owns the only subscription to the daemon's events, kept up while anybody listens. Each event goes
//! to every listener; whoever missed some (the daemon was away, or the listener was slow) is told to
//! look for itself. A container that may be gone before its follower has begun (`--rm`) is caught
//! here: when one starts that somebody is waiting for, its log is asked for at once and kept, bounded
//! in size and time, until the follower comes for it.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use bollard::models::EventMessage;
use bollard::query_parameters::EventsOptions;
use bytes::Bytes;
use crosscut_model::{Clock, Stream, SystemClock};
use futures_util::StreamExt;
use parking_lot::Mutex;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::timeout;

use super::choice::Choice;
use super::connect::{self, ANSWER, Daemon};
use super::life::Happening;
use super::look::Health;
use super::wire::{self, Part};

/// Events kept for listeners that are slow or come late.
const KEPT: usize = 1024;
/// How far back the daemon is asked for events, so that none is missed between asking and listing.
/// Nanoseconds.
const BACK: i64 = 2_000_000_000;
/// The daemon is asked whether it is there after so long without an event.
const QUIET: Duration = Duration::from_secs(10);
/// How soon a lost daemon is looked for again: first, and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// How long a caught log waits for its follower.
const CAUGHT_FOR: Duration = Duration::from_secs(10);
/// Logs caught at a time.
const CAUGHT: usize = 256;
/// Pieces of a caught log that are read ahead.
const AHEAD: usize = 64;

/// Something happened to a container.
#[derive(Debug)]
pub(crate) struct Fact {
    /// When, in nanoseconds since 1970.
    pub(crate) at: i64,
    /// The container's full id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its image.
    pub(crate) image: String,
    /// Its labels (and a few things the daemon puts beside them).
    pub(crate) labels: HashMap<String, String>,
    /// What.
    pub(crate) happening: Happening,
}

/// What a listener hears.
#[derive(Debug)]
pub(crate) enum Heard {
    /// An event.
    Fact(Arc<Fact>),
    /// Events may have been missed: look for yourself.
    Look,
}

/// The beginning of a log, caught when its container started.
#[derive(Debug)]
pub(crate) struct Caught {
    /// Whose.
    pub(crate) fact: Arc<Fact>,
    /// Its frames, to the log's end.
    pub(crate) frames: mpsc::Receiver<Vec<(Stream, Bytes)>>,
    since: Instant,
}

/// The ear.
#[derive(Debug, Clone)]
pub(crate) struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    runtime: tokio::runtime::Handle,
    host: Option<String>,
    facts: broadcast::Sender<Arc<Fact>>,
    /// Counts how often the daemon was found.
    up: watch::Sender<u64>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    runs: bool,
    past: VecDeque<Arc<Fact>>,
    caught: HashMap<String, Caught>,
    /// Whose containers are to be caught, by listener.
    wanted: Vec<(u64, Choice)>,
    next: u64,
}

/// Hears what happens.
#[derive(Debug)]
pub(crate) struct Listener {
    facts: broadcast::Receiver<Arc<Fact>>,
    up: watch::Receiver<u64>,
}

/// While it lives, containers that fit are caught when they start.
#[derive(Debug)]
pub(crate) struct Wanted {
    hub: Weak<Inner>,
    id: u64,
}

impl Drop for Wanted {
    fn drop(&mut self) {
        if let Some(hub) = self.hub.upgrade() {
            hub.state.lock().wanted.retain(|(id, _)| *id != self.id);
        }
    }
}

impl Listener {
    /// The next thing.
    pub(crate) async fn next(&mut self) -> Heard {
        tokio::select! {
            biased;
            fact = self.facts.recv() => match fact {
                Ok(fact) => Heard::Fact(fact),
                Err(broadcast::error::RecvError::Lagged(_)) => Heard::Look,
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            },
            changed = self.up.changed() => match changed {
                Ok(()) => Heard::Look,
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl Hub {
    /// An ear on the daemon at `host`, or on the one that is found.
    pub(crate) fn new(runtime: tokio::runtime::Handle, host: Option<String>) -> Self {
        Self(Arc::new(Inner {
            runtime,
            host,
            facts: broadcast::channel(KEPT).0,
            up: watch::channel(0).0,
            state: Mutex::default(),
        }))
    }

    /// Begins to listen; the second value is what happened lately.
    pub(crate) fn listen(&self) -> (Listener, Vec<Arc<Fact>>) {
        let mut state = self.0.state.lock();
        let listener = Listener {
            facts: self.0.facts.subscribe(),
            up: self.0.up.subscribe(),
        };
        let past = state.past.iter().cloned().collect();
        if !std::mem::replace(&mut state.runs, true) {
            self.0.runtime.spawn(hear(Arc::downgrade(&self.0)));
        }
        (listener, past)
    }

    /// Catches the logs of containers that fit when they start.
    pub(crate) fn want(&self, choice: Choice) -> Wanted {
        let mut state = self.0.state.lock();
        state.next += 1;
        let id = state.next;
        state.wanted.push((id, choice));
        Wanted {
            hub: Arc::downgrade(&self.0),
            id,
        }
    }

    /// Takes the log that was caught first of a container of this name or id; only of one that began
    /// before the container `until` did, where that is given.
    pub(crate) fn caught(&self, key: &str, until: Option<&str>) -> Option<Caught> {
        let mut state = self.0.state.lock();
        let caught = &mut state.caught;
        let end = until.and_then(|id| caught.get(id)).map(|it| it.fact.at);
        let id = caught
            .values()
            .map(|caught| &caught.fact)
            .filter(|fact| fact.id == key || fact.name == key)
            .filter(|fact| until != Some(&fact.id) && end.is_none_or(|end| fact.at < end))
            .min_by_key(|fact| fact.at)
            .map(|fact| fact.id.clone())?;
        caught.remove(&id)
    }
}

impl Inner {
    /// Takes in an event: keeps it, catches the log, tells everybody.
    fn take(&self, daemon: &Daemon, fact: Fact) {
        let fact = Arc::new(fact);
        let mut state = self.state.lock();
        let known = |past: &Arc<Fact>| {
            past.at == fact.at && past.id == fact.id && past.happening == fact.happening
        };
        // Events that were asked for again after a short loss of the daemon.
        if state.past.iter().rev().any(known) {
            return;
        }
        state.past.push_back(Arc::clone(&fact));
        if state.past.len() > KEPT {
            state.past.pop_front();
        }
        state
            .caught
            .retain(|_, caught| caught.since.elapsed() < CAUGHT_FOR);
        let wanted = fact.happening == Happening::Started
            && state.caught.len() < CAUGHT
            && state
                .wanted
                .iter()
                .any(|(_, choice)| choice.fits(&fact.name, &fact.labels));
        if wanted {
            let caught = self.catch(daemon, &fact);
            state.caught.insert(fact.id.clone(), caught);
        }
        // Nobody listening is no failure.
        self.facts.send(fact).ok();
    }

    fn catch(&self, daemon: &Daemon, fact: &Arc<Fact>) -> Caught {
        let (tell, frames) = mpsc::channel(AHEAD);
        let daemon = daemon.clone();
        let id = fact.id.clone();
        self.runtime.spawn(async move {
            let part = Part {
                follow: true,
                since: None,
                tail: None,
            };
            let Ok(mut log) = wire::log(&daemon, &id, part).await else {
                return;
            };
            loop {
                let frames = tokio::select! {
                    biased;
                    () = tell.closed() => return,
                    frames = log.next() => frames,
                };
                let Ok(Some(frames)) = frames else { return };
                if tell.send(frames).await.is_err() {
                    return;
                }
            }
        });
        Caught {
            fact: Arc::clone(fact),
            frames,
            since: Instant::now(),
        }
    }

    /// Forgets caught logs nobody came for; whether anybody listens.
    fn tidy(&self) -> bool {
        let mut state = self.state.lock();
        state
            .caught
            .retain(|_, caught| caught.since.elapsed() < CAUGHT_FOR);
        if self.facts.receiver_count() == 0 {
            state.runs = false;
            state.past.clear();
        }
        state.runs
    }
}

/// Listens to the daemon for as long as somebody listens here.
async fn hear(hub: Weak<Inner>) {
    let mut wait = BACK_OFF.0;
    loop {
        let Some(host) = hub.upgrade().map(|hub| hub.host.clone()) else {
            return;
        };
        if let Ok(daemon) = connect::connect(host.as_deref()).await {
            wait = BACK_OFF.0;
            if !subscribed(&hub, &daemon).await {
                return;
            }
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(BACK_OFF.1);
        if !hub.upgrade().is_some_and(|hub| hub.tidy()) {
            return;
        }
    }
}

/// Listens until the daemon is lost; false when nobody listens here any more.
async fn subscribed(hub: &Weak<Inner>, daemon: &Daemon) -> bool {
    let back = SystemClock.now().0 - BACK;
    let since = {
        let Some(hub) = hub.upgrade() else {
            return false;
        };
        let last = hub.state.lock().past.back().map(|fact| fact.at);
        hub.up.send_modify(|up| *up += 1);
        last.map_or(back, |last| last.min(back))
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let filters = [
        ("type".to_owned(), words(&["container"])),
        (
            "event".to_owned(),
            words(&["start", "die", "oom", "health_status", "destroy", "remove"]),
        ),
    ];
    let options = EventsOptions {
        since: Some((since / 1_000_000_000).max(0).to_string()),
        filters: Some(filters.into()),
        ..EventsOptions::default()
    };
    let mut events = pin!(daemon.client.events(Some(options)));
    loop {
        match timeout(QUIET, events.next()).await {
            Ok(Some(Ok(event))) => {
                let Some(hub) = hub.upgrade() else {
                    return false;
                };
                if let Some(fact) = fact(event) {
                    hub.take(daemon, fact);
                }
            }
            Ok(_) => return true,
            Err(_) => {
                if !hub.upgrade().is_some_and(|hub| hub.tidy()) {
                    return false;
                }
                let ping = timeout(ANSWER, daemon.client.ping()).await;
                if !matches!(ping, Ok(Ok(_))) {
                    return true;
                }
            }
        }
    }
}

/// What an event says, when it is one that matters here.
fn fact(event: EventMessage) -> Option<Fact> {
    let actor = event.actor?;
    let mut labels = actor.attributes.unwrap_or_default();
    let happening = match event.action?.as_str() {
        "start" => Happening::Started,
        // Podman says "died".
        "die" | "died" => Happening::Ended {
            code: ["exitCode", "containerExitCode"]
                .into_iter()
                .find_map(|name| labels.get(name)?.parse().ok())
                .unwrap_or(0),
        },
        "oom" => Happening::OutOfMemory,
        "destroy" | "remove" => Happening::Removed,
        "health_status: healthy" => Happening::Health(Health::Good),
        "health_status: unhealthy" => Happening::Health(Health::Bad),
        _ => return None,
    };
    let at = event.time_nano.or_else(|| {
        event
            .time
            .map(|seconds| seconds.saturating_mul(1_000_000_000))
    })?;
    Some(Fact {
        at,
        id: actor.id?,
        name: labels.remove("name").unwrap_or_default(),
        image: labels.remove("image").unwrap_or_default(),
        labels,
        happening,
    })
}
