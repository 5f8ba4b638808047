//! The rows of a view, in order of arrival.

use std::ops::Range;

use roaring::RoaringBitmap;

/// Some of a run's rows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Base<'a> {
    /// All before this one.
    All(u32),
    /// These.
    Some(&'a RoaringBitmap),
}

impl Base<'_> {
    pub(crate) fn len(self) -> u64 {
        match self {
            Self::All(end) => u64::from(end),
            Self::Some(rows) => rows.len(),
        }
    }

    pub(crate) fn contains(self, row: u32) -> bool {
        match self {
            Self::All(end) => row < end,
            Self::Some(rows) => rows.contains(row),
        }
    }

    /// How many are in a range.
    pub(crate) fn count(self, range: Range<u32>) -> u64 {
        match self {
            Self::All(end) => u64::from(range.end.min(end).saturating_sub(range.start)),
            Self::Some(rows) => rows.range_cardinality(range),
        }
    }

    /// How many there are before a row.
    pub(crate) fn before(self, row: u32) -> u64 {
        self.count(0..row)
    }

    /// Calls `take` with those of a range, from the one at `skip` on, until that wants no more.
    pub(crate) fn each(self, range: Range<u32>, skip: u64, take: &mut dyn FnMut(u32) -> bool) {
        match self {
            Self::All(end) => {
                let first = u64::from(range.start).saturating_add(skip);
                let first = u32::try_from(first).unwrap_or(u32::MAX);
                let mut rows = first..range.end.min(end);
                rows.all(take);
            }
            Self::Some(rows) => {
                let rank = self.before(range.start).saturating_add(skip);
                let first = u32::try_from(rank).ok().and_then(|rank| rows.select(rank));
                if let Some(first) = first.filter(|first| *first < range.end) {
                    rows.range(first..range.end).all(take);
                }
            }
        }
    }
}

/// The same, to keep.
#[derive(Debug, Clone)]
pub(crate) enum OwnBase {
    /// All before this one.
    All(u32),
    /// These.
    Some(RoaringBitmap),
}

impl Base<'_> {
    pub(crate) fn to_owned(self) -> OwnBase {
        match self {
            Self::All(end) => OwnBase::All(end),
            Self::Some(rows) => OwnBase::Some(rows.clone()),
        }
    }
}

impl OwnBase {
    pub(crate) fn base(&self) -> Base<'_> {
        match self {
            Self::All(end) => Base::All(*end),
            Self::Some(rows) => Base::Some(rows),
        }
    }
}
