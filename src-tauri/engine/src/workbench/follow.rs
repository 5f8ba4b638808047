//! Following a run from outside the window: what is there already, and then what comes.
//!
//! Owns no thread and no queue: whoever follows pulls, and is given what the store holds at that
//! moment. So one who is slow keeps nobody waiting, and many who follow the same run read the same
//! records. Promises: each matching record once and in order; a source's state is told after the
//! records it had sent by then; a piece is bounded in records and in bytes.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crosscut_model::RunId;
use roaring::RoaringBitmap;
use tokio::sync::watch;

use super::Workbench;
use super::read::Filter;
use super::shared::Shared;
use crate::api::{ApiError, ReadArgs, ReadRecord, SourceInfo};
use crate::run::{Growth, Run};
use crate::views::{keep_last, read_records};

/// Rows matched in one step.
const STEP: u64 = 1 << 15;

/// Records given in one piece.
const PIECE: usize = 1_000;

/// Text in one piece from which on nothing is added to it. Bytes.
const PIECE_BYTES: usize = 1 << 20;

/// Records read at once: the most by which a piece can be larger than it should.
const READ: usize = 64;

/// How often the sources are looked at while no records come.
const PATIENCE: Duration = Duration::from_millis(500);

impl Workbench {
    /// Records of a run and what comes after them. `tail` of the arguments counts for the records
    /// there already when `since` is absent. Blocks.
    pub fn follow(&self, args: &ReadArgs) -> Result<Follow, ApiError> {
        let run = self.shared.run(args.run.as_ref())?;
        let filter = Arc::new(Filter::new(&self.shared, &run, args)?);
        let growth = run.watch();
        let snapshot = run.snapshot();
        let end = snapshot.rows();
        let backlog = args.since.unwrap_or_default().min(end)..end;
        let tail = args.tail.filter(|_| args.since.is_none());
        let ready = match tail {
            // Without a bound the backlog is walked forward, piece by piece.
            None | Some(0) => Vec::new(),
            Some(_) => filter.select(&run, &snapshot, backlog.clone(), tail, None)?,
        };
        // How one source is doing is told at once, and not only when that changes.
        let sources = match args.source {
            Some(_) => Vec::new(),
            None => self.shared.sources_now().1,
        };
        let next_row = if tail.is_some() { end } else { backlog.start };
        Ok(Follow {
            shared: Arc::clone(&self.shared),
            run,
            filter,
            growth,
            began: end,
            next_row,
            ready,
            only: args.source.clone(),
            sources,
            changed: None,
            ended: false,
        })
    }
}

/// A run being followed.
#[derive(Debug)]
pub struct Follow {
    shared: Arc<Shared>,
    run: Arc<Run>,
    filter: Arc<Filter>,
    growth: watch::Receiver<Growth>,
    /// Rows there were when following began.
    began: u64,
    /// The first row that was not looked at.
    next_row: u64,
    /// Rows that match and are still to be given; all before `next_row`.
    ready: Vec<u32>,
    /// The one source whose records and states are wanted.
    only: Option<String>,
    /// The sources as they were told.
    sources: Vec<SourceInfo>,
    /// One whose state changed, to be told when the records before that are given.
    changed: Option<SourceInfo>,
    ended: bool,
}

/// What following brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Followed {
    /// More records, in order; at most 1,000 at once, and fewer where they are long.
    Records(Vec<ReadRecord>),
    /// The state of a source changed; of the one source that is asked for, also how it is once what
    /// there was has been given.
    Source(SourceInfo),
    /// The run ended and every record was given.
    End,
}

/// Records that were passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// The first one's number.
    pub first: u64,
    /// The last one's number.
    pub last: u64,
}

impl Follow {
    /// The run.
    pub fn run(&self) -> &RunId {
        &self.run.id
    }

    /// The number of the last record before everything that is still to be given: one who has nothing
    /// yet goes on behind it.
    pub fn position(&self) -> u64 {
        let first = self.ready.first().map(|row| u64::from(*row));
        first.unwrap_or(self.next_row)
    }

    /// Whether all that was there when following began has been given.
    pub fn is_live(&self) -> bool {
        let before = |row: &u32| u64::from(*row) < self.began;
        self.next_row >= self.began && !self.ready.first().is_some_and(before)
    }

    /// Records that came since following began and were not looked at yet, or not given.
    pub fn behind(&self) -> u64 {
        let unseen = self.growth.borrow().rows.saturating_sub(self.next_row);
        unseen + self.ready.len() as u64
    }

    /// Passes over what is there by now, but for the last `keep` matching records. `None` when
    /// there were no more than that. Cancel-safe.
    pub async fn catch_up(&mut self, keep: usize) -> Option<Skipped> {
        let end = self.growth.borrow_and_update().rows.max(self.next_row);
        let mut rows = self.matching(self.next_row..end).await?;
        rows.extend(&self.ready);
        let mut kept = rows.clone();
        keep_last(&mut kept, keep as u64);
        rows -= &kept;
        self.next_row = end;
        self.ready = kept.iter().collect();
        let seq = |row: u32| u64::from(row) + 1;
        Some(Skipped {
            count: rows.len(),
            first: rows.min().map(seq)?,
            last: rows.max().map(seq)?,
        })
    }

    /// What comes next; `None` after [`Followed::End`] or once the workbench closes. Cancel-safe.
    pub async fn next(&mut self) -> Option<Followed> {
        loop {
            if !self.ready.is_empty() {
                let (taken, records) = self.records().await?;
                self.ready.drain(..taken.min(self.ready.len()));
                if records.is_empty() {
                    continue;
                }
                return Some(Followed::Records(records));
            }
            if self.ended || self.shared.is_closed() {
                return None;
            }
            let growth = *self.growth.borrow_and_update();
            if growth.rows > self.next_row {
                let end = growth.rows.min(self.next_row + STEP);
                let rows = self.matching(self.next_row..end).await?;
                self.next_row = end;
                self.ready = rows.iter().collect();
                continue;
            }
            if let Some(source) = self.changed.take() {
                return Some(Followed::Source(source));
            }
            self.changed = self.changed_source();
            if self.changed.is_some() {
                // What it had sent by then comes first.
                continue;
            }
            if growth.ended {
                self.ended = true;
                return Some(Followed::End);
            }
            // A time-out is the moment to look at the sources again.
            if let Ok(Err(_)) = tokio::time::timeout(PATIENCE, self.growth.changed()).await {
                return None;
            }
        }
    }

    /// A source whose state is another than when it was last looked at.
    fn changed_source(&mut self) -> Option<SourceInfo> {
        if self.run.id != self.shared.current_id() {
            return None;
        }
        let (_, mut now) = self.shared.sources_now();
        if let Some(only) = &self.only {
            now.retain(|source| source.name == *only);
        }
        // One at a time; the others are still other than told when it is their turn.
        for source in now {
            match self.sources.iter_mut().find(|old| old.id == source.id) {
                Some(old) if old.status == source.status => {}
                Some(old) => {
                    old.clone_from(&source);
                    return Some(source);
                }
                None => {
                    self.sources.push(source.clone());
                    return Some(source);
                }
            }
        }
        None
    }

    async fn matching(&self, range: Range<u64>) -> Option<RoaringBitmap> {
        let (run, filter) = (Arc::clone(&self.run), Arc::clone(&self.filter));
        let task = tokio::task::spawn_blocking(move || {
            let found = filter.find(&run, &run.snapshot(), range)?;
            Ok(found.rows)
        });
        told(task.await)
    }

    /// The first of the rows that are ready: how many, and their records.
    async fn records(&self) -> Option<(usize, Vec<ReadRecord>)> {
        let run = Arc::clone(&self.run);
        let rows: Vec<u32> = self.ready.iter().take(PIECE).copied().collect();
        let task = tokio::task::spawn_blocking(move || {
            let (names, snapshot) = (run.names(), run.snapshot());
            let mut piece = Vec::with_capacity(rows.len());
            let (mut taken, mut bytes) = (0, 0);
            for some in rows.chunks(READ) {
                let read = read_records(&run, &snapshot, &names, some)
                    .map_err(|error| ApiError::storage(&error))?;
                bytes += read.iter().map(|record| record.line.len()).sum::<usize>();
                taken += some.len();
                piece.extend(read);
                if bytes >= PIECE_BYTES {
                    break;
                }
            }
            Ok((taken, piece))
        });
        told(task.await)
    }
}

/// What a reading task brought; a failure is logged and ends the stream, so that its client
/// comes again from the last record it has.
fn told<T>(outcome: Result<Result<T, ApiError>, tokio::task::JoinError>) -> Option<T> {
    match outcome {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            tracing::error!(%error, "reading the run failed");
            None
        }
        Err(error) => {
            tracing::error!(%error, "reading the run failed");
            None
        }
    }
}
