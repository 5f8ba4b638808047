//! The TypeScript in the UI is what the Rust says.

use std::fs;
use std::path::Path;

#[test]
fn the_generated_typescript_is_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/generated");
    let files = [
        ("types.ts", crosscut_engine::api::typescript::types()),
        (
            "operations.ts",
            crosscut_engine::api::typescript::operations(),
        ),
    ];
    for (name, text) in files {
        let path = folder.join(name);
        if std::env::var_os("CROSSCUT_WRITE_TYPES").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == text,
            "{} is out of date: run `cargo xtask types`",
            path.display()
        );
    }
}

#[test]
fn every_type_that_an_operation_names_is_declared() {
    let operations = crosscut_engine::api::typescript::operations();
    let types = crosscut_engine::api::typescript::types();
    let imported = operations
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(','));
    for name in imported {
        assert!(types.contains(&format!("export type {name} ")), "{name}");
    }
}
