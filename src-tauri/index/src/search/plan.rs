//! A query as something that columns and index can bound.

use std::ops::{Range, RangeInclusive};
use std::sync::atomic::{AtomicBool, Ordering};

use crosscut_model::{LevelSet, RowFlags, Stream};
use crosscut_query::{
    Builtin, Context, FieldTest, Path, Query, Segment, State, Test, TextPattern, Value, ValueTest,
};
use roaring::RoaringBitmap;

use super::SearchError;
use super::bounds::{Bounds, all};
use super::columns::Columns;
use super::need::Need;
use crate::IndexSnapshot;

/// A part of a query.
#[derive(Debug, Clone)]
pub(super) enum Plan {
    /// Every row, or none.
    Const(bool),
    And(Vec<Plan>),
    Or(Vec<Plan>),
    Not(Box<Plan>),
    Levels(LevelSet),
    Streams(Vec<Stream>),
    Times(RangeInclusive<i64>),
    /// Rows, from 0.
    Rows(Range<u64>),
    Sources(ValueTest),
    Broken,
    /// The text holds this.
    Text(String),
    /// The text must hold this; only reading the record tells whether it matches.
    Need(Need),
    /// The same of a field's value, which stands in the text, or of the source's name.
    Field {
        need: Need,
        or_source: Option<ValueTest>,
    },
    /// Only reading the record tells.
    Open,
}

/// What a plan is put to.
pub(super) struct Scope<'a> {
    pub(super) columns: Columns<'a>,
    pub(super) index: Option<&'a IndexSnapshot>,
    pub(super) cancel: &'a AtomicBool,
}

impl Plan {
    pub(super) fn new(query: &Query, context: &Context) -> Self {
        let plans = |parts: &[Query]| parts.iter().map(|part| Self::new(part, context)).collect();
        match query {
            Query::All => Self::Const(true),
            Query::And(parts) => Self::And(plans(parts)),
            Query::Or(parts) => Self::Or(plans(parts)),
            Query::Not(part) => Self::Not(Box::new(Self::new(part, context))),
            Query::Text(TextPattern::Contains(text)) if text.is_empty() => Self::Const(true),
            Query::Text(TextPattern::Contains(text)) => Self::Text(text.clone()),
            Query::Text(TextPattern::Regex(pattern)) => Self::Need(Need::of_pattern(pattern)),
            Query::Is(State::Broken) => Self::Broken,
            // Stored records are neither: see `StoredRecord`.
            Query::Is(State::New | State::Marked) => Self::Const(false),
            Query::Field(field) => Self::field(field, context),
        }
    }

    fn field(field: &FieldTest, context: &Context) -> Self {
        let of = |builtin: Builtin, test: &Test| FieldTest {
            path: Path::from(builtin),
            test: test.clone(),
        };
        let name_test = || of(Builtin::Source, &field.test).as_source_test(context);
        let Some(builtin) = field.path.builtin() else {
            return Self::Field {
                need: field_need(field),
                or_source: None,
            };
        };
        match (builtin, &field.test) {
            (Builtin::Level, _) => field.as_level_set().map_or(Self::Open, Self::Levels),
            (Builtin::Stream, _) => field.as_streams().map_or(Self::Open, Self::Streams),
            (Builtin::Source, _) => name_test().map_or(Self::Open, Self::Sources),
            (Builtin::Time | Builtin::Seq, Test::AnyOf(tests)) => {
                let one = |test| Self::field(&of(builtin, test), context);
                Self::Or(tests.iter().map(one).collect())
            }
            (Builtin::Time | Builtin::Seq, Test::Unlike(test)) => {
                Self::Not(Box::new(Self::field(&of(builtin, test), context)))
            }
            (Builtin::Time, _) => field.as_time_range(context).map_or(Self::Open, |times| {
                Self::Times(times.start().0..=times.end().0)
            }),
            (Builtin::Seq, _) => field.as_seq_range().map_or(Self::Open, |seqs| {
                Self::Rows(if seqs.is_empty() || seqs.end().0 == 0 {
                    0..0
                } else {
                    seqs.start().row()..seqs.end().0
                })
            }),
            (Builtin::Run, _) => name_test().map_or(Self::Open, |test| {
                Self::Const(test.passes(&Value::Str(context.run.as_str().into())))
            }),
            (Builtin::Msg | Builtin::Trace | Builtin::Span | Builtin::Logger, test) => {
                Self::Field {
                    need: Need::of_test(test),
                    or_source: None,
                }
            }
            (Builtin::Service, test) if !matches!(test, Test::Unlike(_)) => {
                name_test().map_or(Self::Open, |names| Self::Field {
                    need: Need::of_test(test),
                    or_source: Some(names),
                })
            }
            (Builtin::Service | Builtin::File | Builtin::Pattern | Builtin::Issue, _) => Self::Open,
        }
    }

    /// What is known of the answer.
    pub(super) fn bounds(&self, scope: &Scope<'_>) -> Result<Bounds, SearchError> {
        if scope.cancel.load(Ordering::Acquire) {
            return Err(SearchError::Cancelled);
        }
        let columns = &scope.columns;
        let rows = columns.rows.clone();
        Ok(match self {
            Self::Const(true) => Bounds::exact(all(rows)),
            Self::Const(false) => Bounds::exact(RoaringBitmap::new()),
            Self::And(plans) => {
                let mut bounds = Bounds::exact(all(rows));
                for plan in plans {
                    if !bounds.may.is_empty() {
                        bounds = bounds.and(&plan.bounds(scope)?);
                    }
                }
                bounds
            }
            Self::Or(plans) => {
                let mut bounds = Bounds::exact(RoaringBitmap::new());
                for plan in plans {
                    bounds = bounds.or(&plan.bounds(scope)?);
                }
                bounds
            }
            Self::Not(plan) => plan.bounds(scope)?.not(&all(rows)),
            Self::Levels(levels) => Bounds::exact(columns.levels(*levels)?),
            Self::Streams(streams) => Bounds::exact(columns.streams(streams)?),
            Self::Times(times) => Bounds::exact(columns.times(times)?),
            Self::Rows(wanted) => {
                let clamp = |row: u64| u32::try_from(row).unwrap_or(u32::MAX);
                let (start, end) = (clamp(wanted.start), clamp(wanted.end));
                Bounds::exact(all(rows.start.max(start)..rows.end.min(end)))
            }
            Self::Sources(test) => Bounds::exact(columns.sources(test)?),
            Self::Broken => Bounds::exact(columns.flagged(RowFlags::BROKEN)?),
            Self::Text(text) => match scope.index.and_then(|index| index.text(text)) {
                Some(answer) => {
                    let may = scope.with_unindexed(answer.may);
                    Bounds {
                        must: answer.must & all(rows),
                        may,
                    }
                }
                None => Bounds::at_most(all(rows)),
            },
            Self::Need(need) => Bounds::at_most(scope.at_most(need)),
            Self::Field { need, or_source } => {
                let mut may = scope.at_most(need);
                // Rows that were narrowed down by what stands in the text.
                if may.len() < u64::from(rows.end - rows.start) {
                    match scope.index.and_then(IndexSnapshot::escapes) {
                        Some(escapes) => may |= escapes & all(rows),
                        None => may = all(rows),
                    }
                    if let Some(test) = or_source {
                        may |= columns.sources(test)?;
                    }
                }
                Bounds::at_most(may)
            }
            Self::Open => Bounds::at_most(all(rows)),
        })
    }
}

impl Scope<'_> {
    /// The rows that may fulfil a need.
    fn at_most(&self, need: &Need) -> RoaringBitmap {
        match self.index.and_then(|index| need.rows(index)) {
            Some(rows) => self.with_unindexed(rows),
            None => all(self.columns.rows.clone()),
        }
    }

    /// Those of some rows known to the index that are asked about, and all it does not know.
    fn with_unindexed(&self, indexed: RoaringBitmap) -> RoaringBitmap {
        let rows = self.columns.rows.clone();
        let known = self.index.map_or(0, IndexSnapshot::rows);
        let known = u32::try_from(known)
            .unwrap_or(u32::MAX)
            .clamp(rows.start, rows.end);
        let mut may = indexed & all(rows.start..known);
        may.insert_range(known..rows.end);
        may
    }
}

/// What the text of a record with such a field holds: the names on the path, and the value. Where
/// the text `f:v` stands for the field, it holds the same.
fn field_need(field: &FieldTest) -> Need {
    let names = field
        .path
        .segments()
        .iter()
        .filter_map(|segment| match segment {
            Segment::Key(name) => Some(Need::Text(name.clone())),
            Segment::Index(_) => None,
        });
    // What decides most comes first.
    Need::All(
        std::iter::once(Need::of_test(&field.test))
            .chain(names)
            .collect(),
    )
}

/// Whether a query asks for anything that stands in columns.
pub(super) fn asks_columns(query: &Query) -> bool {
    match query {
        Query::All | Query::Text(_) => false,
        Query::And(parts) | Query::Or(parts) => parts.iter().any(asks_columns),
        Query::Not(part) => asks_columns(part),
        Query::Is(_) => true,
        Query::Field(field) => field.path.builtin().is_some(),
    }
}
