//! Files that came and were rotated away while nobody looked.
//!
//! When a path leads to another file than the one that was read, there may have been more in between
//! (two rotations in one night). They are known by three things together: a name that is the path's
//! with a number or date in it, a birth after the old file's, and a birth after the path was last
//! seen to lead to the old one. The last keeps out copies that `copytruncate` leaves behind.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;

use super::identity::{Identity, TIME_GRAIN_NANOS};

/// Endings of files that cannot be read as they are.
const PACKED: [&str; 5] = ["gz", "zst", "bz2", "xz", "zip"];
/// What else a rotation puts behind a name.
const OLD: [&str; 5] = [".old", ".bak", ".prev", ".orig", "~"];

/// What came in between.
#[derive(Debug, Default)]
pub(crate) struct Between {
    /// Files to be read, oldest first.
    pub(crate) files: Vec<(File, Identity)>,
    /// The names of those that are compressed.
    pub(crate) packed: Vec<String>,
}

/// The files that were at `path` after `old` and before `new`. `seen` is when `path` was last seen to
/// lead to `old`, in nanoseconds since 1970.
pub(crate) fn between(path: &Path, old: &Identity, new: &Identity, seen: i64) -> Between {
    let mut found = Between::default();
    let (Some(folder), Some(base), Some(old_born)) = (path.parent(), path.file_name(), old.born)
    else {
        return found;
    };
    let since = u64::try_from(seen)
        .unwrap_or(0)
        .saturating_sub(TIME_GRAIN_NANOS);
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    let mut files = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some(packed) = rotated_name(base, &name) else {
            continue;
        };
        let Ok(file) = File::open(entry.path()) else {
            continue;
        };
        let Ok(meta) = file.metadata() else { continue };
        let id = Identity::of(&meta);
        let fits = id.born.is_some_and(|born| born > old_born && born >= since);
        if !meta.is_file() || !fits || id.same(new) {
            continue;
        }
        if packed {
            found.packed.push(name.to_string_lossy().into_owned());
        } else {
            files.push((file, id));
        }
    }
    files.sort_by_key(|(_, id)| id.born);
    found.packed.sort();
    found.files = files;
    found
}

/// Whether `name` is what a rotation makes of `base`, and if so whether it is compressed.
fn rotated_name(base: &OsStr, name: &OsStr) -> Option<bool> {
    let (base, name) = (base.to_str()?, name.to_str()?);
    let (name, packed) = match name.rsplit_once('.') {
        Some((before, end)) if PACKED.contains(&end) => (before, true),
        _ => (name, false),
    };
    let middle = name.strip_prefix(base).or_else(|| {
        let (stem, extension) = base.rsplit_once('.')?;
        name.strip_prefix(stem)?
            .strip_suffix(extension)?
            .strip_suffix('.')
    })?;
    is_middle(middle).then_some(packed)
}

/// The names that a rotation may have made `name` of.
pub(crate) fn bases(name: &str) -> Vec<String> {
    let name = match name.rsplit_once('.') {
        Some((before, end)) if PACKED.contains(&end) => before,
        _ => name,
    };
    let mut bases: Vec<String> = OLD
        .iter()
        .filter_map(|old| name.strip_suffix(old))
        .map(str::to_owned)
        .collect();
    if bases.is_empty() {
        bases.push(name.to_owned());
    }
    let before = |text: &str, behind: &str| -> Vec<String> {
        text.match_indices(['.', '-', '_'])
            .filter_map(|(at, _)| text.split_at_checked(at))
            .filter(|(base, middle)| !base.is_empty() && is_middle(middle))
            .map(|(base, _)| format!("{base}{behind}"))
            .collect()
    };
    bases.extend(before(name, ""));
    if let Some((stem, extension)) = name.rsplit_once('.') {
        bases.extend(before(stem, &format!(".{extension}")));
    }
    bases
}

/// Whether it is a number or a date that a rotation puts into a name.
fn is_middle(middle: &str) -> bool {
    middle.starts_with(['.', '-', '_'])
        && middle.contains(|c: char| c.is_ascii_digit())
        && middle
            .chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | 'T' | 'Z'))
}
