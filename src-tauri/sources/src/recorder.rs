//! A feed that remembers what it was given, for tests.
//!
//! Batches count as durable when they were flushed, or when a test says so; [`Recorder::crash`]
//! forgets the others together with their checkpoints, as a store does that lost its last writes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Batch, Feed, FeedClosed};
use crosscut_model::{RowFlags, SourceSpec, Stream};
use parking_lot::{Condvar, Mutex};

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was given.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) batches: Vec<Batch>,
    pub(crate) arrived: Vec<Instant>,
    pub(crate) durable: usize,
    pub(crate) states: Vec<SourceState>,
    pub(crate) partials: Vec<Option<Vec<u8>>>,
    pub(crate) closed: bool,
    /// What it told of itself.
    pub(crate) attributes: BTreeMap<String, String>,
    /// The sources it found.
    pub(crate) found: Vec<SourceSpec>,
    /// Every line is to be a record of its own.
    pub(crate) apart: bool,
    /// Sending blocks while set.
    pub(crate) full: bool,
}

impl Given {
    /// The records that are no markers, in order.
    pub(crate) fn lines(&self) -> Vec<Vec<u8>> {
        self.records(|stream| stream != Stream::System)
            .into_iter()
            .map(|(line, _)| line)
            .collect()
    }

    /// The records of one stream as text.
    pub(crate) fn texts(&self, of: Stream) -> Vec<String> {
        self.records(|stream| stream == of)
            .into_iter()
            .map(|(line, _)| String::from_utf8_lossy(&line).into_owned())
            .collect()
    }

    /// The markers.
    pub(crate) fn markers(&self) -> Vec<String> {
        self.texts(Stream::System)
    }

    /// The records of the streams asked for, with their flags.
    pub(crate) fn records(&self, of: impl Fn(Stream) -> bool) -> Vec<(Vec<u8>, RowFlags)> {
        let batches = self.batches.iter().filter(|batch| of(batch.stream));
        batches
            .flat_map(|b| b.lines.iter().map(|(line, flags)| (line.to_vec(), flags)))
            .collect()
    }

    /// Whether the source's last state is this one.
    pub(crate) fn is(&self, state: &SourceState) -> bool {
        self.states.last() == Some(state)
    }

    /// The code of the state it is in, when it waits or failed.
    pub(crate) fn code(&self) -> Option<&str> {
        match self.states.last()? {
            SourceState::Waiting { code, .. } | SourceState::Failed { code, .. } => Some(code),
            _ => None,
        }
    }
}

/// The feed.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    given: Mutex<Given>,
    changed: Condvar,
}

impl Recorder {
    /// Nothing given yet.
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Looks at what was given.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Given) -> T) -> T {
        look(&self.given.lock())
    }

    /// Changes what was given.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Given) -> T) -> T {
        let changed = change(&mut self.given.lock());
        self.changed.notify_all();
        changed
    }

    /// Waits until `holds`; fails the test when it never does.
    pub(crate) fn wait(&self, what: &str, holds: impl Fn(&Given) -> bool) {
        let until = Instant::now() + PATIENCE;
        let mut given = self.given.lock();
        while !holds(&given) {
            let timed_out = self.changed.wait_until(&mut given, until).timed_out();
            assert!(
                !timed_out || holds(&given),
                "waited in vain for: {what}\nstates {:?}\nmarkers {:?}\n{} lines",
                given.states,
                given.markers(),
                given.lines().len()
            );
        }
    }

    /// Forgets what is not durable, but keeps at least `keep` batches.
    pub(crate) fn crash(&self, keep: usize) {
        let mut given = self.given.lock();
        let kept = given.durable.max(keep).min(given.batches.len());
        given.batches.truncate(kept);
        given.arrived.truncate(kept);
        given.durable = kept;
        given.states.clear();
        given.partials.clear();
        given.closed = false;
    }
}

impl Feed for Recorder {
    fn checkpoint(&self) -> Option<Vec<u8>> {
        self.given
            .lock()
            .batches
            .iter()
            .rev()
            .find_map(|batch| batch.checkpoint.clone())
    }

    fn send(&self, batch: Batch) -> Result<(), FeedClosed> {
        let mut given = self.given.lock();
        while given.full && !given.closed {
            self.changed.wait(&mut given);
        }
        if given.closed {
            return Err(FeedClosed);
        }
        assert!(batch.times.is_empty() || batch.times.len() == batch.lines.len());
        given.batches.push(batch);
        given.arrived.push(Instant::now());
        self.changed.notify_all();
        Ok(())
    }

    fn flush(&self) -> Result<(), FeedClosed> {
        let mut given = self.given.lock();
        given.durable = given.batches.len();
        if given.closed {
            Err(FeedClosed)
        } else {
            Ok(())
        }
    }

    fn state(&self, state: SourceState) {
        self.given.lock().states.push(state);
        self.changed.notify_all();
    }

    fn partial(&self, text: Option<&[u8]>) {
        self.given.lock().partials.push(text.map(<[u8]>::to_vec));
        self.changed.notify_all();
    }

    fn describe(&self, attributes: BTreeMap<String, String>) {
        self.given.lock().attributes = attributes;
        self.changed.notify_all();
    }

    fn joins(&self) -> bool {
        !self.given.lock().apart
    }

    fn found(&self, spec: SourceSpec) {
        let mut given = self.given.lock();
        if !given.found.contains(&spec) {
            given.found.push(spec);
        }
        self.changed.notify_all();
    }
}
