//! The settings file, from what it says to what it does.

use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crosscut_engine::api::Event;
use crosscut_engine::{Ingest, Part, Workbench};
use crosscut_model::{SourceKind, SourceSpec};
use serde_json::{Value, json};

use crate::support::{Bench, batch, event, lines_of};

fn lines(bench: &Bench, source: &str) -> Vec<(String, String)> {
    let args = json!({"query": format!("source:{source}")});
    let reply = bench.call("search", &args).unwrap();
    let text = |record: &Value, key: &str| record[key].as_str().unwrap().to_owned();
    let records = reply["records"].as_array().unwrap();
    records
        .iter()
        .map(|record| (text(record, "time"), text(record, "line")))
        .collect()
}

fn save(bench: &Bench, text: &str) {
    bench.call("settings_save", &json!({"text": text})).unwrap();
}

#[test]
fn what_a_rule_matches_is_replaced_before_it_is_stored_however_it_came() {
    let bench = Bench::with_settings("[[redact]]\npattern = 'token=\\S+'\n");
    bench.post("api", &["login token=abc ok", "nothing here"]);
    let feed = bench.follow("/x/app.log");
    feed.send(batch(&["seen token=def"], "1", true)).unwrap();
    feed.partial(Some(b"half a token=ghi"));
    feed.flush().unwrap();
    let texts = |source| {
        lines(&bench, source)
            .into_iter()
            .map(|l| l.1)
            .collect::<Vec<_>>()
    };
    assert_eq!(texts("api"), ["login [redacted] ok", "nothing here"]);
    assert_eq!(texts("app.log"), ["seen [redacted]"]);
    let sources = bench.call("sources_list", &json!({})).unwrap();
    let partials: Vec<&Value> = sources
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["partial"])
        .collect();
    assert!(
        partials.contains(&&json!("half a [redacted]")),
        "{partials:?}"
    );
    for query in ["abc", "def"] {
        let found = bench.call("search", &json!({"query": query})).unwrap();
        assert_eq!(found["records"], json!([]));
    }
}

#[test]
fn a_zone_that_is_set_while_a_source_is_followed_holds_for_its_next_lines() {
    let bench = Bench::with_settings("zone = \"UTC\"\n");
    let feed = bench.follow("/x/app.log");
    feed.send(batch(&["2026-01-10 12:00:00 first"], "1", true))
        .unwrap();
    bench.post("api", &["2026-01-10 12:00:00 first"]);
    feed.flush().unwrap();
    save(
        &bench,
        "zone = \"UTC\"\n[[format]]\nsources = [\"ap*\"]\nzone = \"Asia/Tokyo\"\n",
    );
    feed.send(batch(&["2026-01-10 12:00:00 second"], "2", true))
        .unwrap();
    bench.post("api", &["2026-01-10 12:00:00 second"]);
    feed.flush().unwrap();
    for source in ["app.log", "api"] {
        let times: Vec<_> = lines(&bench, source)
            .into_iter()
            .map(|line| line.0)
            .collect();
        assert_eq!(
            times,
            ["2026-01-10T12:00:00Z", "2026-01-10T03:00:00Z"],
            "{source}"
        );
    }
}

#[test]
fn a_change_that_is_not_about_a_source_leaves_what_its_lines_have_told() {
    let bench = Bench::with_settings("zone = \"UTC\"\n");
    let feed = bench.follow("/x/pay.csv");
    let header = ["time;amount;level", "10.01.2026 12:00:00;1;warn"];
    feed.send(batch(&header, "1", true)).unwrap();
    feed.flush().unwrap();
    save(&bench, "zone = \"UTC\"\n[retention]\nruns = 7\n");
    feed.send(batch(&["10.01.2026 12:00:05;2;error"], "2", true))
        .unwrap();
    feed.flush().unwrap();
    let found = bench
        .call("search", &json!({"query": "level:error"}))
        .unwrap();
    assert_eq!(
        found["records"][0]["time"], "2026-01-10T12:00:05Z",
        "{found}"
    );
}

#[test]
fn what_a_header_said_holds_after_a_restart_and_for_another_zone() {
    let bench = Bench::with_settings("zone = \"UTC\"\n");
    let feed = bench.follow("/x/pay.csv");
    let header = ["time;amount;level", "10.01.2026 12:00:00;1;warn"];
    feed.send(batch(&header, "1", true)).unwrap();
    feed.flush().unwrap();
    let bench = bench.reopen();
    let feed = bench.puppets.feed("/x/pay.csv");
    feed.send(batch(&["10.01.2026 12:00:05;2;error"], "2", true))
        .unwrap();
    feed.flush().unwrap();
    save(&bench, "zone = \"Asia/Tokyo\"\n");
    feed.send(batch(&["10.01.2026 12:00:05;3;error"], "3", true))
        .unwrap();
    feed.flush().unwrap();
    let found = bench
        .call("search", &json!({"query": "level:error amount:>=2"}))
        .unwrap();
    let times: Vec<&Value> = found["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["time"])
        .collect();
    assert_eq!(
        times,
        ["2026-01-10T12:00:05Z", "2026-01-10T03:00:05Z"],
        "{found}"
    );
}

#[tokio::test]
async fn sources_in_the_settings_are_followed_once_and_stay_away_when_they_were_removed() {
    let bench = Bench::with_settings("[[source]]\npath = \"/x/a.log\"\n");
    let mut events = bench.workbench.events("test");
    let named = |name: &'static str| {
        move |event: Event| match event {
            Event::Sources { sources, .. } => sources.into_iter().find(|s| s.name == name),
            _ => None,
        }
    };
    let first = event(&mut events, named("a.log")).await;
    save(
        &bench,
        "[[source]]\npath = \"/x/a.log\"\n[[source]]\npath = \"/x/b.log\"\nname = \"b\"\n",
    );
    event(&mut events, named("b")).await;
    bench
        .call("source_remove", &json!({"source": first.id}))
        .unwrap();
    drop(events);
    let bench = bench.reopen();
    let mut events = bench.workbench.events("test");
    event(&mut events, named("b")).await;
    save(
        &bench,
        "[[source]]\npath = \"/x/a.log\"\n[[source]]\npath = \"/x/c.log\"\n",
    );
    event(&mut events, named("c.log")).await;
    assert!(!bench.puppets.has("/x/a.log"));
}

#[tokio::test]
async fn every_run_begins_with_the_sources_in_the_settings_those_that_were_removed_too() {
    let bench = Bench::with_settings("[[source]]\npath = \"/x/a.log\"\n");
    let mut events = bench.workbench.events("test");
    let listed = |event: Event| match event {
        Event::Sources { run, sources } => Some((run, sources.first()?.id)),
        _ => None,
    };
    let (old, id) = event(&mut events, listed).await;
    for _ in 0..2 {
        bench.call("source_remove", &json!({"source": id})).unwrap();
    }
    bench.call("run_new", &json!({})).unwrap();
    let again = |event: Event| listed(event).filter(|(run, _)| *run != old);
    event(&mut events, again).await;
    let error = bench
        .call("source_remove", &json!({"source": 77}))
        .unwrap_err();
    assert_eq!(error.code, "unknown_source");
}

#[tokio::test]
async fn what_could_not_be_followed_is_told_and_followed_once_the_settings_let_it() {
    let sources = "[[source]]\npath = \"/x/a.log\"\n[[source]]\npath = \"/x/b.log\"\n";
    let limit = |most: u32| format!("[limits]\nsources = {most}\n{sources}");
    let bench = Bench::new();
    let mut events = bench.workbench.events("test");
    let notice = |event: Event| match event {
        Event::Notice { notice } if notice.code == "not_followed" => Some(notice),
        _ => None,
    };
    save(&bench, &limit(1));
    let told = event(&mut events, notice).await;
    assert!(
        told.active && told.message.starts_with("/x/b.log was found"),
        "{}",
        told.message
    );
    save(&bench, &limit(2));
    assert!(!event(&mut events, notice).await.active);
    let both = |event: Event| match event {
        Event::Sources { sources, .. } => (sources.len() == 2).then_some(()),
        _ => None,
    };
    // Of one round of events that of the sources comes first.
    event(&mut bench.workbench.events("later"), both).await;
}

#[tokio::test]
async fn a_mistake_in_the_file_changes_nothing_and_is_told_until_it_is_mended() {
    let bench = Bench::with_settings("[[redact]]\npattern = 'secret'\n");
    let mut events = bench.workbench.events("test");
    let notice = |event: Event| match event {
        Event::Notice { notice } if notice.code == "bad_settings" => Some(notice),
        _ => None,
    };
    let path = bench.dir().join("settings.toml");
    std::fs::write(&path, "[[redact]]\npattern = '(secret'\n").unwrap();
    let told = event(&mut events, notice).await;
    assert!(
        told.active && told.message.contains("line 2, column 11"),
        "{}",
        told.message
    );
    bench.post("api", &["a secret"]);
    assert_eq!(lines(&bench, "api")[0].1, "a [redacted]");
    std::fs::write(&path, "").unwrap();
    assert!(!event(&mut events, notice).await.active);
    bench.post("api", &["a secret"]);
    assert_eq!(lines(&bench, "api")[1].1, "a secret");
}

#[test]
fn the_file_is_saved_as_typed_and_never_over_what_somebody_else_wrote() {
    let bench = Bench::new();
    let was = bench.call("settings_get", &json!({})).unwrap();
    assert_eq!(was["exists"], json!(false));
    assert_eq!(was["mistakes"], json!([]));
    let text = "# mine\nzone = \"UTC\"   # here\n";
    let args = json!({"text": text, "was": was["text"]});
    let now = bench.call("settings_save", &args).unwrap();
    assert_eq!(now["text"], json!(text));
    let on_disk = std::fs::read_to_string(bench.dir().join("settings.toml")).unwrap();
    assert_eq!(on_disk, text);
    let error = bench.call("settings_save", &args).unwrap_err();
    assert_eq!(error.code, "settings_changed");
    let error = bench
        .call("settings_save", &json!({"text": "zone = 3"}))
        .unwrap_err();
    assert_eq!(error.code, "bad_settings");
    assert!(
        error.message.starts_with("line 1, column 8: "),
        "{}",
        error.message
    );
    let check = bench
        .call("settings_check", &json!({"text": "\nzoen = 3"}))
        .unwrap();
    assert_eq!(check["mistakes"][0]["line"], json!(2));
    assert_eq!(
        std::fs::read_to_string(bench.dir().join("settings.toml")).unwrap(),
        text
    );
}

#[test]
fn what_held_before_goes_on_holding_at_a_start_with_a_mistake_in_the_file() {
    let bench = Bench::with_settings("[[redact]]\npattern = 'secret'\n");
    std::fs::write(bench.dir().join("settings.toml"), "[[redact]\n").unwrap();
    let bench = bench.reopen();
    bench.post("api", &["a secret"]);
    assert_eq!(lines(&bench, "api")[0].1, "a [redacted]");
    let status = bench.call("status", &json!({})).unwrap();
    assert_eq!(status["notices"][0]["code"], "bad_settings");
    save(&bench, "");
    let bench = bench.reopen();
    bench.post("api", &["a secret"]);
    assert_eq!(lines(&bench, "api")[1].1, "a secret");
}

#[test]
fn what_is_left_of_an_upload_that_is_removed_is_redacted_and_not_read_on() {
    let bench = Bench::with_settings("[[redact]]\npattern = 'secret'\n");
    let given = Arc::new(AtomicUsize::new(0));
    let body = Removed {
        workbench: bench.workbench.clone(),
        given: Arc::clone(&given),
        chunk: Cursor::new(Vec::new()),
    };
    let outcome = bench.workbench.upload("big.log", Box::new(body));
    assert_eq!(outcome.unwrap_err().code, "upload_removed");
    assert_eq!(given.load(Ordering::Relaxed), 2);
    assert_eq!(found(&bench, "secret"), 0);
    assert!((1..=600).contains(&found(&bench, "redacted")));
}

/// A long upload whose source is removed with its second chunk.
struct Removed {
    workbench: Workbench,
    given: Arc<AtomicUsize>,
    chunk: Cursor<Vec<u8>>,
}

impl Read for Removed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.chunk.read(buffer)?;
        if read > 0 {
            return Ok(read);
        }
        let given = self.given.fetch_add(1, Ordering::Relaxed) + 1;
        if given == 2 {
            let sources = self.workbench.call("sources_list", b"{}").unwrap();
            let sources: Value = serde_json::from_slice(&sources).unwrap();
            let args = json!({"source": sources[0]["id"]}).to_string();
            self.workbench
                .call("source_remove", args.as_bytes())
                .unwrap();
        }
        if given < 9 {
            let line = format!("{given} secret {}\n", "x".repeat(1_000));
            self.chunk = Cursor::new(line.repeat(600).into_bytes());
        }
        self.chunk.read(buffer)
    }
}

fn found(bench: &Bench, query: &str) -> usize {
    bench.seqs(bench.view(query)).len()
}

#[test]
fn a_change_while_workers_read_a_large_batch_is_not_lost() {
    let bench = Bench::with_settings("zone = \"UTC\"\n");
    let feed = bench.follow("/x/app.log");
    let many: Vec<String> = (0..40_000)
        .map(|n| format!("2026-01-10 12:00:00 line {n} {}", "x".repeat(60)))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    feed.send(batch(&many, "1", true)).unwrap();
    save(&bench, "zone = \"Asia/Tokyo\"\n");
    feed.flush().unwrap();
    feed.send(batch(&["2026-01-10 12:00:00 last"], "2", true))
        .unwrap();
    feed.flush().unwrap();
    let reply = bench.call("search", &json!({"query": "last"})).unwrap();
    assert_eq!(reply["records"][0]["time"], "2026-01-10T03:00:00Z");
}

#[test]
fn a_header_that_comes_after_a_change_of_the_settings_is_one() {
    let bench = Bench::with_settings("zone = \"UTC\"\n");
    let feed = bench.follow("/x/pay.csv");
    save(&bench, "zone = \"Asia/Tokyo\"\n");
    feed.send(batch(
        &["time,amount,level", "2026-01-10 12:00:00,7,warn"],
        "1",
        true,
    ))
    .unwrap();
    feed.flush().unwrap();
    assert_eq!(found(&bench, "amount:7 level:warn"), 1);
}

#[test]
fn lines_of_services_are_redacted_by_the_rules_for_each() {
    let bench = Bench::with_settings("[[redact]]\npattern = '\\d+'\nsources = [\"db*\"]\n");
    let text = ["api-1  | took 12", "db-1   | took 34", "api-1  | took 56"];
    let feed = bench.follow("/x/up.log");
    feed.send(batch(&text, "1", true)).unwrap();
    feed.flush().unwrap();
    let part = |kind| Part {
        kind,
        ..Part::new("up", lines_of(&text))
    };
    let post = |kind| Ingest {
        parts: vec![part(kind)],
        ..Ingest::default()
    };
    bench.workbench.ingest(post(SourceKind::Stdin)).unwrap();
    bench.workbench.ingest(post(SourceKind::Http)).unwrap();
    let all = lines(&bench, "*").into_iter().map(|line| line.1);
    let own = ["took 12", "took [redacted]", "took 56"];
    let expected: Vec<&str> = own.into_iter().chain(own).chain(text).collect();
    assert_eq!(all.collect::<Vec<_>>(), expected);
    bench
        .workbench
        .client_ended(SourceKind::Stdin, "up")
        .unwrap();
    let ended = |bench: &Bench| {
        let sources = bench.call("sources_list", &json!({})).unwrap();
        let sources = sources.as_array().unwrap().iter();
        sources.filter(|source| source["state"] == "ended").count()
    };
    assert_eq!(ended(&bench), 3, "the pipe and its two services");
    let bench = bench.reopen();
    assert_eq!(ended(&bench), 5, "those of the file are not there yet");
}

#[test]
fn only_what_is_followed_can_be_paused() {
    let bench = Bench::new();
    bench.post("api", &["a"]);
    let error = bench
        .call("source_pause", &json!({"source": 0}))
        .unwrap_err();
    assert_eq!(error.code, "not_followed");
    let sources = bench.call("sources_list", &json!({})).unwrap();
    assert_eq!(sources[0]["state"], "live");
}

#[test]
fn a_source_that_was_removed_makes_room_for_another() {
    let bench = Bench::with_settings("[limits]\nsources = 2\n");
    bench.post("a", &["1"]);
    bench.post("b", &["1"]);
    let part = |name| vec![Part::new(name, lines_of(&["1"]))];
    let post = |name| {
        bench.workbench.ingest(Ingest {
            parts: part(name),
            ..Ingest::default()
        })
    };
    assert!(post("c").is_err());
    bench.call("source_remove", &json!({"source": 0})).unwrap();
    assert!(post("c").is_ok());
    let names = lines(&bench, "c").len() + lines(&bench, "a").len();
    assert_eq!(names, 2, "each under its own name");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_found_when_there_is_no_room_is_followed_once_there_is_and_the_notice_taken_back() {
    let bench = Bench::with_settings("[limits]\nsources = 2\n");
    let mut stream = bench.workbench.events("test");
    let feed = bench.follow("/x/logs");
    bench.follow("/x/one.log");
    feed.found(SourceSpec {
        kind: SourceKind::File,
        key: "/x/two.log".to_owned(),
        name: "two.log".to_owned(),
    });
    let told = |event| match event {
        Event::Notice { notice } if notice.code == "not_followed" => Some(notice.message),
        _ => None,
    };
    let message = event(&mut stream, told).await;
    assert!(message.contains("two.log"), "{message}");
    save(&bench, "[limits]\nsources = 3\n");
    let holds = || {
        let sources = bench.call("sources_list", &json!({})).unwrap();
        let status = bench.call("status", &json!({})).unwrap();
        sources.as_array().unwrap().len() == 3 && status["notices"] == json!([])
    };
    event(&mut stream, |_| holds().then_some(())).await;
}
