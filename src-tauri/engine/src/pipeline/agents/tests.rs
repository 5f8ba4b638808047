use proptest::prelude::*;

use super::{MAX_STREAMS, Watch, is_end};
use crate::pipeline::Owner;
use crate::source::{Batch, Lines};
use crosscut_model::{RowFlags, SourceId, Stream, UnixNanos};

fn event(agent: &str, sequence: u64, kind: &str) -> String {
    format!(r#"{{"agent_id":"{agent}","type":"{kind}","sequence":{sequence},"content":"x"}}"#)
}

fn batch(lines: &[String]) -> Batch {
    let mut all = Lines::new();
    for line in lines {
        all.push(line.as_bytes(), RowFlags::NONE);
    }
    Batch {
        lines: all,
        ..Batch::default()
    }
}

fn split(watch: &mut Watch, batch: Batch) -> Vec<Batch> {
    let pieces = watch.split(batch, Owner::from(SourceId(0)));
    pieces.into_iter().map(|(piece, _)| piece).collect()
}

#[test]
fn a_gap_leaves_each_line_with_the_source_it_belongs_to() {
    let lines = [event("a", 1, "output"), event("a", 5, "output")];
    let owner = Owner {
        source: SourceId(0),
        rows: vec![SourceId(1), SourceId(2)],
    };
    let pieces = Watch::default().split(batch(&lines), owner);
    let rows: Vec<_> = pieces.iter().map(|(_, owner)| owner.rows.clone()).collect();
    assert_eq!(rows, [vec![SourceId(1)], vec![], vec![SourceId(2)]]);
}

fn texts(batches: &[Batch]) -> Vec<(Stream, String)> {
    let lines = |batch: &Batch| -> Vec<_> {
        let text = |(line, _): (&[u8], _)| String::from_utf8(line.to_vec()).unwrap();
        batch
            .lines
            .iter()
            .map(|line| (batch.stream, text(line)))
            .collect()
    };
    batches.iter().flat_map(lines).collect()
}

/// The markers after these numbers of one agent.
fn markers(numbers: &[u64]) -> Vec<String> {
    let lines: Vec<_> = numbers.iter().map(|n| event("a", *n, "output")).collect();
    let out = texts(&split(&mut Watch::default(), batch(&lines)));
    let (system, own): (Vec<_>, Vec<_>) = out.into_iter().partition(|(s, _)| *s == Stream::System);
    let own: Vec<_> = own.into_iter().map(|(_, line)| line).collect();
    assert_eq!(own, lines, "lines stay as they are and in order");
    system.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn missing_numbers_are_told_before_the_line_that_shows_it() {
    let mut watch = Watch::default();
    let lines = [
        event("a", 7, "output"),
        event("b", 1, "output"),
        event("a", 10, "output"),
    ];
    let mut all = batch(&lines);
    all.times = vec![UnixNanos(1), UnixNanos(2), UnixNanos(3)];
    all.checkpoint = Some(vec![9]);
    let out = split(&mut watch, all);
    let said = texts(&out);
    assert_eq!(said.len(), 4);
    assert_eq!(
        said[2],
        (
            Stream::System,
            "2 records of agent `a` are missing here: its sequence goes from 7 to 10".into()
        )
    );
    assert_eq!(said[3].1, lines[2]);
    // Nothing is durable before all is.
    let checkpoints: Vec<_> = out.iter().map(|batch| batch.checkpoint.is_some()).collect();
    assert_eq!(checkpoints, [false, false, true]);
    assert!(
        out.iter()
            .all(|batch| batch.times.len() == batch.lines.len())
    );
    // It goes on across batches.
    assert_eq!(
        split(&mut watch, batch(&[event("b", 3, "output")])).len(),
        3
    );
}

#[test]
fn a_stream_may_begin_anywhere_begin_again_repeat_and_be_late() {
    assert_eq!(markers(&[41, 42, 43]), [""; 0]);
    assert_eq!(markers(&[5, 6, 0, 1, 2]), [""; 0]);
    assert_eq!(markers(&[5, 6, 1, 2]), [""; 0]);
    assert_eq!(markers(&[5, 6, 7, 5, 6, 7, 8]), [""; 0]);
    assert_eq!(markers(&[5, 6, 7, 6, 8, 9]), [""; 0]);
    assert_eq!(markers(&[5, 8, 6, 7, 9]).len(), 1);
    assert_eq!(
        markers(&[1, 3]),
        ["1 record of agent `a` is missing here: sequence 2"]
    );
    assert_eq!(markers(&[u64::MAX - 1, u64::MAX, u64::MAX]), [""; 0]);
    assert_eq!(markers(&[1, u64::MAX]).len(), 1);
}

#[test]
fn only_a_stream_without_its_end_event_is_terminated() {
    let mut watch = Watch::default();
    let lines = [
        event("a", 1, "output"),
        event("b", 1, "output"),
        event("b", 2, "session.end"),
    ];
    split(&mut watch, batch(&lines));
    let said = texts(&watch.unfinished());
    assert_eq!(said.len(), 1);
    assert!(
        said[0]
            .1
            .contains("agent `a` ended after sequence 1 without"),
        "{said:?}"
    );
    watch.forget();
    assert!(watch.unfinished().is_empty());
}

#[test]
fn the_end_of_a_part_is_not_the_end_of_the_stream() {
    for end in [
        "end",
        "Exit",
        "COMPLETE",
        "done",
        "result",
        "agent_end",
        "stream.closed",
        "run-finished",
    ] {
        assert!(is_end(end), "{end}");
    }
    for part in [
        "output",
        "tool_result",
        "turn.completed",
        "step_end",
        "message_stop",
        "ending",
        "",
    ] {
        assert!(!is_end(part), "{part}");
    }
}

#[test]
fn other_lines_and_odd_ones_are_let_be() {
    let lines: Vec<_> = [
        "plain \"agent_id\" \"sequence\"",
        r#"{"agent_id":1,"sequence":1}"#,
        r#"{"agent_id":"a","sequence":-1}"#,
        r#"{"agent_id":"a","sequence":"7"}"#,
        r#"{"agent_id":"a","sequence":1"#,
        r#"{"agent_id":"\u0061","sequence":1}"#,
    ]
    .map(str::to_owned)
    .into();
    let mut watch = Watch::default();
    assert_eq!(split(&mut watch, batch(&lines)).len(), 1);
    // An escaped name is that name.
    assert_eq!(
        split(&mut watch, batch(&[event("a", 3, "output")])).len(),
        3
    );
}

#[test]
fn many_streams_are_bounded() {
    let mut watch = Watch::default();
    let lines: Vec<_> = (0..2 * MAX_STREAMS)
        .map(|n| event(&n.to_string(), 1, "output"))
        .collect();
    split(&mut watch, batch(&lines));
    assert_eq!(watch.streams.len(), MAX_STREAMS);
}

proptest! {
    /// Whatever is taken out of streams that run through each other, in batches of any size: the
    /// markers tell of exactly that.
    #[test]
    fn exactly_what_was_taken_out_is_told(
        turns in prop::collection::vec((0..3usize, any::<bool>()), 1..200),
        cuts in prop::collection::vec(1..20usize, 1..20),
    ) {
        let mut next = [1u64; 3];
        let mut last = [0u64; 3];
        let (mut lines, mut lost, mut pending) = (Vec::new(), 0u64, [0u64; 3]);
        // Each is heard of before anything of it is missing.
        let all = (0..3usize).map(|agent| (agent, true));
        for (agent, kept) in all.chain(turns) {
            let number = next[agent];
            next[agent] += 1;
            if kept {
                lines.push(event(&agent.to_string(), number, "output"));
                // What is missing before the first line nobody can know.
                if last[agent] > 0 {
                    lost += pending[agent];
                }
                (last[agent], pending[agent]) = (number, 0);
            } else {
                pending[agent] += 1;
            }
        }
        let mut watch = Watch::default();
        let (mut told, mut back, mut left, mut sizes) = (0u64, Vec::new(), &lines[..], cuts.iter().cycle());
        while !left.is_empty() {
            let (now, later) = left.split_at((*sizes.next().unwrap()).min(left.len()));
            for (stream, text) in texts(&split(&mut watch, batch(now))) {
                if stream == Stream::System {
                    told += text.split(' ').next().unwrap().parse::<u64>().unwrap();
                } else {
                    back.push(text);
                }
            }
            left = later;
        }
        prop_assert_eq!(told, lost);
        prop_assert_eq!(back, lines);
    }
}

#[test]
fn streams_that_share_the_numbers_of_one_file_have_no_gaps_for_that() {
    let told = |events: &[(&str, u64)]| {
        let lines: Vec<_> = events
            .iter()
            .map(|(agent, number)| event(agent, *number, "output"))
            .collect();
        let out = texts(&split(&mut Watch::default(), batch(&lines)));
        let markers = out.iter().filter(|(stream, _)| *stream == Stream::System);
        markers.count()
    };
    assert_eq!(
        told(&[("a", 1), ("b", 2), ("a", 3), ("a", 4), ("b", 5), ("a", 6)]),
        0
    );
    assert_eq!(told(&[("a", 1), ("b", 2), ("a", 4)]), 1);
    // Each counts for itself, though the numbers happen to follow each other.
    assert_eq!(told(&[("a", 1), ("b", 1), ("b", 2), ("a", 3)]), 1);
}

#[test]
fn numbers_that_were_missing_once_are_in_their_place_when_all_is_repeated() {
    let repeated = [1, 2, 3, 7, 8, 2, 3, 4, 5, 6, 7, 8, 9];
    assert_eq!(
        markers(&repeated).len(),
        1,
        "4 to 6 are there the second time"
    );
}

#[test]
fn numbers_that_never_count_by_one_do_not_double_what_is_stored() {
    let numbers: Vec<u64> = (0..1_000).map(|n| 10 * n).collect();
    let told = markers(&numbers);
    assert_eq!(told.len(), 64);
    let rest = "; behind it 8415 more are missing in 935 places, which are not told one by one";
    assert!(told[63].ends_with(rest), "{}", told[63]);
}
