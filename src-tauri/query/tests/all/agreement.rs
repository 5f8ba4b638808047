//! All ways of answering agree with the naive evaluator, on random records and random queries.

use crosscut_query::{Matcher, Query, Temper, parse};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::oracle::holds;
use crate::record::{Owned, context, query_text, record};

/// Looks at every field test that can be answered by columns, and compares.
fn columns_agree(query: &Query, record: &Owned) {
    let context = context();
    match query {
        Query::And(parts) | Query::Or(parts) => {
            for part in parts {
                columns_agree(part, record);
            }
        }
        Query::Not(part) => columns_agree(part, record),
        Query::Field(field) => {
            let wanted = holds(query, record, &context);
            if let Some(levels) = field.as_level_set() {
                assert_eq!(levels.contains(record.level), wanted, "{query}");
            }
            if let Some(streams) = field.as_streams() {
                assert_eq!(streams.contains(&record.stream), wanted, "{query}");
            }
            if let Some(range) = field.as_time_range(&context) {
                assert_eq!(range.contains(&record.time), wanted, "{query}");
            }
            if let Some(range) = field.as_seq_range() {
                assert_eq!(range.contains(&record.seq), wanted, "{query}");
            }
            if let Some(test) = field.as_source_test(&context) {
                let source = crosscut_query::Value::Str(record.source.as_str().into());
                assert_eq!(test.passes(&source), wanted, "{query}");
            }
        }
        Query::All | Query::Text(_) | Query::Is(_) => {}
    }
}

fn check(typed: &str, records: &[Owned]) {
    let context = context();
    let query = parse(typed, Temper::Lenient).unwrap().query;
    let matcher = Matcher::new(&query, &context).unwrap();

    let (mut frame, mut ends) = (Vec::new(), Vec::new());
    for record in records {
        frame.extend_from_slice(&record.raw);
        ends.push(u32::try_from(frame.len()).unwrap());
        frame.push(b'\n');
    }
    frame.pop();
    let sources = records.iter().map(|record| record.source.as_str());
    let prefilters = [matcher.prefilter(), matcher.prefilter_among(sources)];
    let candidates = prefilters.into_iter().flatten().map(|prefilter| {
        let mut rows = Vec::new();
        prefilter.candidates(&frame, &ends, &mut rows);
        assert!(rows.is_sorted_by(|a, b| a < b), "{rows:?}");
        (prefilter, rows)
    });
    let candidates: Vec<_> = candidates.collect();
    for (row, record) in records.iter().enumerate() {
        let wanted = holds(&query, record, &context);
        assert_eq!(
            matcher.matches(record),
            wanted,
            "`{typed}` read as `{query}` on {record:?}"
        );
        for (prefilter, rows) in candidates.iter().filter(|_| wanted) {
            let row = u32::try_from(row).unwrap();
            assert!(
                rows.contains(&row) && prefilter.may_match(&record.raw),
                "`{typed}` read as `{query}` passed over {record:?}"
            );
        }
        columns_agree(&query, record);
        for range in matcher.highlights(&record.text) {
            assert!(!range.is_empty() && record.text.get(range).is_some());
        }
    }
}

/// Raise with `CROSSCUT_CASES` for a longer hunt.
fn cases() -> u32 {
    std::env::var("CROSSCUT_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(2_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn matcher_prefilter_and_columns_agree_with_the_naive_evaluator(
        typed in query_text(),
        records in vec(record(), 1..8),
    ) {
        check(&typed, &records);
    }
}

#[test]
fn a_frame_is_searched_across_records_but_never_matched_across_them() {
    let records = ["user", "42", "a\nuser 42", "x"].map(Owned::text);
    for typed in [
        "\"user\n42\"",
        "/user\\s42/",
        "/r.4/",
        "/^42$/",
        "/\\Auser\\z/",
        "/a\\nu/",
    ] {
        check(typed, &records);
    }
}

#[test]
fn a_clock_put_forward_or_back_keeps_times_in_order() {
    // Berlin, 2026-03-29: 02:30 does not exist; 2026-10-25: 02:30 exists twice.
    for (typed, earlier, later) in [
        ("t:>=\"2026-03-29 02:30\"", 1_774_747_799, 1_774_747_800),
        ("t:>=\"2026-10-25 02:30\"", 1_792_888_199, 1_792_888_200),
    ] {
        let query = parse(typed, Temper::Strict).unwrap().query;
        let matcher = Matcher::new(&query, &context()).unwrap();
        let at = |seconds: i64| Owned {
            time: crosscut_model::UnixNanos(seconds * 1_000_000_000),
            ..Owned::text("")
        };
        assert!(
            !matcher.matches(&at(earlier)) && matcher.matches(&at(later)),
            "{typed}"
        );
    }
}

#[test]
fn a_service_is_looked_for_in_records_unless_a_source_has_its_name() {
    let query = parse("service=api msg:x", Temper::Strict).unwrap().query;
    let matcher = Matcher::new(&query, &context()).unwrap();
    let raw = b"{\"service\":\"API\",\"msg\":\"x\"}";
    let other = b"{\"service\":\"orders\",\"msg\":\"x\"}";
    let among = |sources: &[&'static str]| {
        let filter = matcher.prefilter_among(sources.iter().copied()).unwrap();
        [&raw[..], other].map(|raw| filter.may_match(raw))
    };
    assert_eq!(among(&["shop.log", "web"]), [true, false]);
    assert_eq!(among(&["shop.log", "Api"]), [true, true]);
}
