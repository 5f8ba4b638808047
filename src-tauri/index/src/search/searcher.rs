//! Putting a query to a run.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crosscut_query::{Context, Matcher, ParseError, Path, Query, Segment};
use crosscut_store::{ReadError, Snapshot};
use parking_lot::Mutex;
use roaring::RoaringBitmap;

use super::attributes::rewritten;
use super::bounds::Bounds;
use super::columns::Columns;
use super::plan::{Plan, Scope, asks_columns};
use super::report::Report;
use super::verify::Verification;
use super::{SearchError, SourceFacts, SourceNames};
use crate::IndexSnapshot;

/// An answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The rows that match.
    pub rows: RoaringBitmap,
    /// Rows that had to be read and whose text is lost, in order. Damaged ones were matched by the
    /// marker that stands in their place, unreadable ones not at all.
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

/// The first rows of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Want {
    /// How many.
    pub limit: usize,
    /// Whether the last rows come first.
    pub newest: bool,
}

/// A query made ready to be put to runs.
#[derive(Debug)]
pub struct Searcher {
    query: Query,
    context: Context,
    plain: Arc<Ready>,
    /// What was last made for sources of which more is known than their names, and for which.
    knowing: Mutex<Option<(u64, Arc<Ready>)>>,
}

/// A query made ready.
#[derive(Debug)]
struct Ready {
    matcher: Matcher,
    plan: Plan,
    asks_columns: bool,
}

impl Ready {
    fn new(query: &Query, context: &Context, facts: &SourceFacts) -> Result<Self, ParseError> {
        let free = |path: &Path| may_be_placed(path, facts);
        Ok(Self {
            matcher: Matcher::with_places(query, context, &free)?,
            plan: Plan::new(query, context, &free),
            // Which layout a record has, its source tells.
            asks_columns: asks_columns(query) || facts.has_layouts(),
        })
    }
}

impl Ready {
    /// The rows that are asked for, and what is known of the answer without reading.
    fn bounds(
        &self,
        snapshot: &Snapshot,
        index: Option<&IndexSnapshot>,
        names: &dyn SourceNames,
        rows: Range<u64>,
        cancel: &AtomicBool,
    ) -> Result<(Range<u32>, Bounds), SearchError> {
        let out_of_range = || ReadError::OutOfRange {
            what: "row",
            index: rows.end,
        };
        if rows.end > snapshot.rows() {
            return Err(out_of_range().into());
        }
        let end = u32::try_from(rows.end).map_err(|_| out_of_range())?;
        let start = u32::try_from(rows.start).unwrap_or(end).min(end);
        let columns = Columns {
            snapshot,
            names,
            rows: start..end,
        };
        let scope = Scope {
            columns,
            index,
            cancel,
        };
        Ok((start..end, self.plan.bounds(&scope)?))
    }
}

/// Whether values at the path may stand in a text without their name.
fn may_be_placed(path: &Path, facts: &SourceFacts) -> bool {
    let named = |segment: &Segment| matches!(segment, Segment::Key(_));
    let name = path.plain();
    path.segments().iter().all(named)
        && (crosscut_parse::is_positional(&name) || facts.lays_out(&name))
}

impl Searcher {
    /// Makes a query ready.
    pub fn new(query: &Query, context: &Context) -> Result<Self, ParseError> {
        Ok(Self {
            query: query.clone(),
            context: context.clone(),
            plain: Arc::new(Ready::new(query, context, &SourceFacts::default())?),
            knowing: Mutex::new(None),
        })
    }

    /// The query as it is put to records of these sources.
    fn ready(&self, names: &dyn SourceNames) -> Arc<Ready> {
        let facts = names.facts();
        if facts.is_empty() {
            return Arc::clone(&self.plain);
        }
        let mut knowing = self.knowing.lock();
        if let Some((number, ready)) = &*knowing
            && *number == facts.number()
        {
            return Arc::clone(ready);
        }
        let ready = match rewritten(&self.query, names, &self.context) {
            None if !facts.has_layouts() => Arc::clone(&self.plain),
            query => {
                let query = query.as_ref().unwrap_or(&self.query);
                match Ready::new(query, &self.context, facts) {
                    Ok(ready) => Arc::new(ready),
                    Err(error) => {
                        tracing::error!(%error, "attributes of sources were not asked");
                        Arc::clone(&self.plain)
                    }
                }
            }
        };
        *knowing = Some((facts.number(), Arc::clone(&ready)));
        ready
    }

    /// Those of `rows` that match: all of them, exactly, whatever the index knows. Newest rows are
    /// looked at first. `progress` is told what the index decided at once, then now and then what
    /// was found since, and at the end the rest.
    pub fn search(
        &self,
        snapshot: &Snapshot,
        index: Option<&IndexSnapshot>,
        names: &dyn SourceNames,
        rows: Range<u64>,
        cancel: &AtomicBool,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Found, SearchError> {
        let ready = self.ready(names);
        let (rows, bounds) = ready.bounds(snapshot, index, names, rows, cancel)?;
        let open = &bounds.may - &bounds.must;
        let decided = (rows.len() as u64).saturating_sub(open.len());
        let mut report = Report::new(bounds.must, decided, progress);
        Verification {
            matcher: &ready.matcher,
            asks_columns: ready.asks_columns,
            snapshot,
            names,
            open: &open,
            cancel,
        }
        .run(&mut report)?;
        Ok(report.end())
    }

    /// The first of `rows` that match, from the one end or the other: no more is read than it
    /// takes.
    pub fn first(
        &self,
        snapshot: &Snapshot,
        index: Option<&IndexSnapshot>,
        names: &dyn SourceNames,
        rows: Range<u64>,
        cancel: &AtomicBool,
        want: Want,
    ) -> Result<Found, SearchError> {
        let ready = self.ready(names);
        let (_, bounds) = ready.bounds(snapshot, index, names, rows, cancel)?;
        let open = &bounds.may - &bounds.must;
        Verification {
            matcher: &ready.matcher,
            asks_columns: ready.asks_columns,
            snapshot,
            names,
            open: &open,
            cancel,
        }
        .first(bounds.must, want)
    }

    /// Those of `rows` that match, without index: for records that have just come.
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

    /// Where the query's positive text terms stand in `text`, as byte ranges.
    pub fn highlights(&self, text: &str) -> Vec<Range<usize>> {
        self.plain.matcher.highlights(text)
    }
}
