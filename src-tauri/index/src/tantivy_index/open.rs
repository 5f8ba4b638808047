//! Opening an index, or beginning anew.
//!
//! An index is used only if every byte of it is as it was written: its files carry checksums, and
//! all are read once when it is opened (some GB/s). So damage is met here and nowhere later, and an
//! answer from the index needs no second opinion.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexSettings, TantivyError};

use super::analysis::register;
use super::error::{IndexError, RebuildReason};
use super::format::{Fields, Payload};

/// Opens what is in `dir` and gives it with the rows it has come to, or says why it cannot be used.
pub(super) fn open(dir: &Path, store_rows: u64) -> Result<(Index, u64), RebuildReason> {
    if !dir.join("meta.json").exists() {
        let empty = fs::read_dir(dir).map_or(true, |mut items| items.next().is_none());
        let missing = "meta.json is missing".to_owned();
        return Err(if empty {
            RebuildReason::Missing
        } else {
            RebuildReason::Damaged(missing)
        });
    }
    // Some damage makes Tantivy panic instead of erring.
    let opened = catch_unwind(AssertUnwindSafe(|| open_checked(dir)));
    let (index, rows) =
        opened.map_err(|_| RebuildReason::Damaged("its files contradict each other".into()))??;
    if rows > store_rows {
        return Err(RebuildReason::Ahead {
            indexed: rows,
            stored: store_rows,
        });
    }
    Ok((index, rows))
}

fn open_checked(dir: &Path) -> Result<(Index, u64), RebuildReason> {
    let damaged = |error: TantivyError| RebuildReason::Damaged(error.to_string());
    let index = open_dir(dir).map_err(damaged)?;
    let meta = index.load_metas().map_err(damaged)?;
    let payload = match &meta.payload {
        // An index that was begun and never committed to.
        None => Payload::new(0),
        Some(text) => serde_json::from_str::<Payload>(text)
            .map_err(|error| RebuildReason::Damaged(format!("its payload: {error}")))?,
    };
    if !payload.is_current() || index.schema() != Fields::schema().0 {
        return Err(RebuildReason::OtherVersion);
    }
    let documents: u64 = meta
        .segments
        .iter()
        .map(|segment| u64::from(segment.num_docs()))
        .sum();
    if documents != payload.rows {
        let counts = format!("{documents} documents for {} records", payload.rows);
        return Err(RebuildReason::Damaged(counts));
    }
    let files: BTreeSet<PathBuf> = meta.list_segment_files().into_iter().collect();
    for file in files {
        // Those that only exist while something is deleted or written.
        if file
            .extension()
            .is_some_and(|extension| extension == "del" || extension == "temp")
        {
            continue;
        }
        let sound = index.directory().validate_checksum(&file);
        if !sound.map_err(|error| RebuildReason::Damaged(error.to_string()))? {
            let name = file.display();
            return Err(RebuildReason::Damaged(format!("{name} fails its checksum")));
        }
    }
    Ok((index, payload.rows))
}

fn open_dir(dir: &Path) -> tantivy::Result<Index> {
    let index = Index::open(MmapDirectory::open(dir)?)?;
    register(index.tokenizers());
    Ok(index)
}

/// Puts an empty index into `dir`: made beside it, then renamed, so that at any moment there is the
/// old one, none or the new one, whole.
pub(super) fn begin_anew(dir: &Path) -> Result<Index, IndexError> {
    let (new, old) = (beside(dir, "new"), beside(dir, "old"));
    clear_leftovers(dir)?;
    make_private_dir(&new).map_err(|source| failed("make", &new, source))?;
    let create = || -> tantivy::Result<()> {
        let settings = IndexSettings {
            docstore_compress_dedicated_thread: false,
            ..IndexSettings::default()
        };
        Index::create(MmapDirectory::open(&new)?, Fields::schema().0, settings).map(drop)
    };
    create().map_err(|error| tantivy_failed(&new, &error))?;
    if dir.exists() {
        rename(dir, &old)?;
    }
    rename(&new, dir)?;
    remove(&old)?;
    open_dir(dir).map_err(|error| tantivy_failed(dir, &error))
}

/// Removes what a crash in the middle of [`begin_anew`] left behind.
pub(super) fn clear_leftovers(dir: &Path) -> Result<(), IndexError> {
    remove(&beside(dir, "new"))?;
    remove(&beside(dir, "old"))
}

fn beside(dir: &Path, what: &str) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".");
    name.push(what);
    dir.with_file_name(name)
}

#[expect(
    clippy::disallowed_methods,
    reason = "an index is a cache: whatever a crash leaves here is found out and made anew"
)]
fn rename(from: &Path, to: &Path) -> Result<(), IndexError> {
    fs::rename(from, to).map_err(|source| failed("move", from, source))
}

fn remove(path: &Path) -> Result<(), IndexError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    };
    removed.map_err(|source| failed("remove", path, source))
}

/// Logs hold secrets, and an index is made of logs: nobody else may look inside.
fn make_private_dir(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn failed(verb: &'static str, path: &Path, source: io::Error) -> IndexError {
    IndexError::Io {
        verb,
        path: path.to_owned(),
        source,
    }
}

/// An error of Tantivy's, with the place.
pub(super) fn tantivy_failed(dir: &Path, error: &TantivyError) -> IndexError {
    IndexError::Failed {
        path: dir.to_owned(),
        reason: error.to_string(),
    }
}
