//! An index may be deleted, damaged, outdated or ahead: it is made anew and nobody gets a wrong
//! answer meanwhile.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use crosscut_index::{Opened, RebuildReason};

use crate::bed::{Run, plain};

fn sample() -> Run {
    Run::of(&[
        "alpha beta",
        "gamma \\escaped",
        "delta alpha",
        "500 \u{1b}[0mcolour",
    ])
}

fn files(run: &Run) -> Vec<PathBuf> {
    let items = fs::read_dir(run.index_dir()).unwrap();
    items
        .map(|item| item.unwrap().path())
        .filter(|path| path.is_file())
        .collect()
}

/// Opens what is there, checks answers before and after catching up, and gives what was found.
fn heals(run: &Run) -> Opened {
    let (index, opened) = run.open_index();
    assert_eq!(run.rows("alpha", Some(&index.snapshot())), [0, 2]);
    index
        .catch_up(&run.store.snapshot(), &AtomicBool::new(false))
        .unwrap();
    assert_eq!(index.rows(), run.store.snapshot().rows());
    assert_eq!(run.rows("alpha", Some(&index.snapshot())), [0, 2]);
    assert_eq!(run.rows("escaped OR 500", Some(&index.snapshot())), [1, 3]);
    drop(index);
    let (index, again) = run.open_index();
    assert_eq!(
        (again.rows, again.rebuilt),
        (run.store.snapshot().rows(), None)
    );
    assert_eq!(run.rows("alpha", Some(&index.snapshot())), [0, 2]);
    opened
}

#[test]
fn a_deleted_index_is_made_anew() {
    let run = sample();
    drop(run.indexed());
    fs::remove_dir_all(run.index_dir()).unwrap();
    let opened = heals(&run);
    assert_eq!(
        (opened.rows, opened.rebuilt),
        (0, Some(RebuildReason::Missing))
    );
}

#[test]
fn an_index_with_any_file_deleted_cut_or_zeroed_is_healed() {
    let run = sample();
    drop(run.indexed());
    let sound: Vec<_> = files(&run)
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    assert!(sound.len() >= 8, "{sound:?}");
    for (damaged, bytes) in &sound {
        let harms: [&dyn Fn(); 5] = [
            &|| fs::remove_file(damaged).unwrap(),
            &|| fs::write(damaged, b"").unwrap(),
            &|| fs::write(damaged, &bytes[..bytes.len() / 2]).unwrap(),
            &|| fs::write(damaged, vec![0; bytes.len()]).unwrap(),
            &|| {
                let mut flipped = bytes.clone();
                if let Some(byte) = flipped.get_mut(bytes.len() / 3) {
                    *byte ^= 0x10;
                }
                fs::write(damaged, flipped).unwrap();
            },
        ];
        for (harm, cause) in harms.iter().enumerate() {
            fs::remove_dir_all(run.index_dir()).unwrap();
            fs::create_dir(run.index_dir()).unwrap();
            for (path, bytes) in &sound {
                fs::write(path, bytes).unwrap();
            }
            cause();
            let opened = heals(&run);
            let name = damaged.file_name().unwrap().to_string_lossy();
            // Lock files hold nothing, and the list of files is made anew by Tantivy.
            if !name.starts_with('.') {
                assert!(
                    opened.rebuilt.is_some(),
                    "harm {harm} to {name} went unseen"
                );
            }
        }
    }
}

#[test]
fn an_index_that_knows_more_than_the_store_is_made_anew() {
    let mut run = sample();
    run.append(&[plain("lost in a power cut, though the disk had promised")]);
    drop(run.indexed());
    let ahead = run.index_dir();
    let shorter = sample();
    fs::create_dir_all(shorter.index_dir()).unwrap();
    for item in fs::read_dir(ahead).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            continue;
        }
        fs::copy(&path, shorter.index_dir().join(path.file_name().unwrap())).unwrap();
    }
    let opened = heals(&shorter);
    assert_eq!(
        opened.rebuilt,
        Some(RebuildReason::Ahead {
            indexed: 5,
            stored: 4
        })
    );
}

#[test]
fn an_index_of_another_version_is_made_anew() {
    let run = sample();
    drop(run.indexed());
    let meta = run.index_dir().join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    let older = text.replace(r#"\"schema\":2"#, r#"\"schema\":0"#);
    assert_ne!(text, older);
    fs::write(&meta, older).unwrap();
    assert_eq!(heals(&run).rebuilt, Some(RebuildReason::OtherVersion));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a crash is played, not survived")]
fn what_a_crash_while_beginning_anew_left_behind_is_removed() {
    let run = sample();
    drop(run.indexed());
    let beside = |what: &str| run.index_dir().with_file_name(format!("index.{what}"));
    fs::create_dir(beside("new")).unwrap();
    fs::write(beside("new").join("meta.json"), b"half").unwrap();
    fs::rename(run.index_dir(), beside("old")).unwrap();
    assert_eq!(heals(&run).rebuilt, Some(RebuildReason::Missing));
    assert!(!beside("new").exists() && !beside("old").exists());
}

#[test]
fn a_file_in_the_place_of_the_directory_is_replaced() {
    let run = sample();
    fs::write(run.index_dir(), b"not a directory").unwrap();
    heals(&run);
}
