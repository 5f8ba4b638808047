use std::sync::Arc;

use crosscut_model::Stream;

use super::{Chunk, OVERHEAD, Outbox, ROOM};

fn chunk(bytes: usize) -> Chunk {
    let mut text = vec![b'x'; bytes - 1];
    text.push(b'\n');
    Chunk::bytes(Stream::Stdout, text)
}

#[tokio::test]
async fn a_full_outbox_makes_a_pipe_wait_until_something_is_stored() {
    let outbox = Arc::new(Outbox::default());
    assert!(outbox.put(chunk(ROOM)));
    let other = Arc::clone(&outbox);
    let waiting = tokio::task::spawn_blocking(move || other.put(chunk(2)));
    let taken = outbox.take(usize::MAX, None).await.unwrap();
    assert_eq!(taken.len(), 1);
    // Taken is not stored.
    assert!(!waiting.is_finished());
    outbox.stored(ROOM);
    assert!(waiting.await.unwrap());
    outbox.close();
    assert_eq!(outbox.take(usize::MAX, None).await.unwrap().len(), 1);
    assert!(outbox.take(usize::MAX, None).await.is_none());
    assert_eq!(outbox.lost(), 0);
}

#[tokio::test]
async fn what_a_program_says_while_nothing_can_be_stored_is_counted_and_told() {
    let outbox = Arc::new(Outbox::default());
    outbox.offer(chunk(ROOM));
    let other = Arc::clone(&outbox);
    let offering = tokio::task::spawn_blocking(move || {
        // The first waits a while, those after it do not.
        (0..100).for_each(|_| other.offer(chunk(2)));
    });
    offering.await.unwrap();
    assert_eq!(outbox.lost(), 100);
    let taken = outbox.take(usize::MAX, None).await.unwrap();
    outbox.stored(taken.iter().map(Chunk::cost).sum());
    outbox.offer(chunk(2));
    let taken = outbox.take(usize::MAX, None).await.unwrap();
    assert!(taken[0].cuts, "a line from before does not go on behind");
    let text = String::from_utf8(taken[1].bytes.clone()).unwrap();
    assert!(text.starts_with("100 lines are missing"), "{text}");
    assert_eq!(taken[2].lines(), 1);
}

#[tokio::test]
async fn a_part_of_a_line_that_is_turned_down_is_told_too() {
    let outbox = Outbox::default();
    outbox.offer(chunk(ROOM));
    outbox.state.lock().stuck = true;
    outbox.offer(Chunk::bytes(Stream::Stderr, b"no end".to_vec()));
    outbox.close();
    assert_eq!(outbox.lost(), 1);
    let taken = outbox.take(usize::MAX, None).await.unwrap();
    assert_eq!((taken[1].stream, taken[1].cuts), (Stream::Stderr, true));
    assert!(taken[2].bytes.starts_with(b"a part of a line is missing"));
}

#[test]
fn many_small_chunks_count_with_what_they_take_in_memory() {
    let outbox = Outbox::default();
    (0..1_000).for_each(|_| outbox.offer(chunk(1)));
    assert_eq!(outbox.state.lock().held, 1_000 * (1 + OVERHEAD));
}

#[tokio::test]
async fn nobody_waits_once_it_has_been_given_up() {
    let outbox = Outbox::default();
    assert!(outbox.put(chunk(ROOM)));
    assert_eq!(outbox.give_up(), 1);
    assert!(!outbox.put(chunk(ROOM)));
    assert_eq!(outbox.lost(), 1);
}
