//! Opening a run, whatever state it is in.
//!
//! Takes closed segments as their summaries tell of them, as long as these fit; walks all other frames,
//! decides what of the last segment stays, and makes the directory, the totals,
//! the checkpoints and the columns' tail from what the frames say. Promises: damage is no reason
//! to fail and is always told; what was durable and can be read stays; behind the first damage
//! that may be a torn write (see the format of frames: *synced rows*) the run is cut, so that what
//! is left is a prefix and its checkpoints are exact.

mod loader;
mod summed;
mod tail;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crosscut_model::{RunId, SourceKind, SourceSpec, UnixNanos};

use self::loader::Loader;
use super::error::OpenError;
use super::manifest::{self, ManifestReadError, RunManifest, SourceEntry, Standing};
use super::recovery::{Recovery, RecoveryEvent};
use super::state::Shared;
use super::writer::Inner;
use super::{MANIFEST_NAME, MANIFEST_SCHEMA, NOTES, StoreOptions, UNKNOWN_SOURCE};
use crate::frame::VERSION;
use crate::segment::{Health, Item, Segment, Walk, segment_number, segment_path, stamp_of, walk};
use crate::storage::{OpenMode, Storage};

/// A run that was opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) shared: Shared,
    pub(super) inner: Inner,
    pub(super) manifest: RunManifest,
    pub(super) recovery: Recovery,
}

pub(super) fn open(
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    options: StoreOptions,
) -> Result<Opened, OpenError> {
    let mut recovery = Recovery::default();
    let numbers = list_segments(&*storage, &dir, &mut recovery)?;
    let manifest = match manifest::load(&*storage, &dir) {
        Ok(loaded) => Ok(loaded),
        Err(ManifestReadError::Damaged { reason, .. }) => Err(reason),
        Err(ManifestReadError::TooNew { path, found }) => {
            return Err(OpenError::TooNew {
                path,
                found,
                known: MANIFEST_SCHEMA,
            });
        }
        Err(ManifestReadError::Io { path, source }) => return Err(OpenError::Io { path, source }),
    };

    let mut loader = Loader::new(&*storage, &dir, &options, recovery);
    let mut inner = None;
    for number in &numbers {
        let path = segment_path(&dir, *number);
        let fail = |source| OpenError::Io {
            path: path.clone(),
            source,
        };
        let file = storage.open(&path, OpenMode::Read).map_err(fail)?;
        if let Some(stamp) = stamp_of(&*file).map_err(fail)? {
            loader.know_stamp(stamp);
            break;
        }
    }
    let last = numbers.last().copied().unwrap_or_default();
    let closed = numbers.split_last().map_or(&[][..], |(_, closed)| closed);
    let taken = summed::take(&*storage, &dir, closed, &mut loader)?;
    let numbers: Vec<u32> = numbers.into_iter().skip(taken).collect();
    for number in if numbers.is_empty() { vec![0] } else { numbers } {
        inner = Some(open_segment(
            &*storage,
            &dir,
            number,
            number == last,
            &mut loader,
        )?);
    }
    let stamp = loader.stamp();
    let (state, columns, mut recovery) = loader.finish();
    let known = (manifest, state.directory.get(0).map(|entry| entry.min_time));
    let settled = settle_manifest(known, &dir, &mut recovery);
    // There is always a segment (one was made where there was none) and always a manifest.
    let (Some(mut inner), Some((mut manifest, changed))) = (inner, settled) else {
        return Err(OpenError::NotFound { path: dir });
    };
    inner.settle((&*storage, &dir), state.totals.rows, &mut recovery);
    let stamp = stamp.unwrap_or_else(|| super::stamp(&manifest.id));
    let unknown: Vec<_> = state
        .sources
        .keys()
        .chain(state.checkpoints.keys())
        .copied()
        .filter(|id| *id != UNKNOWN_SOURCE && !NOTES.contains(&id.0))
        .filter(|id| manifest.source(*id).is_none())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    manifest
        .sources
        .extend(unknown.iter().map(|id| SourceEntry {
            id: *id,
            spec: SourceSpec {
                kind: SourceKind::System,
                key: format!("unknown-{id}"),
                name: format!("unknown {id}"),
            },
            resume: None,
            standing: Standing::default(),
            attributes: std::collections::BTreeMap::new(),
            layouts: Vec::new(),
        }));
    if (changed || !unknown.is_empty())
        && let Err(fault) = manifest::save(&*storage, &dir, &manifest)
    {
        recovery.unrepaired(fault.path, &fault.source);
    }
    if !unknown.is_empty() {
        recovery
            .events
            .push(RecoveryEvent::SourcesUnknown { sources: unknown });
    }
    let shared = Shared::new(storage, dir, options, stamp, columns, state);
    Ok(Opened {
        shared,
        inner,
        manifest,
        recovery,
    })
}

/// The run's segments in order. Removes what interrupted replacements of files have left.
fn list_segments(
    storage: &dyn Storage,
    dir: &Path,
    recovery: &mut Recovery,
) -> Result<Vec<u32>, OpenError> {
    let items = storage.list(dir).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => OpenError::NotFound {
            path: dir.to_owned(),
        },
        _ => OpenError::Io {
            path: dir.to_owned(),
            source,
        },
    })?;
    let mut numbers = Vec::new();
    for item in items.iter().filter(|item| !item.is_dir) {
        if item.name.strip_suffix(".tmp").is_some() {
            let path = dir.join(&item.name);
            if let Err(error) = storage.remove_file(&path) {
                recovery.unrepaired(path, &error);
            }
        }
        numbers.extend(segment_number(&item.name));
    }
    numbers.sort_unstable();
    leave_out_unused(storage, dir, &mut numbers)?;
    Ok(numbers)
}

/// Leaves out segments at the end that nothing was written to. Beginning one may have failed, and
/// then writing went on in the one before: that is the last, whose end may be torn.
fn leave_out_unused(
    storage: &dyn Storage,
    dir: &Path,
    numbers: &mut Vec<u32>,
) -> Result<(), OpenError> {
    while let [_, .., last] = numbers.as_slice() {
        let path = segment_path(dir, *last);
        let file = storage.open(&path, OpenMode::Read);
        let len = file.and_then(|file| file.len());
        if len.map_err(|source| OpenError::Io { path, source })? > 0 {
            break;
        }
        numbers.pop();
    }
    Ok(())
}

/// Walks a segment and loads what is to stay of it. The last is cut behind that.
fn open_segment(
    storage: &dyn Storage,
    dir: &Path,
    number: u32,
    is_last: bool,
    loader: &mut Loader,
) -> Result<Inner, OpenError> {
    let path = segment_path(dir, number);
    let fail = |source| OpenError::Io {
        path: path.clone(),
        source,
    };
    let mode = if is_last {
        OpenMode::Write
    } else {
        OpenMode::Read
    };
    let file = storage.open(&path, mode).map_err(fail)?;
    let len = file.len().map_err(fail)?;
    let items = match walk(&*file, len, loader.expected(), is_last).map_err(fail)? {
        Walk::Items(items) => items,
        Walk::TooNew(version) => {
            let (found, known) = (u32::from(version), u32::from(VERSION));
            return Err(OpenError::TooNew { path, found, known });
        }
    };
    let generation = u64::from(number);
    let segment = Arc::new(Segment {
        generation,
        number,
        path: path.clone(),
        file,
    });
    let mut inner = Inner::at(Arc::clone(&segment), len, 0);

    let (keep, cut) = if is_last {
        inner.synced_end = tail::durable_end(&items, len);
        tail::split_torn(&items, loader.rows())
    } else {
        (items.as_slice(), None)
    };
    loader.load(&segment, keep).map_err(fail)?;
    if !is_last {
        loader.keep_summary(storage, &segment);
    }
    if let Some(offset) = cut {
        let rows = tail::whole_rows(items.get(keep.len()..).unwrap_or_default());
        let event = RecoveryEvent::TailCut {
            segment: path.clone(),
            offset,
            bytes: len - offset,
            rows,
        };
        loader.tell(event);
        inner.end = offset;
        inner.synced_end = inner.synced_end.min(offset);
        inner.trouble.cut = true;
    }
    if let Some(Item::Frame(found)) = keep.last() {
        let mark = found.header.rows == 0 && found.header.synced_rows == found.header.first_row;
        inner.sealed_end = (mark && found.health == Health::Whole).then_some(inner.end);
    }
    Ok(inner)
}

/// The manifest, made anew if it must be, and whether it has to be written.
fn settle_manifest(
    (loaded, first_time): (Result<manifest::Loaded, String>, Option<i64>),
    dir: &Path,
    recovery: &mut Recovery,
) -> Option<(RunManifest, bool)> {
    let (manifest, reason) = match loaded {
        Ok(loaded) => (loaded.manifest, loaded.copy_damaged),
        Err(reason) => {
            let name = dir
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let mut names = [name, "recovered"].into_iter();
            let id = names.find_map(|name| RunId::try_from(name.to_owned()).ok())?;
            let started = UnixNanos(first_time.unwrap_or_default());
            (RunManifest::new(id, "Recovered run", started), Some(reason))
        }
    };
    let changed = reason.is_some();
    if let Some(reason) = reason {
        let path = dir.join(MANIFEST_NAME);
        tracing::warn!(path = %path.display(), %reason, "the manifest is made anew");
        recovery
            .events
            .push(RecoveryEvent::ManifestRebuilt { reason });
    }
    Some((manifest, changed))
}
