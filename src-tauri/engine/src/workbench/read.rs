//! Reading a run from outside the window: which records are wanted, and those that are there.

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use crosscut_index::{Found, SearchError, Searcher, Want};
use crosscut_model::UnixNanos;
use crosscut_query::{FieldTest, Path, Pattern, Query, Temper, Test, TextPattern};
use crosscut_store::Snapshot;

use super::Workbench;
use super::shared::Shared;
use crate::api::{ApiError, ReadArgs, ReadRecord};
use crate::run::Run;
use crate::views::{bad_query, keep_last, read_records};

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
}

/// Which records are wanted.
#[derive(Debug)]
pub(super) struct Filter {
    searcher: Option<Searcher>,
}

impl Filter {
    pub(super) fn new(shared: &Shared, run: &Run, args: &ReadArgs) -> Result<Self, ApiError> {
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
    pub(super) fn select(
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
}

/// A field that must equal a value.
pub(super) fn equals(field: &str, value: &str) -> Query {
    Query::Field(FieldTest {
        path: Path::name(field),
        test: Test::Equals(value.to_owned()),
    })
}
