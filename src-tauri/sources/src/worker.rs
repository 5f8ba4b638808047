//! The thread behind a connection.
//!
//! A worker runs one follower on a thread of its own, because feeds block. A panic in it is shown
//! as the source's failure and touches no other source.

use std::fmt::{self, Debug};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Connection, Feed, FeedClosed};

/// A running follower and how to tell it to end.
struct Worker {
    name: String,
    stop: Box<dyn Fn() + Send>,
    thread: Option<JoinHandle<()>>,
}

impl Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Connection for Worker {
    fn stop(self: Box<Self>) {
        drop(self);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        (self.stop)();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(source = %self.name, "a follower's thread ended in a panic");
        }
    }
}

/// Runs `body` on a thread of its own until it returns; `stop` must make it return soon.
pub(crate) fn spawn(
    name: &str,
    feed: Arc<dyn Feed>,
    stop: impl Fn() + Send + 'static,
    body: impl FnOnce() -> Result<(), FeedClosed> + Send + 'static,
) -> Box<dyn Connection> {
    let shown = Arc::clone(&feed);
    let run = move || match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(()) | Err(FeedClosed)) => {}
        Err(_) => feed.state(broken("this source's follower broke off because of a bug")),
    };
    let thread = match Builder::new().name(thread_name(name)).spawn(run) {
        Ok(thread) => Some(thread),
        Err(cause) => {
            shown.state(broken(&format!(
                "no thread could be started for it: {cause}"
            )));
            None
        }
    };
    Box::new(Worker {
        name: name.to_owned(),
        stop: Box::new(stop),
        thread,
    })
}

/// A connection of a kind of source that has nothing to follow.
pub(crate) fn nothing(feed: &Arc<dyn Feed>) -> Box<dyn Connection> {
    feed.state(SourceState::Live);
    idle()
}

/// A connection with nothing behind it.
pub(crate) fn idle() -> Box<dyn Connection> {
    Box::new(Worker {
        name: String::new(),
        stop: Box::new(|| ()),
        thread: None,
    })
}

/// Thread names are cut at 15 bytes by Linux; a NUL would be refused.
fn thread_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(15).collect()
}

fn broken(message: &str) -> SourceState {
    SourceState::Failed {
        code: "internal".to_owned(),
        message: message.to_owned(),
        hint: "remove the source and add it again; the log says more".to_owned(),
    }
}
