//! Reading the records that columns and index leave open.
//!
//! Frames are searched whole, newest first, by as many threads as there are processors: the
//! matcher's prefilter skims a frame's text for rows worth looking at, and the matcher decides.

use std::num::NonZero;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crosscut_model::{RowMeta, Seq};
use crosscut_query::Matcher;
use crosscut_store::{FrameBuf, FrameInfo, FrameText, ReadError, Snapshot};
use roaring::RoaringBitmap;

use super::report::{FrameFound, Report};
use super::searcher::{Found, Want};
use super::{SearchError, SourceNames, StoredRecord};
use crate::fields::each;

/// Up to so many frames are searched without starting threads.
const FEW_FRAMES: usize = 3;

/// Up to so many open rows, frames are read through the cache. More would only push out of it what
/// is looked at.
const FEW_ROWS: u64 = 2_000;

/// So many frames are read at once, at most, when only the first rows are wanted.
const MOST_AT_ONCE: usize = 256;

/// A frame is skimmed as a whole when at least one row in so many is open.
const SKIM_ONE_IN: u64 = 8;

/// A search through what is open.
#[derive(Clone, Copy)]
pub(super) struct Verification<'a> {
    pub(super) matcher: &'a Matcher,
    /// Whether the query asks for columns, so that they must be at hand.
    pub(super) asks_columns: bool,
    pub(super) snapshot: &'a Snapshot,
    pub(super) names: &'a dyn SourceNames,
    /// The rows to look at.
    pub(super) open: &'a RoaringBitmap,
    pub(super) cancel: &'a AtomicBool,
}

/// What a thread uses again and again.
#[derive(Debug, Default)]
struct Scratch {
    frame: FrameBuf,
    cached: Option<Arc<FrameText>>,
    ends: Vec<u32>,
    skimmed: Vec<u32>,
    candidates: Vec<u32>,
}

impl Verification<'_> {
    /// Finds the open rows that match and tells the report.
    pub(super) fn run(&self, report: &mut Report<'_>) -> Result<(), SearchError> {
        let frames = self.frames();
        if frames.len() > FEW_FRAMES {
            return self.run_threads(&frames, report);
        }
        let mut scratch = Scratch::default();
        for frame in frames.rev() {
            report.take(self.frame(frame, &mut scratch)?);
        }
        Ok(())
    }

    /// The first rows that match, `known` ones among them: reads frame by frame from the one end,
    /// ever more at once, until there are enough.
    pub(super) fn first(&self, known: RoaringBitmap, want: Want) -> Result<Found, SearchError> {
        let mut found = Found {
            rows: known,
            unreadable: Vec::new(),
        };
        let frames: Vec<usize> = if want.newest {
            self.frames().rev().collect()
        } else {
            self.frames().collect()
        };
        let holds = |&frame: &usize| {
            let rows = self.snapshot.frame_info(frame).map(rows_of);
            rows.is_some_and(|rows| self.open.range_cardinality(rows) > 0)
        };
        let mut frames = frames.into_iter().filter(holds).peekable();
        let mut at_once = 1;
        let limit = want.limit as u64;
        while let Some(&next) = frames.peek() {
            // What lies before the frame is decided.
            let span = self
                .snapshot
                .frame_info(next)
                .map(rows_of)
                .unwrap_or_default();
            let decided = if want.newest {
                found.rows.range_cardinality(span.end..)
            } else {
                found.rows.range_cardinality(..span.start)
            };
            if decided >= limit {
                break;
            }
            let some: Vec<usize> = frames.by_ref().take(at_once).collect();
            at_once = (at_once * 2).min(MOST_AT_ONCE);
            let parts = each(
                some.len(),
                self.cancel,
                || (self.matcher.clone(), Scratch::default()),
                |(matcher, scratch), at| {
                    let own = Verification { matcher, ..*self };
                    some.get(at).map_or_else(
                        || Ok(FrameFound::default()),
                        |&frame| own.frame(frame, scratch),
                    )
                },
            );
            for part in parts.ok_or(SearchError::Cancelled)? {
                let part = part?;
                found.rows.extend(part.rows);
                found.unreadable.extend(part.unreadable);
            }
        }
        let surplus = found.rows.len().saturating_sub(limit);
        let narrow = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        if surplus > 0 && want.newest {
            let first = found.rows.select(narrow(surplus)).unwrap_or(u32::MAX);
            found.rows.remove_range(..first);
        } else if surplus > 0 {
            let behind = found.rows.select(narrow(limit)).unwrap_or(u32::MAX);
            found.rows.remove_range(behind..);
        }
        found.unreadable.sort_by_key(|rows| rows.start);
        Ok(found)
    }

    /// The frames that hold open rows, and those between them.
    fn frames(&self) -> Range<usize> {
        let frame = |row: Option<u32>| row.and_then(|row| self.snapshot.frame_of_row(row.into()));
        match (frame(self.open.min()), frame(self.open.max())) {
            (Some(first), Some(last)) => first..last + 1,
            _ => 0..0,
        }
    }

    fn run_threads(
        &self,
        frames: &Range<usize>,
        report: &mut Report<'_>,
    ) -> Result<(), SearchError> {
        let taken = AtomicUsize::new(0);
        let threads = thread::available_parallelism()
            .map_or(2, NonZero::get)
            .min(frames.len());
        let (send, receive) = crossbeam_channel::bounded(64);
        thread::scope(|scope| {
            for _ in 0..threads {
                let (send, taken) = (send.clone(), &taken);
                scope.spawn(move || {
                    let matcher = self.matcher.clone();
                    let own = Verification {
                        matcher: &matcher,
                        ..*self
                    };
                    let mut scratch = Scratch::default();
                    loop {
                        let number = taken.fetch_add(1, Ordering::Relaxed);
                        if number >= frames.len() {
                            return;
                        }
                        let found = own.frame(frames.end - 1 - number, &mut scratch);
                        let idle = matches!(&found, Ok(found) if found.searched == 0);
                        let failed = found.is_err();
                        if !idle && (send.send(found).is_err() || failed) {
                            return;
                        }
                    }
                });
            }
            drop(send);
            let mut result = Ok(());
            for found in &receive {
                match found {
                    Ok(found) if result.is_ok() => report.take(found),
                    Ok(_) => {}
                    Err(error) => {
                        // The others need not go on.
                        taken.store(frames.len(), Ordering::Relaxed);
                        result = Err(error);
                    }
                }
            }
            result
        })
    }

    /// Searches one frame.
    fn frame(&self, frame: usize, scratch: &mut Scratch) -> Result<FrameFound, SearchError> {
        if self.cancel.load(Ordering::Acquire) {
            return Err(SearchError::Cancelled);
        }
        let mut found = FrameFound::default();
        let Some(info) = self.snapshot.frame_info(frame) else {
            return Ok(found);
        };
        let rows = rows_of(info);
        found.searched = self.open.range_cardinality(rows.clone());
        if found.searched == 0 {
            return Ok(found);
        }
        let Scratch {
            frame: buf,
            cached,
            ends,
            skimmed,
            candidates,
        } = scratch;
        let text = if self.open.len() <= FEW_ROWS {
            self.snapshot
                .read_frame(frame)
                .map(|text| &**cached.insert(text))
        } else {
            self.snapshot.read_frame_uncached(frame, buf)
        };
        let text = match text {
            Ok(text) => text,
            Err(error) => {
                tracing::warn!(%error, "records could not be searched");
                found.unreadable = Some(info.first_row..info.first_row + u64::from(info.rows));
                return Ok(found);
            }
        };
        if text.is_damaged() {
            found.unreadable = Some(info.first_row..info.first_row + u64::from(info.rows));
        }
        candidates.clear();
        match self.matcher.prefilter_among(self.names.source_names()) {
            Some(prefilter) if found.searched * SKIM_ONE_IN >= u64::from(info.rows) => {
                // The store says where the next record begins, the prefilter asks for the newline.
                ends.clear();
                ends.extend(text.ends().iter().map(|end| end.saturating_sub(1)));
                skimmed.clear();
                prefilter.candidates(text.text(), ends, skimmed);
                let all_open = found.searched == u64::from(info.rows);
                let open = skimmed
                    .iter()
                    .map(|within| rows.start.saturating_add(*within));
                candidates.extend(open.filter(|row| all_open || self.open.contains(*row)));
            }
            _ => candidates.extend(self.open.range(rows.clone())),
        }
        self.decide(text, rows.start, candidates)?;
        found.rows.extend_from_slice(candidates);
        Ok(found)
    }

    /// Keeps the candidates that match.
    fn decide(
        &self,
        text: &FrameText,
        first_row: u32,
        candidates: &mut Vec<u32>,
    ) -> Result<(), ReadError> {
        let (Some(&first), Some(&last)) = (candidates.first(), candidates.last()) else {
            return Ok(());
        };
        let metas = if self.asks_columns {
            self.snapshot.row_metas(first.into()..u64::from(last) + 1)?
        } else {
            Vec::new()
        };
        candidates.retain(|&row| {
            let meta = metas.get((row - first) as usize).copied();
            let source = meta.map_or("", |meta| self.names.source_name(meta.source));
            let raw = text.row((row - first_row) as usize);
            let meta = meta.unwrap_or(RowMeta::default());
            let layout = self.names.facts().layout(meta.source, row.into());
            let record = StoredRecord::new(raw, Seq::from_row(row.into()), meta, source);
            self.matcher.matches(&record.laid_out(layout))
        });
        Ok(())
    }
}

fn rows_of(info: FrameInfo) -> Range<u32> {
    let narrow = |row: u64| u32::try_from(row).unwrap_or(u32::MAX);
    narrow(info.first_row)..narrow(info.first_row.saturating_add(u64::from(info.rows)))
}
