use std::ops::ControlFlow;

use crosscut_model::limits::{JOIN_BYTES, JOIN_LINES};
use crosscut_model::{Level, UnixNanos};
use jiff::tz::TimeZone;

use crate::{
    FieldValue, Joiner, Known, Leaf, Reader, Segment, display, fields, message, visit_field,
    walk_fields, well_known,
};

/// An entry as `journalctl -o export` writes it, the empty line and all.
const ENTRY: &str = "__CURSOR=s=6863c726210b4560b7048889d8ada5c5;i=3e931;b=f446871715504074bf7049ef0718fa93;m=40ba8;t=4fd05c\n\
    __REALTIME_TIMESTAMP=1772352000123456\n\
    __MONOTONIC_TIMESTAMP=4235832728\n\
    _BOOT_ID=f446871715504074bf7049ef0718fa93\n\
    _TRANSPORT=syslog\n\
    PRIORITY=4\n\
    SYSLOG_IDENTIFIER=sshd\n\
    SYSLOG_TIMESTAMP=Mar  1 09:59:59 \n\
    _PID=42\n\
    _CMDLINE=\"sshd: user [priv]\" -D\n\
    MESSAGE=Failed password for root from 10.0.0.1 port=22, \"ssh2\\n\"\n\
    \n";

/// A field with its length before it.
fn sized(key: &str, value: &[u8]) -> Vec<u8> {
    let length = (value.len() as u64).to_le_bytes();
    [key.as_bytes(), b"\n", &length, value, b"\n"].concat()
}

fn entry(fields: &[Vec<u8>]) -> Vec<u8> {
    [b"__CURSOR=s=1\n", fields.concat().as_slice(), b"\n"].concat()
}

/// The records of a stream of bytes.
fn records(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut joiner = Joiner::new();
    let mut records: Vec<Vec<u8>> = Vec::new();
    let stream = stream.strip_suffix(b"\n").unwrap_or(stream);
    for line in stream.split(|&byte| byte == b'\n') {
        match records.last_mut() {
            Some(last) if joiner.goes_on(line) => {
                last.push(b'\n');
                last.extend_from_slice(line);
            }
            Some(_) => records.push(line.to_vec()),
            None => {
                joiner.goes_on(line);
                records.push(line.to_vec());
            }
        }
    }
    records
}

fn field(raw: &[u8], name: &str) -> Vec<String> {
    let mut found = Vec::new();
    visit_field(raw, &[Segment::Key(name)], &mut |value| {
        found.push(match value {
            FieldValue::Str(text) => text.into_owned(),
            other => format!("{other:?}"),
        });
        ControlFlow::Continue(())
    });
    found
}

fn walked(raw: &[u8]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let walk = walk_fields(raw, &mut String::new(), |name, leaf, _| {
        if let Leaf::Str(text) = leaf {
            found.push((name.to_owned(), text.into_owned()));
        }
    });
    assert_eq!(walk, Ok(()));
    found
}

#[test]
fn an_entry_is_read_as_the_json_of_it() {
    let raw = ENTRY.as_bytes();
    let read = Reader::new(TimeZone::UTC).meta(raw, UnixNanos(0));
    assert_eq!(read.time, Some(UnixNanos(1_772_352_000_123_456_000)));
    assert_eq!(read.level, Level::Warn);
    assert!(!read.broken);
    let said = r#"Failed password for root from 10.0.0.1 port=22, "ssh2\n""#;
    assert_eq!(message(raw), said);
    assert_eq!(display(raw).message, said);
    assert_eq!(field(raw, "MESSAGE"), [said]);
    assert_eq!(field(raw, "_PID"), ["42"]);
    assert_eq!(field(raw, "_CMDLINE"), [r#""sshd: user [priv]" -D"#]);
    assert_eq!(field(raw, "port"), Vec::<String>::new());
    assert_eq!(well_known(raw, Known::Service).unwrap(), "sshd");
    let json: String = ENTRY
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| format!("{key:?}:{value:?}"))
        .collect::<Vec<_>>()
        .join(",");
    let json = format!("{{{json}}}");
    assert_eq!(fields(raw), fields(json.as_bytes()));
    assert_eq!(walked(raw), walked(json.as_bytes()));
    assert_eq!(display(raw), display(json.as_bytes()));
    let same = Reader::new(TimeZone::UTC).meta(json.as_bytes(), UnixNanos(0));
    assert_eq!(read, same);
}

#[test]
fn each_entry_is_one_record_and_held_until_its_empty_line() {
    let stream = [ENTRY, ENTRY, "plain\n", ENTRY].concat();
    let entry = ENTRY.strip_suffix('\n').unwrap().as_bytes();
    assert_eq!(
        records(stream.as_bytes()),
        [entry, entry, b"plain", entry].map(<[u8]>::to_vec)
    );
    let mut joiner = Joiner::new();
    for line in ENTRY.lines() {
        joiner.goes_on(line.as_bytes());
        assert_eq!(joiner.may_go_on(), !line.is_empty(), "{line}");
    }
    let timed = "__REALTIME_TIMESTAMP=1772352000123456\nMESSAGE=a\n\n__REALTIME_TIMESTAMP=1772352000123457\nMESSAGE=b\n\n";
    assert_eq!(records(timed.as_bytes()).len(), 2);
    let windows = ENTRY.replace('\n', "\r\n");
    let found = records(windows.repeat(2).as_bytes());
    assert_eq!(found.len(), 2);
    assert_eq!(field(&found[0], "_PID"), ["42"]);
}

#[test]
fn a_value_of_any_bytes_is_read_by_its_length() {
    for value in [
        "Traceback (most recent call last):\n  File \"a.py\"\n\nValueError: x=1\n",
        "{\"a\":1}\n{\"b\":2}",
        "tenletters",
        "2026-03-01 08:00:00 ERROR x\n__CURSOR=s=2\nMESSAGE=y\n",
        "\n",
        "",
        "\u{1b}[31mred\u{1b}[0m\r",
        &"ten bytes\n".repeat(26),
    ] {
        let value = value.as_bytes();
        let raw = entry(&[sized("NOTE", value), b"_PID=7\n".to_vec()]);
        let stream = [raw.as_slice(), b"after\n", &raw, ENTRY.as_bytes()].concat();
        let found = records(&stream);
        let note = String::from_utf8_lossy(value).into_owned();
        assert_eq!(found.len(), 4, "{note}");
        for record in [&found[0], &found[2]] {
            assert_eq!(record, raw.strip_suffix(b"\n").unwrap());
            assert_eq!(field(record, "NOTE"), [note.as_str()]);
            assert_eq!(field(record, "_PID"), ["7"]);
            assert!(walked(record).contains(&("NOTE".to_owned(), note.clone())));
        }
        assert_eq!(found[1], b"after");
    }
    let raw = entry(&[sized("MESSAGE", b"one\ntwo\n\nthree")]);
    assert_eq!(message(&raw), "one\ntwo\n\nthree");
    assert_eq!(display(&raw).message, "one⏎two⏎⏎three");
    let raw = entry(&[
        sized("MESSAGE", b"caf\xe9"),
        sized("COREDUMP", &[0, 255, 10, 10, 0]),
    ]);
    let found = records(&[raw.as_slice(), ENTRY.as_bytes()].concat());
    assert_eq!(found.len(), 2);
    assert_eq!(message(&found[0]), "caf\u{fffd}");
    assert_eq!(field(&found[0], "COREDUMP"), ["\0\u{fffd}\n\n\0"]);
}

#[test]
fn a_name_that_occurs_again_has_all_its_values() {
    let raw = entry(&[b"OBJECT_PID=1\nOBJECT_PID=2\nMESSAGE=x\n".to_vec()]);
    assert_eq!(field(&raw, "OBJECT_PID"), ["1", "2"]);
}

#[test]
fn what_cannot_be_read_stays_text_and_harms_no_neighbour() {
    let good = String::from_utf8(entry(&[b"MESSAGE=good\n".to_vec()])).unwrap();
    for (odd, apart) in [
        ("__CURSOR=a\nMESSAGE=x\nlower=case\n", 1),
        ("__CURSOR=a\nMESSAGE=x\nnot a field at all\n", 1),
        ("__CURSOR=a\nMESSAGE=x\nNOTE\nno length\n", 1),
        (
            "__CURSOR=a\nMESSAGE=x\nNOTE\n\u{2}\0\0\0\0\0\0\0too long\n",
            1,
        ),
        ("__CURSOR=a\nMESSAGE=x\n", 0),
        ("__CURSOR=a\nMESSAGE=x\nNOTE\n", 0),
    ] {
        let found = records(format!("{odd}{good}").as_bytes());
        // A length is taken from what follows, whatever that is; it says no length.
        assert_eq!(found.len(), 2 + apart, "{odd:?}");
        assert_eq!(message(found.last().unwrap()), "good", "{odd:?}");
        assert_eq!(message(&found[0]), "x", "{odd:?}");
    }
    // Without a message an entry is shown whole.
    let raw = b"__CURSOR=a\n_PID=7\n";
    assert_eq!(message(raw).as_bytes(), raw);
    assert_eq!(field(raw, "_PID"), ["7"]);
    // One line alone is what it was.
    assert!(super::object(b"__CURSOR=a b=c").is_none());
}

#[test]
fn entries_are_bounded() {
    let long = entry(&[b"A=b\n".repeat(3 * JOIN_LINES)]);
    let large = entry(&[sized("COREDUMP", &b"core dump\n".repeat(JOIN_BYTES / 4))]);
    let found = records(
        &[&long, &large, ENTRY.as_bytes()]
            .map(<[u8]>::to_vec)
            .concat(),
    );
    for record in &found {
        assert!(record.split(|&byte| byte == b'\n').count() <= JOIN_LINES);
        assert!(record.len() < JOIN_BYTES);
    }
    assert_eq!(
        found.last().unwrap(),
        ENTRY.strip_suffix('\n').unwrap().as_bytes()
    );
    let read = found[4..].iter().filter(|record| super::is_entry(record));
    assert_eq!(read.count(), 2);
    // What is read of a value too large is what the record holds of it.
    let first = found
        .iter()
        .find(|record| record.windows(8).any(|at| at == b"COREDUMP"));
    assert!(field(first.unwrap(), "COREDUMP")[0].starts_with("core dump\ncore"));
}
