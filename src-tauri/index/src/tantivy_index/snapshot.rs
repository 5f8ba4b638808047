//! Answering for all segments.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use roaring::RoaringBitmap;
use tantivy::directory::{Directory, META_LOCK};
use tantivy::postings::TermInfo;
use tantivy::{Index, SegmentReader};

use super::phrase::phrase;
use super::segment::Segment;
use crate::fields::{Fields, Grams, each};
use crate::words::{Piece, name_before_colon, pieces};

/// From so many postings on, segments are looked at by several threads.
const MANY_POSTINGS: u64 = 100_000;

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
    fields: Fields,
    /// Shared by all snapshots of one index: set when a file was found damaged.
    damaged: Arc<AtomicBool>,
}

impl IndexSnapshot {
    /// The last commit, which has come to `rows`. What `before` has read is kept.
    pub(super) fn open(
        index: &Index,
        rows: u64,
        fields: Fields,
        before: Option<&Self>,
    ) -> tantivy::Result<Self> {
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
            fields,
            damaged,
        })
    }

    /// Rows it knows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The fields' columns.
    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Different words in the largest part of the index: what is looked through for a text inside
    /// words. For measurements.
    pub fn dictionary_size(&self) -> usize {
        self.segments
            .iter()
            .map(|segment| segment.text.len())
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

    /// What is known of the records whose text holds `name:value`, ignoring case, as it stands in
    /// prose; nothing when the index cannot narrow them down.
    pub(crate) fn named(&self, name: &str, value: &str) -> Option<TextAnswer> {
        let answer = self.text(&format!("{name}:{value}"));
        let Some(piece) = name_before_colon(name, value) else {
            return answer;
        };
        let rows = self.healthy(self.before_colon(&piece));
        match (answer, rows) {
            (Some(answer), Some(rows)) => Some(TextAnswer {
                must: answer.must,
                may: answer.may & rows,
            }),
            (None, Some(rows)) => Some(TextAnswer {
                must: RoaringBitmap::new(),
                may: rows,
            }),
            (answer, None) => answer,
        }
    }

    fn before_colon(&self, piece: &Piece) -> io::Result<Option<RoaringBitmap>> {
        let mut rows = self.all(Segment::long)?;
        for segment in &self.segments {
            let Some(terms) = segment.colons.terms_with(piece)? else {
                return Ok(None);
            };
            rows |= segment.rows_in(&segment.colons.reader, &terms)?;
        }
        Ok(Some(rows))
    }

    fn text_in(&self, text: &str) -> io::Result<Option<TextAnswer>> {
        let pieces = pieces(text);
        let sifted = Grams::of(text).map(|grams| self.sift(&grams));
        let exact = if pieces.phrase && !pieces.runs.iter().any(Piece::may_be_opaque) {
            self.phrase(&pieces.runs)?
        } else {
            None
        };
        if let Some(must) = exact {
            let may = &must | self.all(Segment::long)?;
            return Ok(Some(TextAnswer { must, may }));
        }
        let mut known = Vec::new();
        for piece in pieces.runs.iter().filter(|piece| !piece.may_be_opaque()) {
            known.extend(self.terms_with(piece)?);
        }
        known.sort_by_key(|terms| terms.postings);
        let Some(rarest) = known.first() else {
            return Ok(sifted.map(|may| TextAnswer {
                must: RoaringBitmap::new(),
                may,
            }));
        };
        // A text that half the records may hold is looked for in all: that costs about as much.
        let common = |terms: &Terms| terms.postings > self.rows / 2;
        if !pieces.whole && common(rarest) {
            return Ok(sifted.map(|may| TextAnswer {
                must: RoaringBitmap::new(),
                may,
            }));
        }
        let mut may = self.rows_with(rarest)?;
        for terms in known.iter().skip(1) {
            if may.is_empty() || common(terms) {
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
        if let Some(sifted) = sifted {
            may &= sifted;
        }
        Ok(Some(TextAnswer { must, may }))
    }

    /// The rows that may hold ids with these grams.
    fn sift(&self, grams: &Grams) -> RoaringBitmap {
        let blocks = self.fields.blocks();
        let mut rows = RoaringBitmap::new();
        let narrow = |row: u64| u32::try_from(row).unwrap_or(u32::MAX);
        rows.insert_range(narrow(self.fields.rows())..narrow(self.rows.max(self.fields.rows())));
        for block in blocks {
            match self.fields.sift(block, grams) {
                Some(found) => rows |= found,
                None => {
                    rows.insert_range(block.first()..block.first().saturating_add(block.rows()));
                }
            }
        }
        rows
    }

    /// The rows of records in which these runs stand one blank apart; nothing when that cannot be
    /// told.
    fn phrase(&self, pieces: &[Piece]) -> io::Result<Option<RoaringBitmap>> {
        let mut rows = RoaringBitmap::new();
        for segment in &self.segments {
            match phrase(segment, pieces)? {
                Some(found) => rows |= found,
                None => return Ok(None),
            }
        }
        Ok(Some(rows))
    }

    /// The terms that hold a piece, segment by segment; nothing when one cannot tell.
    fn terms_with(&self, piece: &Piece) -> io::Result<Option<Terms>> {
        let mut all = Terms {
            postings: 0,
            by_segment: Vec::with_capacity(self.segments.len()),
        };
        for segment in &self.segments {
            let Some(terms) = segment.text.terms_with(piece)? else {
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
        let parts: Vec<_> = self.segments.iter().zip(&terms.by_segment).collect();
        let rows_of = |(segment, terms): &(&Arc<Segment>, &Vec<TermInfo>)| {
            segment.rows_in(&segment.text.reader, terms)
        };
        let mut rows = RoaringBitmap::new();
        if terms.postings < MANY_POSTINGS {
            for part in &parts {
                rows |= rows_of(part)?;
            }
            return Ok(rows);
        }
        let never = AtomicBool::new(false);
        let found = each(
            parts.len(),
            &never,
            || (),
            |(), at| parts.get(at).map(rows_of),
        );
        for part in found.into_iter().flatten().flatten() {
            rows |= part?;
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
