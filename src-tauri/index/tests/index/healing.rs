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
    let older = text.replace(r#"\"schema\":3"#, r#"\"schema\":0"#);
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

/// A run whose columns know things, and its files of columns.
fn with_columns() -> (Run, Vec<PathBuf>) {
    let lines: Vec<String> = (0..80)
        .map(|n| format!(r#"{{"n":{n},"id":"{n:016x}","s":"s{}"}}"#, n % 4))
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let run = Run::of(&lines);
    drop(run.indexed());
    let items = fs::read_dir(run.index_dir().join("fields")).unwrap();
    let mut files: Vec<PathBuf> = items.map(|item| item.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 3);
    (run, files)
}

fn columns_answer(run: &Run, index: &crosscut_index::RunIndex) {
    let snapshot = index.snapshot();
    assert_eq!(run.rows("n:>=78", Some(&snapshot)), [78, 79]);
    assert_eq!(run.rows("s=s3 n:<9", Some(&snapshot)), [3, 7]);
    assert_eq!(run.rows("000000000000002a", Some(&snapshot)), [42]);
}

#[test]
fn columns_damaged_while_they_are_open_are_told_of_and_made_anew() {
    let (run, files) = with_columns();
    for file in &files {
        let sound = fs::read(file).unwrap();
        // Somewhere in every part of the file.
        for part in 1..16 {
            let (index, _) = run.open_index();
            assert_eq!(index.behind(80), 0);
            let mut damaged = sound.clone();
            let at = damaged.len() * part / 16;
            damaged[at] ^= 0x04;
            fs::write(file, &damaged).unwrap();
            columns_answer(&run, &index);
            if index.behind(80) > 0 {
                index
                    .catch_up(&run.store.snapshot(), &AtomicBool::new(false))
                    .unwrap();
                assert_eq!(index.behind(80), 0);
                columns_answer(&run, &index);
                assert_eq!(index.behind(80), 0, "healed, and not damaged again");
            }
            fs::write(file, &sound).unwrap();
        }
    }
}

#[test]
fn columns_gone_while_they_are_open_are_made_anew() {
    let (run, files) = with_columns();
    let (index, _) = run.open_index();
    fs::remove_file(&files[0]).unwrap();
    columns_answer(&run, &index);
    assert!(index.behind(80) > 0);
    index
        .catch_up(&run.store.snapshot(), &AtomicBool::new(false))
        .unwrap();
    assert!(files[0].exists());
    columns_answer(&run, &index);
}

#[test]
fn columns_damaged_before_they_are_opened_are_made_anew() {
    let (run, files) = with_columns();
    for (nth, file) in files.iter().enumerate() {
        let sound = fs::read(file).unwrap();
        let harms: [Vec<u8>; 3] = [Vec::new(), sound[..sound.len() / 2].to_vec(), {
            let mut flipped = sound.clone();
            flipped[sound.len() / 3] ^= 0x10;
            flipped
        }];
        for harm in harms {
            fs::write(file, harm).unwrap();
            let (index, opened) = run.open_index();
            assert_eq!((opened.rows, opened.rebuilt), (80, None));
            columns_answer(&run, &index);
            index
                .catch_up(&run.store.snapshot(), &AtomicBool::new(false))
                .unwrap();
            assert_eq!(fs::read(file).unwrap(), sound, "block {nth} is as it was");
            columns_answer(&run, &index);
        }
    }
}

#[test]
fn columns_that_know_more_than_the_store_are_forgotten() {
    let (run, files) = with_columns();
    let shorter = Run::of(&["{\"n\":78}", "{\"n\":1}"]);
    fs::create_dir_all(shorter.index_dir().join("fields")).unwrap();
    for file in files {
        let name = file.file_name().unwrap();
        fs::copy(&file, shorter.index_dir().join("fields").join(name)).unwrap();
    }
    let index = shorter.indexed();
    assert_eq!(shorter.rows("n:>=78", Some(&index.snapshot())), [0]);
    drop(run);
}
