//! A query as something that columns and index can bound.

use std::ops::{Range, RangeInclusive};
use std::sync::atomic::{AtomicBool, Ordering};

use crosscut_model::{LevelSet, RowFlags, Stream};
use crosscut_parse::Known;
use crosscut_query::{
    Builtin, Context, FieldTest, Order, Path, Query, Segment, State, Test, TextPattern, Value,
    ValueTest,
};
use roaring::RoaringBitmap;

use super::SearchError;
use super::bounds::{Bounds, all};
use super::columns::Columns;
use super::need::Need;
use super::told::ColumnTest;
use crate::IndexSnapshot;
use crate::fields::Names;
use crate::tantivy_index::TextAnswer;

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
    /// A field's value.
    Field(Box<FieldPlan>),
    /// Only reading the record tells.
    Open,
}

/// A test on a field's value.
#[derive(Debug, Clone)]
pub(super) struct FieldPlan {
    /// What columns can tell.
    column: Option<ColumnTest>,
    /// The names and values whose literal text stands for the field.
    literals: Vec<(String, String)>,
    /// What stands in the text of records with such a value.
    need: Need,
    /// The test that the source's name passes instead of it.
    or_source: Option<ValueTest>,
}

/// What a plan is put to.
pub(super) struct Scope<'a> {
    pub(super) columns: Columns<'a>,
    pub(super) index: Option<&'a IndexSnapshot>,
    pub(super) cancel: &'a AtomicBool,
}

impl Plan {
    /// `free`: whether values at a path may stand in a text without their name.
    pub(super) fn new(query: &Query, context: &Context, free: &dyn Fn(&Path) -> bool) -> Self {
        let plan = |part: &Query| Self::new(part, context, free);
        let plans = |parts: &[Query]| parts.iter().map(plan).collect();
        match query {
            Query::All => Self::Const(true),
            Query::And(parts) => Self::And(plans(parts)),
            Query::Or(parts) => Self::Or(plans(parts)),
            Query::Not(part) => Self::Not(Box::new(plan(part))),
            Query::Text(TextPattern::Contains(text)) if text.is_empty() => Self::Const(true),
            Query::Text(TextPattern::Contains(text)) => Self::Text(text.clone()),
            Query::Text(TextPattern::Regex(pattern)) => match Need::texts_of(pattern) {
                Some(texts) => Self::Or(texts.into_iter().map(Self::Text).collect()),
                None => Self::Need(Need::of_pattern(pattern)),
            },
            Query::Is(State::Broken) => Self::Broken,
            // Stored records are neither: see `StoredRecord`.
            Query::Is(State::New | State::Marked) => Self::Const(false),
            Query::Field(field) => Self::field(field, context, free),
        }
    }

    fn field(field: &FieldTest, context: &Context, free: &dyn Fn(&Path) -> bool) -> Self {
        let of = |builtin: Builtin, test: &Test| FieldTest {
            path: Path::from(builtin),
            test: test.clone(),
        };
        let name_test = || of(Builtin::Source, &field.test).as_source_test(context);
        let exists = field.test == Test::Exists;
        let column = |names: Names, or_source: Option<ValueTest>| {
            name_test().map(|test| ColumnTest {
                names,
                test,
                exists,
                cuts: cuts(&field.test, context),
                or_source,
            })
        };
        let usual = |known, or_source: Option<ValueTest>, need| {
            Self::Field(Box::new(FieldPlan {
                column: column(Names::Usual(known), or_source.clone()),
                literals: Vec::new(),
                need,
                or_source,
            }))
        };
        let need = || Need::of_test(&field.test);
        let Some(builtin) = field.path.builtin() else {
            return Self::Field(Box::new(FieldPlan {
                column: Names::of(&field.path).and_then(|names| column(names, None)),
                literals: literals(&field.path.plain(), &field.test),
                need: if free(&field.path) {
                    // Its name need not stand in the text.
                    need()
                } else {
                    field_need(field)
                },
                or_source: None,
            }));
        };
        match (builtin, &field.test) {
            (Builtin::Level, _) => field.as_level_set().map_or(Self::Open, Self::Levels),
            (Builtin::Stream, _) => field.as_streams().map_or(Self::Open, Self::Streams),
            (Builtin::Source, _) => name_test().map_or(Self::Open, Self::Sources),
            (Builtin::Time | Builtin::Seq, Test::AnyOf(tests)) => {
                let one = |test| Self::field(&of(builtin, test), context, free);
                Self::Or(tests.iter().map(one).collect())
            }
            (Builtin::Time | Builtin::Seq, Test::Unlike(test)) => {
                Self::Not(Box::new(Self::field(&of(builtin, test), context, free)))
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
            (Builtin::Msg, _) => Self::Field(Box::new(FieldPlan {
                column: None,
                literals: Vec::new(),
                need: need(),
                or_source: None,
            })),
            (Builtin::Trace, _) => usual(Known::Trace, None, need()),
            (Builtin::Span, _) => usual(Known::Span, None, need()),
            (Builtin::Logger, _) => usual(Known::Logger, None, need()),
            (Builtin::Service, _) => name_test().map_or(Self::Open, |names| {
                usual(Known::Service, Some(names), need())
            }),
            (Builtin::File | Builtin::Pattern | Builtin::Issue, _) => Self::Open,
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
            Self::Text(text) => scope.text(scope.index.and_then(|index| index.text(text))),
            Self::Need(need) => Bounds::at_most(scope.at_most(need)),
            Self::Field(plan) => plan.bounds(scope)?,
            Self::Open => Bounds::at_most(all(rows)),
        })
    }
}

/// Fewer open rows are read rather than narrowed down.
const FEW_OPEN: u64 = 64;

impl FieldPlan {
    fn bounds(&self, scope: &Scope<'_>) -> Result<Bounds, SearchError> {
        let rows = || all(scope.columns.rows.clone());
        let mut bounds = match &self.column {
            Some(column) => column.bounds(scope)?,
            None => Bounds::at_most(rows()),
        };
        for (name, value) in &self.literals {
            let answer = scope.index.and_then(|index| index.named(name, value));
            bounds = bounds.or(&scope.text(answer));
        }
        if bounds.may.len() - bounds.must.len() <= FEW_OPEN {
            return Ok(bounds);
        }
        let mut may = scope.at_most(&self.need);
        // Rows that were narrowed down by what stands in the text.
        if may.len() < u64::from(scope.columns.rows.end - scope.columns.rows.start) {
            match scope.index.and_then(IndexSnapshot::escapes) {
                Some(escapes) => may |= escapes & rows(),
                None => may = rows(),
            }
            if let Some(test) = &self.or_source {
                may |= scope.columns.sources(test)?;
            }
        }
        bounds.may &= may | &bounds.must;
        Ok(bounds)
    }
}

impl Scope<'_> {
    /// What the index answered, for the rows that are asked about.
    fn text(&self, answer: Option<TextAnswer>) -> Bounds {
        let rows = all(self.columns.rows.clone());
        match answer {
            Some(answer) => Bounds {
                must: answer.must & rows,
                may: self.with_unindexed(answer.may),
            },
            None => Bounds::at_most(rows),
        }
    }

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

/// The comparisons with numbers that a test consists of; none when it is another.
fn cuts(test: &Test, context: &Context) -> Vec<ValueTest> {
    let number = |text: &String| text.parse::<f64>().is_ok_and(f64::is_finite);
    let test_of = |order: Order, text: &String| {
        let field = FieldTest {
            path: Path::from(Builtin::Source),
            test: Test::Compare(order, text.clone()),
        };
        field.as_source_test(context)
    };
    let tests: Option<Vec<ValueTest>> = match test {
        Test::Compare(order, text) if number(text) => test_of(*order, text).map(|test| vec![test]),
        Test::Range { from, to } if from.iter().chain(to).all(number) => {
            let from = from.iter().map(|text| test_of(Order::AtLeast, text));
            let to = to.iter().map(|text| test_of(Order::AtMost, text));
            from.chain(to).collect()
        }
        _ => None,
    };
    tests.unwrap_or_default()
}

/// The literal texts that stand for a field: the name and the value of each.
fn literals(name: &str, test: &Test) -> Vec<(String, String)> {
    match test {
        Test::Contains(value) => vec![(name.to_owned(), value.clone())],
        Test::AnyOf(tests) => tests.iter().flat_map(|test| literals(name, test)).collect(),
        _ => Vec::new(),
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
