//! Answering for one segment.

use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};

use roaring::RoaringBitmap;
use tantivy::columnar::{Cardinality, ColumnValues};
use tantivy::index::{InvertedIndexReader, SegmentId};
use tantivy::postings::TermInfo;
use tantivy::schema::IndexRecordOption;
use tantivy::{SegmentReader, TantivyError};

use super::analysis::LONG;
use super::document::ESCAPES;
use super::format::{Fields, ROW};
use super::lexicon::Lexicon;

/// Documents whose rows are looked up at once.
const BLOCK: usize = 1_024;

/// One row in so many makes a set dense.
const DENSE: usize = 64;

/// A segment never changes, so what has been read of it stays with it.
pub(super) struct Segment {
    id: SegmentId,
    documents: u32,
    /// Neighbouring documents of neighbouring records, in the order of their rows.
    spans: Vec<Span>,
    pub(super) text: Lexicon,
    pub(super) neighbours: Lexicon,
    pub(super) colons: Lexicon,
    mark: Arc<InvertedIndexReader>,
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
            spans: spans(&*column.values, reader.max_doc()),
            text: Lexicon::new(reader.inverted_index(fields.text)?),
            neighbours: Lexicon::new(reader.inverted_index(fields.neighbours)?),
            colons: Lexicon::new(reader.inverted_index(fields.colons)?),
            mark: reader.inverted_index(fields.mark)?,
            long: OnceLock::new(),
            escapes: OnceLock::new(),
        })
    }

    pub(super) fn id(&self) -> SegmentId {
        self.id
    }

    /// The rows of records with a run too long to be a term.
    pub(super) fn long(&self) -> io::Result<&RoaringBitmap> {
        self.marked(&self.long, &self.text.reader, LONG)
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

    /// The rows of records that hold any of some terms of a field.
    pub(super) fn rows_in(
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

    /// The rows of some documents, which are in order.
    pub(super) fn rows_of(&self, documents: &[u32]) -> RoaringBitmap {
        let rows = self.spans.iter().flat_map(|span| {
            let start = documents.partition_point(|&document| document < span.document);
            let rest = documents.get(start..).unwrap_or_default();
            let length = rest.partition_point(|&document| document < span.document + span.length);
            let some = rest.get(..length).unwrap_or_default();
            some.iter()
                .map(|document| document - span.document + span.row)
        });
        let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) else {
            return RoaringBitmap::new();
        };
        // Many are put down as bits at once, few one by one.
        let base = first.row & !7;
        let reach = (last.row + last.length - base) as usize;
        if documents.len() < reach / DENSE {
            return RoaringBitmap::from_sorted_iter(rows).unwrap_or_default();
        }
        let mut bits = vec![0_u8; reach.div_ceil(8)];
        for row in rows {
            let at = row - base;
            if let Some(byte) = bits.get_mut(at as usize / 8) {
                *byte |= 1 << (at % 8);
            }
        }
        RoaringBitmap::from_lsb0_bytes(base, &bits)
    }
}

/// Documents in a row, of records in a row.
#[derive(Debug, Clone, Copy)]
struct Span {
    document: u32,
    row: u32,
    length: u32,
}

fn spans(rows: &dyn ColumnValues<u64>, documents: u32) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut block = [0_u64; BLOCK];
    let mut document = 0;
    while document < documents {
        let length = BLOCK.min((documents - document) as usize);
        let some = block.get_mut(..length).unwrap_or_default();
        rows.get_range(u64::from(document), some);
        for &row in &*some {
            let row = u32::try_from(row).unwrap_or(u32::MAX);
            match spans.last_mut() {
                Some(last) if last.row + last.length == row => last.length += 1,
                _ => spans.push(Span {
                    document,
                    row,
                    length: 1,
                }),
            }
            document += 1;
        }
    }
    spans.sort_unstable_by_key(|span| span.row);
    spans
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
