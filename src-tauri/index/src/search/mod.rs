//! Answering a query for all rows of a run.

use std::collections::{BTreeMap, HashMap};
use std::ops::{ControlFlow, Range};
use std::sync::atomic::AtomicBool;

use crosscut_model::{Level, RowMeta, Seq, SourceId, Stream, UnixNanos};
use crosscut_query::{Context, Matcher, ParseError, Path, Query, Record, Value};
use crosscut_store::{ReadError, Snapshot};
use roaring::RoaringBitmap;

use crate::IndexSnapshot;

/// What sources are called.
pub trait SourceNames: Sync {
    /// A source's name; empty when it is unknown.
    fn source_name(&self, id: SourceId) -> &str;
}

impl SourceNames for HashMap<SourceId, String> {
    fn source_name(&self, id: SourceId) -> &str {
        self.get(&id).map_or("", String::as_str)
    }
}

impl SourceNames for BTreeMap<SourceId, String> {
    fn source_name(&self, id: SourceId) -> &str {
        self.get(&id).map_or("", String::as_str)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The caller asked to stop.
    #[error("the search was cancelled")]
    Cancelled,
    /// The run's columns could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// An answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The rows that match.
    pub rows: RoaringBitmap,
    /// Rows whose text could not be read, in order: damaged ones were matched by the marker that
    /// stands in their place, unreadable ones not at all.
    pub unreadable: Vec<Range<u64>>,
}

/// How far a search has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// Rows found since the last report.
    pub found: RoaringBitmap,
    /// Rows decided so far, of those asked for.
    pub searched: u64,
}

/// A query made ready to be put to runs.
#[derive(Debug, Clone)]
pub struct Searcher {
    matcher: Matcher,
}

impl Searcher {
    /// Makes a query ready.
    pub fn new(query: &Query, context: &Context) -> Result<Self, ParseError> {
        Ok(Self {
            matcher: Matcher::new(query, context)?,
        })
    }

    /// The rows of `rows` that match, newest looked at first.
    pub fn search(
        &self,
        _snapshot: &Snapshot,
        _index: Option<&IndexSnapshot>,
        _names: &dyn SourceNames,
        _rows: Range<u64>,
        _cancel: &AtomicBool,
        _progress: &mut dyn FnMut(Progress),
    ) -> Result<Found, SearchError> {
        Ok(Found::default())
    }

    /// The rows of `rows` that match, without index: for records that have just come.
    pub fn scan(
        &self,
        snapshot: &Snapshot,
        names: &dyn SourceNames,
        rows: Range<u64>,
    ) -> Result<Found, SearchError> {
        self.search(
            snapshot,
            None,
            names,
            rows,
            &AtomicBool::new(false),
            &mut |_| (),
        )
    }

    /// Where the query's text terms stand in `text`.
    pub fn highlights(&self, text: &str) -> Vec<Range<usize>> {
        self.matcher.highlights(text)
    }

    /// The matcher, for single records.
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }
}

/// A stored record as a query sees it.
#[derive(Debug)]
pub struct StoredRecord<'a> {
    raw: &'a [u8],
    seq: Seq,
    meta: RowMeta,
    source: &'a str,
}

impl<'a> StoredRecord<'a> {
    /// A record with these bytes and columns, from a source of this name.
    pub fn new(raw: &'a [u8], seq: Seq, meta: RowMeta, source: &'a str) -> Self {
        Self {
            raw,
            seq,
            meta,
            source,
        }
    }
}

impl Record for StoredRecord<'_> {
    fn text(&self) -> &str {
        ""
    }
    fn raw(&self) -> &[u8] {
        self.raw
    }
    fn level(&self) -> Level {
        self.meta.level
    }
    fn time(&self) -> UnixNanos {
        self.meta.time
    }
    fn seq(&self) -> Seq {
        self.seq
    }
    fn stream(&self) -> Stream {
        self.meta.stream
    }
    fn source(&self) -> &str {
        self.source
    }
    fn broken(&self) -> bool {
        self.meta.flags.has(crosscut_model::RowFlags::BROKEN)
    }
    fn field(&self, _path: &Path, _visit: &mut dyn FnMut(Value<'_>) -> ControlFlow<()>) {}
}
