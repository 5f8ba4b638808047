use std::io::IoSlice;
use std::path::Path;

use crosscut_model::RowMeta;
use proptest::prelude::*;

use super::{Expected, Item, Walk, segment_number, segment_path, walk};
use crate::frame::{Codec, FrameBuilder, Header};
use crate::storage::{FaultStorage, OpenMode, Storage};

/// Frames of two rows each, one after the other.
fn frames(count: u64) -> Vec<Vec<u8>> {
    let frame = |i: u64| {
        let mut builder = FrameBuilder::new();
        for row in [2 * i, 2 * i + 1] {
            builder
                .push(&RowMeta::default(), format!("row {row}").as_bytes())
                .unwrap();
        }
        let frame = builder.encode(Codec::None);
        let header = Header {
            first_row: 2 * i,
            stamp: 1,
            ..frame.header
        };
        [&header.encode(), frame.meta.as_slice(), &frame.text].concat()
    };
    (0..count).map(frame).collect()
}

/// The first rows of the frames met, and whether there was junk.
fn walked(bytes: &[u8]) -> (Vec<u64>, bool) {
    let storage = FaultStorage::new();
    let file = storage.open(Path::new("/f"), OpenMode::Write).unwrap();
    file.append(&mut [IoSlice::new(bytes)]).unwrap();
    let expected = Expected {
        stamp: Some(1),
        row: 0,
    };
    let Walk::Items(items) = walk(&*file, bytes.len() as u64, expected, true).unwrap() else {
        panic!("no newer version here");
    };
    let junk = items.iter().any(|item| matches!(item, Item::Junk { .. }));
    let rows = items.iter().filter_map(|item| match item {
        Item::Frame(found) => Some(found.header.first_row),
        Item::Junk { .. } => None,
    });
    (rows.collect(), junk)
}

#[test]
fn a_walk_meets_all_frames_however_many() {
    let frames = frames(500);
    assert_eq!(
        walked(&frames.concat()),
        ((0..500).map(|i| 2 * i).collect(), false)
    );
}

#[test]
fn behind_junk_of_any_length_the_next_frame_is_found() {
    let frames = frames(3);
    for len in [1, 7, 95, 96, 16_383, 16_384, 16_385, 40_000] {
        let junk = vec![0x89; len];
        let bytes = [&frames[0], junk.as_slice(), &frames[2]].concat();
        assert_eq!(walked(&bytes), (vec![0, 4], true), "{len} bytes of junk");
    }
}

#[test]
fn a_frame_that_was_there_before_is_not_met_again() {
    let frames = frames(2);
    let bytes = [&frames[0], &frames[1], &frames[0], &frames[1]]
        .map(Vec::as_slice)
        .concat();
    assert_eq!(walked(&bytes), (vec![0, 2], true));
}

#[test]
fn names_of_segments_are_told_from_others() {
    assert_eq!(
        segment_path(Path::new("/r"), 12),
        Path::new("/r/frames-00012.log")
    );
    for number in [0, 12, 99_999, 100_000, u32::MAX] {
        let path = segment_path(Path::new("/r"), number);
        assert_eq!(
            segment_number(path.file_name().unwrap().to_str().unwrap()),
            Some(number)
        );
    }
    for name in [
        "frames-1.log",
        "frames-00000.log.tmp",
        "frames-+0001.log",
        "run.json",
    ] {
        assert_eq!(segment_number(name), None, "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_walk_ends_whatever_the_bytes_are(
        pieces in prop::collection::vec(
            prop_oneof![any::<Vec<u8>>(), Just(frames(1).concat()), Just(frames(3)[2].clone())],
            0..8,
        )
    ) {
        let (rows, _) = walked(&pieces.concat());
        prop_assert!(rows.is_sorted());
    }
}
