//! Packing what rests with more care, while nobody waits for anything.
//!
//! Promises: works only while nothing arrives, nothing is searched and the index has caught up, and
//! stops within a frame when that changes; what it does is invisible but for the space it gives back.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crosscut_model::RunId;
use crosscut_store::{AppendError, Codec, CompactError, ManifestError};

use super::shared::Shared;
use crate::run::Run;

/// Nothing has arrived for so long.
const QUIET: Duration = Duration::from_secs(5);

/// Nobody has asked for records for so long: who asks once asks again.
const UNASKED: Duration = Duration::from_secs(2);

/// An index that does not catch up is waited for no longer than this.
const INDEX_PATIENCE: Duration = Duration::from_mins(1);

/// What everything is packed with in the end: read as fast as what was packed in a hurry.
const CODEC: Codec = Codec::Lz4High;

/// What is known of the runs.
#[derive(Debug, Default)]
pub(super) struct Shrinking {
    /// Runs that were tried and could not be shrunk.
    failed: HashSet<RunId>,
    /// Whether all ended runs are as they are to stay; looked at again when a run ends.
    settled: bool,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{0}")]
    Open(String),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error(transparent)]
    Compact(#[from] CompactError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl Shrinking {
    /// A run ended, so there is more to do.
    pub(super) fn look_again(&mut self) {
        self.settled = false;
    }

    /// Does what there is to do, as long as nothing else is going on. `grew` is when something last
    /// arrived.
    pub(super) fn work(&mut self, shared: &Shared, grew: Instant) {
        let current = shared.current();
        let rows = current.rows();
        let quiet = || is_quiet(shared, &current, rows, grew);
        if !quiet() {
            return;
        }
        if self.failed.contains(&current.id) {
            // Told already.
        } else if let Err(error) = rest(&current, &quiet) {
            tracing::warn!(%error, run = %current.id, "a run could not be shrunk");
            self.failed.insert(current.id.clone());
        }
        while !self.settled && quiet() {
            let Some(id) = self.next(shared, &current.id) else {
                self.settled = true;
                break;
            };
            if let Err(error) = settle(shared, &id, &quiet) {
                tracing::warn!(%error, run = %id, "a run could not be shrunk");
                self.failed.insert(id);
            }
        }
    }

    /// A run that has ended and is not yet as it is to stay.
    fn next(&self, shared: &Shared, current: &RunId) -> Option<RunId> {
        let runs = shared.data.runs().unwrap_or_default();
        let mut waiting = runs.into_iter().filter(|(id, manifest)| {
            let waits = manifest
                .as_ref()
                .is_ok_and(|manifest| manifest.ended.is_some() && !manifest.packed);
            waits && id != current && !self.failed.contains(id)
        });
        waiting.next().map(|(id, _)| id)
    }
}

/// Joins and packs what a run goes on from.
fn rest(run: &Run, quiet: &dyn Fn() -> bool) -> Result<(), Fault> {
    run.store.rest()?;
    while quiet() && run.store.compact_while(CODEC, quiet)? {}
    Ok(())
}

/// Joins and packs all of a run that has ended, and notes that it is done.
fn settle(shared: &Shared, id: &RunId, quiet: &dyn Fn() -> bool) -> Result<(), Fault> {
    let run = shared
        .run(Some(id))
        .map_err(|error| Fault::Open(error.message))?;
    let go_on = || quiet() && !run.gone.load(Ordering::Acquire);
    run.store.seal()?;
    while go_on() {
        if !run.store.compact_while(CODEC, &go_on)? && go_on() {
            let totals = run.store.totals();
            run.store.update_manifest(|manifest| {
                manifest.packed = true;
                manifest.totals = Some(totals);
            })?;
            shared.hub.runs_changed();
            break;
        }
    }
    Ok(())
}

/// Whether nobody waits for anything.
fn is_quiet(shared: &Shared, current: &Arc<Run>, rows: u64, grew: Instant) -> bool {
    let for_long = grew.elapsed();
    let indexed = || current.indexed() >= rows || for_long > INDEX_PATIENCE;
    let searching = || {
        let views = shared.views.all();
        views.iter().any(|view| {
            let state = view.state();
            state.searched < state.total
        })
    };
    let asked = || *shared.asked.lock();
    for_long > QUIET
        && asked().is_none_or(|asked| asked.elapsed() > UNASKED)
        && current.rows() == rows
        && !shared.is_closed()
        && Arc::ptr_eq(current, &shared.current())
        && indexed()
        && !searching()
}

#[cfg(test)]
mod tests;
