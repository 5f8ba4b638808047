use crosscut_engine::source::Lines;
use crosscut_model::RowFlags;
use crosscut_model::limits::{JOIN_WAIT, MAX_LINE_BYTES};

use super::Cut;

fn all(mut cut: Cut, pieces: &[&[u8]]) -> Vec<(Vec<u8>, RowFlags)> {
    let mut found = Vec::new();
    let mut add = |lines: Lines| {
        found.extend(lines.iter().map(|(line, flags)| (line.to_vec(), flags)));
    };
    for piece in pieces {
        add(cut.add(piece));
    }
    add(cut.finish());
    found
}

#[test]
fn records_are_the_same_however_the_bytes_are_cut() {
    let text =
        b"one\r\n\n\xff\x00three\n2026-11-21T10:00:00Z ERROR failed\n    at here\n\tat there\n\
                 last without an end";
    for (make, count) in [(Cut::joined as fn() -> Cut, 5), (Cut::lines, 7)] {
        let whole = all(make(), &[text]);
        assert_eq!(whole.len(), count);
        assert_eq!(whole[0].0, b"one\r");
        for at in 0..text.len() {
            assert_eq!(all(make(), &[&text[..at], &text[at..]]), whole);
        }
        let single: Vec<&[u8]> = text.chunks(1).collect();
        assert_eq!(all(make(), &single), whole);
        assert!(all(make(), &[]).is_empty());
    }
}

#[test]
fn a_line_without_an_end_is_given_in_pieces() {
    let text = vec![b'x'; MAX_LINE_BYTES + 10];
    for cut in [Cut::joined(), Cut::lines()] {
        let found = all(cut, &[b"ERROR before\n", &text, b"\n"]);
        let lengths: Vec<_> = found
            .iter()
            .map(|(line, flags)| (line.len(), *flags))
            .collect();
        let pieces = [
            (12, RowFlags::NONE),
            (MAX_LINE_BYTES, RowFlags::CONTINUES),
            (10, RowFlags::NONE),
        ];
        assert_eq!(lengths, pieces);
    }
}

#[test]
fn a_record_that_may_go_on_is_not_waited_for_in_vain() {
    let mut cut = Cut::joined();
    assert!(
        cut.add(b"2026-11-21T10:00:00Z ERROR failed\n    at he")
            .is_empty()
    );
    assert!(cut.patience().is_some_and(|wait| wait <= JOIN_WAIT));
    assert!(cut.waited().is_empty());
    cut.added -= JOIN_WAIT;
    assert_eq!(cut.waited().len(), 1);
    assert_eq!(cut.patience(), None);
    assert_eq!(cut.finish().len(), 1);
    // A plain line is never held.
    assert_eq!(cut.add(b"hello\n").len(), 1);
}

#[test]
fn dots_behind_a_record_do_not_hold_it_back() {
    let mut cut = Cut::joined();
    assert!(cut.add(b"2026-11-21T10:00:00Z ERROR failed\n").is_empty());
    cut.added -= JOIN_WAIT;
    assert!(cut.add(b".").is_empty());
    assert_eq!(cut.waited().len(), 1);
    assert_eq!(cut.finish().len(), 1);
}
