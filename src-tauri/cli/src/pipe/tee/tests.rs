use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use proptest::prelude::*;
use serde_json::Value;

use super::Tee;

fn records(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn read(path: &Path) -> Vec<Value> {
    records(&fs::read_to_string(path).unwrap())
}

/// Everything that was ever written, rotated or not, oldest first.
fn read_all(path: &Path) -> Vec<Value> {
    let mut files: Vec<PathBuf> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|file| file != path)
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let mut text = String::new();
        let packed = fs::File::open(&file).unwrap();
        if file.extension().is_some_and(|end| end == "gz") {
            GzDecoder::new(packed).read_to_string(&mut text).unwrap();
        } else {
            (&packed).read_to_string(&mut text).unwrap();
        }
        all.extend(records(&text));
    }
    all.extend(read(path));
    all
}

fn sequences(records: &[Value]) -> Vec<u64> {
    records
        .iter()
        .map(|record| record["sequence"].as_u64().unwrap())
        .collect()
}

#[test]
fn lines_become_agent_stream_records_and_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.jsonl");
    let mut tee = Tee::open(&path, None, "builder").unwrap();
    tee.add(b"plain \x1b[31mred\x1b[0m\r\n{\"agent_id\":\"a7\",\"type\":\"tool\",\"sequence\":41,\"content\":{\"x\":1}}\n").unwrap();
    tee.add(b"odd \xff").unwrap();
    tee.finish(true).unwrap();
    let all = read(&path);
    let keys: Vec<_> = all[0].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        [
            "timestamp",
            "agent_id",
            "type",
            "sequence",
            "content",
            "metadata"
        ]
    );
    assert_eq!(all[0]["content"], "plain \u{1b}[31mred\u{1b}[0m");
    assert_eq!(all[0]["agent_id"], "builder");
    assert_eq!(
        (&all[1]["agent_id"], &all[1]["type"]),
        (&"a7".into(), &"tool".into())
    );
    assert_eq!(all[1]["metadata"]["sequence"], 41);
    assert_eq!(all[2]["content"], "odd \u{fffd}");
    assert_eq!(all[2]["metadata"]["invalid_utf8"], true);
    assert_eq!(all[3]["type"], "end");
    assert_eq!(sequences(&all), [1, 2, 3, 4]);
}

#[test]
fn a_crash_between_renaming_and_the_next_line_loses_no_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.jsonl");
    let left = folder.path().join("agent.jsonl.20261121T101500123Z");
    fs::write(&left, "{\"sequence\":7}\n").unwrap();
    let mut tee = Tee::open(&path, None, "a").unwrap();
    tee.add(b"next\n").unwrap();
    tee.finish(true).unwrap();
    assert_eq!(sequences(&read(&path)), [8, 9]);
    // What was left plain is packed by then.
    assert!(left.with_extension("20261121T101500123Z.gz").exists());
    assert!(!left.exists());
}

#[test]
fn what_stands_in_a_file_of_somebody_elses_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    for before in ["{\"name\":1}", "notes\nand no end", &"x".repeat(9 << 20)] {
        fs::write(&path, before).unwrap();
        let mut tee = Tee::open(&path, None, "a").unwrap();
        tee.add(b"next\n").unwrap();
        tee.finish(false).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let (kept, added) = text.split_at(before.len() + 1);
        assert_eq!(kept, format!("{before}\n"));
        assert_eq!(sequences(&records(added)), [1]);
    }
}

#[test]
fn the_longest_line_does_not_hide_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent.jsonl");
    let mut tee = Tee::open(&path, None, "a").unwrap();
    tee.add(&vec![0; crosscut_model::limits::MAX_LINE_BYTES])
        .unwrap();
    tee.finish(false).unwrap();
    let mut tee = Tee::open(&path, None, "a").unwrap();
    tee.add(b"next\n").unwrap();
    tee.finish(false).unwrap();
    assert_eq!(sequences(&read(&path)), [1, 2]);
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let error = Tee::open(Path::new("/nonexistent/agent.jsonl"), None, "a").unwrap_err();
    assert!(error.starts_with("/nonexistent/agent.jsonl: "), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    /// Lines in pieces of any size, starts that crash in the middle of a line, rotation: the numbers
    /// go from 1 without a gap or a double.
    #[test]
    fn the_sequence_goes_on_whatever_happens(
        starts in prop::collection::vec(
            (prop::collection::vec("[a-z\"\\\\ ]{0,30}", 1..12), 1..40usize, any::<bool>(), 0..25u64),
            1..6,
        ),
        rotate in prop::option::of(300..900u64),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.jsonl");
        for (lines, size, crashes, cut) in starts {
            let mut tee = Tee::open(&path, rotate, "a").unwrap();
            let text = lines.join("\n") + "\n";
            for piece in text.as_bytes().chunks(size) {
                tee.add(piece).unwrap();
            }
            if crashes {
                tee.rotation.finish().unwrap();
                drop(tee);
                // The last write was cut in the middle of its line.
                let length = fs::metadata(&path).unwrap().len();
                let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
                file.set_len(length.saturating_sub(cut)).unwrap();
            } else {
                tee.finish(true).unwrap();
            }
        }
        Tee::open(&path, rotate, "a").unwrap().finish(true).unwrap();
        let found = sequences(&read_all(&path));
        let expected: Vec<u64> = (1..=found.len() as u64).collect();
        prop_assert_eq!(found, expected);
    }
}
