use super::*;

fn chunk(id: u8, number: u8, count: u8, part: &[u8]) -> Vec<u8> {
    [&MAGIC[..], &[id; 8], &[number, count], part].concat()
}

#[test]
fn a_message_is_there_with_its_last_chunk_in_whatever_order_they_come() {
    let now = Instant::now();
    let mut chunks = Chunks::default();
    assert_eq!(chunks.take(&chunk(1, 2, 3, b"c"), now), Taken::Waits);
    assert_eq!(chunks.take(&chunk(2, 0, 2, b"x"), now), Taken::Waits);
    assert_eq!(chunks.take(&chunk(1, 0, 3, b"a"), now), Taken::Waits);
    assert_eq!(chunks.take(&chunk(1, 0, 3, b"a"), now), Taken::Waits);
    assert_eq!(
        chunks.take(&chunk(1, 1, 3, b"b"), now),
        Taken::Message(b"abc".to_vec())
    );
    assert_eq!(chunks.take(b"{}", now), Taken::Message(b"{}".to_vec()));
    assert_eq!(chunks.bytes, 1);
}

#[test]
fn what_waits_too_long_is_forgotten_and_counted() {
    let start = Instant::now();
    let mut chunks = Chunks::default();
    assert_eq!(chunks.due(), None);
    chunks.take(&chunk(1, 0, 2, b"a"), start);
    let later = start + PATIENCE / 2;
    chunks.take(&chunk(2, 0, 2, b"b"), later);
    assert_eq!(chunks.due(), Some(start + PATIENCE));
    assert_eq!(chunks.expire(start + PATIENCE), 1);
    assert_eq!(chunks.due(), Some(later + PATIENCE));
    assert_eq!(chunks.expire(later + PATIENCE), 1);
    assert_eq!((chunks.due(), chunks.bytes), (None, 0));
}

#[test]
fn chunks_of_nothing_are_lost_and_what_waits_is_bounded() {
    let now = Instant::now();
    let mut chunks = Chunks::default();
    for bad in [
        MAGIC.to_vec(),
        chunk(1, 0, 2, b"").split_at(11).0.to_vec(),
        chunk(1, 2, 2, b"x"),
        chunk(1, 0, 0, b"x"),
        chunk(1, 0, 129, b"x"),
    ] {
        assert_eq!(chunks.take(&bad, now), Taken::Lost, "{bad:?}");
    }
    let part = vec![b'x'; 60_000];
    let mut taken = 0;
    for id in 0..=u8::MAX {
        for number in 0..127 {
            if chunks.take(&chunk(id, number, 128, &part), now) == Taken::Waits {
                taken += part.len();
            }
        }
    }
    assert!(taken <= MOST_BYTES, "{taken}");
    assert!(chunks.messages.len() <= MOST_WAITING);
}

#[tokio::test]
async fn a_text_that_begins_with_an_x_is_not_taken_for_zlib() {
    assert_eq!(unpack(b"xyz").await.unwrap(), b"xyz");
    assert_eq!(unpack(b"x\x9cnonsense").await, None);
}

#[test]
fn a_frame_ends_with_nul_and_is_looked_for_once() {
    assert_eq!(frame(b"ab", 0, false), Frame::Short);
    assert_eq!(frame(b"abcd\0e", 2, false), Frame::Whole(0..4, 5));
    assert_eq!(frame(b"ab", 2, true), Frame::Whole(0..2, 2));
    assert_eq!(frame(b"", 0, true), Frame::Short);
}

#[test]
fn a_containers_line_has_a_level_of_its_own_and_fields_of_docker() {
    for (level, line, stream, own) in [
        (3, "all is well", Stream::Stderr, None),
        (6, "ERROR it is not", Stream::Stdout, Some("error")),
        (
            3,
            r#"{\"level\":\"warn\",\"n\":1}"#,
            Stream::Stderr,
            Some("warn"),
        ),
    ] {
        let message = format!(
            r#"{{"version":"1.1","host":"vm","short_message":"{line}","timestamp":1.5,
               "level":{level},"_container_id":"4e7d","_container_name":"shop"}}"#
        );
        let sent = read(message.as_bytes());
        assert_eq!((&*sent.source, sent.stream), ("shop", stream));
        let record: serde_json::Value = serde_json::from_slice(&sent.record).unwrap();
        let told = record.get("level").and_then(|level| level.as_str());
        assert_eq!(told, own, "{record}");
        assert_eq!(record["timestamp"], 1.5);
        assert_eq!(record["_container_id"], "4e7d");
    }
}
