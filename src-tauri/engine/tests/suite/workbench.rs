//! The workbench does what its faces promise.

use std::thread;

use crosscut_engine::api::{Event, ReadArgs};
use crosscut_engine::source::FeedClosed;
use crosscut_engine::{Config, Followed, OpenError, Workbench};
use serde_json::json;

use crate::support::{Bench, Puppets, batch, event};

fn read(bench: &Bench, query: Option<&str>) -> Vec<(u64, String)> {
    let args = ReadArgs {
        query: query.map(str::to_owned),
        ..ReadArgs::default()
    };
    let records = bench.workbench.read(&args).unwrap();
    records
        .into_iter()
        .map(|record| (record.seq, record.line))
        .collect()
}

#[test]
fn posted_lines_are_there_once_the_answer_is() {
    let bench = Bench::new();
    assert_eq!(
        bench.post("api", &["one", "{\"msg\":\"two\",\"level\":\"warn\"}", ""]),
        3
    );
    let expected = [
        (1, "one"),
        (2, "{\"msg\":\"two\",\"level\":\"warn\"}"),
        (3, ""),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(n, l)| (*n, (*l).to_owned()))
        .collect();
    assert_eq!(read(&bench, None), expected);
    assert_eq!(read(&bench, Some("level:warn")).len(), 1);
    let sources = bench.call("sources_list", &json!({})).unwrap();
    assert_eq!(sources[0]["name"], "api");
    assert_eq!(sources[0]["records"], 3);
    assert_eq!(sources[0]["state"], "live");
}

#[test]
fn posts_from_many_threads_are_all_stored_once_and_in_their_order() {
    let bench = Bench::new();
    thread::scope(|scope| {
        for client in 0..8 {
            let bench = &bench;
            scope.spawn(move || {
                for number in 0..50 {
                    bench.post(&format!("c{client}"), &[&format!("{client} {number}")]);
                }
            });
        }
    });
    let lines: Vec<String> = read(&bench, None)
        .into_iter()
        .map(|(_, line)| line)
        .collect();
    assert_eq!(lines.len(), 400);
    for client in 0..8 {
        let own: Vec<_> = lines
            .iter()
            .filter(|line| line.starts_with(&format!("{client} ")))
            .cloned()
            .collect();
        let expected: Vec<_> = (0..50).map(|number| format!("{client} {number}")).collect();
        assert_eq!(own, expected);
    }
}

#[test]
fn a_filtered_view_takes_in_what_arrives() {
    let bench = Bench::new();
    bench.post("api", &["apple", "banana", "pineapple"]);
    let view = bench.view("apple");
    assert_eq!(bench.seqs(view), [1, 3]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut events = bench.workbench.events("test");
    bench.post("api", &["cherry", "Apple pie"]);
    let rows = runtime.block_on(event(&mut events, |event| match event {
        Event::View { state } if state.view == view && state.total == 5 && state.rows == 3 => {
            Some(state.rows)
        }
        _ => None,
    }));
    assert_eq!(rows, 3);
    assert_eq!(bench.seqs(view), [1, 3, 5]);
    let position = bench
        .call("view_position", &json!({"view": view, "seq": 5}))
        .unwrap();
    assert_eq!(
        (position["row"].as_u64(), position["found"].as_bool()),
        (Some(2), Some(true))
    );
    let position = bench
        .call("view_position", &json!({"view": view, "seq": 4}))
        .unwrap();
    assert_eq!(
        (position["row"].as_u64(), position["found"].as_bool()),
        (Some(2), Some(false))
    );
}

#[test]
fn hits_are_told_in_the_units_of_javascript() {
    let bench = Bench::new();
    bench.post("api", &["𝄞 payment failed, payment lost"]);
    let view = bench.view("payment");
    let args = json!({"view": view, "start": 0, "count": 1});
    let rows = bench.call("view_rows", &args).unwrap();
    assert_eq!(rows["rows"][0]["hits"], json!([3, 10, 19, 26]));
}

#[test]
fn a_new_run_takes_the_sources_along_where_they_are() {
    let bench = Bench::new();
    let feed = bench.follow("/logs/app.log");
    feed.send(batch(&["old 1", "old 2"], "at 2", true)).unwrap();
    feed.flush().unwrap();
    let old = bench.workbench.current_run();
    let new = bench
        .call("run_new", &json!({"name": "After the fix"}))
        .unwrap();
    assert_eq!(new["name"], "After the fix");
    assert_eq!(new["records"], 0);
    assert_eq!(
        feed.checkpoint().unwrap(),
        b"at 2",
        "the source goes on where it was"
    );
    feed.send(batch(&["new 1"], "at 3", true)).unwrap();
    feed.flush().unwrap();
    assert_eq!(read(&bench, None), [(1, "new 1".to_owned())]);
    let args = ReadArgs {
        run: Some(old.clone()),
        ..ReadArgs::default()
    };
    assert_eq!(bench.workbench.read(&args).unwrap().len(), 2);
    let runs = bench.call("runs_list", &json!({})).unwrap();
    assert_eq!(runs.as_array().unwrap().len(), 2);
    assert_eq!(runs[1]["id"], old.as_str());
    assert!(runs[1]["endedUs"].is_i64());

    let bench = bench.reopen();
    assert_eq!(
        bench.puppets.feed("/logs/app.log").checkpoint().unwrap(),
        b"at 3"
    );
    assert_eq!(read(&bench, None), [(1, "new 1".to_owned())]);
}

#[test]
fn a_run_that_is_deleted_is_gone_and_its_views_with_it() {
    let bench = Bench::new();
    bench.post("api", &["one"]);
    let view = bench.view("");
    let old = bench.workbench.current_run();
    bench
        .call("run_delete", &json!({"run": old.as_str()}))
        .unwrap();
    assert_ne!(bench.workbench.current_run(), old);
    let args = json!({"view": view, "start": 0, "count": 1});
    assert_eq!(
        bench.call("view_rows", &args).unwrap_err().code,
        "unknown_view"
    );
    assert!(!bench.dir().join("runs").join(old.as_str()).exists());
    let error = bench
        .call("run_delete", &json!({"run": old.as_str()}))
        .unwrap_err();
    assert_eq!(error.code, "unknown_run");
}

#[test]
fn a_source_named_again_is_the_same_source() {
    let bench = Bench::new();
    let first = bench
        .call("source_add", &json!({"kind": "file", "key": "/a/app.log"}))
        .unwrap();
    let again = bench
        .call("source_add", &json!({"kind": "file", "key": "/a/app.log"}))
        .unwrap();
    assert_eq!(first["id"], again["id"]);
    let other = bench
        .call("source_add", &json!({"kind": "file", "key": "/b/app.log"}))
        .unwrap();
    assert_eq!(other["name"], "b/app.log", "names tell two files apart");
}

#[test]
fn a_paused_source_stays_paused_and_a_removed_one_away_across_a_restart() {
    let bench = Bench::new();
    let feed = bench.follow("/a.log");
    bench.follow("/b.log");
    bench.call("source_pause", &json!({"source": 0})).unwrap();
    assert_eq!(feed.send(batch(&["x"], "1", true)), Err(FeedClosed));
    bench.call("source_remove", &json!({"source": 1})).unwrap();
    let bench = bench.reopen();
    let sources = bench.call("sources_list", &json!({})).unwrap();
    assert_eq!(sources.as_array().unwrap().len(), 1);
    assert_eq!(sources[0]["state"], "paused");
    bench.call("source_resume", &json!({"source": 0})).unwrap();
    let sources = bench.call("sources_list", &json!({})).unwrap();
    assert_eq!(sources[0]["state"], "live");
}

#[test]
fn the_first_error_of_a_kind_is_announced_once_and_history_not_at_all() {
    let bench = Bench::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut events = bench.workbench.events("test");
    let feed = bench.follow("/app.log");
    let line = |n: u32, what: &str| format!("{{\"level\":\"error\",\"msg\":\"{what} {n}\"}}");
    feed.send(batch(&[&line(1, "known since yesterday")], "1", false))
        .unwrap();
    feed.send(batch(&[&line(2, "known since yesterday")], "2", true))
        .unwrap();
    feed.send(batch(&[&line(3, "payment refused for order")], "3", true))
        .unwrap();
    feed.send(batch(&[&line(4, "payment refused for order")], "4", true))
        .unwrap();
    feed.send(batch(&[&line(5, "stock is gone for item")], "5", true))
        .unwrap();
    let mut told = Vec::new();
    runtime.block_on(event(&mut events, |event| {
        if let Event::Trouble { trouble } = event {
            told.push((trouble.seq, trouble.message));
        }
        (told.len() == 2).then_some(())
    }));
    let expected = [
        (3, "payment refused for order 3".to_owned()),
        (5, "stock is gone for item 5".to_owned()),
    ];
    assert_eq!(told, expected);
}

#[test]
fn following_gives_every_record_once_and_ends_with_the_run() {
    let bench = Bench::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    bench.post("api", &["keep 1", "drop 2", "keep 3"]);
    let args = ReadArgs {
        query: Some("keep".into()),
        tail: Some(1),
        ..ReadArgs::default()
    };
    let mut follow = bench.workbench.follow(&args).unwrap();
    bench.post("api", &["keep 4", "drop 5"]);
    bench.call("run_new", &json!({})).unwrap();
    bench.post("api", &["keep, but in the next run"]);
    let seen = runtime.block_on(async {
        let mut seen = Vec::new();
        while let Some(item) = follow.next().await {
            match item {
                Followed::Records(records) => seen.extend(records.into_iter().map(|r| r.seq)),
                Followed::Source(_) => {}
                Followed::End => seen.push(0),
            }
        }
        seen
    });
    assert_eq!(seen, [3, 4, 0]);
}

#[test]
fn following_since_a_record_resumes_right_behind_it() {
    let bench = Bench::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let lines: Vec<String> = (1..=2_500).map(|n| format!("line {n}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    bench.post("api", &lines);
    let args = ReadArgs {
        since: Some(7),
        ..ReadArgs::default()
    };
    let mut follow = bench.workbench.follow(&args).unwrap();
    let seen = runtime.block_on(async {
        let mut seen = Vec::new();
        while seen.len() < 2_493 {
            if let Some(Followed::Records(records)) = follow.next().await {
                seen.extend(records.into_iter().map(|record| record.seq));
            }
        }
        seen
    });
    assert_eq!(seen, (8..=2_500).collect::<Vec<u64>>());
}

#[test]
fn a_bad_query_is_read_as_text_in_the_window_and_refused_elsewhere() {
    let bench = Bench::new();
    bench.post("api", &["a ( b"]);
    let opened = bench.call(
        "view_open",
        &json!({"client": "test", "query": "\"unclosed"}),
    );
    assert!(
        !opened.unwrap()["reading"]["hints"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    let args = ReadArgs {
        query: Some("\"unclosed".into()),
        ..ReadArgs::default()
    };
    let error = bench.workbench.read(&args).unwrap_err();
    assert_eq!(error.code, "bad_query");
    assert_eq!(error.position, Some(0));
    let args = ReadArgs {
        grep: Some("(".into()),
        ..ReadArgs::default()
    };
    assert_eq!(bench.workbench.read(&args).unwrap_err().code, "bad_query");
}

#[test]
fn a_second_owner_of_the_data_directory_is_told_who_has_it() {
    let bench = Bench::new();
    bench.workbench.set_endpoint("http://127.0.0.1:1", false);
    let config = Config::new(bench.dir());
    let error = Workbench::open(config, std::sync::Arc::new(Puppets::default())).unwrap_err();
    let OpenError::Locked { endpoint, .. } = error else {
        panic!("{error}")
    };
    let endpoint = endpoint.unwrap();
    assert_eq!(endpoint.url, "http://127.0.0.1:1");
    assert_eq!(endpoint.token, bench.workbench.token());
    assert_eq!(endpoint.token.len(), 64);
}

#[test]
fn closing_stores_what_was_sent_and_a_closed_workbench_refuses() {
    let bench = Bench::new();
    let feed = bench.follow("/a.log");
    for number in 0..100 {
        feed.send(batch(
            &[&format!("line {number}")],
            &number.to_string(),
            true,
        ))
        .unwrap();
    }
    let bench = bench.reopen();
    assert_eq!(read(&bench, None).len(), 100);
    assert_eq!(bench.puppets.feed("/a.log").checkpoint().unwrap(), b"99");
    bench.workbench.close();
    let error = bench
        .call("source_add", &json!({"kind": "file", "key": "/b"}))
        .unwrap_err();
    assert_eq!(error.code, "closing");
}

#[test]
fn lines_without_a_time_take_it_from_the_line_before_them() {
    let bench = Bench::new();
    let feed = bench.follow("/a.log");
    let lines = ["2026-03-01T08:00:00Z ERROR failed", "\tat Main.java:1"];
    feed.send(batch(&lines, "2", false)).unwrap();
    feed.flush().unwrap();
    let view = bench.view("");
    let rows = bench
        .call("view_rows", &json!({"view": view, "start": 0, "count": 2}))
        .unwrap();
    assert_eq!(rows["rows"][0]["timeUs"], 1_772_352_000_000_000i64);
    assert_eq!(rows["rows"][1]["timeUs"], rows["rows"][0]["timeUs"]);
}

#[test]
fn operations_and_arguments_that_do_not_exist_are_refused() {
    let bench = Bench::new();
    assert_eq!(
        bench.call("no_such", &json!({})).unwrap_err().code,
        "unknown_operation"
    );
    let error = bench.call("view_rows", &json!({"view": "x"})).unwrap_err();
    assert_eq!(error.code, "bad_arguments");
    assert_eq!(
        bench.call("record", &json!({"seq": 1})).unwrap_err().code,
        "unknown_record"
    );
    let missing = json!({"client": "test", "run": "20260101T000000000Z"});
    assert_eq!(
        bench.call("view_open", &missing).unwrap_err().code,
        "unknown_run"
    );
}
