//! A source's end of the pipeline.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crosscut_model::{Clock, LayoutSpec, SourceId, SourceSpec};
use parking_lot::Mutex;

use super::agents::{Watch, encode_pieces};
use super::compose::Compose;
use super::encode::{LineReader, Owner};
use super::writer::{FeedJob, Pipeline, Ticket};
use crate::api::SourceState;
use crate::settings::SourceSettings;
use crate::source::{Batch, Feed, FeedClosed, Lines};

/// Batches from this size on are encoded by the workers, smaller ones by the source's own thread.
const POOL_FROM: usize = 96 << 10;

/// What a feed asks of and tells the workbench beside its lines.
pub(crate) trait FeedControl: Send + Sync + 'static {
    fn checkpoint(&self, source: SourceId) -> Option<Vec<u8>>;
    fn state(&self, source: SourceId, state: SourceState);
    fn partial(&self, source: SourceId, text: Option<&[u8]>);
    /// The lines as they may be stored; `None` as they are.
    fn redacted(&self, source: SourceId, lines: &Lines) -> Option<Lines>;
    /// The same for lines that were taken out of those of `source`, with whose each is.
    fn redacted_rows(&self, source: SourceId, rows: &[SourceId], lines: &Lines) -> Option<Lines>;
    fn describe(&self, source: SourceId, attributes: BTreeMap<String, String>);
    fn found(&self, spec: SourceSpec);
    /// The source of a service whose lines stand among those of `source`: in the current run's
    /// manifest before a frame names it.
    fn child(&self, source: SourceId, name: &str) -> Child;
}

/// What became of a wish for a source of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Child {
    /// It has one.
    Source(SourceId),
    /// The list is being changed: ask again.
    Busy,
    /// There can be no more.
    Refused,
}

/// Reads a source's lines.
struct Reading {
    reader: LineReader,
    /// How often it was replaced: what a worker has learned with one is nothing for the next.
    number: u64,
}

/// The feed of one source, until it is closed.
pub(crate) struct SourceFeed {
    source: SourceId,
    pipeline: Arc<Pipeline>,
    control: Arc<dyn FeedControl>,
    clock: Arc<dyn Clock>,
    reader: Arc<Mutex<Reading>>,
    watch: Mutex<Watch>,
    compose: Mutex<Compose>,
    /// Whether lines that belong together become one record.
    joins: AtomicBool,
    closed: AtomicBool,
}

impl SourceFeed {
    pub(crate) fn new(
        source: SourceId,
        pipeline: Arc<Pipeline>,
        control: Arc<dyn FeedControl>,
        clock: Arc<dyn Clock>,
        settings: &SourceSettings,
    ) -> Self {
        let reading = Reading {
            reader: LineReader::new(settings),
            number: 0,
        };
        Self {
            source,
            pipeline,
            control,
            clock,
            reader: Arc::new(Mutex::new(reading)),
            watch: Mutex::default(),
            compose: Mutex::default(),
            joins: AtomicBool::new(settings.join),
            closed: AtomicBool::new(false),
        }
    }

    /// Lines of the source are stored already; what headers among them said is `layout`.
    pub(crate) fn goes_on(&self, settings: &SourceSettings, layout: Option<&LayoutSpec>) {
        self.reader.lock().reader = LineReader::new(settings).goes_on(layout, self.clock.now());
    }

    /// Reads the lines that come from now on as `settings` say. They go on behind those that were
    /// read before; what headers among these said, as far as they are stored, is `layout`.
    pub(crate) fn configure(&self, settings: &SourceSettings, layout: Option<&LayoutSpec>) {
        let mut reading = self.reader.lock();
        let reader = LineReader::new(settings);
        reading.reader = reader.replaces(&reading.reader, layout, self.clock.now());
        reading.number += 1;
        self.joins.store(settings.join, Ordering::Release);
    }

    /// Ends it: whoever sends, or waits to send, is told that nobody listens.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Gives the lines of services to sources of their own.
    fn take_apart(&self, batch: &mut Batch) -> Owner {
        let mut owner = Owner::from(self.source);
        if batch.level.is_some() {
            // A marker is nobody else's.
            return owner;
        }
        let found = self
            .compose
            .lock()
            .split(&batch.lines, self.source, |name| self.child(name));
        if let Some((lines, rows)) = found {
            batch.lines = lines;
            owner.rows = rows;
            let redacted = self
                .control
                .redacted_rows(self.source, &owner.rows, &batch.lines);
            if let Some(lines) = redacted {
                batch.lines = lines;
            }
        }
        owner
    }

    /// The source of a service; waits while the list of sources is being changed.
    fn child(&self, name: &str) -> Option<SourceId> {
        while !self.is_closed() {
            match self.control.child(self.source, name) {
                Child::Source(id) => return Some(id),
                Child::Refused => return None,
                Child::Busy => {}
            }
        }
        None
    }

    fn ticket(&self, batch: Batch, owner: Owner) -> Ticket {
        let now = self.clock.now();
        let small = batch.lines.bytes() < POOL_FROM;
        // Here and not in the pool, where a source's batches overtake each other.
        let pieces = self.watch.lock().split(batch, owner);
        if small {
            let mut reading = self.reader.lock();
            return Ticket::Ready(encode_pieces(&pieces, &mut reading.reader, now));
        }
        if let Some((first, _)) = pieces.first() {
            self.reader.lock().reader.prime(first, now);
        }
        let shared = Arc::clone(&self.reader);
        Ticket::Coming(self.pipeline.pool().submit(move || {
            let (mut reader, number) = {
                let reading = shared.lock();
                (reading.reader.clone(), reading.number)
            };
            let encoded = encode_pieces(&pieces, &mut reader, now);
            let mut reading = shared.lock();
            if reading.number == number {
                reading.reader = reader;
            }
            encoded
        }))
    }
}

impl SourceFeed {
    /// The source has ended: its agent streams that did not say so were cut off.
    fn terminate(&self) {
        let unfinished = {
            let mut watch = self.watch.lock();
            let unfinished = watch.unfinished();
            watch.forget();
            unfinished
        };
        for marker in unfinished {
            if self.send(marker).is_err() {
                return;
            }
        }
    }
}

impl fmt::Debug for SourceFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceFeed")
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

impl Feed for SourceFeed {
    fn checkpoint(&self) -> Option<Vec<u8>> {
        self.control.checkpoint(self.source)
    }

    fn send(&self, batch: Batch) -> Result<(), FeedClosed> {
        if self.is_closed() {
            return Err(FeedClosed);
        }
        if batch.lines.is_empty() && batch.checkpoint.is_none() {
            return Ok(());
        }
        let mut batch = batch;
        if let Some(lines) = self.control.redacted(self.source, &batch.lines) {
            batch.lines = lines;
        }
        let owner = self.take_apart(&mut batch);
        if self.is_closed() {
            // Lines whose source was not found in time would be somebody else's for good.
            return Err(FeedClosed);
        }
        let job = FeedJob::Store(self.ticket(batch, owner));
        self.pipeline.send(job, || self.is_closed())
    }

    fn flush(&self) -> Result<(), FeedClosed> {
        let (done, waiting) = crossbeam_channel::bounded(1);
        self.pipeline
            .send(FeedJob::Barrier(done), || self.is_closed())?;
        loop {
            match waiting.recv_timeout(super::writer::PATIENCE) {
                Ok(()) => return Ok(()),
                Err(crossbeam_channel::RecvTimeoutError::Timeout) if !self.is_closed() => {}
                Err(_) => return Err(FeedClosed),
            }
        }
    }

    fn state(&self, state: SourceState) {
        if state == SourceState::Ended {
            self.terminate();
        }
        if !self.is_closed() {
            self.control.state(self.source, state);
        }
    }

    fn partial(&self, text: Option<&[u8]>) {
        if !self.is_closed() {
            self.control.partial(self.source, text);
        }
    }

    fn describe(&self, attributes: BTreeMap<String, String>) {
        if !self.is_closed() {
            self.control.describe(self.source, attributes);
        }
    }

    fn joins(&self) -> bool {
        self.joins.load(Ordering::Acquire)
    }

    fn found(&self, spec: SourceSpec) {
        if !self.is_closed() {
            self.control.found(spec);
        }
    }
}
