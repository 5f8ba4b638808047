//! Files that came and were rotated away while nobody looked.
//!
//! When a path leads to another file than the one that was read, there may have been more in between
//! (two rotations in one night). They are known by three things together: a name that is the path's
//! with a number or date in it, a birth between the old file's and the new one's, and a birth after
//! the path was last seen to lead to the old one. The last keeps out copies that `copytruncate` leaves
//! behind, the one before what other programs write under such names.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;

use super::identity::{Identity, Stamp, TIME_GRAIN_NANOS};

/// Endings of files that cannot be read as they are.
const PACKED: [&str; 5] = ["gz", "zst", "bz2", "xz", "zip"];
/// What else a rotation puts behind a name.
const OLD: [&str; 5] = [".old", ".bak", ".prev", ".orig", "~"];

/// What came in between.
#[derive(Debug, Default)]
pub(crate) struct Between {
    /// Files to be read, oldest first.
    pub(crate) files: Vec<(File, Identity)>,
    /// The names of those that are compressed, oldest first.
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
    let (mut files, mut packed) = (Vec::new(), Vec::new());
    for entry in entries.flatten() {
        let name = entry.file_name();
        let Some((plain, is_packed)) = rotated_name(base, &name) else {
            continue;
        };
        let Ok(file) = File::open(entry.path()) else {
            continue;
        };
        let Ok(meta) = file.metadata() else { continue };
        let id = Identity::of(&meta);
        let fits = id.born.is_some_and(|born| {
            // What is compressed came into being later than what is in it.
            let before = is_packed || new.born.is_none_or(|new| born <= new);
            born > old_born && born >= since && before
        });
        // Compressors keep the time of the last line: what is older was read before `old`.
        let fits = fits && (!is_packed || Stamp::of(&meta).modified >= Some(since));
        if !meta.is_file() || !fits || id.same(new) {
            continue;
        }
        if !is_packed {
            files.push((file, id));
        } else if !folder.join(plain).exists() {
            // Else it is only being compressed, and there to be read.
            packed.push((id.born, name.to_string_lossy().into_owned()));
        }
    }
    files.sort_by_key(|(_, id)| id.born);
    packed.sort();
    found.files = files;
    found.packed = packed.into_iter().map(|(_, name)| name).collect();
    found
}

/// If `name` is what a rotation makes of `base`: the name without the compression's ending, and
/// whether it has one.
fn rotated_name<'a>(base: &OsStr, name: &'a OsStr) -> Option<(&'a str, bool)> {
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
    is_middle(middle).then_some((name, packed))
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
