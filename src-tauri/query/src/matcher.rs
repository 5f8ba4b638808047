//! Deciding whether a record matches.
//!
//! A tree is compiled once: expressions are built, instants resolved, levels made sets, and the
//! parts of each conjunction and disjunction put in the order of what they cost, columns first.
//! None of that changes what matches: every part is a pure function of the record.

mod needle;
mod node;
mod value;

use std::ops::Range;
use std::sync::Arc;

use regex::Regex;

use crate::{Context, ParseError, Path, Prefilter, Query, Record};
pub(crate) use needle::{HEAD_CHARS, Needle, head_expression};
use node::Node;
pub use value::ValueTest;

/// Places marked in one text, at most.
const MAX_HIGHLIGHTS: usize = 1_000;

/// A query made ready to be put to many records. Cheap to clone; threads that search at the same
/// time go faster with a clone each.
#[derive(Debug, Clone)]
pub struct Matcher {
    root: Node,
    marks: Vec<Mark>,
    prefilter: Option<Prefilter>,
    /// A better one, for records of most sources.
    but_for_sources: Option<Prefilter>,
}

/// Something to mark in a text.
#[derive(Debug, Clone)]
enum Mark {
    Needle(Arc<Needle>),
    Regex(Regex),
}

impl Mark {
    /// A needle to mark; the empty one marks nothing.
    fn needle(needle: &Arc<Needle>) -> Option<Self> {
        (!needle.is_empty()).then(|| Self::Needle(Arc::clone(needle)))
    }
}

impl Matcher {
    /// Makes a query ready. A parsed query never errs here; one built by hand does when a regular
    /// expression cannot be compiled or a level or an instant cannot be read (position 0).
    pub fn new(query: &Query, context: &Context) -> Result<Self, ParseError> {
        Self::with_places(query, context, &|_| false)
    }

    /// The same for records in which values at the paths that `free` names may stand anywhere in
    /// the text, unless it is a JSON object: see [`Record`].
    pub fn with_places(
        query: &Query,
        context: &Context,
        free: &dyn Fn(&Path) -> bool,
    ) -> Result<Self, ParseError> {
        let context = Arc::new(context.clone());
        let root = Node::new(query, &context)?;
        let mut marks = Vec::new();
        root.marks(&mut marks);
        Ok(Self {
            root,
            marks,
            prefilter: Prefilter::new(query, &context, free),
            but_for_sources: Prefilter::but_for_sources(query, &context, free),
        })
    }

    /// Whether the record matches.
    pub fn matches<R: Record + ?Sized>(&self, record: &R) -> bool {
        self.root.matches(record)
    }

    /// Where the query's positive text terms stand in `text`: byte ranges in order, none empty,
    /// none overlapping, at most a thousand. Text terms are words, phrases, expressions, the
    /// literal `f:v`, and what is looked for in `msg`.
    pub fn highlights(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for mark in &self.marks {
            match mark {
                Mark::Needle(needle) => {
                    let mut from = 0;
                    while found.len() < MAX_HIGHLIGHTS
                        && let Some(range) = needle.find_at(text, from)
                    {
                        from = range.end;
                        found.push(range);
                    }
                }
                Mark::Regex(regex) => {
                    let ranges = regex.find_iter(text).map(|found| found.range());
                    let left = MAX_HIGHLIGHTS.saturating_sub(found.len());
                    found.extend(ranges.filter(|range| !range.is_empty()).take(left));
                }
            }
        }
        found.sort_by_key(|range| (range.start, range.end));
        let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for range in found {
            match merged.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => merged.push(range),
            }
        }
        merged
    }

    /// A quick way to pass over rows that cannot match, where the query allows one.
    pub fn prefilter(&self) -> Option<&Prefilter> {
        self.prefilter.as_ref()
    }

    /// The same for records that all are of sources with these names: `service:x` is looked for in
    /// the records only if it is no source's name.
    pub fn prefilter_among<'n>(
        &self,
        sources: impl IntoIterator<Item = &'n str>,
    ) -> Option<&Prefilter> {
        let better = self.but_for_sources.as_ref();
        let holds = |filter: &&Prefilter| {
            let mut sources = sources.into_iter();
            sources.all(|source| filter.holds_for(source))
        };
        better.filter(holds).or(self.prefilter())
    }
}

/// The text that `f:v` may stand for where f is no built-in.
pub(crate) fn literal(path: &crate::Path, value: &str) -> String {
    format!("{}:{value}", path.plain())
}
