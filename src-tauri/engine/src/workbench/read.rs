//! Reading and following a run from outside the window.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crosscut_index::{Found, SearchError, Searcher, Want};
use crosscut_model::UnixNanos;
use crosscut_query::{FieldTest, Path, Pattern, Query, Temper, Test, TextPattern};
use crosscut_store::Snapshot;
use tokio::sync::watch;

use super::Workbench;
use super::shared::Shared;
use crate::api::{ApiError, ReadArgs, ReadRecord, SourceInfo};
use crate::run::{Growth, Run};
use crate::views::{bad_query, keep_last, read_records};

/// Rows matched in one step while following.
const STEP: u64 = 1 << 15;

/// Records given in one piece.
const PIECE: usize = 1_000;

impl Workbench {
    /// Records of a run, oldest first. Blocks.
    pub fn read(&self, args: &ReadArgs) -> Result<Vec<ReadRecord>, ApiError> {
        let run = self.shared.run(args.run.as_ref())?;
        let filter = Filter::new(&self.shared, &run, args)?;
        let snapshot = run.snapshot();
        let range = args.since.unwrap_or_default()..snapshot.rows();
        let rows = filter.select(&run, &snapshot, range, args.tail, args.limit)?;
        let names = run.names();
        read_records(&run, &snapshot, &names, &rows).map_err(|error| ApiError::storage(&error))
    }

    /// Records of a run and what comes after them. `tail` of the arguments counts for the records
    /// there already when `since` is absent.
    pub fn follow(&self, args: &ReadArgs) -> Result<Follow, ApiError> {
        let run = self.shared.run(args.run.as_ref())?;
        let filter = Arc::new(Filter::new(&self.shared, &run, args)?);
        let growth = run.watch();
        let snapshot = run.snapshot();
        let end = snapshot.rows();
        let backlog = match args.since {
            Some(since) => since.min(end)..end,
            None => 0..end,
        };
        let tail = if args.since.is_some() {
            None
        } else {
            args.tail
        };
        let first = match tail {
            // Without a bound the backlog is walked forward, piece by piece.
            None | Some(0) => Vec::new(),
            Some(_) => filter.select(&run, &snapshot, backlog.clone(), tail, None)?,
        };
        let next_row = if tail.is_some() { end } else { backlog.start };
        Ok(Follow {
            shared: Arc::clone(&self.shared),
            run,
            filter,
            growth,
            next_row,
            first,
            sources: Vec::new(),
            told_sources: false,
            ended: false,
        })
    }
}

/// Which records are wanted.
#[derive(Debug)]
pub(super) struct Filter {
    searcher: Option<Searcher>,
}

impl Filter {
    fn new(shared: &Shared, run: &Run, args: &ReadArgs) -> Result<Self, ApiError> {
        let mut parts = Vec::new();
        if let Some(query) = &args.query {
            let parsed = crosscut_query::parse(query, Temper::Strict);
            parts.push(parsed.map_err(|error| bad_query(&error))?.query);
        }
        if let Some(grep) = &args.grep {
            let pattern = Pattern {
                source: grep.clone(),
                case_sensitive: false,
            };
            parts.push(Query::Text(TextPattern::Regex(pattern)));
        }
        if let Some(source) = &args.source {
            parts.push(equals("source", source));
        }
        if let Some(stream) = args.stream {
            parts.push(equals("stream", stream.name()));
        }
        Self::of(shared, run, parts, shared.clock.now())
    }

    /// All of these, as they mean it at that moment.
    pub(super) fn of(
        shared: &Shared,
        run: &Run,
        parts: Vec<Query>,
        now: UnixNanos,
    ) -> Result<Self, ApiError> {
        let searcher = match Query::and(parts) {
            Query::All => None,
            query => Some(shared.searcher(&query, run, now)?),
        };
        Ok(Self { searcher })
    }

    /// What decides; `None` when all records are wanted.
    pub(super) fn searcher(&self) -> Option<&Searcher> {
        self.searcher.as_ref()
    }

    /// The matching rows of a range, ascending: the last `tail` of them, then the first `limit` of
    /// those.
    fn select(
        &self,
        run: &Run,
        snapshot: &Snapshot,
        range: Range<u64>,
        tail: Option<usize>,
        limit: Option<usize>,
    ) -> Result<Vec<u32>, ApiError> {
        let limit = limit.unwrap_or(usize::MAX);
        if let Some(tail) = tail {
            let found = self.newest(run, snapshot, range, tail)?;
            return Ok(found.rows.iter().take(limit).collect());
        }
        let want = Want {
            limit,
            newest: false,
        };
        let found = self.first(run, snapshot, range, want)?;
        Ok(found.rows.iter().take(limit).collect())
    }

    /// The last `count` matching rows of a range.
    pub(super) fn newest(
        &self,
        run: &Run,
        snapshot: &Snapshot,
        range: Range<u64>,
        count: usize,
    ) -> Result<Found, ApiError> {
        let want = Want {
            limit: count,
            newest: true,
        };
        let mut found = self.first(run, snapshot, range, want)?;
        keep_last(&mut found.rows, count as u64);
        Ok(found)
    }

    /// The first matching rows of a range, from the one end or the other.
    pub(super) fn first(
        &self,
        run: &Run,
        snapshot: &Snapshot,
        range: Range<u64>,
        want: Want,
    ) -> Result<Found, ApiError> {
        let Some(searcher) = &self.searcher else {
            let count = (range.end.saturating_sub(range.start)).min(want.limit as u64);
            let range = if want.newest {
                range.end - count..range.end
            } else {
                range.start..range.start + count
            };
            return self.find(run, snapshot, range);
        };
        let names = run.names();
        let index = run.index_snapshot();
        searcher
            .first(
                snapshot,
                index.as_deref(),
                &*names,
                range,
                &AtomicBool::new(false),
                want,
            )
            .map_err(|error: SearchError| ApiError::storage(&error))
    }

    /// The matching rows of a range.
    pub(super) fn find(
        &self,
        run: &Run,
        snapshot: &Snapshot,
        range: Range<u64>,
    ) -> Result<Found, ApiError> {
        let narrow = |row: u64| u32::try_from(row).unwrap_or(u32::MAX);
        let Some(searcher) = &self.searcher else {
            let mut all = Found::default();
            all.rows
                .insert_range(narrow(range.start)..narrow(range.end));
            return Ok(all);
        };
        let names = run.names();
        let index = run.index_snapshot();
        searcher
            .search(
                snapshot,
                index.as_deref(),
                &*names,
                range,
                &AtomicBool::new(false),
                &mut |_| {},
            )
            .map_err(|error: SearchError| ApiError::storage(&error))
    }

    fn rows(
        &self,
        run: &Run,
        snapshot: &Snapshot,
        range: Range<u64>,
    ) -> Result<Vec<u32>, ApiError> {
        Ok(self.find(run, snapshot, range)?.rows.iter().collect())
    }
}

/// A field that must equal a value.
pub(super) fn equals(field: &str, value: &str) -> Query {
    Query::Field(FieldTest {
        path: Path::name(field),
        test: Test::Equals(value.to_owned()),
    })
}

/// A run being followed.
#[derive(Debug)]
pub struct Follow {
    shared: Arc<Shared>,
    run: Arc<Run>,
    filter: Arc<Filter>,
    growth: watch::Receiver<Growth>,
    next_row: u64,
    first: Vec<u32>,
    sources: Vec<SourceInfo>,
    told_sources: bool,
    ended: bool,
}

/// What following brings.
#[derive(Debug, Clone, PartialEq)]
pub enum Followed {
    /// More records, in order; at most 1,000 at once.
    Records(Vec<ReadRecord>),
    /// The state of a source changed.
    Source(SourceInfo),
    /// The run ended and every record was given.
    End,
}

impl Follow {
    /// What comes next; `None` after [`Followed::End`] or once the workbench closes. Cancel-safe.
    pub async fn next(&mut self) -> Option<Followed> {
        loop {
            if !self.first.is_empty() {
                let rows: Vec<u32> = self.first.iter().take(PIECE).copied().collect();
                let records = self.records(rows.clone()).await?;
                self.first.drain(..rows.len());
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
                self.first = rows;
                continue;
            }
            if growth.ended {
                self.ended = true;
                return Some(Followed::End);
            }
            if let Some(source) = self.changed_source() {
                return Some(Followed::Source(source));
            }
            let patience = std::time::Duration::from_millis(500);
            // A time-out is the moment to look at the sources again.
            if let Ok(Err(_)) = tokio::time::timeout(patience, self.growth.changed()).await {
                return None;
            }
        }
    }

    /// A source whose state is another than when it was last looked at.
    fn changed_source(&mut self) -> Option<SourceInfo> {
        if self.run.id != self.shared.current_id() {
            return None;
        }
        let (_, now) = self.shared.sources_now();
        let before = std::mem::replace(&mut self.sources, now);
        if !std::mem::replace(&mut self.told_sources, true) {
            return None;
        }
        let changed = self.sources.iter().position(|source| {
            let old = before.iter().find(|old| old.id == source.id);
            old.is_none_or(|old| old.status != source.status)
        })?;
        let told = self.sources.get(changed)?.clone();
        // The others' changes are told one by one.
        for source in &mut self.sources {
            if source.id != told.id
                && let Some(old) = before.iter().find(|old| old.id == source.id)
            {
                source.status = old.status.clone();
            }
        }
        Some(told)
    }

    async fn matching(&self, range: Range<u64>) -> Option<Vec<u32>> {
        let (run, filter) = (Arc::clone(&self.run), Arc::clone(&self.filter));
        let task = tokio::task::spawn_blocking(move || filter.rows(&run, &run.snapshot(), range));
        told(task.await)
    }

    async fn records(&self, rows: Vec<u32>) -> Option<Vec<ReadRecord>> {
        let run = Arc::clone(&self.run);
        let task = tokio::task::spawn_blocking(move || {
            let names = run.names();
            read_records(&run, &run.snapshot(), &names, &rows)
                .map_err(|error| ApiError::storage(&error))
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
