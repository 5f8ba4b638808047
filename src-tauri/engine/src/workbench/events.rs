//! Events for one client, made from the latest state at the moment they are fetched.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::shared::Shared;
use crate::api::Event;
use crate::hub::{Client, Pending};

/// Two rounds of events are at least this far apart: about thirty a second.
const INTERVAL: Duration = Duration::from_millis(30);

/// Events for one client.
#[derive(Debug)]
pub struct EventStream {
    shared: Arc<Shared>,
    client: Arc<Client>,
    ready: VecDeque<Event>,
    next_round: Instant,
}

impl EventStream {
    pub(crate) fn new(shared: Arc<Shared>, client: &str) -> Self {
        let client = shared.hub.client(client);
        client.arrive();
        Self {
            shared,
            client,
            ready: VecDeque::new(),
            next_round: Instant::now(),
        }
    }

    /// The next event; `None` once the workbench closes. Cancel-safe.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.shared.is_closed() {
                return None;
            }
            tokio::time::sleep_until(self.next_round).await;
            self.client.wait().await;
            self.next_round = Instant::now() + INTERVAL;
            if self.shared.is_closed() {
                return None;
            }
            let pending = self.client.take();
            self.ready = events_of(&self.shared, pending);
        }
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        self.client.leave();
    }
}

fn events_of(shared: &Shared, pending: Pending) -> VecDeque<Event> {
    let mut events = VecDeque::new();
    if pending.hello {
        events.push_back(Event::Hello {
            version: env!("CARGO_PKG_VERSION").to_owned(),
        });
    }
    if pending.runs || pending.hello {
        let (runs, current) = shared.runs_now();
        events.push_back(Event::Runs { runs, current });
    }
    if pending.sources || pending.hello {
        let (run, sources) = shared.sources_now();
        events.push_back(Event::Sources { run, sources });
    }
    for id in pending.views {
        if let Ok(view) = shared.views.get(id) {
            events.push_back(Event::View {
                state: view.state(),
            });
        }
    }
    events.extend(
        pending
            .notices
            .into_iter()
            .map(|notice| Event::Notice { notice }),
    );
    events.extend(
        pending
            .troubles
            .into_iter()
            .map(|trouble| Event::Trouble { trouble }),
    );
    if pending.focus {
        events.push_back(Event::Focus);
    }
    events
}
