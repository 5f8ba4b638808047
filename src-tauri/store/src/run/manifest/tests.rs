use std::path::Path;

use crosscut_model::{LayoutSpec, RunId, SourceId, SourceKind, SourceSpec, UnixNanos};

use super::{LayoutFrom, ManifestReadError, RunManifest, SourceEntry, Standing, load, save};
use crate::storage::{FaultStorage, Storage};

const DIR: &str = "/run";

fn manifest() -> RunManifest {
    let id = RunId::try_from("20261121T101500123Z".to_owned()).unwrap();
    let mut manifest = RunManifest::new(id, "Läuft \"1\"\n", UnixNanos(-1));
    manifest.sources.push(SourceEntry {
        id: SourceId(7),
        spec: SourceSpec {
            kind: SourceKind::Docker,
            key: "ab\\c".into(),
            name: "c".into(),
        },
        resume: Some(vec![0, 255, 10]),
        standing: Standing::Paused,
        attributes: std::iter::once(("image".to_owned(), "a:1".to_owned())).collect(),
        layouts: vec![
            LayoutFrom {
                row: 7,
                layout: LayoutSpec::Cells {
                    delimiter: '\t',
                    names: vec!["a".to_owned(), String::new()],
                },
            },
            LayoutFrom {
                row: 9,
                layout: LayoutSpec::Plain,
            },
        ],
    });
    manifest
}

fn saved(manifest: &RunManifest) -> FaultStorage {
    let storage = FaultStorage::new();
    storage.create_dir_all(Path::new(DIR)).unwrap();
    save(&storage, Path::new(DIR), manifest).unwrap();
    storage
}

#[test]
fn a_manifest_comes_back_as_it_was() {
    let loaded = load(&saved(&manifest()), Path::new(DIR)).unwrap();
    assert_eq!(loaded.manifest, manifest());
    assert_eq!(loaded.copy_damaged, None);
}

#[test]
fn a_newer_schema_is_refused_and_a_damaged_one_is_not_taken_for_newer() {
    let newer = RunManifest {
        schema: 4,
        ..manifest()
    };
    let storage = saved(&newer);
    let error = load(&storage, Path::new(DIR)).unwrap_err();
    assert!(matches!(error, ManifestReadError::TooNew { found: 4, .. }));

    let (path, good) = saved(&manifest()).files().remove(0);
    let bad = String::from_utf8(good)
        .unwrap()
        .replace("\"schema\":3", "\"schema\":4");
    storage.put(&path, bad.as_bytes());
    let error = load(&storage, Path::new(DIR)).unwrap_err();
    assert!(matches!(error, ManifestReadError::Damaged { .. }));
}

#[test]
fn fields_added_by_later_versions_of_one_schema_are_passed_over() {
    let storage = saved(&manifest());
    let (path, _) = storage.files().remove(0);
    let run = r#"{"schema":2,"id":"a","name":"n","started":3,"sources":[],"later":{"x":[1]}}"#;
    let crc = crc32c::crc32c(run.as_bytes());
    storage.put(
        &path,
        format!("{{\"crc32c\":\"{crc:08x}\",\"run\":{run}}}\n").as_bytes(),
    );
    let loaded = load(&storage, Path::new(DIR)).unwrap();
    assert_eq!(loaded.manifest.name, "n");
    assert!(loaded.copy_damaged.is_some(), "one copy is missing");
}

#[test]
fn schema_1_is_read_and_written_as_the_newest() {
    let storage = saved(&manifest());
    let (path, _) = storage.files().remove(0);
    let run = r#"{"schema":1,"id":"a","name":"n","started":3,"sources":[]}"#;
    let crc = crc32c::crc32c(run.as_bytes());
    let line = format!("{{\"crc32c\":\"{crc:08x}\",\"run\":{run}}}\n");
    storage.put(&path, format!("{line}\n{line}").as_bytes());
    let loaded = load(&storage, Path::new(DIR)).unwrap();
    assert_eq!((loaded.manifest.pinned, loaded.copy_damaged), (false, None));
    let pinned = RunManifest {
        pinned: true,
        ..loaded.manifest
    };
    save(&storage, Path::new(DIR), &pinned).unwrap();
    let loaded = load(&storage, Path::new(DIR)).unwrap();
    assert_eq!((loaded.manifest.schema, loaded.manifest.pinned), (3, true));
}

#[test]
fn layouts_are_only_ever_added_behind_those_that_hold() {
    let mut manifest = manifest();
    let entry = &mut manifest.sources[0];
    let words = |name: &str| LayoutSpec::Words {
        names: vec![name.to_owned()],
    };
    assert!(!entry.lay_out(12, LayoutSpec::Plain), "it holds already");
    assert!(entry.lay_out(12, words("a")));
    assert!(!entry.lay_out(30, words("a")));
    assert!(entry.lay_out(30, words("b")));
    let rows = |entry: &SourceEntry| -> Vec<u64> {
        entry.layouts.iter().map(|layout| layout.row).collect()
    };
    assert_eq!(rows(entry), [7, 9, 12, 30]);
    assert!(entry.lay_out(20, words("c")), "row 30 was never stored");
    assert_eq!(rows(entry), [7, 9, 12, 20]);
}
