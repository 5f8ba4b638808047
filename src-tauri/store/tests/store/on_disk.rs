//! The run store on real files.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crosscut_model::{RowMeta, UnixNanos};
use crosscut_store::{
    Codec, DataDir, DataDirError, DiskStorage, FrameBuilder, RunStore, StoreOptions, read_private,
};

use crate::support::{Model, SMALL, manifest};

fn odd_records() -> Vec<Vec<u8>> {
    let noise = (0u32..5000)
        .map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()[2])
        .collect();
    vec![
        Vec::new(),
        b"\0".to_vec(),
        b"plain".to_vec(),
        b"line one\nline two\n\nline four\n".to_vec(),
        b"\xff\xfe\x80 not utf-8 \xc3".to_vec(),
        b"carriage return\r".to_vec(),
        b"\xef\xbb\xbfbom".to_vec(),
        b"\x89CXF\r\n\x1a\n a frame's magic".to_vec(),
        noise,
        vec![b'x'; 1 << 20],
        b"\n".to_vec(),
        Vec::new(),
    ]
}

#[test]
fn odd_bytes_come_back_as_they_were_from_every_codec() {
    for codec in [Codec::None, Codec::Lz4, Codec::Lz4High, Codec::Zstd] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("run");
        let storage = Arc::new(DiskStorage);
        let options = StoreOptions::default();
        let store = RunStore::create(storage.clone(), &path, manifest(), options).unwrap();
        let records = odd_records();
        for together in [records.len(), 1, 5] {
            let frames: Vec<_> = records
                .chunks(together)
                .map(|records| {
                    let mut builder = FrameBuilder::new();
                    for record in records {
                        builder.push(&RowMeta::default(), record).unwrap();
                    }
                    builder.encode(codec)
                })
                .collect();
            store.append(&frames).unwrap();
        }
        let check = |store: &RunStore| {
            let snapshot = store.snapshot();
            assert_eq!(snapshot.rows(), 3 * records.len() as u64);
            for (row, record) in (0..).zip(records.iter().cycle().take(3 * records.len())) {
                assert_eq!(&snapshot.read_row(row).unwrap(), record);
            }
        };
        check(&store);
        drop(store);
        let (store, recovery) = RunStore::open(storage, &path, options).unwrap();
        assert!(recovery.is_empty(), "{recovery:?}");
        check(&store);
    }
}

#[test]
fn readers_see_whole_prefixes_while_frames_are_appended_synced_and_compacted() {
    let dir = tempfile::tempdir().unwrap();
    let store = RunStore::create(
        Arc::new(DiskStorage),
        dir.path().join("run"),
        manifest(),
        SMALL,
    )
    .unwrap();
    let mut model = Model::default();
    let frames: Vec<_> = (0..400u16)
        .map(|i| model.frame(i % 3, 3, 60, Codec::Lz4))
        .collect();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for frame in &frames {
                store.append(std::slice::from_ref(frame)).unwrap();
            }
            done.store(true, Ordering::Release);
        });
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                store.sync().unwrap();
                store.compact_some(Codec::Lz4).unwrap();
            }
        });
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                let snapshot = store.snapshot();
                let rows = snapshot.rows();
                for row in [0, rows / 2, rows.saturating_sub(1)]
                    .into_iter()
                    .filter(|r| *r < rows)
                {
                    let record = &model.records[usize::try_from(row).unwrap()];
                    assert_eq!(snapshot.read_row(row).unwrap(), record.text());
                    assert_eq!(snapshot.row_meta(row).unwrap(), record.meta());
                }
            }
        });
    });
    model.check(&store);
    while store.compact_some(Codec::Zstd).unwrap() {}
    model.check(&store);
    // A closed segment holds four of these frames or more, and one after compaction; the open one
    // at most twice its size. When segments are closed depends on when syncs end.
    let left = store.snapshot().frame_count();
    assert!(left <= 400 / 4 + 8, "{left} frames of 400 are left");
    drop(store);
    let (store, _) = RunStore::open(Arc::new(DiskStorage), dir.path().join("run"), SMALL).unwrap();
    model.check(&store);
}

#[test]
fn a_data_directory_has_one_owner_and_its_private_files_are_for_all_processes_of_the_user() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    let storage = Arc::new(DiskStorage);
    let data = DataDir::open(storage.clone(), &path).unwrap();
    data.write_private("token", b"secret").unwrap();
    let second = DataDir::open(storage.clone(), &path);
    assert!(matches!(second, Err(DataDirError::Locked { .. })));
    assert_eq!(
        read_private(&*storage, &path, "token").unwrap(),
        Some(b"secret".to_vec())
    );
    assert_eq!(read_private(&*storage, &path, "endpoint").unwrap(), None);
    drop(data);
    let data = DataDir::open(storage, &path).unwrap();
    assert_eq!(data.read("token").unwrap(), Some(b"secret".to_vec()));
    data.remove_private("token").unwrap();
    data.remove_private("token").unwrap();
    assert_eq!(data.read("token").unwrap(), None);
}

#[cfg(unix)]
#[test]
fn files_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    let data = DataDir::open(Arc::new(DiskStorage), &path).unwrap();
    std::fs::write(path.join("token.tmp"), b"left there, for all to read").unwrap();
    data.write_private("token", b"secret").unwrap();
    let id = data.new_run_id(UnixNanos(0));
    let manifest = crosscut_store::RunManifest::new(id.clone(), "Run 1", UnixNanos(0));
    data.create_run(manifest, SMALL).unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path.join("token")), 0o600);
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&data.run_path(&id).join("run.json")), 0o600);
    assert_eq!(mode(&data.run_path(&id).join("frames-00000.log")), 0o600);
}
