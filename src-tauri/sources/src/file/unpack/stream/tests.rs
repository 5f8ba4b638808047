use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// Bytes that come a few at a time.
struct Slow(Cursor<Vec<u8>>, usize);

impl Read for Slow {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let most = into.len().min(self.1);
        self.0.read(&mut into[..most])
    }
}

fn text(bytes: &[u8], step: usize) -> (String, bool) {
    let mut all = Vec::new();
    let stream = text_of(Box::new(Slow(Cursor::new(bytes.to_vec()), step)));
    let read = stream.and_then(|mut stream| stream.read_to_end(&mut all));
    (String::from_utf8(all).unwrap(), read.is_ok())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

const LINES: &str = "one\ntwo \u{1f600}\nthree\n";

#[test]
fn packed_or_in_sixteen_bits_it_is_the_same_text() {
    let wide = |little: bool| -> Vec<u8> {
        let units = "\u{feff}".encode_utf16().chain(LINES.encode_utf16());
        let bytes = |unit: u16| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        };
        units.flat_map(bytes).collect()
    };
    let twice = [gzip(b"one\n"), gzip(&LINES.as_bytes()[4..])].concat();
    let marked = format!("\u{feff}{LINES}");
    for (bytes, expected) in [
        (LINES.into(), LINES),
        (gzip(LINES.as_bytes()), LINES),
        (twice, LINES),
        (zstd::encode_all(LINES.as_bytes(), 1).unwrap(), LINES),
        (wide(true), &marked),
        (wide(false), &marked),
        (gzip(&wide(true)), &marked),
        (Vec::new(), ""),
    ] {
        for step in [1, 3, 1 << 20] {
            assert_eq!(text(&bytes, step), (expected.to_owned(), true), "{step}");
        }
    }
}

#[test]
fn what_comes_before_the_damage_is_kept_and_a_bomb_is_not_unpacked() {
    let long = LINES.repeat(10_000);
    let mut cut = gzip(long.as_bytes());
    cut.truncate(cut.len() - 20);
    let (had, whole) = text(&cut, 1 << 20);
    assert!(!whole && long.starts_with(&had) && had.len() > long.len() / 2);
    let bomb = gzip(&vec![0; 80 << 20]);
    assert!(!text(&bomb, 1 << 20).1);
}

#[test]
fn an_archive_is_refused_in_words() {
    let error = text_of(Box::new(Cursor::new(b"PK\x03\x04 and so on".to_vec())));
    let error = error.err().unwrap().to_string();
    assert!(error.contains("archive"), "{error}");
}
