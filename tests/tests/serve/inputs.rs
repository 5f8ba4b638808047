//! Files that are not what one hopes for: each has a clear state, loses nothing and breaks nothing.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use serde_json::Value;

use super::{Place, append};
use crate::support::{Crosscut, Record, binary, is_root};

/// Another source works all the same, and so do posts.
fn assert_well(crosscut: &Crosscut) {
    assert_eq!(
        crosscut.post("/ingest?source=well", "text/plain", "well").0,
        200
    );
    assert_eq!(crosscut.lines("well").last().unwrap(), "well");
}

/// The state of a source that is in trouble: its code; message and hint are there.
fn trouble(source: &Value) -> &str {
    assert!(!source["message"].as_str().unwrap().is_empty());
    assert!(!source["hint"].as_str().unwrap().is_empty());
    source["code"].as_str().unwrap()
}

#[test]
fn a_file_that_is_not_there_is_waited_for() {
    let place = Place::new();
    let file = place.path("later.log");
    let crosscut = place.start().file(&file).serve();
    let source = crosscut.state("later.log", "waiting");
    assert_eq!(trouble(&source), "not_found");
    let line = crosscut.says("is not there");
    assert!(line.contains(file.to_str().unwrap()), "{line}");
    assert_well(&crosscut);
    fs::write(&file, "at last\n").unwrap();
    crosscut.live("later.log", 1);
    assert_eq!(crosscut.lines("later.log"), ["at last"]);
}

#[test]
fn a_folder_brings_its_files_and_those_that_come() {
    let place = Place::new();
    let folder = place.path("folder");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("one.log"), "of the first\n").unwrap();
    let crosscut = place.start().file(&folder).serve();
    let source = crosscut.state("folder/", "watching");
    assert_eq!(source["kind"], "files");
    crosscut.live("one.log", 1);
    fs::write(folder.join("two.log"), "of the second\n").unwrap();
    crosscut.live("two.log", 1);
    assert_eq!(crosscut.source("folder/").unwrap()["sources"], 2);
    assert_well(&crosscut);
}

#[test]
fn a_file_one_may_not_read_says_so_and_is_read_once_one_may() {
    let place = Place::new();
    let file = place.file("secret.log", "a secret\n");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    let mut start = place.start().file(&file);
    // Nothing is forbidden to root: somebody else must try.
    if is_root("a look as another user (so this one looks itself)") {
        let nobody = 65_534;
        let program = place.path("crosscut");
        fs::copy(binary("crosscut"), &program).unwrap();
        fs::create_dir(place.data()).unwrap();
        chown(place.data(), Some(nobody), Some(nobody)).unwrap();
        fs::set_permissions(place.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        start = start.user(nobody, program);
    }
    let crosscut = start.serve();
    let source = crosscut.state("secret.log", "failed");
    assert_eq!(trouble(&source), "permission_denied");
    let line = crosscut.says("permission denied");
    assert!(line.contains(file.to_str().unwrap()), "{line}");
    assert_well(&crosscut);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    crosscut.live("secret.log", 1);
    assert_eq!(crosscut.lines("secret.log"), ["a secret"]);
}

#[test]
fn an_empty_file_is_live_and_waits_for_its_first_line() {
    let place = Place::new();
    let file = place.file("empty.log", "");
    let crosscut = place.start().file(&file).serve();
    crosscut.live("empty.log", 0);
    append(&file, "first\n");
    crosscut.live("empty.log", 1);
    assert_eq!(crosscut.lines("empty.log"), ["first"]);
}

/// Follows a file with these bytes and gives it back.
fn follow(place: &Place, name: &str, bytes: &[u8]) -> Crosscut {
    let file = place.file(name, bytes);
    let crosscut = place.start().file(&file).serve();
    let newlines = bytes.split(|&byte| byte == b'\n').count() - 1;
    crosscut.live(name, newlines as u64);
    crosscut
}

#[test]
fn binary_junk_is_kept_line_by_line_and_can_be_shown() {
    let place = Place::new();
    let mut noise = 0x2545_f491_4f6c_dd1d_u64;
    let mut junk: Vec<u8> = (0..200_000)
        .map(|_| {
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            noise.to_le_bytes()[3]
        })
        .collect();
    junk.push(b'\n');
    let crosscut = follow(&place, "core.bin", &junk);
    let lines = crosscut.lines("core.bin");
    let parts: Vec<&[u8]> = junk
        .strip_suffix(b"\n")
        .unwrap()
        .split(|&b| b == b'\n')
        .collect();
    assert_eq!(lines.len(), parts.len());
    for (line, part) in lines.iter().zip(parts) {
        let part = part.strip_suffix(b"\r").unwrap_or(part);
        let shown = line.strip_suffix('\r').unwrap_or(line);
        assert_eq!(shown, String::from_utf8_lossy(part));
    }
    assert_well(&crosscut);
}

#[test]
fn invalid_utf_8_is_shown_with_marks_and_its_neighbours_are_whole() {
    let place = Place::new();
    let crosscut = follow(
        &place,
        "latin.log",
        b"before\ncaf\xe9 \xff\xfe\nafter \xc3\xa9\n",
    );
    let lines = crosscut.lines("latin.log");
    assert_eq!(
        lines,
        ["before", "caf\u{fffd} \u{fffd}\u{fffd}", "after \u{e9}"]
    );
    // Found by what is readable of it.
    assert_eq!(crosscut.records("query=caf").len(), 1);
}

#[test]
fn a_broken_json_line_is_a_line_like_the_others() {
    let place = Place::new();
    let text = "{\"level\":\"info\",\"msg\":\"ok\"}\n{\"level\":\"error\",\"msg\":\"cut\n\
                {\"level\":\"warn\",\"msg\":\"ok again\"}\n";
    let crosscut = follow(&place, "app.jsonl", text.as_bytes());
    assert_eq!(
        crosscut.lines("app.jsonl"),
        text.lines().collect::<Vec<_>>()
    );
    let whole = crosscut.records("query=level:warn");
    assert_eq!(whole.len(), 1);
    assert_eq!(crosscut.records("query=cut").len(), 1);
}

#[test]
fn a_line_of_100_mb_is_kept_whole_in_pieces_and_memory_stays_bounded() {
    const LENGTH: usize = 100_000_000;
    let place = Place::new();
    let file = place.path("long.log");
    // Nothing that looks like a word: an unoptimised parser takes its time over those.
    let alphabet = (b'#'..=b'/').cycle();
    let runs = alphabet.flat_map(|sign| std::iter::repeat_n(sign, 977));
    let bytes: Vec<u8> = runs.take(LENGTH).collect();
    write(&file, &[b"before\n", &bytes, b"\nafter\n"]);
    let crosscut = place.start().file(&file).serve();
    crosscut.until("the line behind the long one", || {
        let source = crosscut.source("long.log")?;
        let live = source["state"] == "live";
        (live && crosscut.text("/raw?tail=1") == "[long.log] after\n").then_some(())
    });
    let records = crosscut.records_by("source=long.log", 8);
    assert_eq!(records[0].line, "before");
    assert_eq!(records[records.len() - 1].line, "after");
    let pieces = &records[1..records.len() - 1];
    assert!(pieces.len() < 120, "{} pieces", pieces.len());
    let joined: String = pieces.iter().map(|record| record.line.as_str()).collect();
    // Not `assert_eq`: nobody wants to see them.
    assert!(joined.as_bytes() == bytes, "the pieces are not the line");
    let memory = crosscut.peak_memory();
    assert!(memory < 400_000_000, "{memory} bytes of memory");
    assert_well(&crosscut);
}

fn write(path: &Path, parts: &[&[u8]]) {
    let mut file = fs::File::create(path).unwrap();
    for part in parts {
        file.write_all(part).unwrap();
    }
}

/// What `journalctl -o export` writes of an entry with this message.
fn entry(pid: u32, priority: u8, message: &str) -> String {
    let message = if message.contains('\n') {
        let length = (message.len() as u64).to_le_bytes();
        format!("\n{}{message}", str::from_utf8(&length).unwrap())
    } else {
        format!("={message}")
    };
    format!(
        "__CURSOR=s=1;i={pid}\n__REALTIME_TIMESTAMP=1795255200{pid:06}\nPRIORITY={priority}\n\
         MESSAGE{message}\nSYSLOG_IDENTIFIER=shop api\n_PID={pid}\n\n"
    )
}

#[test]
fn entries_of_the_journal_are_read_as_they_come() {
    let place = Place::new();
    let entries = [
        entry(10, 6, "hello status=5"),
        entry(11, 3, "Error: no\n\n{\"a\":1}"),
        entry(12, 4, "last"),
        // Its length, of eight bytes, begins with a newline.
        entry(13, 7, "ten\nletter"),
    ];
    let (before, behind) = entries.split_at(2);
    let file = place.file("journal.export", before.concat());
    let crosscut = place.start().file(&file).serve();
    crosscut.live("journal.export", 2);
    append(&file, &behind.concat());
    crosscut.live("journal.export", 4);
    let found = |query: &str| {
        let records = crosscut.records(&format!("source=journal.export&query={query}"));
        let said = |record: Record| (record.level, record.line + "\n");
        records.into_iter().map(said).collect::<Vec<_>>()
    };
    let levels = ["info", "error", "warn", "debug"].map(str::to_owned);
    let all: Vec<_> = levels.into_iter().zip(entries).collect();
    assert_eq!(found(""), all);
    assert_eq!(found("_PID:13"), all[3..]);
    assert_eq!(found("_PID>11"), all[2..]);
    assert_eq!(found("SYSLOG_IDENTIFIER=%22shop%20api%22"), all);
    assert_eq!(found("msg=%22hello%20status=5%22"), all[..1]);
    assert_eq!(found("msg:letter"), all[3..]);
}
