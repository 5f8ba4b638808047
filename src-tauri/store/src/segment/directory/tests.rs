use super::{Directory, FrameEntry, FrameState};
use crate::frame::Header;

fn entry(first_row: u64, rows: u32) -> FrameEntry {
    let header = Header {
        rows,
        first_row,
        ..Header::default()
    };
    FrameEntry::new(&header, 0, first_row * 10, FrameState::Whole)
}

#[test]
fn every_row_is_found_in_its_frame_across_pieces() {
    let mut directory = Directory::default();
    for i in 0..3000 {
        directory.push(entry(i * 3, 3));
    }
    for row in 0..9000 {
        assert_eq!(directory.find(row), Some(usize::try_from(row / 3).unwrap()));
    }
    assert_eq!(directory.find(9000), None);
    assert_eq!(Directory::default().find(0), None);
}

#[test]
fn a_clone_sees_what_it_saw_while_the_original_grows() {
    let mut directory = Directory::default();
    directory.push(entry(0, 1));
    let before = directory.clone();
    for i in 1..2000 {
        directory.push(entry(i, 1));
    }
    assert_eq!(
        (before.len(), before.iter().count(), before.find(1)),
        (1, 1, None)
    );
    assert_eq!(directory.iter().count(), 2000);
}
