//! Views: a query over a run, with its matched rows, kept up to date as records arrive.
//!
//! A view without a query is the run itself: row *k* is record *k + 1*, and nothing is kept. With
//! one it is a bitmap of rows; row *k* is its `select(k)`. A search fills it once, newest rows
//! first; from then on only new records are matched. In order of time the bitmap is seen through
//! the run's [`timeline::Timeline`], which all views of the run in that order share. Promises: what
//! a view holds is always exact for the rows it says were searched; the epoch changes whenever
//! positions handed out before may have moved.

mod arrange;
mod base;
mod histogram;
mod hits;
mod live;
mod reading;
mod rows;
mod search;
mod tasks;
mod timeline;
mod times;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crosscut_index::Searcher;
use crosscut_store::{ReadError, Snapshot};
use parking_lot::{Condvar, Mutex};
use roaring::RoaringBitmap;

use crate::api::{ApiError, ViewOrder, ViewState};
use crate::run::Run;
use arrange::{Fresh, Spread};
use base::Base;

pub(crate) use arrange::Arranged;
pub(crate) use histogram::{Histogram, Span, bounds as time_bounds};
pub(crate) use hits::{Hits, keep_last};
pub(crate) use live::LiveViews;
pub(crate) use reading::{Utf16, bad_query, read_query};
pub(crate) use rows::{detail, read_records, rows_of, utf16_pairs};
pub(crate) use search::fill;
pub(crate) use tasks::Tasks;
pub(crate) use timeline::Timeline;
pub(crate) use times::ColumnTimes;

/// One view.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) id: u64,
    pub(crate) client: String,
    pub(crate) run: Arc<Run>,
    /// The query made ready; absent when everything matches.
    pub(crate) searcher: Option<Arc<Searcher>>,
    /// Where the order is that of time: the run's, and how this view's rows lie in it. Locked
    /// before `found`.
    by_time: Option<(Arc<Mutex<Timeline>>, Mutex<Spread>)>,
    found: Mutex<Found>,
    /// Signalled when the search is through.
    searched: Condvar,
    pub(crate) cancel: AtomicBool,
    /// What is being worked out for it.
    pub(crate) tasks: Tasks,
}

/// What a view with a query has found.
#[derive(Debug, Default)]
struct Found {
    rows: RoaringBitmap,
    /// Those of them that joined since they were last put in order of time; kept only where that
    /// is the order.
    fresh: RoaringBitmap,
    /// Whether others may have joined, or left, too.
    shaken: bool,
    levels: [u64; 7],
    /// Rows before this one have been looked at, once `done`.
    covered: u64,
    /// Records looked at so far.
    searched: u64,
    epoch: u64,
    /// Whether the search is through and new records are matched as they come.
    done: bool,
}

impl Found {
    /// Takes rows that are not in it yet.
    fn join(&mut self, rows: RoaringBitmap, by_time: bool) {
        if by_time {
            self.fresh |= &rows;
        }
        self.rows |= rows;
    }
}

impl View {
    pub(crate) fn new(
        id: u64,
        client: String,
        run: Arc<Run>,
        searcher: Option<Arc<Searcher>>,
        order: ViewOrder,
    ) -> Self {
        let by_time = match order {
            ViewOrder::Arrival => None,
            ViewOrder::Time => Some((run.timeline(), Mutex::default())),
        };
        Self {
            id,
            client,
            run,
            searcher,
            by_time,
            found: Mutex::default(),
            searched: Condvar::new(),
            cancel: AtomicBool::new(false),
            tasks: Tasks::default(),
        }
    }

    pub(crate) fn state(&self) -> ViewState {
        let arranged = self.by_time.is_some().then(|| {
            self.look(|view, _, _| Ok((view.total(), view.epoch)))
                .inspect_err(|error| tracing::warn!(%error, "a view cannot be put in order"))
        });
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
        if let Some(Ok((total, epoch))) = arranged {
            (state.rows, state.epoch) = (total, epoch);
        }
        state
    }

    /// Looks at the view as it is at this moment.
    pub(crate) fn look<R>(
        &self,
        see: impl FnOnce(&Arranged<'_>, &Snapshot, &mut ColumnTimes<'_>) -> Result<R, ReadError>,
    ) -> Result<R, ReadError> {
        let Some((timeline, spread)) = &self.by_time else {
            let found = self.searcher.as_ref().map(|_| self.found.lock());
            let snapshot = self.run.snapshot();
            let arranged = Arranged {
                base: match &found {
                    Some(found) => Base::Some(&found.rows),
                    None => Base::All(narrow(snapshot.rows())),
                },
                epoch: found.as_ref().map_or(0, |found| found.epoch),
                time: None,
            };
            return see(&arranged, &snapshot, &mut ColumnTimes::new(&snapshot));
        };
        let (mut spread, mut timeline) = (spread.lock(), timeline.lock());
        if timeline.covered() == 0 {
            // The first time takes long; searches are not to wait for it.
            let snapshot = self.run.snapshot();
            timeline.extend(narrow(snapshot.rows()), &mut ColumnTimes::new(&snapshot))?;
        }
        let mut found = self.searcher.as_ref().map(|_| self.found.lock());
        let snapshot = self.run.snapshot();
        let mut times = ColumnTimes::new(&snapshot);
        timeline.extend(narrow(snapshot.rows()), &mut times)?;
        if let Some(found) = &mut found {
            let fresh = if found.shaken {
                Fresh::Anything
            } else {
                Fresh::Rows(&found.fresh)
            };
            spread.settle(&timeline, Base::Some(&found.rows), &fresh, &mut times)?;
            found.fresh.clear();
            found.shaken = false;
        } else {
            let base = Base::All(timeline.covered());
            if spread.is_behind(&timeline) {
                spread.settle(&timeline, base, &Fresh::Anything, &mut times)?;
            }
        }
        let arranged = Arranged {
            base: match &found {
                Some(found) => Base::Some(&found.rows),
                None => Base::All(timeline.covered()),
            },
            epoch: found.as_ref().map_or(0, |found| found.epoch) + spread.moves(),
            time: Some((&timeline, &spread)),
        };
        see(&arranged, &snapshot, &mut times)
    }

    /// The rows found so far, `None` where those are all, and the run as it is.
    pub(crate) fn found_rows(&self) -> (Option<RoaringBitmap>, Snapshot) {
        let found = self.searcher.as_ref().map(|_| self.found.lock());
        let rows = found.as_ref().map(|found| found.rows.clone());
        (rows, self.run.snapshot())
    }

    pub(crate) fn close(&self) {
        self.cancel.store(true, Ordering::Release);
        self.tasks.close();
    }
}

/// Rows of a run fit 32 bits.
fn narrow(row: u64) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
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
