//! The thread that keeps the index up behind the store.
//!
//! Promises: the index never holds up storing. It rests while sources load a lot, catches up a
//! second or so after lines arrive otherwise, and follows whichever runs are open.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crosscut_index::{BeforeCommit, IndexOptions, RebuildReason, RunIndex, SourceNames};
use parking_lot::{Condvar, Mutex, MutexGuard};

use super::shared::Shared;
use crate::api::{Notice, NoticeKind};
use crate::run::Run;

/// New records wait so long for others to be indexed with.
const LINGER: Duration = Duration::from_secs(1);

/// With nothing to do for so long, memory is given back.
const IDLE: Duration = Duration::from_secs(5);

/// From so many records on there is no waiting.
const AT_ONCE: u64 = 100_000;

/// Wakes, and ends, the thread.
#[derive(Debug, Default)]
pub(crate) struct Indexer {
    state: Mutex<State>,
    changed: Condvar,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug, Default)]
struct State {
    woken: bool,
    stop: bool,
}

impl Indexer {
    pub(crate) fn start(&self, shared: &Arc<Shared>) -> std::io::Result<()> {
        let weak = Arc::downgrade(shared);
        let thread = thread::Builder::new()
            .name("index".into())
            .spawn(move || work(&weak))?;
        *self.thread.lock() = Some(thread);
        Ok(())
    }

    /// Something arrived, or a run was opened.
    pub(crate) fn wake(&self) {
        let mut state = self.state.lock();
        if !state.woken {
            state.woken = true;
            self.changed.notify_one();
        }
    }

    pub(crate) fn stop(&self) {
        self.state.lock().stop = true;
        self.changed.notify_all();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread
            && thread.thread().id() != thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the index thread failed");
        }
    }

    /// Waits to be woken; `false` when it is time to end. `idle` is called when it takes long.
    fn wait(&self, idle: impl Fn()) -> bool {
        let mut state = self.state.lock();
        let until = Instant::now() + IDLE;
        while !state.woken && !state.stop {
            if self.changed.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        if !state.woken && !state.stop {
            MutexGuard::unlocked(&mut state, &idle);
            while !state.woken && !state.stop {
                self.changed.wait(&mut state);
            }
        }
        state.woken = false;
        !state.stop
    }

    /// Rests, unless it is time to end.
    fn rest(&self, time: Duration) -> bool {
        let until = Instant::now() + time;
        let mut state = self.state.lock();
        while !state.stop {
            if self.changed.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        !state.stop
    }
}

fn work(weak: &Weak<Shared>) {
    loop {
        let Some(shared) = weak.upgrade() else { return };
        let idle = || {
            for run in shared.open_runs() {
                if let Some(index) = run.index() {
                    index.rest();
                }
            }
        };
        if !shared.indexer.wait(idle) {
            return;
        }
        loop {
            let runs = shared.open_runs();
            for run in &runs {
                open_index(&shared, run);
            }
            let most = runs.iter().map(|run| run.behind()).max();
            let most = most.unwrap_or_default();
            if most == 0 {
                break;
            }
            let loading = shared.registry.lock().is_loading();
            if (loading || most < AT_ONCE) && !shared.indexer.rest(LINGER) {
                return;
            }
            if shared.registry.lock().is_loading() {
                continue;
            }
            for run in &runs {
                if run.behind() > 0 {
                    catch_up(&shared, run);
                }
            }
            if shared.is_closed() {
                return;
            }
        }
    }
}

fn open_index(shared: &Shared, run: &Arc<Run>) {
    if run.index().is_some() || run.gone.load(Ordering::Acquire) {
        return;
    }
    let dir = run.store.dir().join("index");
    let weak = Arc::downgrade(run);
    let sync: BeforeCommit = Box::new(move || {
        let run = weak.upgrade().ok_or("the run was closed")?;
        Ok(run.store.sync()?)
    });
    match RunIndex::open(&dir, run.rows(), IndexOptions::default(), sync) {
        Ok((index, opened)) => {
            match opened.rebuilt {
                None | Some(RebuildReason::Missing) => {}
                Some(reason) => shared.notice(&Notice {
                    code: "index_rebuilt".into(),
                    kind: NoticeKind::Info,
                    message: format!("The search index is being rebuilt: {reason}."),
                    hint: "Search works meanwhile.".into(),
                    active: true,
                }),
            }
            run.set_index(Arc::new(index));
        }
        Err(error) => tracing::warn!(%error, run = %run.id, "no index; search scans instead"),
    }
}

fn catch_up(shared: &Shared, run: &Arc<Run>) {
    let Some(index) = run.index() else { return };
    let snapshot = run.snapshot();
    match index.catch_up_knowing(&snapshot, run.names().facts(), run.index_cancel()) {
        Ok(_) => {
            if shared
                .open_runs()
                .iter()
                .all(|run| run.indexed() >= run.rows())
            {
                shared.take_back("index_rebuilt");
            }
            for view in shared.views.all() {
                if view.run.id == run.id {
                    shared.hub.view_changed(&view.client, view.id);
                }
            }
        }
        Err(error) => {
            tracing::warn!(%error, run = %run.id, "the index could not follow");
            shared.indexer.rest(LINGER);
        }
    }
}
