//! The terms of one field in one segment.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use memchr::memmem;
use tantivy::index::InvertedIndexReader;
use tantivy::postings::TermInfo;

use crate::words::Piece;

/// A dictionary larger than this is not searched inside words: the records are. Bytes.
const MAX_DICTIONARY_BYTES: usize = 8 << 20;

/// A field's terms and what is known of each.
pub(super) struct Lexicon {
    pub(super) reader: Arc<InvertedIndexReader>,
    dictionary: OnceLock<Option<Dictionary>>,
}

impl fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lexicon").finish_non_exhaustive()
    }
}

impl Lexicon {
    pub(super) fn new(reader: Arc<InvertedIndexReader>) -> Self {
        Self {
            reader,
            dictionary: OnceLock::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.reader.terms().num_terms()
    }

    /// The terms that hold a piece; nothing when the dictionary is too large to look through.
    pub(super) fn terms_with(&self, piece: &Piece) -> io::Result<Option<Vec<TermInfo>>> {
        let terms = self.reader.terms();
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
        let mut stream = self.reader.terms().stream()?;
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
