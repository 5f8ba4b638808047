//! The rules of the house, read from the manifests and the source tree.
//!
//! Dependencies point one way; each big library has one door; the desktop shell stays thin; files
//! stay short; nothing is depended on that is not used.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};

/// The crates from the words at the bottom to the programs at the top. A crate may depend on those of
/// the rows above its own, never on its own row.
const ORDER: &[&[&str]] = &[
    &["crosscut-model"],
    &[
        "crosscut-parse",
        "crosscut-query",
        "crosscut-patterns",
        "crosscut-store",
    ],
    &["crosscut-index"],
    &["crosscut-engine"],
    &["crosscut-sources"],
    &["crosscut-server"],
    &["crosscut-cli", "crosscut-desktop"],
];

/// Packages that stand outside: they know the programs only as programs.
const OUTSIDE: &[&str] = &["crosscut-tests", "xtask"];

/// Libraries, with all that begins like them, and the only crate that may name each.
const DOORS: &[(&str, &str)] = &[
    ("tauri", "crosscut-desktop"),
    ("tantivy", "crosscut-index"),
    ("bollard", "crosscut-sources"),
    ("axum", "crosscut-server"),
];

/// Lines of Rust in the desktop shell, all files together.
const DESKTOP_LINES: usize = 1500;
/// Lines of one source file.
const FILE_LINES: usize = 450;

#[test]
fn dependencies_point_one_way() {
    let mut broken = Vec::new();
    for package in &workspace().packages {
        let place = ORDER
            .iter()
            .position(|row| row.contains(&package.name.as_str()));
        for dependency in others(package) {
            let Some(below) = ORDER
                .iter()
                .position(|row| row.contains(&dependency.name.as_str()))
            else {
                continue;
            };
            if place.is_none_or(|place| below >= place) {
                broken.push(format!("{} depends on {}", package.name, dependency.name));
            }
        }
    }
    assert_kept("the direction of dependencies", &broken);
}

#[test]
fn every_crate_has_its_place() {
    let known: Vec<_> = ORDER.iter().copied().flatten().chain(OUTSIDE).collect();
    let strangers: Vec<_> = workspace()
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .filter(|name| !known.contains(&&name.as_str()))
        .collect();
    assert_kept("the order of crates, in this file", &strangers);
}

#[test]
fn each_big_library_has_one_door() {
    let mut broken = Vec::new();
    for package in &workspace().packages {
        for dependency in &package.dependencies {
            for (library, door) in DOORS {
                if dependency.name.starts_with(library) && package.name != *door {
                    broken.push(format!(
                        "{} names {}: only {door} may",
                        package.name, dependency.name
                    ));
                }
            }
        }
    }
    assert_kept("one door for each big library", &broken);
}

#[test]
fn every_dependency_is_used() {
    let mut unused = Vec::new();
    for package in &workspace().packages {
        let sources = sources_of(package);
        for dependency in others(package) {
            let name = dependency
                .rename
                .as_ref()
                .unwrap_or(&dependency.name)
                .replace('-', "_");
            if !sources.iter().any(|source| names(source, &name)) {
                let kind = match dependency.kind {
                    DependencyKind::Development => "dev-dependency",
                    DependencyKind::Build => "build-dependency",
                    _ => "dependency",
                };
                unused.push(format!("{}: {kind} {}", package.name, dependency.name));
            }
        }
    }
    assert_kept("no unused dependencies", &unused);
}

#[test]
fn the_desktop_shell_stays_thin() {
    let files = files_below(&root().join("src-tauri/desktop"), &["rs"]);
    let lines: usize = files.iter().map(|file| lines_of(file)).sum();
    assert!(
        lines <= DESKTOP_LINES,
        "src-tauri/desktop has {lines} lines of {DESKTOP_LINES}"
    );
}

#[test]
fn source_files_stay_short() {
    let mut long = Vec::new();
    for folder in ["src-tauri", "ui/src", "xtask/src"] {
        for file in files_below(&root().join(folder), &["rs", "ts", "svelte"]) {
            let lines = lines_of(&file);
            if lines > FILE_LINES && !is_test(&file) {
                long.push(format!("{}: {lines} lines", file.display()));
            }
        }
    }
    assert_kept(&format!("at most {FILE_LINES} lines in a file"), &long);
}

fn assert_kept(rule: &str, broken: &[String]) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn workspace() -> Metadata {
    let manifest = root().join("Cargo.toml");
    MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .unwrap()
}

/// What a package depends on, leaving out itself: tests may turn on its features that way.
fn others(package: &Package) -> impl Iterator<Item = &Dependency> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.name != *package.name)
}

/// The text of all files that belong to a package's targets.
fn sources_of(package: &Package) -> Vec<String> {
    let mut folders: Vec<_> = package
        .targets
        .iter()
        .filter_map(|target| target.src_path.parent())
        .collect();
    folders.sort_unstable();
    folders.dedup();
    let files = folders
        .iter()
        .flat_map(|folder| files_below(folder.as_std_path(), &["rs"]));
    files
        .map(|file| fs::read_to_string(file).unwrap())
        .collect()
}

/// Whether the text has this name as a word of its own.
fn names(text: &str, name: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let around: Vec<_> = text.split(name).collect();
    around
        .windows(2)
        .any(|pair| !pair[0].ends_with(part_of_word) && !pair[1].starts_with(part_of_word))
}

fn files_below(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path, endings));
        } else if path
            .extension()
            .is_some_and(|e| endings.iter().any(|ending| e == *ending))
        {
            files.push(path);
        }
    }
    files
}

fn lines_of(file: &Path) -> usize {
    fs::read_to_string(file).unwrap().lines().count()
}

/// Tests may be long, and so may what programs write.
fn is_test(file: &Path) -> bool {
    let by_folder = file.components().any(|part| {
        ["tests", "generated"]
            .iter()
            .any(|folder| part.as_os_str() == *folder)
    });
    let name = file.file_name().unwrap().to_string_lossy();
    by_folder || name == "tests.rs" || name.contains(".test.") || name.contains(".spec.")
}
