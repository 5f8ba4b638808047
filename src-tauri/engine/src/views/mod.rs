//! Views: a query over a run, with its matched rows, kept up to date as records arrive.
//!
//! A view without a query is the run itself: row *k* is record *k + 1*, and nothing is kept. With
//! one it is a bitmap of rows; row *k* is its `select(k)`. A search fills it once, newest rows
//! first; from then on only new records are matched. Promises: what a view holds is always exact
//! for the rows it says were searched; the epoch changes whenever positions handed out before may
//! have moved.

mod live;
mod reading;
mod rows;
mod search;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crosscut_index::Searcher;
use parking_lot::{Condvar, Mutex};
use roaring::RoaringBitmap;

use crate::api::{ApiError, ViewPosition, ViewState};
use crate::run::Run;

pub(crate) use live::LiveViews;
pub(crate) use reading::{bad_query, read_query};
pub(crate) use rows::{detail, read_records, rows_of};
pub(crate) use search::fill;

/// One view.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) id: u64,
    pub(crate) client: String,
    pub(crate) run: Arc<Run>,
    /// The query made ready; absent when everything matches.
    pub(crate) searcher: Option<Arc<Searcher>>,
    found: Mutex<Found>,
    /// Signalled when the search is through.
    searched: Condvar,
    pub(crate) cancel: AtomicBool,
}

/// What a view with a query has found.
#[derive(Debug, Default)]
struct Found {
    rows: RoaringBitmap,
    levels: [u64; 7],
    /// Rows before this one have been looked at, once `done`.
    covered: u64,
    /// Records looked at so far.
    searched: u64,
    epoch: u64,
    /// Whether the search is through and new records are matched as they come.
    done: bool,
}

impl View {
    pub(crate) fn new(
        id: u64,
        client: String,
        run: Arc<Run>,
        searcher: Option<Arc<Searcher>>,
    ) -> Self {
        Self {
            id,
            client,
            run,
            searcher,
            found: Mutex::default(),
            searched: Condvar::new(),
            cancel: AtomicBool::new(false),
        }
    }

    pub(crate) fn state(&self) -> ViewState {
        let totals = self.run.store.totals();
        let mut state = ViewState {
            view: self.id,
            epoch: 0,
            rows: totals.rows,
            total: totals.rows,
            searched: totals.rows,
            levels: totals.levels,
            run_levels: totals.levels,
            rate: self.run.rate(),
            indexed: self.run.indexed().min(totals.rows),
        };
        if self.searcher.is_some() {
            let found = self.found.lock();
            state.epoch = found.epoch;
            state.rows = found.rows.len();
            state.searched = if found.done {
                totals.rows
            } else {
                found.searched
            };
            state.levels = found.levels;
        }
        state
    }

    /// Rows, epoch, and the run's rows at `start .. start + count` of the view.
    pub(crate) fn page(&self, start: u64, count: u32) -> (u64, u64, Vec<u32>) {
        if self.searcher.is_none() {
            let total = self.run.rows();
            let end = start.saturating_add(u64::from(count)).min(total);
            let rows = (start..end)
                .filter_map(|row| u32::try_from(row).ok())
                .collect();
            return (total, 0, rows);
        }
        let found = self.found.lock();
        let total = found.rows.len();
        let first = u32::try_from(start)
            .ok()
            .and_then(|start| found.rows.select(start));
        let rows = first.map_or_else(Vec::new, |first| {
            found.rows.range(first..).take(count as usize).collect()
        });
        (total, found.epoch, rows)
    }

    pub(crate) fn position(&self, seq: u64) -> ViewPosition {
        let row = seq.saturating_sub(1);
        if self.searcher.is_none() {
            let total = self.run.rows();
            return ViewPosition {
                row: row.min(total),
                found: row < total && seq > 0,
                epoch: 0,
            };
        }
        let found = self.found.lock();
        let Ok(row) = u32::try_from(row) else {
            return ViewPosition {
                row: found.rows.len(),
                found: false,
                epoch: found.epoch,
            };
        };
        let is_in = seq > 0 && found.rows.contains(row);
        let upto = found.rows.rank(row);
        ViewPosition {
            row: upto - u64::from(is_in),
            found: is_in,
            epoch: found.epoch,
        }
    }

    pub(crate) fn close(&self) {
        self.cancel.store(true, Ordering::Release);
    }
}

/// All open views, by number.
#[derive(Debug, Default)]
pub(crate) struct Views {
    open: Mutex<BTreeMap<u64, Arc<View>>>,
    next: AtomicU64,
}

impl Views {
    pub(crate) fn next_id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn insert(&self, view: Arc<View>) {
        self.open.lock().insert(view.id, view);
    }

    pub(crate) fn get(&self, id: u64) -> Result<Arc<View>, ApiError> {
        self.open.lock().get(&id).map(Arc::clone).ok_or_else(|| {
            ApiError::new("unknown_view", format!("there is no view {id}"))
                .hint("it was closed; open it again")
        })
    }

    pub(crate) fn close(&self, id: u64) {
        if let Some(view) = self.open.lock().remove(&id) {
            view.close();
        }
    }

    /// Closes the views of a client that has gone.
    pub(crate) fn close_client(&self, client: &str) {
        self.close_where(|view| view.client == client);
    }

    /// Closes the views of a run that is deleted.
    pub(crate) fn close_run(&self, run: &crosscut_model::RunId) {
        self.close_where(|view| view.run.id == *run);
    }

    fn close_where(&self, gone: impl Fn(&View) -> bool) {
        self.open.lock().retain(|_, view| {
            let gone = gone(view);
            if gone {
                view.close();
            }
            !gone
        });
    }

    pub(crate) fn all(&self) -> Vec<Arc<View>> {
        self.open.lock().values().map(Arc::clone).collect()
    }
}

#[cfg(test)]
mod tests;
