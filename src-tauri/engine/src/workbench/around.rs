//! `view_around` and `context`: a record and what stands around it.

use std::sync::Arc;

use crosscut_store::{ReadError, Snapshot};

use super::Workbench;
use super::views::MAX_ROWS;
use crate::api::{ApiError, Context, ContextArgs, ViewAround, ViewAroundArgs, ViewOrder};
use crate::run::Run;
use crate::views::{Arranged, View, rows_of};

/// Records looked at in one step on the way to a source's next.
const STEP: usize = 1 << 12;

impl Workbench {
    pub(crate) fn view_around(&self, args: &ViewAroundArgs) -> Result<ViewAround, ApiError> {
        let storage = |error: ReadError| ApiError::storage(&error);
        let view = self.shared.views.get(args.view)?;
        let (before, after) = (args.before.min(MAX_ROWS), args.after.min(MAX_ROWS));
        let (mut reply, rows, snapshot) = view
            .look(|view, snapshot, times| {
                let place = view.place(args.seq, snapshot.rows(), times)?;
                let start = place.position.saturating_sub(before.into());
                let end = place.position + u64::from(after) + u64::from(place.found);
                let rows = view.rows(start, usize::try_from(end - start).unwrap_or_default());
                let reply = ViewAround {
                    view: args.view,
                    epoch: view.epoch,
                    total: view.total(),
                    position: place.position,
                    found: place.found,
                    start,
                    rows: Vec::new(),
                };
                Ok((reply, rows, snapshot.clone()))
            })
            .map_err(storage)?;
        reply.rows =
            rows_of(&view.run, &snapshot, &rows, view.searcher.as_deref()).map_err(storage)?;
        Ok(reply)
    }

    pub(crate) fn context(&self, args: &ContextArgs) -> Result<Context, ApiError> {
        let storage = |error: ReadError| ApiError::storage(&error);
        let run = self.shared.run(args.run.as_ref())?;
        let all = whole(&run, args.order);
        let found = all.look(|all, snapshot, times| {
            let Some(row) = row_of(args.seq, snapshot) else {
                return Ok(None);
            };
            let position = all.position(row, times)?;
            let walk = Walk {
                all,
                snapshot,
                source: if args.same_source {
                    Some(snapshot.row_meta(row.into())?.source)
                } else {
                    None
                },
            };
            let (before, more_before) = walk.back(position, args.before.min(MAX_ROWS) as usize)?;
            let (after, more_after) = walk.on(position + 1, args.after.min(MAX_ROWS) as usize)?;
            let at = before.len();
            let rows: Vec<u32> = before.into_iter().chain([row]).chain(after).collect();
            Ok(Some((rows, at, more_before, more_after, snapshot.clone())))
        });
        let Some((rows, at, more_before, more_after, snapshot)) = found.map_err(storage)? else {
            return Err(ApiError::new(
                "unknown_record",
                format!("the run has no record {}", args.seq),
            ));
        };
        Ok(Context {
            run: run.id.clone(),
            at: u32::try_from(at).unwrap_or_default(),
            rows: rows_of(&run, &snapshot, &rows, None).map_err(storage)?,
            more_before,
            more_after,
        })
    }
}

/// A view of everything in a run, for one look.
fn whole(run: &Arc<Run>, order: ViewOrder) -> View {
    View::new(0, String::new(), Arc::clone(run), None, order)
}

fn row_of(seq: u64, snapshot: &Snapshot) -> Option<u32> {
    let row = seq.checked_sub(1).filter(|row| *row < snapshot.rows())?;
    u32::try_from(row).ok()
}

/// The way along a run's records, perhaps those of one source only.
struct Walk<'a> {
    all: &'a Arranged<'a>,
    snapshot: &'a Snapshot,
    source: Option<crosscut_model::SourceId>,
}

impl Walk<'_> {
    /// The nearest records before a position, in order, and whether there are more.
    fn back(&self, position: u64, count: usize) -> Result<(Vec<u32>, bool), ReadError> {
        let mut found: Vec<u32> = Vec::new();
        let mut end = position;
        while end > 0 && found.len() <= count {
            let start = end.saturating_sub(self.step(count));
            let step = usize::try_from(end - start).unwrap_or_default();
            let mut rows = self.own(self.all.rows(start, step))?;
            rows.append(&mut found);
            found = rows;
            end = start;
        }
        let more = found.len() > count;
        found.drain(..found.len().saturating_sub(count));
        Ok((found, more))
    }

    /// The nearest records from a position on, and whether there are more.
    fn on(&self, position: u64, count: usize) -> Result<(Vec<u32>, bool), ReadError> {
        let mut found: Vec<u32> = Vec::new();
        let mut start = position;
        while start < self.all.total() && found.len() <= count {
            let step = self.step(count);
            let rows = self
                .all
                .rows(start, usize::try_from(step).unwrap_or_default());
            found.append(&mut self.own(rows)?);
            start += step;
        }
        let more = found.len() > count;
        found.truncate(count);
        Ok((found, more))
    }

    /// How many to look at in one step; one more than wanted tells that there are more.
    fn step(&self, count: usize) -> u64 {
        let step = if self.source.is_some() {
            STEP
        } else {
            count + 1
        };
        step as u64
    }

    /// Those that count.
    fn own(&self, mut rows: Vec<u32>) -> Result<Vec<u32>, ReadError> {
        let Some(source) = self.source else {
            return Ok(rows);
        };
        let size = self.snapshot.chunk_rows().max(1);
        let mut chunk = (usize::MAX, Arc::from([]));
        let mut failed = None;
        rows.retain(|row| {
            let number = *row as usize / size;
            if chunk.0 != number {
                match self.snapshot.source_chunk(number) {
                    Ok(values) => chunk = (number, values),
                    Err(error) => {
                        failed.get_or_insert(error);
                        return false;
                    }
                }
            }
            chunk.1.get(*row as usize % size) == Some(&source.0)
        });
        failed.map_or(Ok(rows), Err)
    }
}
