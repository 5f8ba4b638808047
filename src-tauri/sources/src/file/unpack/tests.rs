//! Packed files, read to their end and cut off anywhere.

mod archives;

use std::io::Write;
use std::path::Path;

use crosscut_model::RowFlags;

use super::*;
use crate::file::sniff::Codec;
use crate::recorder::{Given, Recorder};

const CODECS: [Codec; 4] = [Codec::Gzip, Codec::Zstd, Codec::Bzip2, Codec::Xz];

/// One stream.
fn pack(codec: Codec, bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    match codec {
        Codec::Gzip => {
            let mut to = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
            to.write_all(bytes).unwrap();
            to.finish().unwrap();
        }
        Codec::Zstd => {
            let mut to = zstd::stream::write::Encoder::new(&mut packed, 1).unwrap();
            to.write_all(bytes).unwrap();
            to.finish().unwrap();
        }
        Codec::Bzip2 => {
            let mut to = bzip2::write::BzEncoder::new(&mut packed, bzip2::Compression::fast());
            to.write_all(bytes).unwrap();
            to.finish().unwrap();
        }
        Codec::Xz => {
            let options = lzma_rust2::XzOptions::with_preset(1);
            let mut to = lzma_rust2::XzWriter::new(&mut packed, options).unwrap();
            to.write_all(bytes).unwrap();
            to.finish().unwrap();
        }
    }
    packed
}

fn quick() -> Limits {
    Limits {
        sizes: Sizes {
            joins: true,
            line: 4 << 10,
            first: 256,
            partial: 64,
        },
        every: Duration::from_millis(5),
        rest: Duration::from_millis(40),
        patience: Duration::from_millis(200),
        ..Limits::default()
    }
}

struct Bench {
    folder: tempfile::TempDir,
    feed: Arc<Recorder>,
    limits: Limits,
    shelf: Arc<Shelf>,
}

impl Bench {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
        Self {
            folder,
            feed: Recorder::new(),
            limits: quick(),
            shelf: Arc::default(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> Outcome {
        self.read_until(name, &Signal::default())
    }

    fn read_until(&self, name: &str, signal: &Signal) -> Outcome {
        let target = Target::of(self.path(name));
        let feed: Arc<dyn Feed> = self.feed.clone();
        let shelf = Arc::clone(&self.shelf);
        Unpacker::new(target, name.to_owned(), feed, shelf, self.limits)
            .run(signal)
            .unwrap()
    }

    fn lines(&self) -> Vec<String> {
        self.feed.look(|given| {
            let lines = given.lines();
            lines
                .iter()
                .map(|line| String::from_utf8_lossy(line).into_owned())
                .collect()
        })
    }

    fn markers(&self) -> Vec<String> {
        self.feed.look(Given::markers)
    }

    fn code(&self) -> Option<String> {
        self.feed.look(|given| given.code().map(str::to_owned))
    }

    fn ended(&self) -> bool {
        self.feed.look(|given| given.is(&SourceState::Ended))
    }
}

fn numbered(count: usize) -> (String, Vec<String>) {
    let lines: Vec<String> = (0..count).map(|n| format!("line number {n}")).collect();
    (lines.join("\n") + "\n", lines)
}

/// Lines that do not compress well, so that there are many blocks of them.
fn varied(count: u32) -> (String, Vec<String>) {
    let line = |n: u32| {
        let odd = n.wrapping_mul(2_654_435_761);
        format!(
            "{n} {odd:x} {:x}",
            odd.rotate_left(9) ^ odd.wrapping_mul(40_503)
        )
    };
    let lines: Vec<String> = (0..count).map(line).collect();
    (lines.join("\n") + "\n", lines)
}

/// Old enough for nobody to be writing it.
fn age(path: &Path) {
    let file = std::fs::File::options().append(true).open(path).unwrap();
    let then = file.metadata().unwrap().modified().unwrap() - Duration::from_hours(1);
    file.set_modified(then).unwrap();
}

#[test]
fn compressed_files_are_read_whatever_they_are_called() {
    let (text, lines) = numbered(3000);
    for codec in CODECS {
        let bench = Bench::new("app.log", &pack(codec, text.as_bytes()));
        assert_eq!(bench.read("app.log"), Outcome::Done);
        assert_eq!(bench.lines(), lines, "{codec:?}");
        assert!(
            bench.markers().is_empty(),
            "{codec:?}: {:?}",
            bench.markers()
        );
        assert!(bench.ended(), "{codec:?}");
    }
}

#[test]
fn all_streams_of_a_file_are_read_and_padding_is_none() {
    for codec in CODECS {
        let mut packed = pack(codec, b"one\ntw");
        packed.extend(pack(codec, b"o\nthree\n"));
        packed.extend([0; 512]);
        let bench = Bench::new("x", &packed);
        bench.read("x");
        assert_eq!(bench.lines(), ["one", "two", "three"], "{codec:?}");
        assert!(
            bench.markers().is_empty(),
            "{codec:?}: {:?}",
            bench.markers()
        );
    }
}

#[test]
fn garbage_behind_the_end_is_said() {
    for codec in CODECS {
        let mut packed = pack(codec, b"one\ntwo\n");
        packed.extend(b"and this is garbage");
        let bench = Bench::new("x", &packed);
        bench.read("x");
        assert_eq!(bench.lines(), ["one", "two"], "{codec:?}");
        assert_eq!(bench.markers().len(), 1, "{codec:?}");
        assert_eq!(
            bench.code().as_deref(),
            Some("trailing_garbage"),
            "{codec:?}"
        );
    }
}

#[test]
fn a_file_that_breaks_off_brings_what_there_is_and_says_so_once() {
    let (text, lines) = varied(40_000);
    for codec in CODECS {
        let mut packed = pack(codec, text.as_bytes());
        packed.truncate(packed.len() - packed.len() / 3);
        let bench = Bench::new("x", &packed);
        age(&bench.path("x"));
        bench.read("x");
        let got = bench.lines();
        assert!(got.len() > 100, "{codec:?}: {} lines", got.len());
        assert_eq!(got[..got.len() - 1], lines[..got.len() - 1], "{codec:?}");
        assert_eq!(bench.markers().len(), 1, "{codec:?}");
        assert_eq!(bench.code().as_deref(), Some("truncated"), "{codec:?}");
        bench.feed.crash(usize::MAX);
        bench.read("x");
        assert_eq!(bench.markers().len(), 1, "{codec:?}: said once");
        assert_eq!(bench.code().as_deref(), Some("truncated"), "{codec:?}");
    }
}

#[test]
fn a_file_that_is_still_being_written_is_read_on_as_it_grows() {
    let (text, lines) = numbered(20_000);
    for codec in CODECS {
        let packed = pack(codec, text.as_bytes());
        let (begin, rest) = packed.split_at(packed.len() / 2);
        let mut bench = Bench::new("x", begin);
        bench.limits.patience = Duration::from_mins(1);
        let bench = bench;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                bench
                    .feed
                    .wait("it waits", |given| given.code() == Some("incomplete"));
                let mut file = std::fs::File::options()
                    .append(true)
                    .open(bench.path("x"))
                    .unwrap();
                file.write_all(rest).unwrap();
            });
            bench.read("x");
        });
        assert_eq!(bench.lines(), lines, "{codec:?}");
        assert!(
            bench.markers().is_empty(),
            "{codec:?}: {:?}",
            bench.markers()
        );
        assert!(bench.ended(), "{codec:?}");
    }
}

#[test]
fn a_restart_goes_on_in_the_middle_of_it() {
    let (text, lines) = numbered(5000);
    for codec in CODECS {
        let bench = Bench::new("x", &pack(codec, text.as_bytes()));
        bench.read("x");
        let batches = bench.feed.look(|given| given.batches.len());
        for keep in [0, 1, batches / 2, batches - 1] {
            bench.feed.change(|given| given.durable = 0);
            bench.feed.crash(keep);
            bench.read("x");
            assert_eq!(bench.lines(), lines, "{codec:?}, {keep} batches kept");
        }
        assert!(bench.markers().is_empty());
    }
}

#[test]
fn a_file_that_was_replaced_is_read_anew_and_marked() {
    let bench = Bench::new("x", &pack(Codec::Gzip, b"one\ntwo\n"));
    bench.read("x");
    std::fs::remove_file(bench.path("x")).unwrap();
    std::fs::write(bench.path("x"), pack(Codec::Zstd, b"other\nthings\nhere\n")).unwrap();
    bench.read("x");
    assert_eq!(bench.lines(), ["one", "two", "other", "things", "here"]);
    assert_eq!(bench.markers().len(), 1);
    assert!(bench.ended());
}

#[test]
fn a_file_that_is_gone_after_it_was_read_has_ended() {
    let bench = Bench::new("x", &pack(Codec::Gzip, b"one\n"));
    bench.read("x");
    std::fs::remove_file(bench.path("x")).unwrap();
    bench.feed.crash(usize::MAX);
    bench.read("x");
    assert!(bench.ended());
    assert_eq!(bench.lines(), ["one"]);
}

#[test]
fn a_bomb_ends_in_a_marker() {
    let zeros = vec![b'0'; 8 << 20];
    for codec in CODECS {
        let mut bench = Bench::new("x", &pack(codec, &zeros));
        bench.limits.caps = Caps {
            ratio: 50,
            floor: 1 << 20,
            ..Caps::default()
        };
        bench.read("x");
        let stored: usize = bench
            .feed
            .look(|given| given.lines().iter().map(Vec::len).sum());
        assert!(stored <= 2 << 20, "{codec:?}: {stored} bytes");
        assert_eq!(bench.code().as_deref(), Some("too_large"), "{codec:?}");
        assert_eq!(bench.markers().len(), 1, "{codec:?}");
    }
}

#[test]
fn damage_ends_in_a_marker() {
    let (text, _) = numbered(20_000);
    for codec in CODECS {
        let mut packed = pack(codec, text.as_bytes());
        let middle = packed.len() / 2;
        for byte in &mut packed[middle..middle + 64] {
            *byte ^= 0x55;
        }
        let bench = Bench::new("x", &packed);
        age(&bench.path("x"));
        bench.read("x");
        assert_eq!(bench.markers().len(), 1, "{codec:?}");
        assert!(bench.code().is_some(), "{codec:?}");
    }
}

#[test]
fn a_line_that_is_too_long_comes_in_pieces_and_the_last_needs_no_newline() {
    let text = format!("{}\nend", "m".repeat(20_000));
    let bench = Bench::new("x", &pack(Codec::Gzip, text.as_bytes()));
    bench.read("x");
    let records = bench.feed.look(|given| given.records(|_| true));
    assert_eq!(records.len(), 6);
    assert!(
        records[..4]
            .iter()
            .all(|(_, flags)| flags.has(RowFlags::CONTINUES))
    );
    assert_eq!(bench.lines().last().unwrap(), "end");
}

#[test]
fn utf_16_within_is_read_too() {
    let bytes: Vec<u8> = "\u{feff}eins\r\nzw\u{f6}lf\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let bench = Bench::new("x", &pack(Codec::Gzip, &bytes));
    bench.read("x");
    assert_eq!(bench.lines(), ["\u{feff}eins\r", "zw\u{f6}lf\r"]);
    assert_eq!(
        bench
            .feed
            .look(|given| given.attributes["log.file.encoding"].clone()),
        "utf-16le"
    );
}

#[test]
fn stopping_ends_it_and_the_next_start_goes_on() {
    let (text, lines) = numbered(5000);
    let bench = Bench::new("x", &pack(Codec::Gzip, text.as_bytes()));
    bench.feed.change(|given| given.full = true);
    let signal = Signal::default();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            bench
                .feed
                .wait("connecting", |given| given.is(&SourceState::Connecting));
            signal.stop();
            bench.feed.change(|given| given.full = false);
        });
        bench.read_until("x", &signal);
    });
    bench.read("x");
    assert_eq!(bench.lines(), lines);
}

#[test]
fn a_plain_file_is_not_read_here() {
    let bench = Bench::new("x.gz", b"plain text\n");
    assert_eq!(bench.read("x.gz"), Outcome::Plain);
}
