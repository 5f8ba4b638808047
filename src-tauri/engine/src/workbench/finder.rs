//! The thread that follows what other sources find: the files of a folder, the containers of a
//! project.
//!
//! A follower only leaves word ([`Finder::found`]), because following takes the lock that is held while
//! followers are stopped. Promises: what was left is followed in order, each source once; the list is
//! bounded by the number of sources a run may have.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use crosscut_model::SourceSpec;
use crosscut_model::limits::MAX_SOURCES;
use parking_lot::{Condvar, Mutex};

use super::shared::Shared;
use crate::api::{Notice, NoticeKind};

/// The thread and what is left for it.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    state: Mutex<State>,
    changed: Condvar,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct State {
    found: VecDeque<SourceSpec>,
    stop: bool,
}

impl Finder {
    pub(crate) fn start(&self, shared: &Arc<Shared>) -> std::io::Result<()> {
        let weak = Arc::downgrade(shared);
        let thread = thread::Builder::new()
            .name("finder".into())
            .spawn(move || work(&weak))?;
        *self.thread.lock() = Some(thread);
        Ok(())
    }

    /// Leaves word of a source.
    pub(crate) fn found(&self, spec: SourceSpec) {
        let mut state = self.state.lock();
        if state.found.contains(&spec) {
            return;
        }
        if state.found.len() >= MAX_SOURCES {
            tracing::warn!(source = %spec.key, "more sources are found than a run can have");
            return;
        }
        state.found.push_back(spec);
        self.changed.notify_one();
    }

    /// Ends the thread, without waiting for it: it may be waiting for a lock its owner holds.
    pub(crate) fn stop(&self) {
        self.state.lock().stop = true;
        self.changed.notify_all();
        drop(self.thread.lock().take());
    }

    fn next(&self) -> Option<SourceSpec> {
        let mut state = self.state.lock();
        loop {
            if state.stop {
                return None;
            }
            if let Some(spec) = state.found.pop_front() {
                return Some(spec);
            }
            self.changed.wait(&mut state);
        }
    }
}

fn work(weak: &Weak<Shared>) {
    // The list outlives the wait only with its owner, which ends the thread before it goes.
    loop {
        let Some(shared) = weak.upgrade() else { return };
        let Some(spec) = shared.finder.next() else {
            return;
        };
        let name = spec.name.clone();
        if let Err(error) = shared.follow_found(spec) {
            shared.notice(&Notice {
                code: "not_followed".into(),
                kind: NoticeKind::Warning,
                message: format!("{name} was found, but is not followed: {}.", error.message),
                hint: error.hint,
                active: true,
            });
        }
    }
}
