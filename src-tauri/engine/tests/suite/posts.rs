//! What one request brings is stored as a whole, or nothing of it.

use crosscut_engine::api::ReadArgs;
use crosscut_engine::{Ingest, IngestError, Part};
use crosscut_model::{Level, SourceKind, Stream, UnixNanos};
use serde_json::json;

use crate::support::{Bench, lines_of};

/// Source, stream, level and text of each record.
fn told(bench: &Bench) -> Vec<(String, String, String, String)> {
    let records = bench.workbench.read(&ReadArgs::default()).unwrap();
    records
        .into_iter()
        .map(|record| {
            let (stream, level) = (record.stream.name(), record.level.name());
            (record.source, stream.into(), level.into(), record.line)
        })
        .collect()
}

#[test]
fn parts_of_many_sources_are_stored_next_to_each_other_and_in_their_order() {
    let bench = Bench::new();
    let part = |source: &str, lines: &[&str]| Part::new(source, lines_of(lines));
    let parts = vec![
        part("shop", &["one", "two"]),
        Part {
            stream: Stream::System,
            level: Some(Level::Warn),
            ..part("shop", &["a marker"])
        },
        part("nothing", &[]),
        Part {
            kind: SourceKind::Command,
            times: vec![UnixNanos(1_000), UnixNanos(2_000)],
            ..part("job", &["three", "four"])
        },
    ];
    let post = Ingest {
        parts,
        ..Ingest::default()
    };
    assert_eq!(bench.workbench.ingest(post).unwrap().accepted, 5);
    let expected = [
        ("shop", "stdout", "none", "one"),
        ("shop", "stdout", "none", "two"),
        ("shop", "system", "warn", "a marker"),
        ("job", "stdout", "none", "three"),
        ("job", "stdout", "none", "four"),
    ]
    .map(|(a, b, c, d)| (a.into(), b.into(), c.into(), d.into()));
    assert_eq!(told(&bench), expected);
    let sources = bench.call("sources_list", &json!({})).unwrap();
    assert_eq!(sources[2]["kind"], "command");
    let records = bench.workbench.read(&ReadArgs::default()).unwrap();
    assert_eq!(records[4].time, "1970-01-01T00:00:00.000002Z");
}

#[test]
fn a_part_that_cannot_be_stored_takes_the_others_along() {
    let bench = Bench::new();
    let good = Part::new("shop", lines_of(&["one"]));
    let nameless = Part::new(" ", lines_of(&["two"]));
    let docker = Part {
        kind: SourceKind::Docker,
        ..Part::new("shop", lines_of(&["three"]))
    };
    for bad in [nameless, docker] {
        let post = Ingest {
            parts: vec![good.clone(), bad],
            ..Ingest::default()
        };
        let error = bench.workbench.ingest(post).unwrap_err();
        assert!(matches!(error, IngestError::Refused(_)), "{error}");
    }
    assert_eq!(told(&bench), []);
}

#[test]
fn a_post_with_a_key_is_stored_once_across_restarts_and_runs() {
    let mut bench = Bench::new();
    let post = |key: &str, line: &str| Ingest {
        parts: vec![Part::new("shop", lines_of(&[line]))],
        key: Some(key.to_owned()),
        ..Ingest::default()
    };
    let first = bench.workbench.ingest(post("a", "one")).unwrap();
    assert_eq!((first.accepted, first.again), (1, false));
    for change in ["nothing", "a restart", "a new run", "both"] {
        match change {
            "a restart" => bench = bench.reopen(),
            "a new run" => drop(bench.call("run_new", &json!({})).unwrap()),
            "both" => {
                bench.call("run_new", &json!({})).unwrap();
                bench = bench.reopen();
            }
            _ => {}
        }
        let again = bench.workbench.ingest(post("a", "one")).unwrap();
        assert_eq!((again.accepted, again.again), (1, true), "{change}");
        assert_eq!(again.run, first.run);
        let other = bench.workbench.ingest(post("a", "other")).unwrap_err();
        assert_eq!(other, IngestError::KeyReused);
    }
    assert_eq!(told(&bench), []);
    let odd = bench.workbench.ingest(post("", "one")).unwrap_err();
    assert!(matches!(odd, IngestError::Refused(_)));
}

#[test]
fn lines_that_belong_together_are_one_record_where_they_may_be_joined() {
    let bench = Bench::new();
    let lines = [
        "2026-11-21 10:15:00 ERROR it failed",
        "java.lang.IllegalStateException: no stock",
        "\tat shop.Cart.add(Cart.java:7)\n\tat shop.Main.run(Main.java:3)",
        "\tat shop.Main.main(Main.java:1)",
        "{\"msg\":\"apart\"}",
        "2026-11-21 10:15:01 INFO on we go",
    ];
    let part = |source: &str, join| Part {
        join,
        ..Part::new(source, lines_of(&lines))
    };
    let post = Ingest {
        parts: vec![part("joined", true), part("apart", false)],
        ..Ingest::default()
    };
    let stored = bench.workbench.ingest(post).unwrap();
    assert_eq!(stored.accepted, 12, "lines are counted as they were sent");
    let told = told(&bench);
    let of = |name: &str| {
        let own = told.iter().filter(|(source, ..)| source == name);
        own.map(|(.., line)| line.clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("apart"), lines);
    let trace = lines[..4].join("\n");
    assert_eq!(of("joined"), [&trace, lines[4], lines[5]]);
}
