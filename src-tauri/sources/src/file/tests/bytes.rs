//! Odd bytes come out as they went in, however they were written.

use proptest::prelude::*;

use super::*;
use crate::file::cut::Sizes;

/// Bytes that break naive readers; each entry is a whole file.
fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", b"".to_vec()),
        ("one newline", b"\n".to_vec()),
        ("empty lines", b"\n\n\na\n\n".to_vec()),
        ("CRLF", b"one\r\ntwo\r\n\r\n".to_vec()),
        ("lone CR", b"10%\r20%\r30%\rdone\nnext\r\n".to_vec()),
        ("NUL", b"a\0b\n\0\0\0\nend\n".to_vec()),
        ("BOM", b"\xef\xbb\xbffirst\nsecond\n".to_vec()),
        ("a BOM of UTF-32", b"\xff\xfe\0\0h\0\0\0\n\0\0\0\n".to_vec()),
        (
            "zeros as in UTF-16, but not sure",
            b"h\0i\0\n\0y\0o\0\n\0\n".to_vec(),
        ),
        (
            "a trace",
            b"2024-05-01 10:00:00 ERROR no\n\tat a.B.c(B.java:1)\n\nnext\n".to_vec(),
        ),
        (
            "invalid UTF-8",
            b"\xfd\xff\xfe\n\xc3\x28\n\xed\xa0\x80\n".to_vec(),
        ),
        ("ANSI", b"\x1b[31mred\x1b[0m\n\x1b]0;title\x07\n".to_vec()),
        ("binary", (0u8..=255).chain([b'\n']).collect()),
        (
            "a long line",
            [vec![b'x'; 333], b"\nshort\n".to_vec()].concat(),
        ),
        (
            "a line of exactly the limit",
            [vec![b'y'; 64], b"\n".to_vec()].concat(),
        ),
        (
            "a line of twice the limit",
            [vec![b'z'; 128], b"\nq\n".to_vec()].concat(),
        ),
        (
            "a line of the limit and one",
            [vec![b'w'; 65], b"\n".to_vec()].concat(),
        ),
    ]
}

fn small() -> Settings {
    let sizes = Sizes {
        joins: true,
        line: 64,
        first: 16,
        partial: 8,
    };
    Settings {
        sizes,
        ..Settings::default()
    }
}

/// The same in UTF-16, in both byte orders, with a mark and without.
fn wide(text: &str) -> Vec<Vec<u8>> {
    let mark = format!("\u{feff}{text}");
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    vec![little(&mark), big(&mark), little(text), big(text)]
}

/// The stored bytes and how they were cut, when the file is written in these parts.
fn stored(parts: &[&[u8]], restarts: bool) -> (Vec<u8>, Vec<usize>) {
    let mut bench = Bench::with(small(), |path| std::fs::write(path, "").unwrap());
    for part in parts {
        bench.append(part);
        bench.poll();
        if restarts {
            bench.restart(usize::MAX);
        }
    }
    bench.pass(400);
    assert!(bench.markers().is_empty(), "{:?}", bench.markers());
    bench.feed.look(|given| {
        let records = given.records(|_| true);
        (
            stored_bytes(given),
            records.iter().map(|(line, _)| line.len()).collect(),
        )
    })
}

#[test]
fn odd_bytes_are_stored_as_they_are_however_they_are_written() {
    for (name, bytes) in corpus() {
        let whole = stored(&[&bytes], false);
        assert_eq!(whole.0, bytes, "{name}, read whole");
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(stored(&single, false), whole, "{name}, byte by byte");
        let sevens: Vec<&[u8]> = bytes.chunks(7).collect();
        assert_eq!(stored(&sevens, true), whole, "{name}, with restarts");
    }
}

#[test]
fn utf_16_is_stored_as_the_same_text_however_it_is_written() {
    let text = format!(
        "first line\r\nzw\u{f6}lf \u{1f600}\n\n\u{a0a}\u{a00}\n{}\u{1f600}{}\nend\n",
        "\u{65e5}".repeat(31),
        "w".repeat(200)
    );
    for bytes in wide(&text) {
        let whole = stored(&[&bytes], false);
        let got = String::from_utf8(whole.0.clone()).unwrap();
        assert_eq!(got.trim_start_matches('\u{feff}'), text);
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(stored(&single, false), whole, "byte by byte");
        let sevens: Vec<&[u8]> = bytes.chunks(7).collect();
        assert_eq!(stored(&sevens, true), whole, "with restarts");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_split_of_any_bytes_stores_the_same(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..400),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let mut bytes = bytes;
        bytes.push(b'\n');
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        at.sort_unstable();
        let mut parts = Vec::new();
        let mut rest = bytes.as_slice();
        let mut done = 0;
        for cut in at {
            let (part, behind) = rest.split_at(cut - done);
            parts.push(part);
            rest = behind;
            done = cut;
        }
        parts.push(rest);
        let whole = stored(&[&bytes], false);
        prop_assert_eq!(&whole.0, &bytes);
        prop_assert_eq!(stored(&parts, true), whole);
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_comes_in_pieces() {
    let mut bench = Bench::with(Settings::default(), |path| {
        let mut file = std::fs::File::create(path).unwrap();
        let block = vec![b'm'; 1 << 20];
        for _ in 0..100 {
            file.write_all(&block).unwrap();
        }
        file.write_all(b"end\nnext\n").unwrap();
    });
    bench.poll();
    bench.feed.look(|given| {
        assert!(
            given
                .batches
                .iter()
                .all(|batch| batch.lines.bytes() <= (1 << 20) + 1)
        );
        let records = given.records(|_| true);
        assert_eq!(records.len(), 102);
        assert_eq!(stored_bytes(given).len(), (100 << 20) + 9);
    });
    assert_eq!(bench.lines().last().unwrap(), "next");
}

#[test]
fn the_first_batch_of_a_load_is_small() {
    let mut bench = Bench::with(Settings::default(), |path| {
        std::fs::write(path, "a line of a log\n".repeat(200_000)).unwrap();
    });
    bench.poll();
    bench.feed.look(|given| {
        assert!(given.batches[0].lines.bytes() <= 64 << 10);
        assert!(given.batches[1].lines.bytes() > 900 << 10);
        assert_eq!(given.lines().len(), 200_000);
    });
}
