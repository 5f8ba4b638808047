use std::sync::Arc;

use crosscut_model::{Level, SourceKind, Stream};

use super::Worker;
use crate::deliver::outbox::{Chunk, Outbox};
use crate::deliver::{Owner, PATIENCE, Sender};

fn worker() -> Worker {
    let sender = Sender {
        data_dir: "/nonexistent".into(),
        source: "app".into(),
        kind: SourceKind::Command,
        run: None,
        quiet: true,
        patience: PATIENCE,
    };
    let owner = Owner::Nobody("nobody is asked".into());
    Worker::new(sender, owner, Arc::new(Outbox::default()))
}

fn cut(stream: Stream) -> Chunk {
    Chunk {
        cuts: true,
        ..Chunk::bytes(stream, Vec::new())
    }
}

#[test]
fn a_line_that_begins_before_a_gap_and_one_that_ends_behind_it_are_not_made_one() {
    let out = |text: &str| Chunk::bytes(Stream::Stdout, text.into());
    let err = |text: &str| Chunk::bytes(Stream::Stderr, text.into());
    let pieces = worker().cut(vec![
        err("whole "),
        out("one\nbegins "),
        cut(Stream::Stdout),
        Chunk::record(Level::Warn, "lines are missing here"),
        out("ends\ntwo\n"),
        err("line\n"),
    ]);
    let lines: Vec<_> = pieces
        .iter()
        .flat_map(|piece| piece.lines.iter())
        .map(|(line, _)| String::from_utf8_lossy(line).into_owned())
        .collect();
    let expected = [
        "one",
        "begins ",
        "lines are missing here",
        "ends",
        "two",
        "whole line",
    ];
    assert_eq!(lines, expected);
}
