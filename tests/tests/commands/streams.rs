//! Agent streams: written by `--tee`, and watched wherever they come from.

use std::fs;

use super::{Live, Place, file, lines, text};

fn event(agent: &str, sequence: u64, kind: &str) -> String {
    format!("{{\"agent_id\":\"{agent}\",\"type\":\"{kind}\",\"sequence\":{sequence}}}\n")
}

#[test]
fn tee_writes_an_agent_stream_that_goes_on_and_is_rotated() {
    let place = Place::new();
    let path = place.path("agent.jsonl");
    let tee = path.to_str().unwrap();
    let big = "x".repeat(3_000);
    for round in 0..4u64 {
        let input = file(
            &place.path("input"),
            format!("{big}\nsecond {round}\n").as_bytes(),
        );
        let words = [
            "pipe", "-q", "--source", "a", "--tee", tee, "--rotate", "5KB",
        ];
        let output = place.crosscut(words).stdin(input).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let last = fs::read_to_string(&path).unwrap();
    let last: serde_json::Value = serde_json::from_str(last.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["sequence"], &last["type"]),
        (&12.into(), &"end".into())
    );
    let packed = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
            name.starts_with("agent.jsonl.2") && name.ends_with("Z.gz")
        });
    assert_eq!(packed.count(), 3);
    // What it writes is followed as such a stream.
    let workbench = place.serve();
    assert_eq!(workbench.lines("a").len(), 8);
}

#[test]
fn a_file_that_cannot_be_written_stops_nobody_from_storing() {
    let place = Place::new();
    let words = ["pipe", "-q", "--tee", "/dev/full"];
    let input = file(&place.path("input"), b"one\n");
    let output = place.crosscut(words).stdin(input).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(text(&output.stderr).contains("/dev/full"));
    assert_eq!(lines(&place.stored(), "stdout"), ["one"]);
}

#[test]
fn gaps_and_ends_that_are_missing_are_records_in_a_pipe_a_post_and_a_file() {
    let place = Place::new();
    let gap = "3 records of agent `a` are missing here: its sequence goes from 2 to 6";
    let text = event("a", 1, "output") + &event("a", 2, "output") + &event("a", 6, "output");
    let path = place.path("agent.jsonl");
    fs::write(&path, &text).unwrap();
    let workbench = crate::support::Start::on(&place.data()).file(&path).serve();
    assert_eq!(
        workbench
            .post("/ingest?source=post", "application/x-ndjson", text.clone())
            .0,
        200
    );
    let mut pipe = Live::start(&mut place.crosscut(["pipe", "-q"]));
    pipe.write(&text);
    pipe.write(event("b", 1, "output") + &event("b", 2, "session.end"));
    assert_eq!(pipe.end().code(), Some(0));
    workbench.live("agent.jsonl", 4);
    for source in ["agent.jsonl", "post", "stdin"] {
        let records = workbench.records(&format!("source={source}"));
        let system = lines(&records, "system");
        assert_eq!(system[0], gap, "{source}");
        assert_eq!(
            records[2].stream, "system",
            "{source}: before the line that shows it"
        );
        let ended = system.iter().skip(1).collect::<Vec<_>>();
        if source == "stdin" {
            assert_eq!(ended.len(), 1, "{ended:?}");
            assert!(ended[0].starts_with("terminated: the stream of agent `a` ended after"));
        } else {
            assert!(ended.is_empty(), "{source} goes on");
        }
    }
}
