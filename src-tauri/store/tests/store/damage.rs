//! Every byte of a small run flipped, zeroed, and cut off: it opens, and only what was hit is lost.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crosscut_model::{Level, RunId, SourceId, Stream, UnixNanos};
use crosscut_store::{
    Codec, FaultStorage, FrameBuf, Recovery, RecoveryEvent, RunManifest, RunStore, Storage,
    UNKNOWN_SOURCE,
};

use crate::support::{Model, SMALL, arc, create, dir, make_runs_dir, manifest, open};

/// A sealed run of several segments, some of its frames packed.
fn run() -> (FaultStorage, Model, Vec<Range<u64>>) {
    let storage = FaultStorage::new();
    let store = create(&storage);
    let mut model = Model::default();
    for i in 0..9u16 {
        let (rows, len) = if i == 4 { (5, 900) } else { (3, 40) };
        let frame = model.frame(i % 3, rows, len, Codec::Lz4);
        store.append(&[frame]).unwrap();
        store.sync().unwrap();
    }
    store.seal().unwrap();
    let snapshot = store.snapshot();
    let frames = (0..snapshot.frame_count()).map(|i| {
        let info = snapshot.frame_info(i).unwrap();
        info.first_row..info.first_row + u64::from(info.rows)
    });
    let frames = frames.collect();
    (storage, model, frames)
}

/// A copy of the run with one file changed.
fn changed(storage: &FaultStorage, path: &Path, bytes: &[u8]) -> FaultStorage {
    let copy = storage.restart();
    copy.put(path, bytes);
    copy
}

/// Reads everything and gives the rows that are lost, having checked that all others are right.
fn lost(store: &RunStore, model: &Model) -> Vec<u64> {
    let snapshot = store.snapshot();
    let mut buf = FrameBuf::new();
    let mut lost = Vec::new();
    for frame in 0..snapshot.frame_count() {
        let text = snapshot.read_frame_uncached(frame, &mut buf).unwrap();
        for (row, found) in (text.first_row()..).zip(text.iter()) {
            let record = &model.records[usize::try_from(row).unwrap()];
            let meta = snapshot.row_meta(row).unwrap();
            if text.is_damaged() {
                lost.push(row);
                let marker = String::from_utf8(found.to_vec()).unwrap();
                assert!(marker.ends_with("records lost: the stored frame is damaged]"));
                if meta != record.meta() {
                    assert_eq!((meta.level, meta.stream), (Level::Error, Stream::System));
                    assert_eq!(meta.source, UNKNOWN_SOURCE);
                }
            } else {
                assert_eq!(found, record.text(), "row {row}");
                assert_eq!(meta, record.meta(), "row {row}");
            }
        }
    }
    lost.extend(snapshot.rows()..model.records.len() as u64);
    lost
}

/// Goes on with a run that was damaged: what is appended now is kept.
fn go_on(storage: &FaultStorage, store: &RunStore) {
    let mut model = Model::default();
    let frame = model.frame(0, 3, 30, Codec::None);
    let rows = store.append(&[frame]).unwrap();
    store.sync().unwrap();
    let (store, _) = open(&storage.power_loss(1));
    let snapshot = store.snapshot();
    assert_eq!(snapshot.rows(), rows.end);
    for (row, record) in rows.zip(&model.records) {
        assert_eq!(snapshot.read_row(row).unwrap(), record.text());
    }
}

fn is_told(store: &RunStore, recovery: &Recovery) -> bool {
    !recovery.is_empty() || !store.damage().is_empty()
}

fn frame_files(storage: &FaultStorage) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = storage.files();
    files.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "log"));
    files
}

#[test]
fn a_changed_byte_in_a_frame_costs_the_records_of_that_frame_alone_and_is_told() {
    let (storage, model, frames) = run();
    let files = frame_files(&storage);
    assert!(files.len() >= 3, "{} segments", files.len());
    for (path, good) in files {
        for at in 0..good.len() {
            {
                let byte = [good[at] ^ 0x01, good[at] ^ 0xff, good[at] ^ good[at].max(1)][at % 3];
                let mut bad = good.clone();
                bad[at] = byte;
                let storage = changed(&storage, &path, &bad);
                let (store, recovery) = open(&storage);
                let lost = lost(&store, &model);
                let in_one = lost.is_empty()
                    || frames
                        .iter()
                        .any(|frame| lost.iter().all(|row| frame.contains(row)));
                assert!(in_one, "byte {at} of {}: lost {lost:?}", path.display());
                assert!(
                    is_told(&store, &recovery),
                    "byte {at} of {}",
                    path.display()
                );
                if at % 16 == 0 {
                    go_on(&storage, &store);
                }
            }
        }
    }
}

#[test]
fn a_segment_cut_anywhere_costs_what_was_behind_the_cut_and_nothing_else() {
    let (storage, model, _) = run();
    for (path, good) in frame_files(&storage) {
        for len in 0..good.len() {
            let storage = changed(&storage, &path, &good[..len]);
            let (store, recovery) = open(&storage);
            let lost = lost(&store, &model);
            assert!(
                lost.windows(2).all(|pair| pair[0] + 1 == pair[1]),
                "{lost:?}"
            );
            // A cut between two frames of the last segment looks like a run that ended there.
            if !lost.is_empty() && store.totals().rows == model.records.len() as u64 {
                assert!(
                    is_told(&store, &recovery),
                    "{} cut at {len}",
                    path.display()
                );
            }
            if len % 16 == 0 {
                go_on(&storage, &store);
            }
        }
    }
}

#[test]
fn a_segment_that_is_gone_leaves_a_hole_and_is_told() {
    let (storage, model, _) = run();
    let files = frame_files(&storage);
    let copy = storage.restart();
    copy.remove_file(&files[1].0).unwrap();
    let (store, recovery) = open(&copy);
    let lost = lost(&store, &model);
    assert!(!lost.is_empty() && lost.len() < model.records.len());
    let told = recovery.events.iter().any(|event| {
        matches!(event, RecoveryEvent::FramesLost { rows, .. } if lost == rows.clone().collect::<Vec<_>>())
    });
    assert!(told, "{recovery:?}");
    go_on(&copy, &store);
}

#[test]
fn changed_and_cut_columns_cost_nothing() {
    let (storage, model, _) = run();
    let columns = dir().join("columns");
    for (path, good) in storage
        .files()
        .into_iter()
        .filter(|(path, _)| path.starts_with(&columns))
    {
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            model.check(&open(&changed(&storage, &path, &bad)).0);
            model.check(&open(&changed(&storage, &path, &good[..at])).0);
        }
        let copy = storage.restart();
        copy.remove_file(&path).unwrap();
        let (store, recovery) = open(&copy);
        model.check(&store);
        assert!(matches!(
            recovery.events[..],
            [RecoveryEvent::ColumnsRebuilt { .. }]
        ));
    }
}

#[test]
fn a_changed_manifest_is_read_from_its_other_copy() {
    let (storage, model, _) = run();
    let path = dir().join("run.json");
    let (before, _) = open(&storage);
    let (_, good) = storage
        .files()
        .into_iter()
        .find(|(p, _)| *p == path)
        .unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] = [good[at] ^ 0x01, 0, 0xff][at % 3];
        let storage = changed(&storage, &path, &bad);
        let (store, recovery) = open(&storage);
        assert_eq!(store.manifest(), before.manifest(), "byte {at}");
        // A line's end says nothing, so long as the other copy's line is told from it.
        assert!(good[at] == b'\n' || !recovery.is_empty(), "byte {at}");
        if at % 64 == 0 {
            model.check(&store);
            assert!(open(&storage).1.is_empty(), "it was repaired");
        }
    }
}

#[test]
fn a_manifest_that_is_cut_or_gone_is_made_anew_and_told() {
    let (storage, model, _) = run();
    let path = dir().join("run.json");
    let (_, good) = storage
        .files()
        .into_iter()
        .find(|(p, _)| *p == path)
        .unwrap();
    for len in 0..good.len() / 2 {
        let (store, recovery) = open(&changed(&storage, &path, &good[..len]));
        let last = good.len() / 2 - 1;
        assert!(matches!(
            recovery.events[0],
            RecoveryEvent::ManifestRebuilt { .. }
        ));
        let made = store.manifest();
        if len < last {
            assert_eq!(made.name, "Recovered run");
            assert_eq!(made.id, manifest().id);
            let sources: Vec<_> = made.sources.iter().map(|entry| entry.id).collect();
            assert_eq!(sources, [0, 1, 2].map(SourceId));
        }
        model.check(&store);
    }
    let copy = storage.restart();
    copy.remove_file(&path).unwrap();
    assert_eq!(open(&copy).0.manifest().name, "Recovered run");
    assert!(open(&copy).1.is_empty(), "it was written");
}

#[test]
fn a_frame_of_a_newer_version_is_refused_and_left_alone() {
    let (storage, _, _) = run();
    let (path, good) = frame_files(&storage).pop().unwrap();
    let mut newer = good.clone();
    newer[8] = 3;
    let crc = crc32c::crc32c(&newer[..92]);
    newer[92..96].copy_from_slice(&crc.to_le_bytes());
    let storage = changed(&storage, &path, &newer);
    let error = RunStore::open(arc(&storage), dir(), SMALL).unwrap_err();
    assert!(matches!(
        error,
        crosscut_store::OpenError::TooNew {
            found: 3,
            known: 2,
            ..
        }
    ));
    assert_eq!(frame_files(&storage).pop().unwrap().1, newer);
}

#[test]
fn text_that_contains_stored_frames_is_not_taken_for_them() {
    let (storage, _, _) = run();
    let (_, stored) = frame_files(&storage).remove(0);
    let storage = FaultStorage::new();
    make_runs_dir(&storage);
    let id = RunId::try_from("20261122T000000000Z".to_owned()).unwrap();
    let dir = dir().with_file_name(id.as_str());
    let other = RunManifest::new(id, "another run", UnixNanos(0));
    let store = RunStore::create(arc(&storage), &dir, other, SMALL).unwrap();
    let mut model = Model::default();
    let before = model.frame(0, 2, 40, Codec::None);
    let start = before.stored_bytes();
    store.append(&[before]).unwrap();
    let mut builder = crosscut_store::FrameBuilder::new();
    builder
        .push(&model.records[0].meta(), &stored[..600])
        .unwrap();
    store.append(&[builder.encode(Codec::None)]).unwrap();
    store.sync().unwrap();
    model.records.push(model.records[0].clone());
    let after = model.frame(1, 2, 40, Codec::None);
    store.append(&[after]).unwrap();
    // Break the frame that holds others in its text, so that the next is looked for.
    let (path, mut bytes) = frame_files(&storage).remove(0);
    bytes[start] = 0;
    let storage = changed(&storage, &path, &bytes);
    let (store, recovery) = RunStore::open(arc(&storage), &dir, SMALL).unwrap();
    let hole = RecoveryEvent::FramesLost {
        segment: path,
        rows: 2..3,
    };
    assert!(recovery.events.contains(&hole), "{recovery:?}");
    let snapshot = store.snapshot();
    for row in [0, 1, 3, 4] {
        let record = &model.records[usize::try_from(row).unwrap()];
        assert_eq!(snapshot.read_row(row).unwrap(), record.text());
    }
}

/// Where each frame of a segment begins, and where its text does.
fn places(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let len = |from: usize| {
            let bytes = bytes[at + from..at + from + 4].try_into().unwrap();
            u32::from_le_bytes(bytes) as usize
        };
        let text = at + 96 + len(20);
        places.push((at, text));
        at = text + len(28);
    }
    places
}

/// Changes a byte of a file under whoever has it open.
fn flip(storage: &FaultStorage, path: &Path, at: usize) {
    let file = storage.open(path, crosscut_store::OpenMode::Write).unwrap();
    let mut byte = [0];
    file.read_at(&mut byte, at as u64).unwrap();
    file.write_at(&[byte[0] ^ 0x55], at as u64).unwrap();
}

#[test]
fn a_frame_damaged_while_the_run_is_open_costs_its_own_records_alone_and_is_noted() {
    let (storage, model, frames) = run();
    let (path, good) = frame_files(&storage).remove(0);
    for (number, &(header, text)) in places(&good).iter().enumerate() {
        for at in [header + 20, text + 3] {
            let storage = storage.restart();
            let (store, recovery) = open(&storage);
            assert!(recovery.is_empty());
            flip(&storage, &path, at);
            let expected: Vec<u64> = frames[number].clone().collect();
            assert_eq!(lost(&store, &model), expected, "byte {at}");
            assert_eq!(store.damage(), std::slice::from_ref(&frames[number]));
            go_on(&storage, &store);
        }
    }
}

#[test]
fn damage_to_what_tells_where_records_end_costs_nothing_while_their_newlines_do() {
    let (storage, model, _) = run();
    let (path, good) = frame_files(&storage).remove(0);
    for (header, text) in places(&good) {
        for at in header + 96..text {
            let storage = storage.restart();
            let (store, _) = open(&storage);
            let snapshot = store.snapshot();
            // Read, so that the columns need not be made anew from what is damaged.
            snapshot.row_metas(0..snapshot.rows()).unwrap();
            flip(&storage, &path, at);
            let mut buf = FrameBuf::new();
            let text = snapshot.read_frame_uncached(0, &mut buf).unwrap();
            assert!(!text.is_damaged());
            for (row, found) in text.iter().enumerate() {
                assert_eq!(found, model.records[row].text());
            }
        }
    }
}

#[test]
fn what_is_in_memory_stands_in_for_what_was_damaged_on_disk() {
    let (storage, model, _) = run();
    let (path, good) = frame_files(&storage).remove(0);
    let (store, _) = open(&storage);
    let snapshot = store.snapshot();
    assert!(!snapshot.read_frame(0).unwrap().is_damaged());
    flip(&storage, &path, places(&good)[0].1);
    let mut buf = FrameBuf::new();
    let text = snapshot.read_frame_uncached(0, &mut buf).unwrap();
    assert_eq!(text.row(0), model.records[0].text());
    assert_eq!(
        store.damage().len(),
        1,
        "it is told, since memory is short-lived"
    );
}

#[test]
fn a_changed_byte_in_a_summary_changes_nothing_of_the_run() {
    let (storage, model, _) = run();
    let mut files = storage.files();
    files.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "sum"));
    assert!(files.len() >= 2, "{} summaries", files.len());
    for (path, good) in files {
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            let (store, recovery) = open(&changed(&storage, &path, &bad));
            assert!(recovery.is_empty(), "byte {at}: {recovery:?}");
            model.check(&store);
        }
        let (store, _) = open(&changed(&storage, &path, &good[..good.len() / 2]));
        model.check(&store);
        assert_eq!(store.manifest().totals, Some(store.totals()));
    }
}

#[test]
fn a_summary_of_another_segment_is_not_believed() {
    let (storage, model, _) = run();
    let mut files = storage.files();
    files.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "sum"));
    let (other, _) = files[1].clone();
    let (store, recovery) = open(&changed(&storage, &other, &files[0].1));
    assert!(recovery.is_empty(), "{recovery:?}");
    model.check(&store);
}

#[test]
fn opening_reads_closed_segments_by_their_summaries() {
    let (storage, model, frames) = run();
    let (path, good) = frame_files(&storage).remove(0);
    let places = places(&good);
    // Damage between first and last header is not seen before it is read, and then told.
    let (header, _) = places[1];
    let mut bad = good.clone();
    bad[header + 20] ^= 1;
    let (store, recovery) = open(&changed(&storage, &path, &bad));
    assert!(recovery.is_empty(), "{recovery:?}");
    let expected: Vec<u64> = frames[1].clone().collect();
    assert_eq!(lost(&store, &model), expected);
    assert_eq!(store.damage(), std::slice::from_ref(&frames[1]));
}
