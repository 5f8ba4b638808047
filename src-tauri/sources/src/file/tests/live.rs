//! The follower on its own thread: how soon it sees, how soon it ends.

use crosscut_engine::api::SourceState;
use crosscut_model::{SourceKind, SourceSpec};

use super::*;
use crate::file::Files;

fn spec(path: &Path) -> SourceSpec {
    SourceSpec {
        kind: SourceKind::File,
        key: path.to_str().unwrap().to_owned(),
        name: "app.log".to_owned(),
    }
}

#[test]
fn a_written_line_is_handed_over_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let mut file = std::fs::File::create(&path).unwrap();
    let feed = Recorder::new();
    let connection = Files::new().connect(&spec(&path), feed.clone());
    feed.wait("Live", |given| given.is(&SourceState::Live));
    let mut took: Vec<Duration> = (0..30)
        .map(|n| {
            let written = Instant::now();
            writeln!(file, "line {n}").unwrap();
            feed.wait("the line", |given| given.lines().len() > n);
            feed.look(|given| *given.arrived.last().unwrap())
                .saturating_duration_since(written)
        })
        .collect();
    took.sort_unstable();
    connection.stop();
    // A poll alone would take 50 ms on average; the bound is wide for a machine under load.
    assert!(took[10] < Duration::from_millis(60), "{took:?}");
    eprintln!(
        "written to handed over: p50 {:?}, max {:?}",
        took[15], took[29]
    );
}

#[test]
fn a_follower_without_hints_sees_by_polling() {
    let folder = tempfile::tempdir().unwrap();
    // The folder is not there yet, so nothing can watch it.
    let path = folder.path().join("later").join("app.log");
    let feed = Recorder::new();
    let connection = Files::new().connect(&spec(&path), feed.clone());
    feed.wait("not there", |given| given.code() == Some("not_found"));
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    std::fs::write(&path, "came later\n").unwrap();
    feed.wait("the line", |given| given.lines() == [b"came later"]);
    connection.stop();
}

#[test]
fn a_file_that_joins_a_folder_is_found_within_a_second_or_so() {
    let folder = tempfile::tempdir().unwrap();
    let feed = Recorder::new();
    let many = SourceSpec {
        kind: SourceKind::Files,
        key: folder.path().to_str().unwrap().to_owned(),
        name: "logs/".to_owned(),
    };
    let connection = Files::new().connect_many(&many, feed.clone());
    feed.wait("Watching", |given| {
        given.is(&SourceState::Watching { sources: 0 })
    });
    let written = Instant::now();
    std::fs::write(folder.path().join("new.log"), "x\n").unwrap();
    feed.wait("the file", |given| given.found.len() == 1);
    assert!(written.elapsed() < Duration::from_millis(1500));
    let asked = Instant::now();
    connection.stop();
    assert!(asked.elapsed() < Duration::from_millis(80));
}

#[test]
fn a_compressed_file_is_read_and_ends_whatever_it_is_called() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let mut file = flate2::write::GzEncoder::new(
        std::fs::File::create(&path).unwrap(),
        flate2::Compression::fast(),
    );
    file.write_all(b"one\ntwo\n").unwrap();
    file.finish().unwrap();
    let feed = Recorder::new();
    let connection = Files::new().connect(&spec(&path), feed.clone());
    feed.wait("the end", |given| given.is(&SourceState::Ended));
    assert_eq!(feed.look(Given::lines), [b"one", b"two"]);
    connection.stop();
}

#[test]
fn a_file_that_turns_out_to_be_compressed_is_read_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("later.log");
    let feed = Recorder::new();
    let connection = Files::new().connect(&spec(&path), feed.clone());
    feed.wait("not there", |given| given.code() == Some("not_found"));
    let mut packed = Vec::new();
    let mut file = flate2::write::GzEncoder::new(&mut packed, flate2::Compression::fast());
    file.write_all(b"one\ntwo\n").unwrap();
    file.finish().unwrap();
    std::fs::write(&path, packed).unwrap();
    feed.wait("the end", |given| given.is(&SourceState::Ended));
    assert_eq!(feed.look(Given::lines), [b"one", b"two"]);
    connection.stop();
}

#[test]
fn stopping_ends_a_follower_that_waits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    std::fs::write(&path, "x\n").unwrap();
    let feed = Recorder::new();
    let connection = Files::new().connect(&spec(&path), feed.clone());
    feed.wait("Live", |given| given.is(&SourceState::Live));
    let asked = Instant::now();
    connection.stop();
    assert!(
        asked.elapsed() < Duration::from_millis(80),
        "a poll is not waited for"
    );
    assert_eq!(
        Arc::strong_count(&feed),
        1,
        "the thread has let go of the feed"
    );
}

#[test]
fn closing_the_feed_ends_a_follower_that_is_held_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    std::fs::write(&path, "x\n").unwrap();
    let feed = Recorder::new();
    feed.change(|given| given.full = true);
    let connection = Files::new().connect(&spec(&path), feed.clone());
    feed.wait("connecting", |given| given.is(&SourceState::Connecting));
    feed.change(|given| given.closed = true);
    connection.stop();
    assert!(feed.look(|given| given.batches.is_empty()));
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "what is tested is what a rotation does"
)]
fn a_rotation_is_followed_on_the_thread_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    std::fs::write(&path, "one\n").unwrap();
    let feed = Recorder::new();
    let connection = Files::new().connect(&spec(&path), feed.clone());
    feed.wait("Live", |given| given.is(&SourceState::Live));
    std::fs::rename(&path, folder.path().join("app.log.1")).unwrap();
    std::fs::write(&path, "two\n").unwrap();
    feed.wait("both", |given| given.lines() == [b"one", b"two"]);
    connection.stop();
}
