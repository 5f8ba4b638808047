//! The law: wherever the index stands, the answer is the same, row for row.

use std::sync::atomic::AtomicBool;

use crosscut_index::SourceNames;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::bed::Run;
use crate::records::line;
use crate::sketches::sketch;

/// Queries tried by default, each at three positions of the index.
const CASES: u32 = 2_000;
/// Queries put to each random run: making a run and its index takes longer than asking it.
const QUERIES: u32 = 100;

/// Random runs to try: `CROSSCUT_CASES` says how many queries.
fn runs() -> u32 {
    let asked = std::env::var("CROSSCUT_CASES");
    let asked = asked.ok().and_then(|cases| cases.parse::<u32>().ok());
    asked.unwrap_or(CASES).div_ceil(QUERIES)
}

#[test]
fn index_and_scan_and_naive_search_give_the_same_rows() {
    let frames = prop::collection::vec(prop::collection::vec(line(), 1..20), 1..8);
    let queries = prop::collection::vec(sketch(), QUERIES as usize);
    let config = Config {
        cases: runs(),
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&(frames, queries), |(frames, queries)| {
        let mut run = Run::new();
        if frames.len() % 2 == 0 {
            run.describe_some();
        }
        let (index, _) = run.open_index();
        let mut indexes = vec![index.snapshot()];
        for (at, frame) in frames.iter().enumerate() {
            run.append(frame);
            if at + 1 == frames.len().div_ceil(2) || at + 1 == frames.len() {
                index
                    .catch_up_knowing(
                        &run.store.snapshot(),
                        run.names.facts(),
                        &AtomicBool::new(false),
                    )
                    .unwrap();
                indexes.push(index.snapshot());
            }
        }
        for sketch in queries {
            let query = sketch.query(&run.lines);
            let expected = run.naive(&query);
            let scanned = run.search(&query, None);
            prop_assert_eq!(&scanned, &expected, "scan of {:?}", query);
            for index in &indexes {
                let found = run.search(&query, Some(index));
                let rows = index.rows();
                prop_assert_eq!(&found, &expected, "{:?} with {} rows indexed", query, rows);
            }
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
