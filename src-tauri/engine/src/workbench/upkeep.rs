//! What happens by the clock: syncing, letting rates fall, closing what nobody looks at, deleting old
//! runs, telling of damage, shrinking what rests in idle time.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use parking_lot::Mutex;

use super::shared::Shared;
use super::shrink::Shrinking;

/// A power cut loses at most what arrived within this time.
const SYNC_EVERY: Duration = Duration::from_millis(500);

/// Lists of runs and sources with their counts go out this often while records arrive.
const COUNTS_EVERY: Duration = Duration::from_millis(500);

/// Old runs are looked through when a run has ended, and this often.
const RETAIN_EVERY: Duration = Duration::from_hours(1);

/// The thread, and how it is ended.
#[derive(Debug)]
pub(crate) struct Upkeep {
    stop: Mutex<Option<Sender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Upkeep {
    pub(crate) fn start(shared: &Arc<Shared>) -> std::io::Result<Self> {
        let (stop, stopped) = bounded(1);
        let weak = Arc::downgrade(shared);
        let thread = thread::Builder::new()
            .name("upkeep".into())
            .spawn(move || work(&weak, &stopped))?;
        Ok(Self {
            stop: Mutex::new(Some(stop)),
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(crate) fn stop(&self) {
        self.stop.lock().take();
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the upkeep thread failed");
        }
    }
}

fn work(shared: &Weak<Shared>, stopped: &Receiver<()>) {
    let mut seen = Seen {
        rows: 0,
        rate: 0.0,
        grew: Instant::now(),
    };
    let mut told = Instant::now();
    let mut retained = Instant::now();
    let mut shrinking = Shrinking::default();
    while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(SYNC_EVERY) {
        let Some(shared) = shared.upgrade() else {
            return;
        };
        shared.look_at_settings();
        let run = shared.current();
        if run.store.synced_rows() < run.rows()
            && let Err(error) = run.store.sync()
        {
            tracing::warn!(%error, "syncing failed");
        }
        let rows = run.rows();
        let rate = run.rate();
        if rows != seen.rows {
            seen.grew = Instant::now();
        }
        if rows != seen.rows || rate.to_bits() != seen.rate.to_bits() {
            if told.elapsed() >= COUNTS_EVERY {
                told = Instant::now();
                shared.hub.sources_changed();
                shared.hub.runs_changed();
            }
            for view in shared.views.all() {
                if view.run.id == run.id {
                    shared.hub.view_changed(&view.client, view.id);
                }
            }
        }
        (seen.rows, seen.rate) = (rows, rate);
        for client in shared.hub.expire() {
            shared.views.close_client(&client);
        }
        if shared.run_ended.swap(false, Ordering::AcqRel) || retained.elapsed() > RETAIN_EVERY {
            retained = Instant::now();
            shared.retain();
            shrinking.look_again();
        }
        shared.tell_damage();
        // Damage that a search met is healed without waiting for more records.
        if shared.open_runs().iter().any(|run| run.behind() > 0) {
            shared.indexer.wake();
        }
        shrinking.work(&shared, seen.grew);
    }
}

struct Seen {
    rows: u64,
    rate: f64,
    grew: Instant,
}
