//! Adding up a field's values: facets, percentiles, which fields there are.
//!
//! Owns the questions that are asked of a whole set of rows rather than of a record. Promises: the
//! counts are exact, whatever columns know: values they do not tell are read in the records;
//! distinct values are told up to a limit, and that they were cut is said; each call ends soon
//! after it is cancelled.
//!
//! Layout: [`values`] gathers how often a field has which value, [`facet`] and [`summary`] are what
//! is made of that, [`names`] lists fields.

mod facet;
mod names;
mod read;
mod summary;
mod values;

use std::ops::Range;
use std::sync::atomic::AtomicBool;

use crosscut_store::Snapshot;
use roaring::RoaringBitmap;

use crate::{IndexSnapshot, SourceNames};

pub use facet::{Facet, FacetKind, FacetValue};
pub use names::FieldInfo;
pub use read::levels_of;
pub use summary::Summary;

/// What is added up.
#[derive(Clone, Copy)]
pub struct FieldScope<'a> {
    /// The run.
    pub snapshot: &'a Snapshot,
    /// Its index, as far as it has come.
    pub index: Option<&'a IndexSnapshot>,
    /// What its sources are called.
    pub names: &'a dyn SourceNames,
    /// The rows that count; all when absent.
    pub rows: Option<&'a RoaringBitmap>,
    /// Set to end the call.
    pub cancel: &'a AtomicBool,
}

impl std::fmt::Debug for FieldScope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FieldScope")
            .field("rows", &self.rows.map(RoaringBitmap::len))
            .finish_non_exhaustive()
    }
}

impl FieldScope<'_> {
    /// Rows of the run.
    fn run_rows(&self) -> Range<u32> {
        0..u32::try_from(self.snapshot.rows()).unwrap_or(u32::MAX)
    }

    /// How many rows count.
    fn count(&self) -> u64 {
        self.rows
            .map_or_else(|| self.snapshot.rows(), RoaringBitmap::len)
    }

    /// Those of some rows that count.
    fn among(&self, rows: Range<u32>) -> RoaringBitmap {
        match self.rows {
            None => crate::search::all(rows),
            Some(wanted) => {
                let mut some = RoaringBitmap::new();
                some.extend(wanted.range(rows));
                some
            }
        }
    }
}
