//! A batch's lines come back from the store as they were sent, whatever their length.

use std::sync::Arc;

use crosscut_model::limits::{FRAME_TEXT_BYTES, MAX_LINE_BYTES};
use crosscut_model::{RowFlags, RunId, SourceId, UnixNanos};
use crosscut_store::{DiskStorage, RunManifest, RunStore, StoreOptions};
use jiff::tz::TimeZone;

use super::{Encoded, LineReader, encode};
use crate::source::{Batch, Lines};

const SOURCE: SourceId = SourceId(3);

/// The records a batch becomes, each with whether it goes on in the next.
fn stored(lines: &[Vec<u8>]) -> Vec<(Vec<u8>, bool)> {
    let mut text = Vec::new();
    for line in lines {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    let batch = Batch {
        lines: Lines::from_buffer(text),
        checkpoint: Some(b"here".to_vec()),
        ..Batch::default()
    };
    let mut reader = LineReader::new(TimeZone::UTC);
    let encoded = encode(&batch, SOURCE, &mut reader, UnixNanos(1));

    let dir = tempfile::tempdir().unwrap();
    let id = RunId::try_from("run".to_owned()).unwrap();
    let manifest = RunManifest::new(id, "run", UnixNanos(0));
    let storage = Arc::new(DiskStorage);
    let options = StoreOptions::default();
    let store = RunStore::create(storage, dir.path().join("run"), manifest, options).unwrap();
    assert_eq!(store.append(&encoded.frames).unwrap(), 0..encoded.rows);
    assert_eq!(store.checkpoint(SOURCE), Some(b"here".to_vec()));
    let snapshot = store.snapshot();
    let record = |row| {
        let flags = snapshot.row_meta(row).unwrap().flags;
        let goes_on = flags.has(RowFlags::CONTINUES);
        (snapshot.read_row(row).unwrap(), goes_on)
    };
    (0..snapshot.rows()).map(record).collect()
}

#[test]
fn lines_fill_frame_after_frame() {
    let lines: Vec<_> = (0..3000)
        .map(|n| format!("{n} {}", "x".repeat(n % 500)).into_bytes())
        .collect();
    let expected: Vec<_> = lines.iter().map(|line| (line.clone(), false)).collect();
    assert_eq!(stored(&lines), expected);
}

#[test]
fn a_line_longer_than_a_frame_has_one_of_its_own() {
    let long = vec![b'y'; FRAME_TEXT_BYTES + 1];
    let lines = [b"before".to_vec(), long.clone(), b"after".to_vec()];
    let expected = lines.clone().map(|line| (line, false));
    assert_eq!(stored(&lines), expected);
}

#[test]
fn a_line_longer_than_a_line_may_be_is_stored_in_pieces() {
    let letters = (b'a'..=b'z').cycle();
    let long: Vec<u8> = letters.take(2 * MAX_LINE_BYTES + 7).collect();
    let exact = vec![b'z'; MAX_LINE_BYTES];
    let found = stored(&[
        b"before".to_vec(),
        long.clone(),
        exact.clone(),
        b"after".to_vec(),
    ]);
    let (first, rest) = long.split_at(MAX_LINE_BYTES);
    let (second, third) = rest.split_at(MAX_LINE_BYTES);
    let expected = [
        (b"before".to_vec(), false),
        (first.to_vec(), true),
        (second.to_vec(), true),
        (third.to_vec(), false),
        (exact, false),
        (b"after".to_vec(), false),
    ];
    assert!(found == expected);
}

#[test]
fn joined_batches_survive_a_crash_together_or_not_at_all() {
    let batch = |text: &str| Batch {
        lines: Lines::from_buffer(text.as_bytes().to_vec()),
        ..Batch::default()
    };
    let mut reader = LineReader::new(TimeZone::UTC);
    let mut joined = Encoded::default();
    for (number, text) in ["one\nerror: two", "", "three"].into_iter().enumerate() {
        let source = SourceId(u16::try_from(number).unwrap());
        joined.join(encode(&batch(text), source, &mut reader, UnixNanos(1)));
    }
    assert_eq!((joined.rows, joined.frames.len()), (3, 2));
    assert_eq!(joined.samples[0].offset, 1);

    for written in [1, 2] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run");
        let storage = || Arc::new(DiskStorage);
        let id = RunId::try_from("run".to_owned()).unwrap();
        let manifest = RunManifest::new(id, "run", UnixNanos(0));
        let options = StoreOptions::default();
        let store = RunStore::create(storage(), &path, manifest, options).unwrap();
        store.append(&joined.frames[..written]).unwrap();
        drop(store);
        let (store, _) = RunStore::open(storage(), &path, options).unwrap();
        let expected = if written == 2 { 3 } else { 0 };
        assert_eq!(store.totals().rows, expected, "{written} frames written");
    }
}
