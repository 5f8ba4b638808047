//! What searching promises beside the right rows.

use std::sync::atomic::{AtomicBool, Ordering};

use crosscut_index::{SearchError, Searcher};
use crosscut_model::{Level, RowMeta};

use crate::bed::{Run, context, plain, read};

#[test]
fn a_word_is_found_inside_words_ignoring_case() {
    let run = Run::of(&[
        "connection REFUSED",
        "a fuse blew",
        "nothing",
        "diffused light",
    ]);
    let index = run.indexed().snapshot();
    assert_eq!(run.rows("fuse", Some(&index)), [0, 1, 3]);
    assert_eq!(run.rows("\"a fuse\"", Some(&index)), [1]);
    assert_eq!(run.rows("fuse -light", Some(&index)), [0, 1]);
}

#[test]
fn what_the_index_leaves_out_is_found_all_the_same() {
    let long = format!("token {}needle{}", "x".repeat(200), "y".repeat(200));
    let run = Run::of(&[
        "trace 4bf92f3577b34da6",
        "id 0bad1",
        "bad luck",
        "status 500",
        &long,
    ]);
    let index = run.indexed().snapshot();
    assert_eq!(run.rows("577b34", Some(&index)), [0]);
    assert_eq!(run.rows("bad", Some(&index)), [1, 2]);
    assert_eq!(run.rows("500", Some(&index)), [3]);
    assert_eq!(run.rows("needle", Some(&index)), [4]);
}

#[test]
fn characters_that_differ_in_case_only_are_one_for_the_index() {
    let run = Run::of(&["\u{212a}elvin ſcale", "KELVIN SCALE", "ΣΊΣΥΦΟΣ", "σίσυφος"]);
    let index = run.indexed().snapshot();
    assert_eq!(run.rows("kelvin", Some(&index)), [0, 1]);
    assert_eq!(run.rows("scale", Some(&index)), [0, 1]);
    assert_eq!(run.rows("σίσυφοσ", Some(&index)), [2, 3]);
}

#[test]
fn a_value_that_was_cut_into_parts_is_found_as_a_whole() {
    let run = Run::of(&[
        "2026-11-21T10:00:00.1Z stderr P {\"trace_id\":\"4bf92f3577b34da6\n2026-11-21T10:00:00.1Z stderr F a3ce929d0e0e4736\"}",
        "2026-11-21T10:00:00.1Z stdout P {\"msg\":\"connection ref\n2026-11-21T10:00:00.1Z stdout F used\",\"user\":\"alice\"}",
        "2026-11-21T10:00:00.1Z stdout P {\"msg\":\"x\",\"us\n2026-11-21T10:00:00.1Z stdout F er\":\"alice\",\"took\":12}",
        "2026-11-21T10:00:00.1Z stdout P {\"msg\":\"x\",\"took\":1\n2026-11-21T10:00:00.1Z stdout F 2}",
        "nothing of the kind",
    ]);
    let index = run.indexed().snapshot();
    for (query, rows) in [
        ("msg:refused", &[1_u32][..]),
        ("msg=\"connection refused\"", &[1]),
        ("msg:/ref[u]sed/", &[1]),
        ("msg:conn*sed", &[1]),
        ("user:alice", &[1, 2]),
        ("user=alice", &[1, 2]),
        ("took:>11", &[2, 3]),
        ("took=12", &[2, 3]),
        ("has:user", &[1, 2]),
        ("trace=4bf92f3577b34da6a3ce929d0e0e4736", &[0]),
        ("trace_id:34da6a3ce", &[0]),
    ] {
        assert_eq!(
            run.naive(&read(query)).iter().collect::<Vec<_>>(),
            rows,
            "naive {query}"
        );
        assert_eq!(run.rows(query, None), rows, "scan {query}");
        assert_eq!(run.rows(query, Some(&index)), rows, "index {query}");
    }
}

#[test]
fn a_field_is_found_where_its_value_stands_otherwise_in_the_text() {
    let run = Run::of(&[
        "\u{1b}[31mconn\u{1b}[0mection refused",
        r#"level=info msg="say \"hi\" twice" n=1"#,
        r#"{"tags":[{"path":"C:\\temp"}],"service":"orders"}"#,
        "nothing of the kind",
    ]);
    let index = run.indexed().snapshot();
    let rows = |query: &str| {
        let found = run.rows(query, Some(&index));
        assert_eq!(found, run.rows(query, None), "{query}");
        found
    };
    assert_eq!(rows("msg:connection"), [0]);
    assert_eq!(rows("connection"), Vec::<u32>::new());
    assert_eq!(rows(r#"msg:"y \"hi\" tw""#), [1]);
    assert_eq!(rows("service:orders"), [2]);
    assert_eq!(rows("service:api"), [0, 1, 3]);
    assert_eq!(rows("has:tags"), [2]);
}

#[test]
fn a_file_and_its_line_in_two_fields_are_found_as_one() {
    let run = Run::of(&[
        r#"{"msg":"a","file":"main.go","line":42}"#,
        r#"{"msg":"b","file":"main.go","line":7}"#,
        "main.go:42 plain",
    ]);
    let index = run.indexed().snapshot();
    assert_eq!(run.rows("file=main.go:42", Some(&index)), [0]);
    assert_eq!(run.rows("file=main.go:42", None), [0]);
}

#[test]
fn a_cancelled_search_ends_without_an_answer() {
    let mut run = Run::new();
    for _ in 0..20 {
        run.append(&[plain("one"), plain("two")]);
    }
    let snapshot = run.store.snapshot();
    let searcher = Searcher::new(&read("/o[nx]e/"), &context()).unwrap();
    let cancel = AtomicBool::new(false);
    let result = searcher.search(&snapshot, None, &run.names, 0..40, &cancel, &mut |_| {
        cancel.store(true, Ordering::Release);
    });
    assert!(matches!(result, Err(SearchError::Cancelled)));
}

#[test]
fn what_columns_and_dictionary_decide_is_told_at_once() {
    let mut run = Run::new();
    let error = RowMeta {
        level: Level::Error,
        ..RowMeta::default()
    };
    run.append(&[
        (error, b"refused".to_vec()),
        plain("refused"),
        (error, b"fine".to_vec()),
    ]);
    let index = run.indexed().snapshot();
    let searcher = Searcher::new(&read("level:error refused"), &context()).unwrap();
    let mut told = Vec::new();
    let found = searcher.search(
        &run.store.snapshot(),
        Some(&index),
        &run.names,
        0..3,
        &AtomicBool::new(false),
        &mut |progress| told.push((progress.found.iter().collect::<Vec<_>>(), progress.searched)),
    );
    assert_eq!(told, [(vec![0], 3)]);
    assert_eq!(found.unwrap().rows.iter().collect::<Vec<_>>(), [0]);
}

#[test]
fn only_the_rows_asked_for_are_searched() {
    let mut run = Run::new();
    for _ in 0..10 {
        run.append(&[plain("same"), plain("same"), plain("other")]);
    }
    assert_eq!(
        run.scan("same", 4..8).rows.iter().collect::<Vec<_>>(),
        [4, 6, 7]
    );
    assert_eq!(run.scan("-same", 4..8).rows.iter().collect::<Vec<_>>(), [5]);
    assert_eq!(
        run.scan("level:none", 28..30)
            .rows
            .iter()
            .collect::<Vec<_>>(),
        [28, 29]
    );
    assert!(run.scan("same", 7..7).rows.is_empty());
}

#[test]
fn rows_the_snapshot_has_not_are_refused() {
    let run = Run::of(&["one"]);
    let searcher = Searcher::new(&read("one"), &context()).unwrap();
    let result = searcher.scan(&run.store.snapshot(), &run.names, 0..2);
    assert!(matches!(result, Err(SearchError::Read(_))));
}

#[test]
fn a_lost_frame_is_told_and_the_others_are_searched() {
    let mut run = Run::new();
    run.append(&[plain("one lost needle")]);
    run.append(&[plain("one kept needle")]);
    let segment = std::fs::read_dir(run.dir.path().join("run"))
        .unwrap()
        .map(|item| item.unwrap().path())
        .find(|path| path.to_string_lossy().contains("frames-"))
        .unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let at = bytes.windows(4).position(|some| some == b"lost").unwrap();
    bytes[at] ^= 1;
    std::fs::write(&segment, bytes).unwrap();
    let found = run.scan("needle", 0..2);
    assert_eq!(found.rows.iter().collect::<Vec<_>>(), [1]);
    assert_eq!(found.unreadable.len(), 1);
    assert_eq!(found.unreadable[0], 0..1);
}

#[test]
fn the_message_of_plain_text_is_found_as_a_whole_though_nothing_sets_it_off() {
    let run = Run::of(&[
        "refused ",
        "2026-11-21T10:15:00Z ERROR refused",
        "x=1 refused",
        r#"{"msg":"refused"}"#,
        "refused again",
    ]);
    let index = run.indexed();
    let snapshot = index.snapshot();
    for index in [None, Some(&*snapshot)] {
        assert_eq!(run.rows("msg:=refused", index), [0, 1, 3]);
        assert_eq!(run.rows("msg:=(refused OR again)", index), [0, 1, 3]);
    }
}
