//! Who listens to the workbench, and what each has yet to be told.
//!
//! Owns the clients (windows, tabs) by name. Promises: telling never blocks and takes bounded
//! memory; what a client has not fetched yet collapses to the latest state of its kind, so a slow
//! client misses no outcome and slows nobody.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::api::{Notice, Trouble};

/// A client with no open stream for so long has gone, and its views with it.
const GONE_AFTER: Duration = Duration::from_mins(1);

/// Notices and troubles kept for a client that fetches nothing.
const MAX_QUEUED: usize = 100;

/// What a client has yet to be told.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a kind of event of its own"
)]
pub(crate) struct Pending {
    pub(crate) hello: bool,
    pub(crate) runs: bool,
    pub(crate) sources: bool,
    pub(crate) focus: bool,
    pub(crate) views: BTreeSet<u64>,
    pub(crate) notices: VecDeque<Notice>,
    pub(crate) troubles: VecDeque<Trouble>,
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        !self.hello
            && !self.runs
            && !self.sources
            && !self.focus
            && self.views.is_empty()
            && self.notices.is_empty()
            && self.troubles.is_empty()
    }
}

/// One client.
#[derive(Debug)]
pub(crate) struct Client {
    pending: Mutex<Pending>,
    wake: Notify,
    presence: Mutex<Presence>,
}

#[derive(Debug)]
struct Presence {
    streams: usize,
    since: Instant,
}

impl Client {
    fn new() -> Self {
        Self {
            pending: Mutex::default(),
            wake: Notify::new(),
            presence: Mutex::new(Presence {
                streams: 0,
                since: Instant::now(),
            }),
        }
    }

    /// Takes what is to be told.
    pub(crate) fn take(&self) -> Pending {
        std::mem::take(&mut self.pending.lock())
    }

    /// Waits until there may be something to tell.
    pub(crate) async fn wait(&self) {
        loop {
            let notified = self.wake.notified();
            if !self.pending.lock().is_empty() {
                return;
            }
            notified.await;
        }
    }

    pub(crate) fn tell(&self, change: impl FnOnce(&mut Pending)) {
        change(&mut self.pending.lock());
        self.wake.notify_one();
    }

    /// A stream of this client was opened.
    pub(crate) fn arrive(&self) {
        self.presence.lock().streams += 1;
        self.tell(|pending| pending.hello = true);
    }

    /// A stream of this client was dropped.
    pub(crate) fn leave(&self) {
        let mut presence = self.presence.lock();
        presence.streams = presence.streams.saturating_sub(1);
        presence.since = Instant::now();
    }

    fn is_gone(&self) -> bool {
        let presence = self.presence.lock();
        presence.streams == 0 && presence.since.elapsed() > GONE_AFTER
    }
}

/// All clients.
#[derive(Debug, Default)]
pub(crate) struct Hub {
    clients: Mutex<HashMap<String, Arc<Client>>>,
}

impl Hub {
    /// The client of that name, known from now on.
    pub(crate) fn client(&self, name: &str) -> Arc<Client> {
        let mut clients = self.clients.lock();
        let client = clients
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(Client::new()));
        Arc::clone(client)
    }

    fn everyone(&self) -> Vec<Arc<Client>> {
        self.clients.lock().values().cloned().collect()
    }

    pub(crate) fn runs_changed(&self) {
        self.tell_all(|pending| pending.runs = true);
    }

    pub(crate) fn sources_changed(&self) {
        self.tell_all(|pending| pending.sources = true);
    }

    pub(crate) fn focus(&self) {
        self.tell_all(|pending| pending.focus = true);
    }

    pub(crate) fn notice(&self, notice: &Notice) {
        self.tell_all(|pending| {
            pending.notices.push_back(notice.clone());
            if pending.notices.len() > MAX_QUEUED {
                pending.notices.pop_front();
            }
        });
    }

    pub(crate) fn trouble(&self, trouble: &Trouble) {
        self.tell_all(|pending| {
            pending.troubles.push_back(trouble.clone());
            if pending.troubles.len() > MAX_QUEUED {
                pending.troubles.pop_front();
            }
        });
    }

    pub(crate) fn view_changed(&self, client: &str, view: u64) {
        let client = self.clients.lock().get(client).map(Arc::clone);
        if let Some(client) = client {
            client.tell(|pending| {
                pending.views.insert(view);
            });
        }
    }

    /// Forgets clients that have gone and names them.
    pub(crate) fn expire(&self) -> Vec<String> {
        let mut clients = self.clients.lock();
        let gone: Vec<String> = clients
            .iter()
            .filter(|(_, c)| c.is_gone())
            .map(|(name, _)| name.clone())
            .collect();
        for name in &gone {
            clients.remove(name);
        }
        gone
    }

    /// Wakes everyone, so that streams notice the end.
    pub(crate) fn wake_all(&self) {
        self.tell_all(|pending| pending.hello = true);
    }

    fn tell_all(&self, change: impl Fn(&mut Pending)) {
        for client in self.everyone() {
            client.tell(&change);
        }
    }
}
