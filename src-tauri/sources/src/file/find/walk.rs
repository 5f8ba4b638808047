//! One look at a tree of folders.
//!
//! Folders are read one after the other, names in order, links to folders are not gone through (so
//! there are no rings), and a look ends after a number of entries. Crosscut's own data directories are
//! known by what lies in them and left alone.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

use super::pattern::Pattern;
use crate::file::identity::{Identity, Stamp};

/// A file that is meant.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) path: PathBuf,
    pub(crate) id: Identity,
    pub(crate) stamp: Stamp,
    /// Whether the path is a link to it.
    pub(crate) link: bool,
}

/// What a look found.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The files that are meant, links behind the others.
    pub(crate) files: Vec<Candidate>,
    /// Folders that could not be read, and what a name says that is no text; with the reason.
    pub(crate) refused: Vec<(PathBuf, String)>,
    /// Whether there was more than may be looked at.
    pub(crate) cut: bool,
}

/// Looks for the files that `pattern` means, at `most` so many names. Fails when its root cannot be
/// read; folders below that cannot be read are named.
pub(crate) fn walk(pattern: &Pattern, most: usize) -> io::Result<Listing> {
    let mut listing = Listing::default();
    let mut left = most;
    let mut folders = vec![(pattern.root.clone(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let names = match read(&folder, &mut left, &mut listing.refused) {
            Ok(names) => names,
            Err(cause) if depth == 0 => return Err(cause),
            // It was deleted meanwhile.
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
            Err(cause) => {
                listing.refused.push((folder, cause.to_string()));
                continue;
            }
        };
        if left == 0 {
            listing.cut = true;
            break;
        }
        if is_data(&names) {
            continue;
        }
        let mut inner = Vec::new();
        for (name, kind) in names {
            let path = folder.join(&name);
            if kind.is_dir() {
                if depth < pattern.depth && pattern.enters(&name) {
                    inner.push((path, depth + 1));
                }
            } else if (kind.is_file() || kind.is_symlink()) && pattern.fits(&path, &name) {
                // A link is looked through, and what is gone meanwhile is not there.
                match std::fs::metadata(&path) {
                    Ok(meta) if meta.is_file() => {
                        listing
                            .files
                            .push(candidate(path, &meta, kind.is_symlink()));
                    }
                    _ => {}
                }
            }
        }
        folders.extend(inner.into_iter().rev());
    }
    listing.files.sort_by_key(|file| file.link);
    Ok(listing)
}

fn candidate(path: PathBuf, meta: &Metadata, link: bool) -> Candidate {
    Candidate {
        path,
        id: Identity::of(meta),
        stamp: Stamp::of(meta),
        link,
    }
}

/// The names in a folder in order; those that are no text are refused.
fn read(
    folder: &Path,
    left: &mut usize,
    refused: &mut Vec<(PathBuf, String)>,
) -> io::Result<Vec<(String, std::fs::FileType)>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        if *left == 0 {
            break;
        }
        *left -= 1;
        let entry = entry?;
        match (entry.file_name().into_string(), entry.file_type()) {
            (Ok(name), Ok(kind)) => names.push((name, kind)),
            (Err(_), _) => refused.push((entry.path(), "its name is not UTF-8".to_owned())),
            (Ok(_), Err(_)) => {}
        }
    }
    names.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(names)
}

/// Whether the names are those of a data directory, or of a run in one.
fn is_data(names: &[(String, std::fs::FileType)]) -> bool {
    let has = |wanted: &str| names.iter().any(|(name, _)| name == wanted);
    (has("lock") && has("runs") && has("token")) || (has("run.json") && has("frames-00000.log"))
}
