//! What is known of a query's answer before any record is read.

use std::ops::Range;

use roaring::RoaringBitmap;

/// Two sets of rows that enclose an answer: `must` ⊆ answer ⊆ `may`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bounds {
    /// Rows that match.
    pub(super) must: RoaringBitmap,
    /// No other rows match.
    pub(super) may: RoaringBitmap,
}

impl Bounds {
    /// The answer itself.
    pub(super) fn exact(rows: RoaringBitmap) -> Self {
        Self {
            must: rows.clone(),
            may: rows,
        }
    }

    /// Any of these rows, or none.
    pub(super) fn at_most(rows: RoaringBitmap) -> Self {
        Self {
            must: RoaringBitmap::new(),
            may: rows,
        }
    }

    /// What matches both.
    pub(super) fn and(self, other: &Self) -> Self {
        Self {
            must: self.must & &other.must,
            may: self.may & &other.may,
        }
    }

    /// What matches either.
    pub(super) fn or(self, other: &Self) -> Self {
        Self {
            must: self.must | &other.must,
            may: self.may | &other.may,
        }
    }

    /// Those of all rows that do not match.
    pub(super) fn not(self, all: &RoaringBitmap) -> Self {
        Self {
            must: all - self.may,
            may: all - self.must,
        }
    }
}

/// All of these rows.
pub(crate) fn all(rows: Range<u32>) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    all.insert_range(rows);
    all
}
