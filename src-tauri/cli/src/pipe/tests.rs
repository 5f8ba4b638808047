use std::fs;
use std::sync::Arc;

use super::{Sink, Tee};
use crate::deliver::Outbox;

#[tokio::test]
async fn what_comes_after_the_end_is_not_taken_and_what_came_before_is_whole_in_both_places() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.jsonl");
    let outbox = Arc::new(Outbox::default());
    let mut sink = Sink {
        outbox: Arc::clone(&outbox),
        tee: Some(Tee::open(&path, None, "a").unwrap()),
        failed: None,
        over: false,
    };
    assert!(sink.take(b"one\npart"));
    // Asked to end, while more could be read.
    sink.finish(false).unwrap();
    assert!(!sink.take(b" of a flood\n"));
    let taken = outbox.take(usize::MAX, None).await.unwrap();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].bytes, b"one\npart");
    let text = fs::read_to_string(&path).unwrap();
    let records: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let said: Vec<_> = records
        .iter()
        .map(|record| {
            (
                record["type"].as_str().unwrap(),
                record["content"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        said,
        [("output", "one"), ("output", "part")],
        "the input goes on"
    );
}
