//! `search`: a strict query's matches, oldest first, page by page.
//!
//! The first page finds all matches (a bitmap) and keeps them for the pages to come; of answers
//! that nobody finishes only the last few are kept, and one that is gone is found anew from its
//! cursor. The newest few in order of arrival are found without looking at the rest.

mod cursor;

use std::collections::VecDeque;
use std::sync::Arc;

use crosscut_index::Want;
use crosscut_model::UnixNanos;
use crosscut_query::{FieldTest, Order, Path, Query, Temper, Test};
use crosscut_store::Snapshot;
use parking_lot::Mutex;

use self::cursor::Cursor;
use super::Workbench;
use super::read::{Filter, equals};
use crate::api::{ApiError, SearchArgs, SearchRecord, SearchReply, ViewOrder};
use crate::run::Run;
use crate::views::{Hits, bad_query, read_records, utf16_pairs};

/// Records in one answer, at most.
const PAGE_ROWS: u64 = 1_000;

/// An answer ends behind the record that fills it. Bytes of text.
const PAGE_BYTES: usize = 2 << 20;

/// Records read at once; a record may have a megabyte.
const READ_ROWS: usize = 8;

/// Records on either side of a match, at most.
const MAX_CONTEXT: u32 = 1_000;

/// Up to so many of the newest are found without looking at the rest.
const FEW: u64 = 1_000;

/// Unfinished answers that are kept.
const KEPT: usize = 4;

/// Unfinished answers.
#[derive(Debug, Default)]
pub(crate) struct Answers(Mutex<VecDeque<(String, Arc<Answer>)>>);

/// All that a search found.
#[derive(Debug)]
struct Answer {
    hits: Hits,
    matches: Option<u64>,
    older: bool,
    unreadable: u64,
}

impl Workbench {
    pub(crate) fn search(&self, args: &SearchArgs) -> Result<SearchReply, ApiError> {
        let shared = &self.shared;
        let cursor: Option<Cursor> = args.cursor.as_deref().map(str::parse).transpose()?;
        let id = cursor.as_ref().map(|cursor| &cursor.run);
        let run = shared.run(args.run.as_ref().or(id))?;
        let snapshot = run.snapshot();
        let mut cursor = cursor.unwrap_or_else(|| Cursor {
            run: run.id.clone(),
            end: snapshot.rows(),
            now: shared.clock.now(),
            told: 0,
        });
        if cursor.run != run.id || cursor.end > snapshot.rows() {
            return Err(
                ApiError::new("bad_cursor", "the cursor belongs to another run")
                    .hint("leave it out to begin anew"),
            );
        }
        let filter = self.filter(args, &run, cursor.now)?;
        if args.count {
            let found = filter.find(&run, &snapshot, 0..cursor.end)?;
            return Ok(SearchReply {
                run: run.id.clone(),
                matches: Some(found.rows.len()),
                older: false,
                records: Vec::new(),
                cursor: None,
                unreadable: lost(&found.unreadable),
            });
        }
        let key = key(args, &cursor);
        let answer = match shared.answers.take(&key) {
            Some(answer) => answer,
            None => Arc::new(answer(args, &filter, &run, &snapshot, cursor.end)?),
        };
        let records = page(args, &filter, &run, &snapshot, &answer.hits, cursor.told)?;
        cursor.told += records.len() as u64;
        let goes_on = cursor.told < answer.hits.len() && !records.is_empty();
        let reply = SearchReply {
            run: run.id.clone(),
            matches: answer.matches,
            older: answer.older,
            records,
            cursor: goes_on.then(|| cursor.to_string()),
            unreadable: answer.unreadable,
        };
        if goes_on {
            shared.answers.keep(key, answer);
        }
        Ok(reply)
    }

    /// What the arguments ask for, as they mean it at this moment.
    fn filter(&self, args: &SearchArgs, run: &Run, now: UnixNanos) -> Result<Filter, ApiError> {
        let parsed = crosscut_query::parse(&args.query, Temper::Strict);
        let mut parts = vec![parsed.map_err(|error| bad_query(&error))?.query];
        let moments = [
            ("since", Order::AtLeast, &args.since),
            ("until", Order::AtMost, &args.until),
        ];
        for (name, order, moment) in moments {
            let Some(moment) = moment else { continue };
            let test = Query::Field(FieldTest {
                path: Path::name("time"),
                test: Test::Compare(order, moment.clone()),
            });
            self.shared
                .searcher(&test, run, now)
                .map_err(|error| ApiError {
                    code: format!("bad_{name}"),
                    message: format!("{name}: {}", error.message),
                    position: None,
                    ..error
                })?;
            parts.push(test);
        }
        if let Some(source) = &args.source {
            parts.push(equals("source", source));
        }
        Filter::of(&self.shared, run, parts, now)
    }
}

impl Answers {
    fn take(&self, key: &str) -> Option<Arc<Answer>> {
        let mut kept = self.0.lock();
        let at = kept.iter().position(|(known, _)| known == key)?;
        kept.remove(at).map(|(_, answer)| answer)
    }

    fn keep(&self, key: String, answer: Arc<Answer>) {
        let mut kept = self.0.lock();
        kept.push_back((key, answer));
        if kept.len() > KEPT {
            kept.pop_front();
        }
    }
}

/// Everything that makes an answer the one it is.
fn key(args: &SearchArgs, cursor: &Cursor) -> String {
    let asked = SearchArgs {
        cursor: None,
        run: None,
        highlight: false,
        ..args.clone()
    };
    let first = Cursor {
        told: 0,
        ..cursor.clone()
    };
    format!("{first} {asked:?}")
}

fn answer(
    args: &SearchArgs,
    filter: &Filter,
    run: &Run,
    snapshot: &Snapshot,
    end: u64,
) -> Result<Answer, ApiError> {
    if args.oldest && args.order != ViewOrder::Arrival {
        return Err(ApiError::new(
            "bad_arguments",
            "the oldest matches are found in order of arrival only",
        ));
    }
    let limit = args.limit;
    let few = limit.filter(|limit| *limit <= FEW && args.order == ViewOrder::Arrival);
    let (rows, matches, unreadable) = if let Some(few) = few {
        // One more tells whether there are older ones.
        let few = usize::try_from(few + 1).unwrap_or(usize::MAX);
        let want = Want {
            limit: few,
            newest: !args.oldest,
        };
        let found = filter.first(run, snapshot, 0..end, want)?;
        (found.rows, None, lost(&found.unreadable))
    } else {
        let found = filter.find(run, snapshot, 0..end)?;
        let matches = found.rows.len();
        (found.rows, Some(matches), lost(&found.unreadable))
    };
    let older = limit.is_some_and(|limit| rows.len() > limit);
    let mut rows = rows;
    if let Some(limit) = limit.filter(|_| older && args.oldest) {
        let behind = u32::try_from(limit).ok().and_then(|at| rows.select(at));
        rows.remove_range(behind.unwrap_or(u32::MAX)..);
    }
    let context = args.context.min(MAX_CONTEXT);
    let end = u32::try_from(end).unwrap_or(u32::MAX);
    let hits = Hits::new(snapshot, rows, end, args.order, limit, context)
        .map_err(|error| ApiError::storage(&error))?;
    Ok(Answer {
        hits,
        matches,
        older,
        unreadable,
    })
}

fn lost(rows: &[std::ops::Range<u64>]) -> u64 {
    rows.iter().map(|rows| rows.end - rows.start).sum()
}

/// The records from `start` on, as many as fit an answer.
fn page(
    args: &SearchArgs,
    filter: &Filter,
    run: &Run,
    snapshot: &Snapshot,
    hits: &Hits,
    start: u64,
) -> Result<Vec<SearchRecord>, ApiError> {
    let names = run.names();
    let page = hits.page(start..start.saturating_add(PAGE_ROWS));
    let searcher = filter.searcher().filter(|_| args.highlight);
    let (mut records, mut bytes) = (Vec::new(), 0);
    for part in page.chunks(READ_ROWS) {
        if bytes >= PAGE_BYTES {
            break;
        }
        let rows: Vec<u32> = part.iter().map(|hit| hit.row).collect();
        let read = read_records(run, snapshot, &names, &rows)
            .map_err(|error| ApiError::storage(&error))?;
        for (record, hit) in read.into_iter().zip(part) {
            bytes += record.line.len() + record.message.len();
            let marked = searcher.filter(|_| hit.matched);
            records.push(SearchRecord {
                hits: marked.map_or_else(Vec::new, |s| utf16_pairs(&record.line, s)),
                record,
                matched: hit.matched,
                gap: hit.gap,
            });
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests;
