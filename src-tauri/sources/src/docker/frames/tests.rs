//! Bytes in, frames out, however they are cut.

use super::*;

const STAMP: &str = "2026-11-21T07:05:49.000000001Z ";

fn all(bytes: &[u8], step: usize) -> Vec<(Stream, Vec<u8>)> {
    let mut cutter = Cutter::default();
    let mut frames = Vec::new();
    for chunk in bytes.chunks(step) {
        cutter.feed(chunk);
        while let Some((stream, frame)) = cutter.next().unwrap() {
            frames.push((stream, frame.to_vec()));
        }
    }
    frames.extend(
        cutter
            .rest()
            .map(|(stream, frame)| (stream, frame.to_vec())),
    );
    frames
}

fn framed(stream: u8, text: &str) -> Vec<u8> {
    let mut bytes = vec![stream, 0, 0, 0];
    bytes.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

#[test]
fn frames_are_the_same_however_the_bytes_are_cut() {
    let texts = [(1, "a\n"), (2, "bc\n"), (1, ""), (2, "part")];
    let bytes: Vec<u8> = texts
        .iter()
        .flat_map(|(stream, text)| framed(*stream, text))
        .collect();
    let whole = all(&bytes, bytes.len());
    assert_eq!(whole.len(), 4);
    assert_eq!(whole[1], (Stream::Stderr, b"bc\n".to_vec()));
    for step in 1..bytes.len() {
        assert_eq!(all(&bytes, step), whole);
    }
}

#[test]
fn a_torn_frame_is_none_and_nonsense_is_refused() {
    let bytes = framed(1, "abc\n");
    assert_eq!(all(&bytes[..bytes.len() - 1], 5), []);
    let mut cutter = Cutter::default();
    cutter.feed(&[1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, b'x']);
    assert_eq!(cutter.next(), Err(NoLog::Nonsense));
}

#[test]
fn what_the_daemon_says_for_itself_is_no_line() {
    let told = "Error grabbing logs: invalid character\n";
    let mut cutter = Cutter::default();
    cutter.feed(&framed(3, told));
    assert_eq!(cutter.next(), Err(NoLog::Told(told.trim().to_owned())));
    cutter.feed(&framed(1, "a\n"));
    assert_eq!(
        cutter.next(),
        Ok(Some((Stream::Stdout, Bytes::from_static(b"a\n"))))
    );
}

#[test]
fn a_terminals_parts_are_frames_each_with_its_stamp() {
    let part = "x".repeat(PART_BYTES);
    let exact = format!("{STAMP}{part}\n");
    let text = format!("{STAMP}{part}{STAMP}{part}{STAMP}end\r\n{exact}{STAMP}prompt> ");
    let expected = [
        format!("{STAMP}{part}"),
        format!("{STAMP}{part}"),
        format!("{STAMP}end\r\n"),
        exact.clone(),
        format!("{STAMP}prompt> "),
    ];
    for step in [1, 7, 4096, PART_BYTES, text.len()] {
        let frames = all(text.as_bytes(), step);
        let texts: Vec<_> = frames
            .iter()
            .map(|(_, frame)| String::from_utf8_lossy(frame).into_owned())
            .collect();
        assert_eq!(texts, expected, "in steps of {step}");
    }
}

#[test]
fn a_terminals_line_without_an_end_is_bounded() {
    let mut cutter = Cutter::default();
    cutter.feed(b"2026-11-21T07:05:49.000000001Z ");
    for _ in 0..64 {
        cutter.feed(&[b'x'; 4096]);
        while cutter.next().unwrap().is_some() {}
        assert!(cutter.buffer.len() <= PART_BYTES + STAMP_BYTES);
    }
}
