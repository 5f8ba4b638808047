use super::*;

fn split(chunks: &[&[u8]]) -> Vec<(Vec<u8>, RowFlags)> {
    let mut cut = Cut::new(true);
    let mut found: Vec<Lines> = chunks.iter().map(|chunk| cut.add(chunk)).collect();
    found.push(cut.finish());
    let lines = found.iter().flat_map(Lines::iter);
    lines.map(|(line, flags)| (line.to_vec(), flags)).collect()
}

#[test]
fn lines_are_the_same_wherever_the_chunks_end() {
    let text = b"one\n\ntwo\r\nthree\nlast without newline";
    let whole = split(&[text]);
    assert_eq!(whole.len(), 5);
    assert_eq!(whole[2].0, b"two\r");
    for cut in 0..text.len() {
        let (head, tail) = text.split_at(cut);
        assert_eq!(split(&[head, tail]), whole, "cut at {cut}");
    }
    let bytes: Vec<&[u8]> = text.chunks(1).collect();
    assert_eq!(split(&bytes), whole);
}

#[test]
fn a_line_over_the_limit_becomes_pieces_that_say_they_go_on() {
    let long = vec![b'x'; MAX_LINE_BYTES * 2 + 10];
    for chunk in [long.len(), 1 << 16, 999_983] {
        let chunks: Vec<&[u8]> = long.chunks(chunk).collect();
        let pieces = split(&chunks);
        let lengths: Vec<usize> = pieces.iter().map(|(piece, _)| piece.len()).collect();
        assert_eq!(
            lengths,
            [MAX_LINE_BYTES, MAX_LINE_BYTES, 10],
            "chunks of {chunk}"
        );
        let flags: Vec<RowFlags> = pieces.iter().map(|(_, flags)| *flags).collect();
        assert_eq!(
            flags,
            [RowFlags::CONTINUES, RowFlags::CONTINUES, RowFlags::NONE]
        );
    }
}
