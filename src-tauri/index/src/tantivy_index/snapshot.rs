//! Answering for all segments.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use roaring::RoaringBitmap;
use tantivy::directory::{Directory, META_LOCK};
use tantivy::postings::TermInfo;
use tantivy::{Index, SegmentReader};

use super::segment::Segment;
use crate::words::{Piece, pieces};

/// What the index knows of the records that hold a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TextAnswer {
    /// Rows that hold it for certain.
    pub(crate) must: RoaringBitmap,
    /// No other rows hold it.
    pub(crate) may: RoaringBitmap,
}

/// An index at one moment; answers for rows below [`rows`](Self::rows).
#[derive(Debug)]
pub struct IndexSnapshot {
    rows: u64,
    segments: Vec<Arc<Segment>>,
    /// Shared by all snapshots of one index: set when a file was found damaged.
    damaged: Arc<AtomicBool>,
}

impl IndexSnapshot {
    /// The last commit, which has come to `rows`. What `before` has read is kept.
    pub(super) fn open(index: &Index, rows: u64, before: Option<&Self>) -> tantivy::Result<Self> {
        // So that no file is taken away between being named and being opened.
        let _lock = index.directory().acquire_lock(&META_LOCK)?;
        let mut segments = Vec::new();
        for segment in index.searchable_segments()? {
            let known = before.and_then(|before| {
                before
                    .segments
                    .iter()
                    .find(|known| known.id() == segment.id())
            });
            segments.push(match known {
                Some(known) => Arc::clone(known),
                None => Arc::new(Segment::open(&SegmentReader::open(&segment)?)?),
            });
        }
        // A snapshot of a damaged index is followed by one of a new index.
        let damaged = before.filter(|before| !before.is_damaged());
        let damaged = damaged
            .map(|before| Arc::clone(&before.damaged))
            .unwrap_or_default();
        Ok(Self {
            rows,
            segments,
            damaged,
        })
    }

    /// Rows it knows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Different words in the largest part of the index: what is looked through for a text inside
    /// words. For measurements.
    pub fn dictionary_size(&self) -> usize {
        self.segments
            .iter()
            .map(|segment| segment.dictionary_size())
            .max()
            .unwrap_or_default()
    }

    /// Parts of the index. For measurements.
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    /// Whether a file was found damaged since the index was opened.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Acquire)
    }

    /// Whether segments have been merged since.
    pub(super) fn is_outdated(&self, index: &Index) -> bool {
        let Ok(ids) = index.searchable_segment_ids() else {
            return false;
        };
        ids.len() != self.segments.len()
            || !self
                .segments
                .iter()
                .all(|segment| ids.contains(&segment.id()))
    }

    /// What is known of the records whose text holds `text`, ignoring case; nothing when the index
    /// cannot narrow them down.
    pub(crate) fn text(&self, text: &str) -> Option<TextAnswer> {
        self.healthy(self.text_in(text))
    }

    /// The rows of records whose fields may hold what their text does not.
    pub(crate) fn escapes(&self) -> Option<RoaringBitmap> {
        self.healthy(self.all(Segment::escapes).map(Some))
    }

    fn healthy<T>(&self, answer: io::Result<Option<T>>) -> Option<T> {
        match answer {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(%error, "the index cannot be read; the search goes on without it");
                self.damaged.store(true, Ordering::Release);
                None
            }
        }
    }

    fn text_in(&self, text: &str) -> io::Result<Option<TextAnswer>> {
        let pieces = pieces(text);
        let mut known = Vec::new();
        for piece in pieces.pieces.iter().filter(|piece| !piece.may_be_opaque()) {
            known.extend(self.terms_with(piece)?);
        }
        known.sort_by_key(|terms| terms.postings);
        let Some(rarest) = known.first() else {
            return Ok(None);
        };
        // A text that half the records may hold is looked for in all: that costs about as much.
        if !pieces.whole && rarest.postings > self.rows / 2 {
            return Ok(None);
        }
        let mut may = self.rows_with(rarest)?;
        for terms in known.iter().skip(1) {
            if may.is_empty() || terms.postings > self.rows / 2 {
                break;
            }
            may &= self.rows_with(terms)?;
        }
        let must = if pieces.whole {
            may.clone()
        } else {
            RoaringBitmap::new()
        };
        may |= self.all(Segment::long)?;
        Ok(Some(TextAnswer { must, may }))
    }

    /// The terms that hold a piece, segment by segment; nothing when one cannot tell.
    fn terms_with(&self, piece: &Piece) -> io::Result<Option<Terms>> {
        let mut all = Terms {
            postings: 0,
            by_segment: Vec::with_capacity(self.segments.len()),
        };
        for segment in &self.segments {
            let Some(terms) = segment.terms_with(piece)? else {
                return Ok(None);
            };
            all.postings += terms
                .iter()
                .map(|term| u64::from(term.doc_freq))
                .sum::<u64>();
            all.by_segment.push(terms);
        }
        Ok(Some(all))
    }

    fn rows_with(&self, terms: &Terms) -> io::Result<RoaringBitmap> {
        let mut rows = RoaringBitmap::new();
        for (segment, terms) in self.segments.iter().zip(&terms.by_segment) {
            rows |= segment.rows_with(terms)?;
        }
        Ok(rows)
    }

    fn all(&self, of: fn(&Segment) -> io::Result<&RoaringBitmap>) -> io::Result<RoaringBitmap> {
        let mut rows = RoaringBitmap::new();
        for segment in &self.segments {
            rows |= of(segment)?;
        }
        Ok(rows)
    }
}

/// Terms of each segment.
#[derive(Debug)]
struct Terms {
    /// Documents in their postings, those in several counted several times.
    postings: u64,
    by_segment: Vec<Vec<TermInfo>>,
}
