//! Filling a view: the one search over what is there already.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crosscut_index::{Progress, SearchError, levels_of};
use crosscut_store::{ReadError, Snapshot};
use roaring::RoaringBitmap;

use super::View;

/// A quick search is waited for, so that all its rows come with the first answer.
const QUICK: Duration = Duration::from_millis(20);

/// One that has found hardly any yet is waited for this much longer.
const LONGER: Duration = Duration::from_millis(40);

/// From so many rows on their levels are counted by several threads.
const MANY: u64 = 100_000;

/// Rows that fill a screen.
const ENOUGH: u64 = 100;

impl View {
    /// Waits until the search is through, or the time is up; after less time if there are rows
    /// enough to show.
    pub(crate) fn wait_searched(&self) {
        let mut found = self.found.lock();
        if self.searcher.is_some() && !found.done {
            self.searched.wait_for(&mut found, QUICK);
            if !found.done && found.rows.len() < ENOUGH {
                self.searched.wait_for(&mut found, LONGER);
            }
        }
    }
}

/// Searches all there is in the view's run, newest rows first. `changed` is called as rows are
/// found and at the end.
pub(crate) fn fill(view: &View, changed: &dyn Fn()) {
    let Some(searcher) = &view.searcher else {
        return;
    };
    let snapshot = view.run.snapshot();
    let names = view.run.names();
    let index = view.run.index_snapshot();
    let rows = snapshot.rows();
    let mut progress = |progress: Progress| {
        let levels = count_levels(&snapshot, &progress.found).unwrap_or_default();
        let mut found = view.found.lock();
        if !progress.found.is_empty() {
            found.join(progress.found, view.by_time.is_some());
            found.epoch += 1;
            add_levels(&mut found.levels, levels);
        }
        found.searched = progress.searched;
        drop(found);
        changed();
    };
    let result = searcher.search(
        &snapshot,
        index.as_deref(),
        &*names,
        0..rows,
        &view.cancel,
        &mut progress,
    );
    match result {
        Ok(crosscut_index::Found { rows: all, .. }) => {
            // What was told on the way is all, unless something went wrong.
            let told = view.found.lock().rows == all;
            let levels = (!told).then(|| count_levels(&snapshot, &all).unwrap_or_default());
            let mut found = view.found.lock();
            if let Some(levels) = levels {
                found.rows = all;
                found.shaken = true;
                found.epoch += 1;
                found.levels = levels;
            }
            found.covered = rows;
            found.searched = rows;
            found.done = true;
        }
        Err(SearchError::Cancelled) => {}
        Err(error) => tracing::error!(%error, view = view.id, "the search failed"),
    }
    view.searched.notify_all();
    if !view.cancel.load(Ordering::Acquire) {
        changed();
    }
}

impl View {
    /// Matches what arrived since the last time; tells whether anything changed.
    pub(crate) fn catch_up(&self) -> bool {
        let Some(searcher) = &self.searcher else {
            return true;
        };
        let covered = {
            let found = self.found.lock();
            if !found.done {
                return false;
            }
            found.covered
        };
        let snapshot = self.run.snapshot();
        let rows = snapshot.rows();
        if rows <= covered {
            return false;
        }
        let names = self.run.names();
        match searcher.scan(&snapshot, &*names, covered..rows) {
            Ok(crosscut_index::Found { rows: new, .. }) => {
                let levels = count_levels(&snapshot, &new).unwrap_or_default();
                let mut found = self.found.lock();
                found.join(new, self.by_time.is_some());
                add_levels(&mut found.levels, levels);
                found.covered = rows;
                found.searched = rows;
            }
            Err(error) => tracing::error!(%error, view = self.id, "matching new records failed"),
        }
        true
    }
}

fn add_levels(sum: &mut [u64; 7], more: [u64; 7]) {
    for (sum, more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}

/// How many of some rows there are of each level.
pub(crate) fn count_levels(
    snapshot: &Snapshot,
    rows: &RoaringBitmap,
) -> Result<[u64; 7], ReadError> {
    if rows.len() > MANY {
        return levels_of(snapshot, Some(rows));
    }
    let mut levels = [0u64; 7];
    let size = snapshot.chunk_rows().max(1);
    let mut rows = rows.iter().peekable();
    while let Some(&first) = rows.peek() {
        let number = first as usize / size;
        let chunk = snapshot.level_chunk(number)?;
        let base = number * size;
        while let Some(row) = rows.next_if(|&row| (row as usize) < base + size) {
            let code = chunk.get(row as usize - base).copied().unwrap_or_default();
            if let Some(count) = levels.get_mut(usize::from(code)) {
                *count += 1;
            }
        }
    }
    Ok(levels)
}
