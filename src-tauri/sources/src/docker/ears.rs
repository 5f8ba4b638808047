//! What everybody has who listens to the daemon: its events, and the wish to stop.
//!
//! A follower and a selector each run on a thread of their own, while what they wait for happens on
//! the runtime. Every wait goes through here, so none outlasts the wish to stop.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::connect::{self, Daemon, Unavailable};
use super::hub::{Fact, Heard, Hub, Listener};

/// It is to end.
#[derive(Debug)]
pub(crate) struct Stopped;

/// Why a wait ended.
#[derive(Debug)]
pub(crate) enum Woken<T> {
    /// Something happened.
    Heard(Heard),
    /// What was waited for is done.
    Done(T),
    /// The time is up.
    Time,
}

/// Listens, and waits.
#[derive(Debug)]
pub(crate) struct Ears {
    runtime: tokio::runtime::Handle,
    stop: watch::Receiver<bool>,
    host: Option<String>,
    pub(crate) hub: Hub,
    listener: Listener,
}

impl Ears {
    /// Begins to listen, until `stop` says to end; the second value is what happened lately.
    pub(crate) fn new(
        runtime: tokio::runtime::Handle,
        stop: watch::Receiver<bool>,
        host: Option<String>,
        hub: Hub,
    ) -> (Self, Vec<Arc<Fact>>) {
        let (listener, past) = hub.listen();
        let ears = Self {
            runtime,
            stop,
            host,
            hub,
            listener,
        };
        (ears, past)
    }

    /// Finds the daemon.
    pub(crate) fn connect(&self) -> Result<Result<Daemon, Unavailable>, Stopped> {
        self.unless_stopped(connect::connect(self.host.as_deref()))
    }

    /// Waits until something is heard or `other` is done, at most for `limit`. Events come first.
    pub(crate) fn wait<T>(
        &mut self,
        other: impl Future<Output = T>,
        limit: Duration,
    ) -> Result<Woken<T>, Stopped> {
        let mut stop = self.stop.clone();
        let listener = &mut self.listener;
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => Err(Stopped),
                heard = listener.next() => Ok(Woken::Heard(heard)),
                done = other => Ok(Woken::Done(done)),
                () = tokio::time::sleep(limit) => Ok(Woken::Time),
            }
        })
    }

    /// What is heard next, if it comes within `limit`.
    pub(crate) fn heard_within(&mut self, limit: Duration) -> Result<Option<Heard>, Stopped> {
        match self.wait(pending::<Infallible>(), limit)? {
            Woken::Heard(heard) => Ok(Some(heard)),
            Woken::Done(never) => match never {},
            Woken::Time => Ok(None),
        }
    }

    /// Lets this much time pass.
    pub(crate) fn pause(&self, limit: Duration) -> Result<(), Stopped> {
        self.unless_stopped(async { tokio::time::sleep(limit).await })
    }

    /// Drives a future on this thread, but no longer than until the stop.
    pub(crate) fn unless_stopped<T>(&self, doing: impl Future<Output = T>) -> Result<T, Stopped> {
        let mut stop = self.stop.clone();
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => Err(Stopped),
                done = doing => Ok(done),
            }
        })
    }
}
