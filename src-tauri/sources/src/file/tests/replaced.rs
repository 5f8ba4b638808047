//! What takes a file's place.

use crosscut_engine::api::SourceState;

use super::*;
use crate::file::checkpoint::Checkpoint;
use crate::file::decode::Encoding;
use crate::file::identity::{Identity, Prints};

fn turn(link: &Path, to: &str) {
    if link.is_symlink() {
        std::fs::remove_file(link).unwrap();
    }
    std::os::unix::fs::symlink(link.with_file_name(to), link).unwrap();
}

#[test]
fn a_link_that_is_turned_back_goes_on_where_its_file_was_left() {
    let mut bench = Bench::new();
    let append = |bench: &Bench, name: &str, line: &str| {
        let path = bench.path.with_file_name(name);
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        writeln!(file, "{line}").unwrap();
    };
    append(&bench, "blue", "one");
    append(&bench, "green", "two");
    let mut expected = vec!["one".to_owned(), "two".to_owned()];
    for (name, line) in [
        ("blue", ""),
        ("green", ""),
        ("blue", "three"),
        ("green", "four"),
    ] {
        turn(&bench.path, name);
        if !line.is_empty() {
            append(&bench, name, line);
            expected.push(line.to_owned());
        }
        bench.pass(1500);
    }
    assert_eq!(bench.lines(), expected);
    assert!(bench.markers().is_empty());
}

#[test]
fn a_link_that_was_turned_while_nobody_followed_is_read_on_in_the_folder_it_led_to() {
    let mut bench = Bench::new();
    let logs = bench.path.with_file_name("logs");
    std::fs::create_dir(&logs).unwrap();
    std::fs::write(logs.join("monday"), "one\n").unwrap();
    turn(&bench.path, "logs/monday");
    bench.poll();
    std::fs::write(logs.join("monday"), "one\ntwo\n").unwrap();
    std::fs::write(logs.join("tuesday"), "three\n").unwrap();
    turn(&bench.path, "logs/tuesday");
    bench.restart(usize::MAX);
    bench.pass(1500);
    assert_eq!(bench.lines(), ["one", "two", "three"]);
    assert!(bench.markers().is_empty(), "{:?}", bench.markers());
}

#[test]
fn a_rotated_file_that_is_compressed_at_once_is_not_missing() {
    for deleted in [true, false] {
        let mut bench = Bench::new();
        bench.append("one\n");
        bench.poll();
        bench.append("two\n");
        next_birth(bench.path.parent().unwrap());
        bench.rename("app.log.1");
        bench.append("three\n");
        next_birth(bench.path.parent().unwrap());
        std::fs::write(bench.path.with_file_name("app.log.1.gz"), "packed").unwrap();
        if deleted {
            std::fs::remove_file(bench.path.with_file_name("app.log.1")).unwrap();
        }
        bench.pass(1500);
        assert_eq!(bench.lines(), ["one", "two", "three"]);
        assert!(bench.markers().is_empty(), "{:?}", bench.markers());
    }
}

#[test]
fn a_file_of_before_that_is_compressed_at_a_rotation_is_not_missing() {
    let mut bench = Bench::new();
    let packed = bench.path.with_file_name("app.log.2.gz");
    bench.append("one\n");
    bench.poll();
    next_birth(bench.path.parent().unwrap());
    bench.rename("app.log.1");
    let file = std::fs::File::create(packed).unwrap();
    let made = file.metadata().unwrap().modified().unwrap();
    file.set_modified(made - Duration::from_hours(24)).unwrap();
    next_birth(bench.path.parent().unwrap());
    bench.append("two\n");
    bench.pass(1500);
    assert_eq!(bench.lines(), ["one", "two"]);
    assert!(bench.markers().is_empty(), "{:?}", bench.markers());
}

#[test]
fn what_others_write_under_such_names_is_not_taken_for_rotated() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    std::fs::remove_file(&bench.path).unwrap();
    next_birth(bench.path.parent().unwrap());
    // All of a service's logs are made anew.
    bench.append("two\n");
    next_birth(bench.path.parent().unwrap());
    std::fs::write(bench.path.with_file_name("app-2.log"), "another's\n").unwrap();
    bench.pass(1500);
    assert_eq!(bench.lines(), ["one", "two"]);
}

#[test]
fn what_took_a_files_place_and_cannot_be_read_is_said() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    bench.rename("app.log.1");
    // A link to itself: rights would not keep root out.
    std::os::unix::fs::symlink(&bench.path, &bench.path).unwrap();
    bench.pass(1000);
    assert_eq!(bench.code().as_deref(), Some("read_failed"));
    std::fs::remove_file(&bench.path).unwrap();
    std::fs::create_dir(&bench.path).unwrap();
    bench.pass(1000);
    assert_eq!(bench.code().as_deref(), Some("is_directory"));
    std::fs::remove_dir(&bench.path).unwrap();
    bench.append("two\n");
    bench.pass(1000);
    assert_eq!(bench.lines(), ["one", "two"]);
    assert!(bench.feed.look(|given| given.is(&SourceState::Live)));
}

#[test]
fn a_file_whose_lines_never_cease_is_live_and_left_when_it_was_replaced_for_long() {
    let mut bench = Bench::new();
    bench.poll();
    let mut number = 0;
    let mut flood = |bench: &mut Bench, path: &str, looks: usize| {
        let path = bench.path.with_file_name(path);
        for _ in 0..looks {
            let mut file = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&path)
                .unwrap();
            writeln!(file, "{number}").unwrap();
            number += 1;
            bench.now += Duration::from_millis(2);
            bench.follower.poll_once(bench.now).unwrap();
        }
    };
    flood(&mut bench, "app.log", 1);
    // The first load is history, which ends where there is nothing more to read.
    bench.poll();
    std::fs::remove_file(&bench.path).unwrap();
    bench.pass(6000);
    assert_eq!(bench.code().as_deref(), Some("not_found"));
    flood(&mut bench, "app.log", 20);
    assert!(bench.feed.look(|given| given.is(&SourceState::Live)));
    bench.rename("app.log.1");
    bench.append("the new one\n");
    flood(&mut bench, "app.log.1", 16_000);
    bench.pass(1000);
    assert_eq!(bench.lines().last().unwrap(), "the new one");
    assert!(bench.markers()[0].contains("still written to"));
}

#[test]
fn another_file_that_got_the_number_of_one_that_is_gone_is_not_read() {
    let mut bench = Bench::new();
    bench.append("mine\n");
    let other = bench.path.with_file_name("other.log");
    std::fs::write(&other, "another's\n").unwrap();
    // As a file system tells it that does not know births.
    let mut file = Identity::of(&std::fs::metadata(&other).unwrap());
    file.born = None;
    let mut prints = Prints::default();
    prints.advance(b"gone\n");
    let at = Checkpoint::new(file, 5, 0, prints.digest(), Encoding::Bytes);
    bench.feed.change(|given| {
        given.batches.push(crosscut_engine::source::Batch {
            checkpoint: at.encode(),
            ..Default::default()
        });
    });
    bench.restart(1);
    bench.pass(1500);
    assert_eq!(bench.lines(), ["mine"]);
    assert!(bench.markers()[0].contains("another file"));
}

/// Writes at a place, as a program does that did not open its log for appending.
fn write_at(path: &Path, at: u64, text: &str) {
    use std::io::{Seek, SeekFrom};
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn the_hole_that_a_cut_file_begins_with_is_passed_over_and_told() {
    let mut bench = Bench::new();
    let hole = 300 << 20;
    bench.append("one\ntwo\n");
    bench.poll();
    std::fs::write(&bench.path, "").unwrap();
    write_at(&bench.path, hole, "three\n");
    bench.poll();
    assert_eq!(bench.lines(), ["one", "two", "three"]);
    let markers = bench.markers();
    assert!(markers[0].contains("truncated"), "{markers:?}");
    assert!(markers[1].contains("314572800 zeros"), "{markers:?}");
    write_at(&bench.path, hole + 6, "four\n");
    bench.restart(usize::MAX);
    assert_eq!(bench.lines()[2..], ["three", "four"]);
    assert_eq!(bench.markers().len(), 2);
}

#[test]
fn a_file_of_zeros_is_read_once_something_is_written_over_them() {
    let mut bench = Bench::new();
    std::fs::write(&bench.path, vec![0; 1 << 20]).unwrap();
    bench.poll();
    assert!(bench.lines().is_empty() && bench.markers().is_empty());
    write_at(&bench.path, 0, &"a line\n".repeat(300_000));
    bench.poll();
    assert_eq!(bench.lines().len(), 300_000);
    assert!(bench.markers().is_empty());
}
