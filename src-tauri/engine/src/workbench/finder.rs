//! The thread that follows what other sources find: the files of a folder, the containers of a
//! project.
//!
//! A follower only leaves word ([`Finder::found`]), because following takes the lock that is held while
//! followers are stopped. Promises: what was left is followed in order, each source once; the list is
//! bounded by the number of sources a run may have. What a run has no room for is tried again when
//! there may be some, and a notice says so for as long as it is not followed.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use crosscut_model::SourceSpec;
use crosscut_model::limits::MAX_SOURCES;
use parking_lot::{Condvar, Mutex};

use super::shared::Shared;
use crate::api::{ApiError, Notice, NoticeKind};

/// The code of the notice that tells of a source which was found and is not followed.
const NOT_FOLLOWED: &str = "not_followed";

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
    /// What is not followed, and whether the run had no room for it.
    refused: Vec<(SourceSpec, bool)>,
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

    /// Leaves word of a source, unless more are waiting than a run can have.
    pub(crate) fn found(&self, spec: SourceSpec) -> bool {
        let mut state = self.state.lock();
        if state.found.contains(&spec) {
            return true;
        }
        if state.found.len() >= MAX_SOURCES {
            return false;
        }
        state.found.push_back(spec);
        self.changed.notify_one();
        true
    }

    /// Keeps in mind that a source is not followed.
    fn refuse(&self, spec: SourceSpec, no_room: bool) {
        let mut state = self.state.lock();
        if state.refused.len() < MAX_SOURCES
            && !state.refused.iter().any(|(known, _)| *known == spec)
        {
            state.refused.push((spec, no_room));
        }
    }

    /// A source is followed; whether that was the last one that was not.
    fn followed(&self, spec: &SourceSpec) -> bool {
        let mut state = self.state.lock();
        let before = state.refused.len();
        state.refused.retain(|(known, _)| known != spec);
        before > 0 && state.refused.is_empty()
    }

    /// There may be room now: what there was none for is tried again, the rest is forgotten.
    fn forgive(&self) {
        let mut state = self.state.lock();
        let refused = std::mem::take(&mut state.refused);
        let again = refused.into_iter().filter(|(_, no_room)| *no_room);
        state.found.extend(again.map(|(spec, _)| spec));
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
        match shared.follow_found(spec.clone()) {
            Ok(()) => {
                if shared.finder.followed(&spec) {
                    shared.take_back(NOT_FOLLOWED);
                }
            }
            Err(error) => {
                let name = called(&spec);
                shared.finder.refuse(spec, error.code == "too_many_sources");
                shared.not_followed(&name, &error);
            }
        }
    }
}

/// What to call a source that may not have a name yet.
fn called(spec: &SourceSpec) -> String {
    let name = if spec.name.is_empty() {
        &spec.key
    } else {
        &spec.name
    };
    name.clone()
}

impl Shared {
    /// There may be room for sources that were found when there was none.
    pub(crate) fn follow_refused(&self) {
        self.take_back(NOT_FOLLOWED);
        self.finder.forgive();
    }

    /// Leaves word of a source that was found.
    pub(crate) fn leave_word(&self, spec: SourceSpec) {
        let name = called(&spec);
        if !self.finder.found(spec) {
            let error = ApiError::new(
                "too_many_sources",
                format!("a run has at most {MAX_SOURCES} sources"),
            );
            self.not_followed(&name, &error);
        }
    }

    fn not_followed(&self, name: &str, error: &ApiError) {
        self.notice(&Notice {
            code: NOT_FOLLOWED.into(),
            kind: NoticeKind::Warning,
            message: format!("{name} was found, but is not followed: {}.", error.message),
            hint: error.hint.clone(),
            active: true,
        });
    }
}
