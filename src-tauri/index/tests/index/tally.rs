//! Facets, percentiles and first rows, against counting by hand.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use crosscut_index::{
    FieldScope, IndexSnapshot, SearchError, Searcher, SourceNames, StoredRecord, Want,
};
use crosscut_model::Seq;
use crosscut_query::{FieldTest, Path, Query, Record, Segment, Test, Value};
use proptest::prelude::*;
use proptest::sample::select;
use roaring::RoaringBitmap;

use crate::bed::{Described, Run, context, plain, read};
use crate::records::line;
use crate::sketches::sketch;

fn path(name: &str) -> Path {
    Path::new(
        name.split('.')
            .map(|name| Segment::Key(name.into()))
            .collect(),
    )
}

fn scope<'a>(
    run: &'a Run,
    snapshot: &'a crosscut_store::Snapshot,
    index: Option<&'a IndexSnapshot>,
    rows: Option<&'a RoaringBitmap>,
    cancel: &'a AtomicBool,
) -> FieldScope<'a> {
    FieldScope {
        snapshot,
        index,
        names: &run.names,
        rows,
        cancel,
    }
}

/// Values and the rows that have them, and how many rows have any.
fn by_hand(run: &Run, path: &Path, rows: &RoaringBitmap) -> (BTreeMap<String, u64>, u64) {
    let (mut counts, mut with) = (BTreeMap::<String, u64>::new(), 0);
    for (row, (meta, raw)) in (0..).zip(&run.lines) {
        if !rows.contains(row) {
            continue;
        }
        let source = &run.names[&meta.source];
        let own = StoredRecord::new(raw, Seq::from_row(row.into()), *meta, source);
        let own = own.laid_out(run.names.facts().layout(meta.source, row.into()));
        let attributes = run.names.attributes.get(&meta.source);
        let record = Described { own, attributes };
        let mut seen = std::collections::BTreeSet::new();
        record.field(path, &mut |value| {
            match value {
                Value::Str(text) | Value::Number(text) => seen.insert(text.into_owned()),
                Value::Bool(value) => seen.insert(value.to_string()),
                Value::Json(json) if !json.starts_with('[') || json.len() <= 2 => {
                    seen.insert(json.into_owned())
                }
                Value::Json(_) | Value::Null => false,
            };
            ControlFlow::Continue(())
        });
        if seen.is_empty() && *path == Path::name("service") {
            seen.insert(source.clone());
        }
        with += u64::from(!seen.is_empty());
        for value in seen {
            *counts.entry(value).or_default() += 1;
        }
    }
    (counts, with)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn facets_count_what_records_hold(
        frames in prop::collection::vec(prop::collection::vec(line(), 1..20), 1..6),
        asked in prop::collection::vec((
            select(&["service", "http.status", "http", "user.id", "tags", "msg", "level2", "ok", "trace", "logger", "file", "line", "status", "method", "client", "compose.service"][..]),
            prop::option::of(sketch()),
        ), 8),
    ) {
        let mut run = Run::new();
        if frames.len() % 2 == 0 {
            run.describe_some();
        }
        for frame in &frames {
            run.append(frame);
        }
        let index = run.indexed().snapshot();
        let snapshot = run.store.snapshot();
        let cancel = AtomicBool::new(false);
        for (name, sketch) in asked {
            let path = path(name);
            let query = sketch.map(|sketch| sketch.query(&run.lines));
            let rows = query.as_ref().map(|query| run.naive(query));
            let mut all = RoaringBitmap::new();
            all.insert_range(0..u32::try_from(run.lines.len()).unwrap());
            let (expected, with) = by_hand(&run, &path, rows.as_ref().unwrap_or(&all));
            for index in [None, Some(&*index)] {
                let scope = scope(&run, &snapshot, index, rows.as_ref(), &cancel);
                let facet = scope.facet(&path, 1_000).unwrap();
                let mut found = BTreeMap::<String, u64>::new();
                for value in &facet.values {
                    *found.entry(value.value.clone()).or_default() += value.count;
                }
                prop_assert_eq!(&found, &expected, "{} with index: {}", name, index.is_some());
                prop_assert_eq!((facet.rows, facet.truncated), (with, false));
                prop_assert!(facet.values.is_sorted_by(|a, b| a.count >= b.count));
                let top = scope.facet(&path, 2).unwrap();
                prop_assert_eq!(&top.values[..], &facet.values[..facet.values.len().min(2)]);
                prop_assert_eq!(top.distinct, facet.distinct);
            }
        }
    }

    #[test]
    fn the_first_rows_are_the_first_of_all(
        frames in prop::collection::vec(prop::collection::vec(line(), 1..20), 1..8),
        queries in prop::collection::vec((sketch(), 1..30_usize, any::<bool>()), 8),
    ) {
        let mut run = Run::new();
        for frame in &frames {
            run.append(frame);
        }
        let index = run.indexed().snapshot();
        let snapshot = run.store.snapshot();
        for (sketch, limit, newest) in queries {
            let query = sketch.query(&run.lines);
            let all: Vec<u32> = run.naive(&query).iter().collect();
            let expected = if newest { &all[all.len().saturating_sub(limit)..] } else { &all[..all.len().min(limit)] };
            for index in [None, Some(&*index)] {
                let found = Searcher::new(&query, &context()).unwrap().first(
                    &snapshot,
                    index,
                    &run.names,
                    0..snapshot.rows(),
                    &AtomicBool::new(false),
                    Want { limit, newest },
                );
                let rows: Vec<u32> = found.unwrap().rows.iter().collect();
                prop_assert_eq!(&rows[..], expected, "{:?}", query);
            }
        }
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_numbers(
        numbers in prop::collection::vec((-50..50_i32, select(&["", ".0", ".5", "e1"][..])), 1..120),
        some in prop::collection::btree_set(0..120_u32, 0..60),
    ) {
        let mut run = Run::new();
        let texts: Vec<String> = numbers.iter().map(|(n, end)| format!("{n}{end}")).collect();
        let lines: Vec<_> = texts.iter().map(|text| plain(&format!("{{\"n\":{text},\"s\":\"7\"}}"))).collect();
        for frame in lines.chunks(17) {
            run.append(frame);
        }
        let index = run.indexed().snapshot();
        let snapshot = run.store.snapshot();
        let cancel = AtomicBool::new(false);
        let some: RoaringBitmap = some.into_iter().filter(|&row| (row as usize) < texts.len()).collect();
        for rows in [None, Some(&some)] {
            let chosen = (0..).zip(&texts).filter(|(row, _)| rows.is_none_or(|rows| rows.contains(*row)));
            let mut values: Vec<f64> = chosen.map(|(_, text)| text.parse().unwrap()).collect();
            values.sort_by(f64::total_cmp);
            let rank = |hundredths: usize| values[(values.len() * hundredths).div_ceil(100).max(1) - 1] + 0.0;
            for index in [None, Some(&*index)] {
                let scope = scope(&run, &snapshot, index, rows, &cancel);
                prop_assert_eq!(scope.summary(&path("s")).unwrap(), None);
                let summary = scope.summary(&path("n")).unwrap();
                if values.is_empty() {
                    prop_assert_eq!(summary, None);
                    continue;
                }
                let summary = summary.unwrap();
                prop_assert_eq!(summary.count, values.len() as u64);
                prop_assert_eq!((summary.p50, summary.p95, summary.p99), (rank(50), rank(95), rank(99)));
                prop_assert_eq!((summary.min, summary.max), (rank(0), rank(100)));
                prop_assert!((summary.sum - values.iter().sum::<f64>()).abs() < 1e-6);
            }
        }
    }
}

#[test]
fn fields_are_listed_with_their_records() {
    let run = Run::of(&[
        r#"{"a":1,"b":{"c":null,"d":2}}"#,
        r#"{"a":2}"#,
        "a=3 b=4 text",
        "no fields",
    ]);
    let snapshot = run.store.snapshot();
    let index = run.indexed().snapshot();
    let cancel = AtomicBool::new(false);
    for index in [None, Some(&*index)] {
        let fields = scope(&run, &snapshot, index, None, &cancel)
            .fields()
            .unwrap();
        let fields: Vec<_> = fields
            .iter()
            .map(|field| (field.name.as_str(), field.rows))
            .collect();
        assert_eq!(fields, [("a", 3), ("b", 2), ("b.d", 1)]);
    }
}

#[test]
fn attributes_of_sources_are_listed_and_counted_as_fields() {
    let mut run = Run::of(&[r#"{"a":1}"#, r#"{"zone":"here"}"#, "text"]);
    run.describe(0, &[("zone", "there"), ("compose.service", "orders")]);
    let snapshot = run.store.snapshot();
    let cancel = AtomicBool::new(false);
    let scope = scope(&run, &snapshot, None, None, &cancel);
    let fields = scope.fields().unwrap();
    let names: Vec<_> = fields
        .iter()
        .map(|field| (field.name.as_str(), field.rows))
        .collect();
    assert_eq!(names, [("zone", 4), ("compose.service", 3), ("a", 1)]);
    let facet = scope.facet(&path("zone"), 9).unwrap();
    let values: Vec<_> = facet
        .values
        .iter()
        .map(|value| (value.value.as_str(), value.count))
        .collect();
    assert_eq!(values, [("there", 3), ("here", 1)]);
    assert_eq!(facet.rows, 3);
    assert_eq!(run.rows("zone=here", None), [1]);
    assert_eq!(run.rows("zone!=here", None), [0, 2]);
    assert_eq!(run.rows("zone!=there", None), [] as [u32; 0]);
    assert_eq!(run.rows("compose.service:ORDERS -a:1", None), [1, 2]);
}

#[test]
fn a_cancelled_count_ends() {
    let run = Run::of(&["a=1 b=2", "a=2 b=2"]);
    let snapshot = run.store.snapshot();
    let cancel = AtomicBool::new(true);
    let scope = scope(&run, &snapshot, None, None, &cancel);
    assert!(matches!(
        scope.facet(&path("a"), 3),
        Err(SearchError::Cancelled)
    ));
    assert!(matches!(
        scope.summary(&path("a")),
        Err(SearchError::Cancelled)
    ));
}

#[test]
fn columns_answer_without_a_record_being_read() {
    let lines: Vec<String> = (0..64)
        .map(|n| format!(r#"{{"n":{n},"service":"s{}","id":"{n:016x}"}}"#, n % 3))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let run = Run::of(&lines);
    let index = run.indexed().snapshot();
    // A run of the same length whose records say something else: had they been read, they told.
    let other = Run::of(&vec!["nothing"; 64]);
    let test = |name: &str, test: Test| {
        let path = path(name);
        let query = Query::Field(FieldTest { path, test });
        other.search(&query, Some(&index)).len()
    };
    assert_eq!(test("service", Test::Equals("s1".into())), 21);
    assert_eq!(
        test(
            "n",
            Test::Compare(crosscut_query::Order::AtLeast, "60".into())
        ),
        4
    );
    assert_eq!(test("absent", Test::Exists), 0);
    assert_eq!(run.rows("000000000000002a", Some(&index)), [42]);
    assert_eq!(other.search(&read("-n:*"), Some(&index)).len(), 0);
}
