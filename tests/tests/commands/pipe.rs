//! `crosscut pipe`: with and without a workbench, across its end, in a flood.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Live, Place, file, lines, text};
use crate::support::Ending;

fn numbered(range: std::ops::Range<u64>) -> String {
    let mut text = String::new();
    for number in range {
        writeln!(text, "line {number} of what flows through the pipe").unwrap();
    }
    text
}

#[test]
fn without_a_workbench_all_is_stored_the_last_line_without_its_end_too() {
    let place = Place::new();
    let bytes = b"one\r\n{\"lines\":[\"no envelope\"]}\nodd \xff\x00\n\nlast";
    let input = file(&place.path("input"), bytes);
    let mut command = place.crosscut(["pipe", "-q", "--source", "app"]);
    let output = command.stdin(input).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    let workbench = place.serve();
    let odd = "odd \u{fffd}\u{0}";
    let expected = ["one\r", "{\"lines\":[\"no envelope\"]}", odd, "", "last"];
    assert_eq!(workbench.lines("app"), expected);
    assert_eq!(workbench.source("app").unwrap()["kind"], "stdin");
}

#[test]
fn a_line_is_there_at_once_and_a_trace_is_one_record() {
    let place = Place::new();
    let workbench = place.serve();
    let mut pipe = Live::start(&mut place.crosscut(["pipe", "--pass"]));
    let mut slowest = Duration::ZERO;
    for number in 1..=20 {
        let began = Instant::now();
        pipe.write(format!("line {number}\n"));
        workbench.until("the line", || {
            (workbench.lines("stdin").len() == number).then_some(())
        });
        slowest = slowest.max(began.elapsed());
    }
    eprintln!("from a line's writing to its reading: {slowest:?} at most");
    assert!(slowest < Duration::from_secs(2));
    let trace = "2026-11-21T10:00:00Z ERROR failed\njava.lang.Error: x\n\tat a.B.c(B.java:1)\n";
    pipe.write(trace);
    workbench.until("the trace", || {
        (workbench.lines("stdin").last().unwrap() == trace.trim_end()).then_some(())
    });
    assert_eq!(workbench.source("stdin").unwrap()["state"], "live");
    assert!(pipe.out.lines().contains(&"line 20".to_owned()));
    assert_eq!(pipe.end().code(), Some(0));
    workbench.state("stdin", "ended");
}

#[test]
fn a_source_whose_lines_are_not_to_be_joined_has_them_apart() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    let settings = "[[format]]\nsources = [\"apart\"]\njoin = false\n";
    std::fs::write(place.data().join("settings.toml"), settings).unwrap();
    let trace = "2026-11-21T10:00:00Z ERROR failed\njava.lang.Error: x\n\tat a.B.c(B.java:1)\n";
    for (source, records) in [("apart", 3), ("whole", 1)] {
        let input = file(&place.path("input"), trace.as_bytes());
        let mut command = place.crosscut(["pipe", "-q", "--source", source]);
        assert_eq!(
            command.stdin(input).output().unwrap().status.code(),
            Some(0)
        );
        assert_eq!(place.serve().lines(source).len(), records, "{source}");
    }
}

#[test]
fn a_small_limit_for_bodies_is_none_for_pipes() {
    let place = Place::new();
    std::fs::create_dir(place.data()).unwrap();
    let settings = "[limits]\nbody = \"2KB\"\n";
    std::fs::write(place.data().join("settings.toml"), settings).unwrap();
    let workbench = place.serve();
    let input = file(&place.path("input"), &b"\n".repeat(100_000));
    let mut command = place.crosscut(["pipe", "-q"]);
    assert_eq!(
        command.stdin(input).output().unwrap().status.code(),
        Some(0)
    );
    assert_eq!(workbench.source("stdin").unwrap()["records"], 100_000);
}

#[test]
fn a_workbench_killed_in_mid_pipe_costs_no_line_and_doubles_none() {
    let place = Place::new();
    let mut workbench = place.serve();
    let mut pipe = Live::start(&mut place.crosscut(["pipe", "-q"]));
    let total = 60_000;
    for part in 0..6 {
        let from = part * total / 6;
        pipe.write(numbered(from..from + total / 6));
        workbench.until("some of it", || {
            let there = workbench.source("stdin")?["records"].as_u64()?;
            (there > from).then_some(())
        });
        workbench.kill();
        pipe.write(format!("while away {part}\n"));
        workbench = place.serve();
    }
    assert_eq!(pipe.end().code(), Some(0));
    let (away, flowing): (Vec<_>, Vec<_>) = workbench
        .lines("stdin")
        .into_iter()
        .partition(|line| line.starts_with("while away"));
    assert_eq!(away.len(), 6);
    assert_eq!(flowing.len() as u64, total);
    let expected = numbered(0..total);
    assert!(flowing.iter().map(String::as_str).eq(expected.lines()));
}

#[test]
fn a_pipe_whose_workbench_does_not_come_back_stores_by_itself() {
    let place = Place::new();
    let workbench = place.serve();
    let mut pipe = Live::start(&mut place.crosscut(["pipe"]));
    pipe.write("before\n");
    workbench.until("the line", || {
        (workbench.lines("stdin") == ["before"]).then_some(())
    });
    assert_eq!(workbench.end(Ending::Terminate).code(), Some(0));
    pipe.write("after\n");
    let said = |what: &'static str| move |line: &str| line.contains(what).then_some(());
    pipe.err
        .find(crate::support::DEADLINE, said("lines wait to be stored"))
        .unwrap();
    assert_eq!(pipe.end().code(), Some(0));
    assert_eq!(lines(&place.stored(), "stdout"), ["before", "after"]);
}

#[test]
fn two_pipes_at_once_need_no_workbench() {
    let place = Place::new();
    let mut pipes: Vec<Live> = ["a", "b", "c"]
        .iter()
        .map(|source| Live::start(&mut place.crosscut(["pipe", "-q", "--source", source])))
        .collect();
    for (number, pipe) in pipes.iter_mut().enumerate() {
        pipe.write(numbered(0..1_000 + number as u64));
    }
    for pipe in pipes {
        assert_eq!(pipe.end().code(), Some(0));
    }
    let workbench = place.serve();
    for (number, source) in ["a", "b", "c"].iter().enumerate() {
        let expected = numbered(0..1_000 + number as u64);
        assert!(
            workbench
                .lines(source)
                .iter()
                .map(String::as_str)
                .eq(expected.lines())
        );
    }
}

#[test]
fn a_flood_of_a_million_lines_is_stored_to_the_last() {
    let place = Place::new();
    let workbench = place.serve();
    let input = file(&place.path("input"), numbered(0..1_000_000).as_bytes());
    let began = Instant::now();
    let output = place
        .crosscut(["pipe", "-q"])
        .stdin(input)
        .output()
        .unwrap();
    let took = began.elapsed();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    eprintln!("{:.0} lines a second", 1e6 / took.as_secs_f64());
    let source = workbench.source("stdin").unwrap();
    assert_eq!(source["records"], 1_000_000);
    let last = workbench.text("/raw?tail=1");
    assert_eq!(last, "[stdin] line 999999 of what flows through the pipe\n");
}

#[test]
fn what_cannot_be_stored_is_counted_and_the_code_is_3() {
    let place = Place::new();
    std::fs::write(place.data(), "no directory").unwrap();
    let input = file(&place.path("input"), b"one\ntwo\n");
    let output = place
        .crosscut(["pipe", "-q"])
        .stdin(input)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let errors = text(&output.stderr);
    assert!(errors.contains("2 lines were not stored"), "{errors}");
}

#[test]
fn a_signal_ends_it_with_all_it_has_read() {
    for name in ["TERM", "INT"] {
        let place = Place::new();
        let mut pipe = Live::start(&mut place.crosscut(["pipe", "--pass"]));
        pipe.write("one\ntwo\npart");
        pipe.says("two", |line| (line == "two").then_some(()));
        pipe.signal(name);
        // Its input stays open.
        let ended = pipe.err.ends(crate::support::DEADLINE);
        assert!(ended);
        assert_eq!(pipe.child.wait().unwrap().code(), Some(0));
        assert_eq!(lines(&place.stored(), "stdout"), ["one", "two", "part"]);
    }
}

/// A pipe that no signal wakes: what it is piped into never stops.
#[test]
fn a_flood_is_no_reason_to_go_on_after_the_signal() {
    let place = Place::new();
    let mut flood = std::process::Command::new("yes")
        .arg("long".repeat(5_000))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut command = place.crosscut(["pipe", "--pass"]);
    command.stdin(flood.stdout.take().unwrap());
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut pipe = command.spawn().unwrap();
    let said = crate::support::Said::read(std::io::Read::take(pipe.stdout.take().unwrap(), 1_000));
    assert!(said.ends(crate::support::DEADLINE));
    super::signal(pipe.id(), "TERM");
    assert_eq!(pipe.wait().unwrap().code(), Some(0));
    flood.kill().unwrap();
    flood.wait().unwrap();
}

#[test]
fn a_signal_that_it_was_started_to_ignore_does_not_end_it() {
    let place = Place::new();
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", "trap '' HUP; exec \"$0\" pipe -q --pass"])
        .arg(crate::support::binary("crosscut"))
        .env("CROSSCUT_DATA", place.data());
    let mut pipe = Live::start(&mut shell);
    pipe.write("before\n");
    pipe.says("before", |line| (line == "before").then_some(()));
    pipe.signal("HUP");
    pipe.write("after\n");
    pipe.says("after", |line| (line == "after").then_some(()));
    assert_eq!(pipe.end().code(), Some(0));
    assert_eq!(lines(&place.stored(), "stdout"), ["before", "after"]);
}

#[test]
fn a_workbench_that_has_no_room_is_told_of() {
    let place = Place::new();
    let full = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = serde_json::json!({
        "url": format!("http://{}", full.local_addr().unwrap()),
        "token": "t", "pid": 1, "window": false,
    });
    std::fs::create_dir(place.data()).unwrap();
    let path = place.data().join("endpoint.json");
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::write(&path, endpoint.to_string()).unwrap();
    std::fs::set_permissions(&path, private).unwrap();
    std::thread::spawn(move || {
        let body = r#"{"error":{"code":"disk_full","message":"no room","hint":""}}"#;
        for stream in full.incoming() {
            let mut stream = stream.unwrap();
            // All of so small a request.
            stream.read_exact(&mut [0; 64]).unwrap();
            let head = "HTTP/1.1 507 Insufficient Storage\r\nconnection: close\r\ncontent-length:";
            write!(stream, "{head} {}\r\n\r\n{body}", body.len()).unwrap();
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            std::io::copy(&mut stream, &mut std::io::sink()).ok();
        }
    });
    let mut pipe = Live::start(&mut place.crosscut(["pipe"]));
    pipe.write("one\n");
    let said = |line: &str| {
        line.contains("lines wait to be stored: no room")
            .then_some(())
    };
    pipe.err.find(crate::support::DEADLINE, said).unwrap();
}

#[test]
fn a_run_may_be_named_and_a_bad_size_is_bad_usage() {
    let place = Place::new();
    let output = place
        .crosscut(["pipe", "--tee", "x", "--rotate", "many"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output = place
        .crosscut(["pipe", "--source", ""])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output = place
        .crosscut(["pipe", "-q", "--run", "gone"])
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "an unknown run is the current one"
    );
}
