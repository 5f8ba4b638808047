//! `crosscut search`: each row of the language's table on a small file, line by line, and how the
//! command behaves around it.

mod table;

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use self::table::TABLE;
use super::Place;
use crate::support::{Crosscut, Ending, binary};

/// A query that cannot be answered has its error within this time, the program's start included.
const SOON: Duration = Duration::from_secs(3);

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/language.log")
}

fn command(place: &Place, args: &[&str]) -> Command {
    let mut command = Command::new(binary("crosscut"));
    command.arg("search").arg("--data").arg(place.data());
    command.args(args).stdin(Stdio::null());
    for name in ["CROSSCUT_DATA", "CROSSCUT_LOG", "NO_COLOR"] {
        command.env_remove(name);
    }
    command
}

fn search(place: &Place, args: &[&str]) -> Output {
    command(place, args).output().unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The numbers of the records that match, and the exit code.
fn found(place: &Place, args: &[&str]) -> (Vec<u64>, i32) {
    let output = search(place, &[args, &["--format", "jsonl"]].concat());
    let text = said(&output.stdout);
    let seqs = text.lines().map(|line| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["seq"].as_u64().unwrap()
    });
    (seqs.collect(), output.status.code().unwrap())
}

/// A workbench that has read the fixture.
fn language(place: &Place) -> Crosscut {
    let crosscut = place.start().file(&fixture()).serve();
    let lines = std::fs::read_to_string(fixture()).unwrap().lines().count();
    crosscut.live("language.log", lines as u64);
    crosscut
}

#[test]
fn each_row_of_the_table_finds_its_lines() {
    let place = Place::new();
    let crosscut = language(&place);
    let mut wrong = String::new();
    for (row, queries) in TABLE {
        for (query, expected) in *queries {
            let (seqs, code) = found(&place, &[query]);
            if seqs != *expected || code != i32::from(expected.is_empty()) {
                writeln!(
                    wrong,
                    "{row}: {query:?} finds {seqs:?}, not {expected:?} ({code})"
                )
                .unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    // Without a workbench the command opens the directory itself, and finds the same.
    assert_eq!(crosscut.end(Ending::Terminate).code(), Some(0));
    for (_, queries) in TABLE {
        let (query, expected) = queries[0];
        assert_eq!(found(&place, &[query]).0, expected, "{query}");
    }
}

#[test]
fn records_of_several_lines_and_spans_back_from_now_are_searched_too() {
    let place = Place::new();
    let crosscut = place.start().serve();
    let body = json!({"source": "trace", "lines": [
        "Traceback (most recent call last):\n  File \"app.py\", line 7\nValueError: bad total",
        {"msg": "now"},
        {"time": "2001-01-01T00:00:00Z", "msg": "long ago"},
    ]});
    crosscut.post("/ingest", "application/json", body.to_string());
    assert_eq!(found(&place, &["/^ValueError: bad total$/"]).0, [1]);
    assert_eq!(found(&place, &["traceback total"]).0, [1]);
    assert_eq!(found(&place, &["last:5m"]).0, [1, 2]);
    assert_eq!(found(&place, &["", "--since", "5m"]).0, [1, 2]);
    assert_eq!(found(&place, &["", "--until", "2001-01-02"]).0, [3]);
    assert_eq!(found(&place, &["", "--order", "time"]).0, [3, 1, 2]);
    let text = search(&place, &["traceback"]);
    assert_eq!(
        said(&text.stdout),
        "[trace] Traceback (most recent call last):\n  File \"app.py\", line 7\nValueError: bad total\n"
    );
}

#[test]
fn options_choose_how_many_of_what_and_with_what_around_them() {
    let place = Place::new();
    let crosscut = place.start().serve();
    let lines: Vec<String> = (1..=60).map(|n| format!("line {n}")).collect();
    let post = |source: &str, lines: &[String]| {
        let body = json!({"source": source, "lines": lines}).to_string();
        assert_eq!(crosscut.post("/ingest", "application/json", body).0, 200);
    };
    post("a", &lines);
    post("b", &["line of b".to_owned()]);
    let text = |args: &[&str]| said(&search(&place, args).stdout);
    assert_eq!(text(&["line", "-n", "2"]), "[a] line 60\n[b] line of b\n");
    assert_eq!(text(&["line", "--count"]), "61\n");
    assert_eq!(text(&["line", "--count", "--source", "b"]), "1\n");
    assert_eq!(text(&["line", "--count", "-n", "5"]), "5\n");
    assert_eq!(text(&["nothing", "--count"]), "0\n");
    assert_eq!(
        text(&["/line (10|12|20)$/", "--context", "1"]),
        "[a] line 9\n[a] line 10\n[a] line 11\n[a] line 12\n[a] line 13\n--\n\
         [a] line 19\n[a] line 20\n[a] line 21\n"
    );
    assert_eq!(
        text(&["/line (10|20)$/", "-C1", "-n1"]),
        "[a] line 19\n[a] line 20\n[a] line 21\n"
    );
    let marked = text(&["/line (1|3)$/", "--context", "1", "--color", "always"]);
    assert!(marked.contains("\x1b[1;31mline 1\x1b[0m"), "{marked:?}");
    assert!(!text(&["line", "-n1"]).contains('\x1b'));
    let array: Value =
        serde_json::from_str(&text(&["line", "-n", "3", "--format", "json"])).unwrap();
    assert_eq!(array[2]["line"], "line of b");
    assert_eq!(array[2]["matched"], true);

    // A run is named by its id or its name.
    let old = crosscut.api("status", &json!({}))["currentRun"].clone();
    crosscut.api("run_new", &json!({"name": "After the fix"}));
    post("a", &["line of the new run".to_owned()]);
    assert_eq!(text(&["line", "--count"]), "1\n");
    assert_eq!(text(&["line", "--count", "--run", "After the fix"]), "1\n");
    assert_eq!(
        text(&["line", "--count", "--run", old.as_str().unwrap()]),
        "61\n"
    );
}

#[test]
fn an_answer_of_many_pages_is_whole_in_either_order_and_a_reader_may_leave() {
    let place = Place::new();
    let crosscut = place.start().serve();
    // Every tenth comes late; long enough for several answers.
    let mut body = String::new();
    for n in 0..6_000u64 {
        let at = 1_795_219_200 + if n % 10 == 0 { n / 2 } else { n };
        let pad = "x".repeat(700);
        writeln!(body, r#"{{"time":{at},"msg":"row {n}","pad":"{pad}"}}"#).unwrap();
    }
    let path = "/ingest?source=many";
    assert_eq!(crosscut.post(path, "application/x-ndjson", body).0, 200);
    let all: Vec<u64> = (1..=6_000).collect();
    assert_eq!(found(&place, &["row"]).0, all);
    let mut by_time = all.clone();
    by_time.sort_by_key(|seq| {
        let n = seq - 1;
        (if n % 10 == 0 { n / 2 } else { n }, n)
    });
    assert_eq!(found(&place, &["row", "--order", "time"]).0, by_time);
    let newest: Vec<u64> = by_time.iter().skip(3_500).copied().collect();
    assert_eq!(
        found(&place, &["row", "--order", "time", "-n", "2500"]).0,
        newest
    );

    let mut child = command(&place, &["row"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut first).unwrap();
    drop(out);
    assert!(first.contains("row 0"));
    let mut problems = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut problems)
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(problems, "");
}

#[test]
fn exit_codes_tell_what_became_of_it() {
    let place = Place::new();
    let code = |args: &[&str]| search(&place, args).status.code();
    let nothing = search(&place, &["x"]);
    assert_eq!(nothing.status.code(), Some(3));
    assert!(said(&nothing.stderr).contains("there are no runs in"));
    assert!(!place.data().exists(), "looking made something");
    let crosscut = language(&place);
    assert_eq!(code(&["declined"]), Some(0));
    assert_eq!(code(&["no such thing"]), Some(1));
    assert_eq!(code(&["x", "--count"]), Some(0));
    assert_eq!(code(&["no-such-thing", "--count"]), Some(1));
    assert_eq!(code(&["(x"]), Some(2));
    assert_eq!(code(&["x", "-n", "0"]), Some(2));
    assert_eq!(code(&["x", "--since", "25:99"]), Some(2));
    assert_eq!(code(&["x", "--run", "no-such-run"]), Some(3));
    // Its owner dies without a word: the directory is opened all the same.
    crosscut.kill();
    assert_eq!(code(&["declined"]), Some(0));
}

#[test]
fn a_bad_query_is_drawn_and_told_where_and_what_was_expected() {
    let place = Place::new();
    let crosscut = language(&place);
    let drawn = |query: &str, args: &[&str]| {
        let output = search(&place, &[&[query], args].concat());
        assert_eq!(output.status.code(), Some(2), "{query}");
        assert!(output.stdout.is_empty());
        said(&output.stderr)
    };
    for (query, place) in [
        ("level:error (foo", 12),
        ("\"open", 0),
        ("service:orders level:severest", 21),
        ("a OR", 2),
        ("/(/", 1),
        ("http.status:>many", 13),
        ("since:2026-02-30", 6),
        ("is:purple", 3),
    ] {
        let text = drawn(query, &[]);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3, "{text}");
        assert_eq!(lines[1], format!("  {query}"));
        assert_eq!(lines[2].find('^'), Some(place + 2), "{text}");
        assert!(lines[2].len() > place + 3, "nothing was expected: {text}");
        let refused = crosscut.refused("search", &json!({"query": query}));
        assert_eq!(refused["error"]["position"], place, "{query}");
        assert_eq!(refused["error"]["code"], "bad_query");
    }
    assert!(drawn("x", &["--since", "2026-13-01"]).contains("since: "));
}

#[test]
fn what_is_built_to_hurt_is_answered_or_refused_soon() {
    let place = Place::new();
    let crosscut = language(&place);
    let deep = |n: usize| format!("{}x{}", "(".repeat(n), ")".repeat(n));
    let long = "a ".repeat(32 << 10);
    let many_ors = vec!["x"; 4_000].join(" OR ");
    let queries = [
        (long.as_str(), 2),
        (&"(".repeat(10_000), 2),
        (&deep(10_000), 2),
        (&deep(32), 0),
        (&"-".repeat(4_000), 1),
        (&format!("\"{}", "\\".repeat(8_000)), 2),
        ("/(((a{100}){100}){100}){100}/", 2),
        ("/(a*)*b{1000}{1000}/", 2),
        ("/(x+x+)+y/", 1),
        ("/(?i)(é|ü|ß){50}/", 1),
        (&many_ors, 2),
        ("since:25:61", 2),
        ("t:2026-02-30", 2),
        ("t:9999999999999999999", 2),
        ("last:99999999999d", 2),
        ("duration_ms:>99999999999999999999999999999", 1),
        ("seq:>-1", 0),
    ];
    let mut wrong = String::new();
    for (query, code) in queries {
        let begun = Instant::now();
        let output = search(&place, &["--", query]);
        let took = begun.elapsed();
        let shown: String = query.chars().take(30).collect();
        let errors = said(&output.stderr);
        if output.status.code() != Some(code) {
            writeln!(wrong, "{shown}: {:?}, not {code}: {errors}", output.status).unwrap();
        }
        assert!(took < SOON, "{shown} took {took:?}");
        assert!(errors.len() < 2_000, "{shown}: {errors}");
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    // It is all the same to the port.
    for query in [&long, &"(".repeat(10_000)] {
        let refused = crosscut.refused("search", &json!({"query": query}));
        assert_eq!(refused["error"]["code"], "bad_query");
    }
    for args in [
        json!({"query": "x", "cursor": "nonsense"}),
        json!({"query": "x", "cursor": "20261121T101500123Z.1.2.3"}),
        json!({"query": "x", "limit": -1}),
        json!({"query": 7}),
    ] {
        let refused = crosscut.refused("search", &args);
        assert!(
            !refused["error"]["message"].as_str().unwrap().is_empty(),
            "{args}"
        );
    }
}
