//! Keeping up with the store.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crosscut_index::{IndexError, RunIndex};

use crate::bed::{Run, plain, small};

#[test]
fn an_index_catches_up_goes_on_and_is_found_again() {
    let mut run = Run::of(&["first", "second"]);
    let index = run.indexed();
    run.append(&[plain("third")]);
    assert_eq!(index.rows(), 2);
    assert_eq!(run.rows("third", Some(&index.snapshot())), [2]);
    index
        .catch_up(&run.store.snapshot(), &AtomicBool::new(false))
        .unwrap();
    assert_eq!((index.rows(), index.snapshot().rows()), (3, 3));
    drop(index);
    let (index, opened) = run.open_index();
    assert_eq!((opened.rows, opened.rebuilt), (3, None));
    assert_eq!(run.rows("third", Some(&index.snapshot())), [2]);
}

#[test]
fn what_was_appended_before_a_crash_is_indexed_after_it() {
    let mut run = Run::of(&["first"]);
    drop(run.indexed());
    // The end of the program between the append and the commit.
    run.append(&[plain("second"), plain("third")]);
    let (index, opened) = run.open_index();
    assert_eq!((opened.rows, opened.rebuilt), (1, None));
    index
        .catch_up(&run.store.snapshot(), &AtomicBool::new(false))
        .unwrap();
    assert_eq!(index.rows(), 3);
    assert_eq!(run.rows("ir", Some(&index.snapshot())), [0, 2]);
}

#[test]
fn many_rows_are_committed_in_steps_and_segments_are_merged_under_way() {
    let mut run = Run::new();
    for batch in 0..60 {
        let lines: Vec<_> = (0..40)
            .map(|at| plain(&format!("batch{batch} line w{at}z")))
            .collect();
        run.append(&lines);
    }
    let index = run.indexed();
    for _ in 0..50 {
        let snapshot = index.snapshot();
        assert_eq!(snapshot.rows(), 2_400);
        assert_eq!(run.rows("w17z", Some(&snapshot)).len(), 60);
        assert_eq!(
            run.rows("batch59", Some(&snapshot)),
            (2_360..2_400).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_cancelled_catch_up_leaves_what_was_committed() {
    let run = Run::of(&["first"]);
    let (index, _) = run.open_index();
    assert_eq!(
        index
            .catch_up(&run.store.snapshot(), &AtomicBool::new(true))
            .unwrap(),
        0
    );
    assert_eq!(run.rows("first", Some(&index.snapshot())), [0]);
    assert_eq!(
        index
            .catch_up(&run.store.snapshot(), &AtomicBool::new(false))
            .unwrap(),
        1
    );
}

#[test]
fn nothing_is_committed_that_the_store_has_not_made_durable() {
    let run = Run::of(&["first", "second"]);
    let open = |before_commit| {
        RunIndex::open(
            &run.index_dir(),
            run.store.snapshot().rows(),
            small(),
            before_commit,
        )
        .unwrap()
        .0
    };
    let snapshot = run.store.snapshot();
    let index = open(Box::new(|| Ok(1)));
    let result = index.catch_up(&snapshot, &AtomicBool::new(false));
    assert!(matches!(
        result,
        Err(IndexError::NotDurable {
            rows: 2,
            durable: 1
        })
    ));
    drop(index);
    let index = open(Box::new(|| Err("the disk is on fire".into())));
    let result = index.catch_up(&snapshot, &AtomicBool::new(false));
    assert!(matches!(result, Err(IndexError::Sync(_))));
    assert_eq!(index.rows(), 0);
    drop(index);
    let store = Arc::clone(&run.store);
    let index = open(Box::new(move || Ok(store.sync()?)));
    assert_eq!(
        index.catch_up(&snapshot, &AtomicBool::new(false)).unwrap(),
        2
    );
}
