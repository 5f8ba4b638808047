//! What is being worked out for a view, so that it can be called off.
//!
//! Promises: of one kind only the latest request is worked on, those before it end at their next
//! look at their flag; closing ends all of them, and those that come later at once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

/// The requests under way, by kind.
#[derive(Debug, Default)]
pub(crate) struct Tasks(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    closed: bool,
    running: BTreeMap<String, Arc<AtomicBool>>,
}

/// One of them.
#[derive(Debug)]
pub(crate) struct Task<'a> {
    tasks: &'a Tasks,
    kind: String,
    cancel: Arc<AtomicBool>,
}

impl Tasks {
    /// Begins a request and calls off the one of the same kind that is under way.
    pub(crate) fn begin(&self, kind: String) -> Task<'_> {
        let mut state = self.0.lock();
        let cancel = Arc::new(AtomicBool::new(state.closed));
        let before = state.running.insert(kind.clone(), Arc::clone(&cancel));
        drop(state);
        if let Some(before) = before {
            before.store(true, Ordering::Release);
        }
        Task {
            tasks: self,
            kind,
            cancel,
        }
    }

    /// Calls off everything, for good.
    pub(crate) fn close(&self) {
        let mut state = self.0.lock();
        state.closed = true;
        for cancel in std::mem::take(&mut state.running).values() {
            cancel.store(true, Ordering::Release);
        }
    }
}

impl Task<'_> {
    /// Set once it is called off.
    pub(crate) fn cancel(&self) -> &AtomicBool {
        &self.cancel
    }
}

impl Drop for Task<'_> {
    fn drop(&mut self) {
        let mut state = self.tasks.0.lock();
        let own = state
            .running
            .get(&self.kind)
            .is_some_and(|running| Arc::ptr_eq(running, &self.cancel));
        if own {
            state.running.remove(&self.kind);
        }
    }
}

#[cfg(test)]
mod tests;
