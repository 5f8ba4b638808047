//! Views in either order, what stands around a record, and rows over time.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::support::{Bench, event};
use crosscut_engine::api::Event;

/// A second of the day on which all of this happens, in microseconds since 1970.
fn second(second: i64) -> i64 {
    (1_795_219_200 + second) * 1_000_000
}

fn line(at: i64, level: &str, msg: &str) -> String {
    let at = second(at) / 1_000_000;
    format!(r#"{{"time":{at},"level":"{level}","msg":"{msg}"}}"#)
}

fn post(bench: &Bench, source: &str, lines: &[(i64, &str, &str)]) {
    let lines: Vec<String> = lines.iter().map(|(at, l, m)| line(*at, l, m)).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    bench.post(source, &lines);
}

fn open(bench: &Bench, query: &str, order: &str) -> u64 {
    let args = json!({"client": "test", "query": query, "order": order});
    let opened = bench.call("view_open", &args).unwrap();
    opened["view"].as_u64().unwrap()
}

fn epoch(bench: &Bench, view: u64) -> u64 {
    let args = json!({"view": view, "start": 0, "count": 0});
    bench.call("view_rows", &args).unwrap()["epoch"]
        .as_u64()
        .unwrap()
}

fn seqs(rows: &Value) -> Vec<u64> {
    let rows = rows.as_array().unwrap();
    rows.iter()
        .map(|row| row["seq"].as_u64().unwrap())
        .collect()
}

#[test]
fn in_order_of_time_late_lines_land_in_their_place_also_live() {
    let bench = Bench::new();
    post(&bench, "a", &[(10, "info", "one"), (30, "error", "three")]);
    post(&bench, "b", &[(20, "error", "two"), (10, "info", "one b")]);
    let all = open(&bench, "", "time");
    assert_eq!(bench.seqs(all), [1, 4, 3, 2]);
    assert_eq!(bench.seqs(open(&bench, "", "arrival")), [1, 2, 3, 4]);
    let errors = open(&bench, "level:error", "time");
    assert_eq!(bench.seqs(errors), [3, 2]);

    let (before_all, before_errors) = (epoch(&bench, all), epoch(&bench, errors));
    // What comes at the end moves nothing.
    post(&bench, "a", &[(40, "info", "four")]);
    assert_eq!(bench.seqs(all), [1, 4, 3, 2, 5]);
    assert_eq!(epoch(&bench, all), before_all);
    // What comes late moves what stands behind it, where it is in the view.
    post(&bench, "b", &[(15, "info", "late")]);
    assert_eq!(bench.seqs(all), [1, 4, 6, 3, 2, 5]);
    assert_ne!(epoch(&bench, all), before_all);
    assert_eq!(epoch(&bench, errors), before_errors);

    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut events = bench.workbench.events("test");
    post(&bench, "b", &[(5, "error", "very late")]);
    let told = runtime.block_on(event(&mut events, |event| match event {
        Event::View { state } if state.view == errors && state.rows == 3 => Some(state.epoch),
        _ => None,
    }));
    assert_ne!(told, before_errors);
    assert_eq!(epoch(&bench, errors), told);
    assert_eq!(bench.seqs(errors), [7, 3, 2]);
    assert_eq!(bench.seqs(all), [7, 1, 4, 6, 3, 2, 5]);
    let position = bench
        .call("view_position", &json!({"view": all, "seq": 3}))
        .unwrap();
    assert_eq!(position["row"], 4);
}

#[test]
fn around_a_record_come_its_position_and_the_rows_beside_it_in_one_piece() {
    let bench = Bench::new();
    let lines: Vec<String> = (0..100)
        .map(|n| {
            if n % 10 == 0 {
                format!("tenth {n}")
            } else {
                format!("line {n}")
            }
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    bench.post("a", &lines);
    let around = |view: u64, seq: u64| {
        let args = json!({"view": view, "seq": seq, "before": 2, "after": 1});
        bench.call("view_around", &args).unwrap()
    };
    let tenths = open(&bench, "tenth", "arrival");
    let there = around(tenths, 51);
    assert_eq!(there["position"], 5);
    assert_eq!(there["found"], true);
    assert_eq!(there["total"], 10);
    assert_eq!(there["start"], 3);
    assert_eq!(seqs(&there["rows"]), [31, 41, 51, 61]);
    // One that is not in the view: what stands on either side of where it would be.
    let not_there = around(tenths, 55);
    assert_eq!(not_there["position"], 6);
    assert_eq!(not_there["found"], false);
    assert_eq!(seqs(&not_there["rows"]), [41, 51, 61]);
    let all = open(&bench, "", "time");
    assert_eq!(seqs(&around(all, 1)["rows"]), [1, 2]);
    assert_eq!(seqs(&around(all, 100)["rows"]), [98, 99, 100]);
    let beyond = around(all, 1_000);
    assert_eq!(
        (&beyond["position"], &beyond["found"]),
        (&json!(100), &json!(false))
    );
    assert_eq!(seqs(&around(all, 0)["rows"]), [1]);
}

#[test]
fn context_is_what_a_filter_leaves_out() {
    let bench = Bench::new();
    post(
        &bench,
        "a",
        &[(10, "info", "a1"), (20, "info", "a2"), (30, "info", "a3")],
    );
    post(&bench, "b", &[(15, "info", "b1"), (25, "info", "b2")]);
    let context = |args: Value| bench.call("context", &args).unwrap();
    let arrival = context(json!({"seq": 2, "before": 1, "after": 2}));
    assert_eq!(seqs(&arrival["rows"]), [1, 2, 3, 4]);
    assert_eq!(arrival["at"], 1);
    assert_eq!(
        (&arrival["moreBefore"], &arrival["moreAfter"]),
        (&json!(false), &json!(true))
    );
    let time = context(json!({"seq": 2, "before": 1, "after": 9, "order": "time"}));
    assert_eq!(seqs(&time["rows"]), [4, 2, 5, 3]);
    assert_eq!(
        (&time["moreBefore"], &time["moreAfter"]),
        (&json!(true), &json!(false))
    );
    let same = json!({"seq": 2, "before": 1, "after": 1, "order": "time", "sameSource": true});
    assert_eq!(seqs(&context(same)["rows"]), [1, 2, 3]);
    for seq in [0, 6, u64::MAX] {
        let args = json!({"seq": seq, "before": 1, "after": 1});
        let error = bench.call("context", &args).unwrap_err();
        assert_eq!(error.code, "unknown_record");
    }
}

#[test]
fn rows_over_time_are_counted_by_level_in_every_bucket() {
    let bench = Bench::new();
    let levels = ["info", "warn", "error"];
    let mut lines = Vec::new();
    for n in 0..3_000_i64 {
        // Every seventh comes late.
        let at = if n % 7 == 0 { n / 2 } else { n };
        lines.push((at, levels[usize::try_from(n % 3).unwrap()], "tick"));
    }
    for part in lines.chunks(500) {
        post(&bench, "a", part);
    }
    let histogram = |query: &str, from: i64, to: i64, buckets: u32| {
        let view = open(&bench, query, "arrival");
        let args = json!({
            "view": view, "fromUs": second(from), "toUs": second(to), "buckets": buckets,
        });
        bench.call("view_histogram", &args).unwrap()
    };
    for (query, only) in [("", None), ("level:warn", Some("warn"))] {
        let (from, to, width) = (100, 2_100, 250);
        let told = histogram(query, from, to, 8);
        let mut expected = vec![[0u64; 7]; 8];
        let (mut before, mut after) = (0u64, 0u64);
        for (at, level, _) in &lines {
            if only.is_some_and(|only| only != *level) {
                continue;
            }
            if *at < from {
                before += 1;
            } else if *at >= to {
                after += 1;
            } else {
                let code = 3 + levels.iter().position(|known| known == level).unwrap();
                expected[usize::try_from((at - from) / width).unwrap()][code] += 1;
            }
        }
        assert_eq!(told["buckets"], json!(expected), "{query}");
        assert_eq!(
            (&told["before"], &told["after"]),
            (&json!(before), &json!(after))
        );
        assert_eq!(told["widthUs"], width * 1_000_000);
        assert_eq!(
            (&told["searched"], &told["total"]),
            (&json!(3_000), &json!(3_000))
        );
    }
    // Without a span, all of the run's.
    let view = open(&bench, "", "time");
    let args = json!({"view": view, "buckets": 10});
    let told = bench.call("view_histogram", &args).unwrap();
    assert_eq!(told["fromUs"], second(0));
    let buckets = told["buckets"].as_array().unwrap();
    let sum: u64 = buckets
        .iter()
        .flat_map(|bucket| bucket.as_array().unwrap())
        .map(|count| count.as_u64().unwrap())
        .sum();
    assert_eq!(
        (sum, &told["before"], &told["after"]),
        (3_000, &json!(0), &json!(0))
    );
}

#[test]
fn a_histogram_that_makes_no_sense_is_refused() {
    let bench = Bench::new();
    let view = open(&bench, "", "arrival");
    let empty = bench
        .call("view_histogram", &json!({"view": view, "buckets": 5}))
        .unwrap();
    assert_eq!(empty["buckets"], json!([]));
    for args in [
        json!({"view": view, "buckets": 0}),
        json!({"view": view, "buckets": 2_001}),
        json!({"view": view, "buckets": 5, "fromUs": 2, "toUs": 1}),
    ] {
        let error = bench.call("view_histogram", &args).unwrap_err();
        assert_eq!(error.code, "bad_arguments", "{args}");
    }
    let error = bench
        .call("view_histogram", &json!({"view": 99, "buckets": 5}))
        .unwrap_err();
    assert_eq!(error.code, "unknown_view");
}

#[test]
fn times_at_the_ends_of_all_time_break_nothing() {
    let bench = Bench::new();
    let mut lines = String::new();
    for time in [
        "1677-09-22T00:00:00Z",
        "2262-04-11T00:00:00Z",
        "2026-11-21T00:00:00Z",
    ] {
        writeln!(lines, r#"{{"time":"{time}","msg":"x"}}"#).unwrap();
    }
    let lines: Vec<&str> = lines.lines().collect();
    bench.post("a", &lines);
    let view = open(&bench, "", "time");
    assert_eq!(bench.seqs(view).len(), 3);
    for args in [
        json!({"view": view, "buckets": 200}),
        json!({"view": view, "buckets": 3, "fromUs": i64::MIN, "toUs": i64::MAX}),
    ] {
        let told = bench.call("view_histogram", &args).unwrap();
        let buckets = told["buckets"].as_array().unwrap();
        let within: u64 = buckets
            .iter()
            .flat_map(|bucket| bucket.as_array().unwrap())
            .map(|count| count.as_u64().unwrap())
            .sum();
        let outside = told["before"].as_u64().unwrap() + told["after"].as_u64().unwrap();
        assert_eq!(within + outside, 3, "{args}");
    }
}
