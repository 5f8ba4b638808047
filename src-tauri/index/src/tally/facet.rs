//! The values a field has, the most frequent first.

use std::collections::HashMap;
use std::sync::Arc;

use crosscut_model::{Level, Stream};
use crosscut_query::{Builtin, Path};

use super::FieldScope;
use super::values::Values;
use crate::SearchError;
use crate::fields::Kind;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FacetKind {
    /// A text.
    Text,
    /// A number, as it was written.
    Number,
    /// True or false.
    Bool,
    /// An object, or an empty array, as JSON.
    Json,
}

impl From<Kind> for FacetKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text,
            Kind::Number => Self::Number,
            Kind::Bool => Self::Bool,
        }
    }
}

/// A value and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetValue {
    /// As text.
    pub value: String,
    /// What it is.
    pub kind: FacetKind,
    /// Rows that have it; of an array's elements each counts.
    pub count: u64,
}

/// The values of a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facet {
    /// The most frequent first, those of one count in their order.
    pub values: Vec<FacetValue>,
    /// How many different ones there are; at least so many, if `truncated`.
    pub distinct: u64,
    /// Rows that have the field.
    pub rows: u64,
    /// Rows that were looked at.
    pub of: u64,
    /// Whether there were too many different values to count them all.
    pub truncated: bool,
}

impl FieldScope<'_> {
    /// The `top` most frequent values of a field. `level`, `source` and `stream` are fields too;
    /// those that number or name records (`time`, `seq`, `run`, `pattern`, `issue`) have none.
    pub fn facet(&self, path: &Path, top: usize) -> Result<Facet, SearchError> {
        let named = |counts: Vec<(String, u64)>| Ok(self.facet_of(counts, top));
        match path.builtin() {
            Some(Builtin::Level) => {
                let counts = self.count_codes(None, |chunk| self.snapshot.level_chunk(chunk))?;
                let levels = counts.into_iter().filter_map(|(code, count)| {
                    let level = Level::from_code(u8::try_from(code).ok()?);
                    (level != Level::None).then(|| (level.name().to_owned(), count))
                });
                named(levels.collect())
            }
            Some(Builtin::Stream) => {
                let counts = self.count_codes(None, |chunk| self.snapshot.stream_chunk(chunk))?;
                let streams = counts.into_iter().filter_map(|(code, count)| {
                    let stream = Stream::from_code(u8::try_from(code).ok()?);
                    Some((stream.name().to_owned(), count))
                });
                named(streams.collect())
            }
            Some(Builtin::Source) => {
                let counts = self.count_sources(None)?.into_iter();
                let name = |source| self.names.source_name(source).to_owned();
                named(
                    counts
                        .map(|(source, count)| (name(source), count))
                        .collect(),
                )
            }
            Some(
                Builtin::Time | Builtin::Seq | Builtin::Run | Builtin::Pattern | Builtin::Issue,
            ) => Ok(Facet {
                of: self.count(),
                ..Facet::default()
            }),
            _ => Ok(self.facet_of_values(self.values(path)?, top)),
        }
    }

    fn facet_of(&self, counts: Vec<(String, u64)>, top: usize) -> Facet {
        let mut sums: HashMap<(FacetKind, Arc<str>), u64> = HashMap::new();
        for (name, count) in counts {
            *sums.entry((FacetKind::Text, name.into())).or_default() += count;
        }
        let rows = sums.values().sum();
        self.top(sums, rows, top)
    }

    fn facet_of_values(&self, values: Values, top: usize) -> Facet {
        let Values {
            columns,
            read,
            sources,
        } = values;
        let truncated = read.truncated;
        let mut rows = read.rows;
        let mut told: HashMap<(FacetKind, &str), u64> = HashMap::new();
        for counted in &columns {
            for (value, count) in counted.values() {
                let (kind, text) = counted.column.value(value);
                *told.entry((kind.into(), text)).or_default() += count;
                rows += count;
            }
        }
        let mut sums = read.counts;
        #[expect(clippy::iter_over_hash_type, reason = "sums have no order")]
        for ((kind, text), count) in told {
            *sums.entry((kind, text.into())).or_default() += count;
        }
        for (source, count) in sources {
            let name = self.names.source_name(source);
            *sums.entry((FacetKind::Text, name.into())).or_default() += count;
            rows += count;
        }
        Facet {
            truncated,
            ..self.top(sums, rows, top)
        }
    }

    fn top(&self, sums: HashMap<(FacetKind, Arc<str>), u64>, rows: u64, top: usize) -> Facet {
        let distinct = sums.len() as u64;
        let mut sums: Vec<_> = sums.into_iter().collect();
        let order = |a: &((FacetKind, Arc<str>), u64), b: &((FacetKind, Arc<str>), u64)| {
            b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))
        };
        if sums.len() > top.max(1) {
            sums.select_nth_unstable_by(top.max(1) - 1, order);
            sums.truncate(top);
        }
        sums.sort_by(order);
        let values = sums.into_iter().map(|((kind, value), count)| FacetValue {
            value: (*value).to_owned(),
            kind,
            count,
        });
        Facet {
            values: values.collect(),
            distinct,
            rows,
            of: self.count(),
            truncated: false,
        }
    }
}
