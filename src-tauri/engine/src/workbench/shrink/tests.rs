//! What rests becomes smaller and stays what it was.

use std::time::{Duration, Instant};

use crosscut_model::RowFlags;

use super::Shrinking;
use crate::api::RunInfo;
use crate::source::Lines;
use crate::workbench::testing::deaf;
use crate::{Ingest, Part, Workbench};

/// Posts lines, a few at a time, as programs do.
fn post(workbench: &Workbench, from: u32, to: u32) {
    for n in (from..to).step_by(20) {
        let mut lines = Lines::new();
        for n in n..n + 20 {
            let line = format!(
                "request {n} of user {} was answered after {n} ms{:.>150}",
                n % 97,
                n
            );
            lines.push(line.as_bytes(), RowFlags::NONE);
        }
        let ingest = Ingest {
            parts: vec![Part::new("app", lines)],
            ..Ingest::default()
        };
        workbench.ingest(ingest).unwrap();
    }
}

fn runs(workbench: &Workbench) -> Vec<RunInfo> {
    workbench.shared.runs_now().0
}

#[test]
fn runs_that_have_ended_are_joined_packed_and_noted_once_all_is_quiet() {
    let (_dir, workbench) = deaf();
    let shared = &workbench.shared;
    post(&workbench, 0, 4_000);
    workbench.call("run_new", b"{}").unwrap();
    let before = runs(&workbench).pop().unwrap();
    let long_ago = Instant::now().checked_sub(Duration::from_secs(90)).unwrap();

    let mut shrinking = Shrinking::default();
    shrinking.work(shared, Instant::now());
    let packed = |id| {
        shared
            .data
            .runs()
            .unwrap()
            .into_iter()
            .find(|(run, _)| run == id)
            .unwrap()
            .1
            .unwrap()
            .packed
    };
    assert!(!packed(&before.id), "something has just arrived");
    shrinking.work(shared, long_ago);
    assert!(packed(&before.id));

    let after = runs(&workbench).pop().unwrap();
    assert!(
        after.disk_bytes * 3 < before.disk_bytes,
        "{} of {}",
        after.disk_bytes,
        before.disk_bytes
    );
    assert_eq!((after.records, after.bytes), (before.records, before.bytes));
    let run = shared.run(Some(&before.id)).unwrap();
    let snapshot = run.snapshot();
    for row in [0, 1, 1_999, 3_999] {
        let text = String::from_utf8(snapshot.read_row(row).unwrap()).unwrap();
        assert!(
            text.starts_with(&format!("request {row} of user ")),
            "{text}"
        );
    }
}

#[test]
fn what_arrives_stops_it() {
    let (_dir, workbench) = deaf();
    post(&workbench, 0, 200);
    let current = workbench.shared.current();
    let long_ago = Instant::now().checked_sub(Duration::from_secs(90)).unwrap();
    let quiet = |rows| super::is_quiet(&workbench.shared, &current, rows, long_ago);
    assert!(quiet(200));
    post(&workbench, 200, 220);
    assert!(!quiet(200));
    workbench.close();
    assert!(!quiet(220));
}
