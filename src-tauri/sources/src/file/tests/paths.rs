//! What happens to paths.

use crosscut_engine::api::SourceState;

use super::*;

#[test]
fn a_file_that_is_not_there_is_waited_for() {
    let mut bench = Bench::new();
    bench.poll();
    assert_eq!(bench.code().as_deref(), Some("not_found"));
    bench.append("here\n");
    bench.poll();
    assert_eq!(bench.lines(), ["here"]);
    assert!(bench.feed.look(|given| given.is(&SourceState::Live)));
}

#[test]
fn an_empty_file_is_live() {
    let mut bench = Bench::with(Settings::default(), |path| {
        std::fs::write(path, "").unwrap();
    });
    bench.poll();
    assert!(bench.feed.look(|given| given.is(&SourceState::Live)));
    assert!(bench.lines().is_empty());
}

#[test]
fn a_directory_fails_and_says_so() {
    let mut bench = Bench::with(Settings::default(), |path| {
        std::fs::create_dir(path).unwrap();
    });
    bench.poll();
    assert_eq!(bench.code().as_deref(), Some("is_directory"));
    std::fs::remove_dir(&bench.path).unwrap();
    bench.append("now a file\n");
    bench.poll();
    assert_eq!(bench.lines(), ["now a file"]);
}

#[test]
fn a_pipe_is_refused_without_being_opened() {
    let mut bench = Bench::with(Settings::default(), |path| {
        let made = std::process::Command::new("mkfifo")
            .arg(path)
            .status()
            .unwrap();
        assert!(made.success());
    });
    bench.poll();
    assert_eq!(bench.code().as_deref(), Some("not_a_file"));
}

#[test]
fn history_is_told_from_news() {
    let mut bench = Bench::with(Settings::default(), |path| {
        std::fs::write(path, "old\n").unwrap();
    });
    bench.poll();
    bench.append("new\n");
    bench.poll();
    let live: Vec<bool> = bench
        .feed
        .look(|given| given.batches.iter().map(|b| b.live).collect());
    assert_eq!(live, [false, true]);
    assert_eq!(
        bench.feed.look(|given| given.durable),
        1,
        "history is flushed before Live"
    );
}

#[test]
fn a_renamed_file_is_read_to_its_end_before_the_new_one() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    bench.rename("app.log.1");
    bench.append("three\n");
    bench.poll();
    let old = bench.path.with_file_name("app.log.1");
    let mut late = OpenOptions::new().append(true).open(old).unwrap();
    late.write_all(b"two\n").unwrap();
    bench.pass(100);
    assert_eq!(bench.lines(), ["one", "two"]);
    bench.pass(700);
    assert_eq!(bench.lines(), ["one", "two", "three"]);
    assert!(bench.markers().is_empty());
}

#[test]
fn an_unfinished_line_is_stored_when_its_file_is_left() {
    let mut bench = Bench::new();
    bench.append("whole\nhalf");
    bench.poll();
    bench.rename("app.log.1");
    bench.append("next\n");
    bench.pass(800);
    assert_eq!(bench.lines(), ["whole", "half", "next"]);
}

#[test]
fn a_file_rotated_away_between_two_looks_is_read_too() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    next_birth(bench.path.parent().unwrap());
    bench.rename("app.log.2");
    bench.append("two\n");
    next_birth(bench.path.parent().unwrap());
    bench.rename("app.log.1");
    bench.append("three\n");
    bench.pass(1500);
    assert_eq!(bench.lines(), ["one", "two", "three"]);
    assert!(bench.markers().is_empty());
}

#[test]
fn rotations_while_nobody_followed_are_caught_up_with() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    bench.append("two\n");
    next_birth(bench.path.parent().unwrap());
    bench.rename("app-2.log");
    bench.append("three\n");
    next_birth(bench.path.parent().unwrap());
    bench.rename("app-1.log");
    bench.append("four\n");
    bench.restart(1);
    bench.pass(1500);
    assert_eq!(bench.lines(), ["one", "two", "three", "four"]);
    assert!(bench.markers().is_empty());
}

#[test]
fn a_compressed_file_that_was_missed_is_named() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    next_birth(bench.path.parent().unwrap());
    bench.rename("app.log.2");
    std::fs::write(bench.path.with_file_name("app.log.1.gz"), "zipped").unwrap();
    bench.append("three\n");
    bench.pass(800);
    assert_eq!(bench.lines(), ["one", "three"]);
    assert!(
        bench.markers()[0].contains("app.log.1.gz"),
        "{:?}",
        bench.markers()
    );
}

#[test]
fn a_replaced_file_gone_for_good_is_marked_at_the_next_start() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    std::fs::remove_file(&bench.path).unwrap();
    bench.append("two\n");
    bench.restart(1);
    assert_eq!(bench.lines(), ["one", "two"]);
    assert!(bench.markers()[0].contains("another file"));
    bench.restart(usize::MAX);
    assert_eq!(bench.markers().len(), 1, "said once");
}

#[test]
fn a_deleted_file_is_read_to_its_end_and_waited_for() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    bench.append("two\n");
    std::fs::remove_file(&bench.path).unwrap();
    bench.poll();
    assert_eq!(bench.lines(), ["one", "two"]);
    bench.pass(6000);
    assert_eq!(bench.code().as_deref(), Some("not_found"));
    bench.append("three\n");
    bench.pass(1000);
    assert_eq!(bench.lines(), ["one", "two", "three"]);
    assert!(bench.markers().is_empty());
}

#[test]
fn a_truncated_file_is_marked_and_read_from_its_start() {
    let mut bench = Bench::new();
    bench.append("one\ntwo\n");
    bench.poll();
    bench.refill("x\n");
    bench.poll();
    assert_eq!(bench.lines(), ["one", "two", "x"]);
    assert_eq!(bench.markers().len(), 1);
}

#[test]
fn refilling_to_the_same_or_a_larger_size_is_noticed() {
    for refill in ["aaa\nbbb\n", "aaa\nbbb\nccc\n"] {
        let mut bench = Bench::new();
        bench.append("one\ntwo\n");
        bench.poll();
        bench.refill(refill);
        bench.poll();
        let expected: Vec<&str> = ["one", "two"].into_iter().chain(refill.lines()).collect();
        assert_eq!(bench.lines(), expected);
        assert_eq!(bench.markers().len(), 1);
    }
}

#[test]
fn truncation_while_not_followed_is_noticed() {
    let mut bench = Bench::new();
    bench.append("one\ntwo\n");
    bench.poll();
    bench.refill("aaa\nbbb\nccc\n");
    bench.restart(usize::MAX);
    assert_eq!(bench.lines(), ["one", "two", "aaa", "bbb", "ccc"]);
    assert_eq!(bench.markers().len(), 1);
}

#[test]
fn a_link_that_is_turned_to_another_file_is_followed() {
    let mut bench = Bench::new();
    let folder = bench.path.parent().unwrap().to_owned();
    let turn = |to: &str| {
        if folder.join("app.log").is_symlink() {
            std::fs::remove_file(folder.join("app.log")).unwrap();
        }
        std::os::unix::fs::symlink(folder.join(to), folder.join("app.log")).unwrap();
    };
    std::fs::write(folder.join("monday"), "one\n").unwrap();
    turn("monday");
    bench.poll();
    std::fs::write(folder.join("tuesday"), "three\n").unwrap();
    turn("tuesday");
    bench.poll();
    let mut late = OpenOptions::new()
        .append(true)
        .open(folder.join("monday"))
        .unwrap();
    late.write_all(b"two\n").unwrap();
    bench.pass(1000);
    assert_eq!(bench.lines(), ["one", "two", "three"]);
    assert!(bench.markers().is_empty());
}

#[test]
fn what_cannot_be_read_is_said_and_read_once_it_can_be() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    let folder = bench.path.parent().unwrap().to_owned();
    bench.rename("kept");
    // A link to itself: rights would not keep root out.
    std::os::unix::fs::symlink(&bench.path, &bench.path).unwrap();
    bench.restart(usize::MAX);
    assert_eq!(bench.code().as_deref(), Some("read_failed"));
    std::fs::remove_file(&bench.path).unwrap();
    std::fs::hard_link(folder.join("kept"), &bench.path).unwrap();
    bench.append("two\n");
    bench.pass(3000);
    assert_eq!(bench.lines(), ["one", "two"]);
    assert!(bench.markers().is_empty(), "{:?}", bench.markers());
}

#[test]
fn a_file_that_a_folder_takes_the_place_of_is_read_to_its_end() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    bench.append("two\n");
    bench.rename("kept");
    std::fs::create_dir(&bench.path).unwrap();
    bench.pass(1000);
    assert_eq!(bench.lines(), ["one", "two"]);
    std::fs::remove_dir(&bench.path).unwrap();
    bench.append("three\n");
    bench.pass(2000);
    assert_eq!(bench.lines(), ["one", "two", "three"]);
}

#[test]
fn two_followers_of_one_file_each_have_each_line() {
    let mut bench = Bench::new();
    let second = Recorder::new();
    let mut other = Follower::new(
        bench.path.clone(),
        "again".to_owned(),
        second.clone(),
        Settings::default(),
    );
    for number in 0..20 {
        bench.append(format!("{number}\n"));
        if number == 10 {
            bench.rename("app.log.1");
        }
        bench.pass(600);
        for _ in 0..20 {
            other.poll_once(bench.now).unwrap();
        }
    }
    bench.pass(1000);
    for _ in 0..50 {
        bench.now += Duration::from_millis(100);
        other.poll_once(bench.now).unwrap();
    }
    let expected: Vec<String> = (0..20).map(|number| number.to_string()).collect();
    assert_eq!(bench.lines(), expected);
    let theirs = second.look(Given::lines);
    assert_eq!(theirs.len(), 20);
}

#[test]
fn a_file_that_becomes_compressed_is_handed_on() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    bench.rename("app.log.1");
    bench.append(b"\x1f\x8b\x08\0\0\0\0\0\n");
    let mut next = bench.poll();
    for _ in 0..20 {
        if next == Next::Packed {
            break;
        }
        bench.now += Duration::from_millis(100);
        next = bench.poll();
    }
    assert_eq!(next, Next::Packed);
    assert_eq!(bench.lines(), ["one"]);
}

#[test]
fn an_unfinished_line_shows_after_a_while_and_is_taken_back_when_it_ends() {
    let mut bench = Bench::new();
    bench.append("done\nhal");
    bench.poll();
    bench.pass(400);
    assert!(bench.feed.look(|given| given.partials.is_empty()));
    bench.pass(200);
    bench.append("f\n");
    bench.poll();
    let shown = bench.feed.look(|given| given.partials.clone());
    assert_eq!(shown, [Some(b"hal".to_vec()), None]);
    assert_eq!(bench.lines(), ["done", "half"]);
}

#[test]
fn a_checkpoint_nobody_can_read_is_said() {
    let mut bench = Bench::new();
    bench.append("one\n");
    bench.poll();
    bench
        .feed
        .change(|given| given.batches[0].checkpoint = Some(b"{\"v\":9}".to_vec()));
    bench.restart(1);
    assert_eq!(bench.lines(), ["one", "one"]);
    assert!(bench.markers()[0].contains("version 9"));
}

#[test]
fn paths_are_made_absolute_and_named() {
    let spec = |key: &str| crosscut_model::SourceSpec {
        kind: crosscut_model::SourceKind::File,
        key: key.to_owned(),
        name: String::new(),
    };
    let resolved = super::super::resolve(spec("x/../some.log")).unwrap();
    assert!(Path::new(&resolved.key).is_absolute());
    assert_eq!(resolved.name, "some.log");
    assert_eq!(
        super::super::resolve(spec("")).unwrap_err().code,
        "bad_path"
    );
    assert_eq!(
        super::super::resolve(spec("a\0b")).unwrap_err().code,
        "bad_path"
    );
}
