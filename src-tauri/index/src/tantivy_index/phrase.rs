//! Words one blank apart, by their positions.

use std::io;

use roaring::RoaringBitmap;
use tantivy::postings::{Postings, TermInfo};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, TERMINATED};

use super::segment::Segment;
use crate::words::Piece;

/// A phrase whose rarest word occurs more often is looked for in the records: places are kept in
/// memory meanwhile.
const MAX_PLACES: u64 = 4_000_000;

/// The rows of records in which these pieces stand one blank apart, the first one perhaps the end
/// and the last one perhaps the beginning of a word; nothing when that cannot be told.
pub(super) fn phrase(segment: &Segment, pieces: &[Piece]) -> io::Result<Option<RoaringBitmap>> {
    let mut words = Vec::with_capacity(pieces.len());
    for (at, piece) in (0_u32..).zip(pieces) {
        let Some(terms) = segment.neighbours.terms_with(piece)? else {
            return Ok(None);
        };
        let documents: u64 = terms.iter().map(|term| u64::from(term.doc_freq)).sum();
        words.push((documents, at, terms));
    }
    words.sort_by_key(|(documents, ..)| *documents);
    let Some(((documents, first, terms), others)) = words.split_first() else {
        return Ok(None);
    };
    if *documents > MAX_PLACES {
        return Ok(None);
    }
    let mut places = places(segment, terms, *first)?;
    for (_, at, terms) in others {
        let mut standing = vec![false; places.len()];
        for term in terms {
            confirm(segment, term, *at, &places, &mut standing)?;
        }
        let mut standing = standing.into_iter();
        places.retain(|_| standing.next() == Some(true));
        if places.is_empty() {
            break;
        }
    }
    let mut documents: Vec<u32> = places.into_iter().map(|place| place.document).collect();
    documents.dedup();
    Ok(Some(segment.rows_of(&documents)))
}

/// Where a phrase may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    document: u32,
    position: u32,
}

/// Where the phrase begins if its word number `at` is any of `terms`.
fn places(segment: &Segment, terms: &[TermInfo], at: u32) -> io::Result<Vec<Place>> {
    let mut places = Vec::new();
    let mut positions = Vec::new();
    for term in terms {
        let mut postings = open(segment, term)?;
        while postings.doc() != TERMINATED {
            postings.positions(&mut positions);
            let document = postings.doc();
            let begins = positions
                .iter()
                .filter_map(|position| position.checked_sub(at));
            places.extend(begins.map(|position| Place { document, position }));
            postings.advance();
        }
    }
    places.sort_unstable();
    Ok(places)
}

/// Notes at which places the phrase's word number `at` is `term`.
fn confirm(
    segment: &Segment,
    term: &TermInfo,
    at: u32,
    places: &[Place],
    standing: &mut [bool],
) -> io::Result<()> {
    let mut postings = open(segment, term)?;
    let mut positions = Vec::new();
    let mut known = None;
    for (place, standing) in places.iter().zip(standing) {
        if known != Some(place.document) {
            if postings.doc() < place.document {
                postings.seek(place.document);
            }
            if postings.doc() == TERMINATED {
                break;
            }
            if postings.doc() != place.document {
                continue;
            }
            postings.positions(&mut positions);
            known = Some(place.document);
        }
        *standing |= positions.contains(&place.position.saturating_add(at));
    }
    Ok(())
}

fn open(segment: &Segment, term: &TermInfo) -> io::Result<tantivy::postings::SegmentPostings> {
    let option = IndexRecordOption::WithFreqsAndPositions;
    segment
        .neighbours
        .reader
        .read_postings_from_terminfo(term, option)
}
