//! The thread that keeps views with a query up to date.

use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use parking_lot::Mutex;

use super::Views;
use crate::hub::Hub;

/// Arrivals closer together than this are matched together.
const COALESCE: Duration = Duration::from_millis(8);

/// Wakes, and ends, the thread.
#[derive(Debug)]
pub(crate) struct LiveViews {
    wake: Mutex<Option<Sender<()>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl LiveViews {
    pub(crate) fn start(views: &Arc<Views>, hub: &Arc<Hub>) -> std::io::Result<Self> {
        let (wake, woken) = bounded(1);
        let (views, hub) = (Arc::downgrade(views), Arc::downgrade(hub));
        let thread = thread::Builder::new()
            .name("views".into())
            .spawn(move || work(&woken, &views, &hub))?;
        Ok(Self {
            wake: Mutex::new(Some(wake)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Records arrived somewhere. Never blocks.
    pub(crate) fn wake(&self) {
        if let Some(wake) = &*self.wake.lock() {
            match wake.try_send(()) {
                // A full queue means that the thread is going to look anyway.
                Ok(()) | Err(TrySendError::Full(()) | TrySendError::Disconnected(())) => {}
            }
        }
    }

    pub(crate) fn stop(&self) {
        self.wake.lock().take();
        if let Some(thread) = self.thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the views failed");
        }
    }
}

fn work(woken: &Receiver<()>, views: &Weak<Views>, hub: &Weak<Hub>) {
    while woken.recv().is_ok() {
        let (Some(views), Some(hub)) = (views.upgrade(), hub.upgrade()) else {
            return;
        };
        for view in views.all() {
            if view.searcher.is_some() && view.catch_up() {
                hub.view_changed(&view.client, view.id);
            }
        }
        thread::sleep(COALESCE);
    }
}
