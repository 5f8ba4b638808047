//! The end of the last segment: what of it stays, and making that durable.

use std::io;
use std::path::Path;

use crate::run::recovery::Recovery;
use crate::run::writer::{COPY_BYTES, Inner};
use crate::segment::{Health, Item};
use crate::storage::{Storage, read_exact_at};

/// Rows that the frames themselves say were durable when later ones were written.
fn durable_rows(items: &[Item]) -> u64 {
    let headers = items.iter().filter_map(|item| match item {
        Item::Frame(found) => Some(found.header),
        Item::Junk { .. } => None,
    });
    let durable = headers
        .map(|header| header.synced_rows)
        .max()
        .unwrap_or_default();
    // Earlier segments were durable before this one was begun.
    match items.first() {
        Some(Item::Frame(found)) => durable.max(found.header.first_row),
        Some(Item::Junk { .. }) | None => durable,
    }
}

/// How far the segment is known to be durable; `len` when all of it is.
pub(super) fn durable_end(items: &[Item], len: u64) -> u64 {
    let durable = durable_rows(items);
    let unproven = items.iter().find_map(|item| match item {
        Item::Frame(found) if found.header.first_row >= durable => Some(found.offset),
        Item::Frame(_) | Item::Junk { .. } => None,
    });
    unproven.unwrap_or(len)
}

/// Splits what the walk over the last segment met into what stays and what is cut, and tells where.
///
/// Damage to rows that were durable stays, as a hole: the disk is at fault and what follows is
/// good. Damage to others may be a write that the power cut tore, of which what follows is a part.
pub(super) fn split_torn(items: &[Item], first_row: u64) -> (&[Item], Option<u64>) {
    let (keep, cut) = split_damaged(items, first_row);
    let durable = durable_rows(items);
    // A batch whose last frame is missing was torn too; its checkpoint is not there.
    let torn = |item: &Item| match item {
        Item::Frame(found) => {
            (found.header.goes_on() && found.header.first_row >= durable).then_some(found.offset)
        }
        Item::Junk { .. } => None,
    };
    let mut keep = keep;
    let mut cut = cut;
    while let Some((offset, before)) = keep
        .split_last()
        .and_then(|(last, before)| Some((torn(last)?, before)))
    {
        (keep, cut) = (before, Some(offset));
    }
    (keep, cut)
}

/// Splits at the first damage to rows that may never have been durable.
fn split_damaged(items: &[Item], first_row: u64) -> (&[Item], Option<u64>) {
    let durable = durable_rows(items);
    let mut row = first_row;
    let mut junk = None;
    for (i, item) in items.iter().enumerate() {
        match item {
            Item::Junk { offset } => junk = Some((i, *offset)),
            Item::Frame(found) => {
                let gap = found.header.first_row > row;
                let missing = junk.take().or_else(|| gap.then_some((i, found.offset)));
                let torn = missing.filter(|_| row >= durable).or_else(|| {
                    let bad = found.health != Health::Whole && found.header.first_row >= durable;
                    bad.then_some((i, found.offset))
                });
                if let Some((keep, offset)) = torn {
                    return (items.get(..keep).unwrap_or_default(), Some(offset));
                }
                row = found.header.first_row + u64::from(found.header.rows);
            }
        }
    }
    match junk {
        Some((keep, offset)) => (items.get(..keep).unwrap_or_default(), Some(offset)),
        None => (items, None),
    }
}

/// Records in whole frames.
pub(super) fn whole_rows(items: &[Item]) -> u64 {
    let rows = items.iter().filter_map(|item| match item {
        Item::Frame(found) if found.health == Health::Whole => Some(found.header.rows),
        Item::Frame(_) | Item::Junk { .. } => None,
    });
    rows.map(u64::from).sum()
}

impl Inner {
    /// Cuts what is to be cut and makes all that stays durable. What fails is left to the first
    /// append; the run can be read meanwhile.
    pub(super) fn settle(
        &mut self,
        (storage, dir): (&dyn Storage, &Path),
        rows: u64,
        recovery: &mut Recovery,
    ) {
        if self.trouble.cut {
            match self.segment.file.truncate(self.end) {
                Ok(()) => self.trouble.cut = false,
                Err(error) => recovery.unrepaired(self.segment.path.clone(), &error),
            }
        }
        // The segment's name too: the last process may have ended before it had synced that.
        let done = self.write_again().and_then(|()| self.segment.file.sync());
        match done.and_then(|()| storage.sync_dir(dir)) {
            Ok(()) => {
                self.synced_rows = rows;
                self.synced_end = self.end;
            }
            Err(error) => {
                self.trouble.rewrite = true;
                recovery.unrepaired(self.segment.path.clone(), &error);
            }
        }
    }

    /// Writes what is not known to be durable over itself. If a sync failed in the last process,
    /// the system may hold these bytes for clean, and syncing alone would not save them.
    fn write_again(&self) -> io::Result<()> {
        let mut buffer = Vec::new();
        let mut at = self.synced_end;
        while at < self.end {
            let len = usize::try_from(self.end - at)
                .unwrap_or(COPY_BYTES)
                .min(COPY_BYTES);
            buffer.resize(len, 0);
            read_exact_at(&*self.segment.file, &mut buffer, at)?;
            self.segment.file.write_at(&buffer, at)?;
            at += len as u64;
        }
        Ok(())
    }
}
