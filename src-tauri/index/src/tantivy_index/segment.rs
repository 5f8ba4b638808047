//! Answering for one segment.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use memchr::memmem;
use roaring::RoaringBitmap;
use tantivy::columnar::{Cardinality, ColumnValues};
use tantivy::index::{InvertedIndexReader, SegmentId};
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{SegmentReader, TantivyError};

use super::analysis::LONG;
use super::document::ESCAPES;
use super::format::{Fields, ROW};
use crate::words::Piece;

/// A dictionary larger than this is not searched inside words: the records are. Bytes.
const MAX_DICTIONARY_BYTES: usize = 8 << 20;

/// Documents whose rows are looked up at once.
const BLOCK: usize = 128;

/// A segment never changes, so what has been read of it stays with it.
pub(super) struct Segment {
    id: SegmentId,
    documents: u32,
    rows: Arc<dyn ColumnValues<u64>>,
    text: Arc<InvertedIndexReader>,
    mark: Arc<InvertedIndexReader>,
    dictionary: OnceLock<Option<Dictionary>>,
    long: OnceLock<RoaringBitmap>,
    escapes: OnceLock<RoaringBitmap>,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Segment {
    pub(super) fn open(reader: &SegmentReader) -> tantivy::Result<Self> {
        let fields = Fields::schema().1;
        let column = reader.fast_fields().u64(ROW)?;
        if column.get_cardinality() != Cardinality::Full {
            return Err(TantivyError::InternalError(
                "a document without a row".into(),
            ));
        }
        Ok(Self {
            id: reader.segment_id(),
            documents: reader.max_doc(),
            rows: column.values,
            text: reader.inverted_index(fields.text)?,
            mark: reader.inverted_index(fields.mark)?,
            dictionary: OnceLock::new(),
            long: OnceLock::new(),
            escapes: OnceLock::new(),
        })
    }

    pub(super) fn id(&self) -> SegmentId {
        self.id
    }

    pub(super) fn dictionary_size(&self) -> usize {
        self.text.terms().num_terms()
    }

    /// The terms that hold a piece; nothing when the dictionary is too large to look through.
    pub(super) fn terms_with(&self, piece: &Piece) -> io::Result<Option<Vec<TermInfo>>> {
        let terms = self.text.terms();
        let run = piece.run.as_bytes();
        match (piece.open_start, piece.open_end) {
            (false, false) => Ok(Some(terms.get(run)?.into_iter().collect())),
            (false, true) => {
                let mut range = terms.range().ge(run);
                if let Some((last, rest)) = run.split_last()
                    && let Some(behind) = last.checked_add(1)
                {
                    range = range.lt([rest, [behind].as_slice()].concat());
                }
                let (mut stream, mut found) = (range.into_stream()?, Vec::new());
                while stream.advance() {
                    found.push(stream.value().clone());
                }
                Ok(Some(found))
            }
            (true, _) => {
                let Some(dictionary) = self.dictionary()? else {
                    return Ok(None);
                };
                let mut found = Vec::new();
                for term in dictionary.with(&piece.run, !piece.open_end) {
                    found.extend(terms.get(term)?);
                }
                Ok(Some(found))
            }
        }
    }

    fn dictionary(&self) -> io::Result<Option<&Dictionary>> {
        if let Some(dictionary) = self.dictionary.get() {
            return Ok(dictionary.as_ref());
        }
        let mut made = Some(Dictionary::default());
        let mut stream = self.text.terms().stream()?;
        while stream.advance() {
            if let Some(dictionary) = &mut made
                && !dictionary.push(stream.key())
            {
                made = None;
                break;
            }
        }
        Ok(self.dictionary.get_or_init(|| made).as_ref())
    }

    /// The rows of records with a run too long to be a term.
    pub(super) fn long(&self) -> io::Result<&RoaringBitmap> {
        self.marked(&self.long, &self.text, LONG)
    }

    /// The rows of records whose fields may hold what their text does not.
    pub(super) fn escapes(&self) -> io::Result<&RoaringBitmap> {
        self.marked(&self.escapes, &self.mark, ESCAPES)
    }

    fn marked<'s>(
        &'s self,
        known: &'s OnceLock<RoaringBitmap>,
        field: &InvertedIndexReader,
        term: &str,
    ) -> io::Result<&'s RoaringBitmap> {
        if let Some(rows) = known.get() {
            return Ok(rows);
        }
        let found = field.terms().get(term.as_bytes())?;
        let rows = self.rows_in(field, found.as_slice())?;
        Ok(known.get_or_init(|| rows))
    }

    /// The rows of records that hold any of some terms.
    pub(super) fn rows_with(&self, terms: &[TermInfo]) -> io::Result<RoaringBitmap> {
        self.rows_in(&self.text, terms)
    }

    fn rows_in(
        &self,
        field: &InvertedIndexReader,
        terms: &[TermInfo],
    ) -> io::Result<RoaringBitmap> {
        if terms.iter().any(|term| term.doc_freq >= self.documents) {
            return Ok(self.rows_of(&(0..self.documents).collect::<Vec<_>>()));
        }
        let postings: u64 = terms.iter().map(|term| u64::from(term.doc_freq)).sum();
        let mut documents = Vec::new();
        if terms.len() == 1 || postings < u64::from(self.documents / 64) {
            for term in terms {
                each_block(field, term, |block| documents.extend_from_slice(block))?;
            }
            documents.sort_unstable();
            documents.dedup();
        } else {
            let mut set = vec![0_u64; self.documents as usize / 64 + 1];
            for term in terms {
                each_block(field, term, |block| {
                    for &document in block {
                        if let Some(word) = set.get_mut(document as usize / 64) {
                            *word |= 1 << (document % 64);
                        }
                    }
                })?;
            }
            for (at, mut word) in (0_u32..).step_by(64).zip(set) {
                while word != 0 {
                    documents.push(at + word.trailing_zeros());
                    word &= word - 1;
                }
            }
        }
        Ok(self.rows_of(&documents))
    }

    /// The rows of some documents, in order. Documents mostly are in the order of their rows.
    fn rows_of(&self, documents: &[u32]) -> RoaringBitmap {
        let mut rows: Vec<u32> = Vec::with_capacity(documents.len());
        let mut block = [0_u64; BLOCK];
        for some in documents.chunks(BLOCK) {
            let Some(values) = block.get_mut(..some.len()) else {
                continue;
            };
            self.rows.get_vals(some, values);
            rows.extend(values.iter().filter_map(|&row| u32::try_from(row).ok()));
        }
        if !rows.is_sorted() {
            rows.sort_unstable();
        }
        RoaringBitmap::from_sorted_iter(rows.iter().copied())
            .unwrap_or_else(|_| rows.iter().copied().collect())
    }
}

fn each_block(
    field: &InvertedIndexReader,
    term: &TermInfo,
    mut take: impl FnMut(&[u32]),
) -> io::Result<()> {
    let mut postings = field.read_block_postings_from_terminfo(term, IndexRecordOption::Basic)?;
    while !postings.docs().is_empty() {
        take(postings.docs());
        postings.advance();
    }
    Ok(())
}

/// All terms in one buffer, each between two newlines, in order: what lies inside a word is found
/// by one search over it.
#[derive(Debug)]
struct Dictionary {
    text: Vec<u8>,
    /// The offset just past each term's newline.
    ends: Vec<u32>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self {
            text: vec![b'\n'],
            ends: Vec::new(),
        }
    }
}

impl Dictionary {
    /// Adds a term; `false` when it is one too many.
    fn push(&mut self, term: &[u8]) -> bool {
        self.text.extend_from_slice(term);
        self.text.push(b'\n');
        self.ends.extend(u32::try_from(self.text.len()));
        self.text.len() <= MAX_DICTIONARY_BYTES
    }

    /// The terms that hold `run` (at their end), in order.
    fn with(&self, run: &str, at_end: bool) -> impl Iterator<Item = &[u8]> {
        let needle = if at_end {
            format!("{run}\n")
        } else {
            run.to_owned()
        };
        let finder = memmem::Finder::new(needle.as_bytes()).into_owned();
        let mut rest: Range<usize> = 0..self.text.len();
        std::iter::from_fn(move || {
            let found = rest.start + finder.find(self.text.get(rest.clone())?)?;
            let term = self.ends.partition_point(|&end| end as usize <= found);
            let start = term.checked_sub(1).and_then(|before| self.ends.get(before));
            rest.start = *self.ends.get(term)? as usize;
            self.text
                .get(start.map_or(1, |&end| end as usize)..rest.start - 1)
        })
    }
}
