//! Closed segments by their summaries, without a walk.
//!
//! Promises: takes segments from the first on, as long as each has a summary that fits and all they
//! say goes together; where it does not, nothing is lost but the time of a walk.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::loader::Loader;
use crate::frame::Columns;
use crate::run::error::OpenError;
use crate::run::state::read_columns;
use crate::segment::{FrameEntry, Segment, Summary, segment_path};
use crate::storage::{OpenMode, Storage};

/// A segment and what it holds.
pub(super) struct Summed {
    pub(super) segment: Arc<Segment>,
    pub(super) summary: Summary,
    /// Of the segment's file.
    pub(super) bytes: u64,
}

/// Takes what can be taken of the closed segments `numbers`; tells how many were.
pub(super) fn take(
    storage: &dyn Storage,
    dir: &Path,
    numbers: &[u32],
    loader: &mut Loader,
) -> Result<usize, OpenError> {
    let Some(stamp) = loader.stamp() else {
        return Ok(0);
    };
    let mut taken: Vec<Summed> = Vec::new();
    let mut row = 0;
    for &number in numbers {
        let path = segment_path(dir, number);
        let fail = |source| OpenError::Io {
            path: path.clone(),
            source,
        };
        let file = storage.open(&path, OpenMode::Read).map_err(fail)?;
        let bytes = file.len().map_err(fail)?;
        let segment = Segment {
            generation: u64::from(number),
            number,
            path: path.clone(),
            file,
        };
        let Some(summary) = Summary::read(storage, &segment, stamp) else {
            break;
        };
        let mut expected = row;
        let in_order = summary.frames.iter().all(|frame| {
            let follows = u64::from(frame.first_row) == expected;
            expected = frame.end_row();
            follows
        });
        if !in_order || expected != summary.totals.rows {
            break;
        }
        row = expected;
        taken.push(Summed {
            segment: Arc::new(segment),
            summary,
            bytes,
        });
    }
    let chunk_rows = u64::from(loader.chunk_rows());
    let chunks = row / chunk_rows;
    if taken.is_empty() || chunks > loader.chunks() {
        return Ok(0);
    }
    let count = taken.len();
    let first = chunks * chunk_rows;
    match behind(&taken, first).map_err(|source| OpenError::Io {
        path: dir.to_owned(),
        source,
    })? {
        Some(rows) => loader.take(taken, chunks, &rows),
        None => return Ok(0),
    }
    Ok(count)
}

/// The columns of the rows from `first` on; `None` when they are damaged.
fn behind(taken: &[Summed], first: u64) -> io::Result<Option<Columns>> {
    let mut rows = Columns::default();
    let (mut frame_rows, mut meta) = (Columns::default(), Vec::new());
    for summed in taken {
        let in_it = |frame: &&FrameEntry| frame.end_row() > first;
        for frame in summed.summary.frames.iter().filter(in_it) {
            frame_rows.clear();
            if !read_columns(frame, &summed.segment, &mut meta, &mut frame_rows)? {
                return Ok(None);
            }
            let skip = first.saturating_sub(u64::from(frame.first_row));
            let skip = usize::try_from(skip).unwrap_or(usize::MAX);
            rows.extend_from(&frame_rows, skip..frame_rows.len());
        }
    }
    Ok(Some(rows))
}
