//! Files in archives as sources of their own: `/path/to/logs.zip!/app/server.log`.
//!
//! Each is a source because that is what it is to its reader: it has a format of its own, can be
//! filtered by, and taken away.

use std::path::{Path, PathBuf};

/// What stands between an archive's path and a name in it.
const INTO: &str = "!/";

/// The key of a file in an archive.
pub(crate) fn key(archive: &Path, name: &str) -> Option<String> {
    Some(format!("{}{INTO}{name}", archive.to_str()?))
}

/// The archive and the name in it, when the path is no file but a beginning of it is one.
pub(crate) fn split(path: &Path) -> Option<(PathBuf, String)> {
    let text = path.to_str()?;
    if !text.contains(INTO) || path.exists() {
        return None;
    }
    text.match_indices(INTO).find_map(|(at, _)| {
        let (archive, name) = text.split_at_checked(at)?;
        let name = name.strip_prefix(INTO)?;
        let found = Path::new(archive).is_file() && !name.is_empty();
        found.then(|| (PathBuf::from(archive), name.to_owned()))
    })
}
