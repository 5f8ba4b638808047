//! A record on its way into the index.
//!
//! Records are handed over a frame at a time and share its bytes; what a record's text costs to
//! decode is paid by the indexing thread that takes it.

use std::iter::{Empty, Take};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use tantivy::schema::Field;
use tantivy::schema::document::{Document, ReferenceValue, ReferenceValueLeaf, Value};

use super::format::Fields;
use super::gate::Pass;

/// The mark of records with a backslash, a terminal escape or something before each of their lines:
/// the value of a field may hold characters in a row there that the text does not.
pub(super) const ESCAPES: &str = "e";

/// Some records of a frame.
#[derive(Debug)]
pub(super) struct Batch {
    bytes: Bytes,
    ends: Box<[u32]>,
    first_row: u64,
    /// Gives the memory back when the last record is indexed.
    _pass: Pass,
}

impl Batch {
    /// The records of a frame: their text, where each ends (just past its newline) and the first
    /// one's row.
    pub(super) fn new(text: &[u8], ends: &[u32], first_row: u64, pass: Pass) -> Self {
        let bytes = match String::from_utf8(text.to_vec()) {
            Ok(text) => Bytes::Utf8(text.into()),
            Err(error) => Bytes::Other(error.into_bytes().into()),
        };
        Self {
            bytes,
            ends: ends.into(),
            first_row,
            _pass: pass,
        }
    }

    /// A record's document.
    pub(super) fn document(self: &Arc<Self>, within: usize, fields: Fields) -> RowDocument {
        RowDocument {
            batch: Arc::clone(self),
            within,
            fields,
            decoded: OnceLock::new(),
        }
    }

    fn span(&self, within: usize) -> Range<usize> {
        let end = |at: usize| self.ends.get(at).map_or(0, |&end| end as usize);
        let start = within.checked_sub(1).map_or(0, end);
        start..end(within).saturating_sub(1)
    }
}

/// The bytes of some records.
#[derive(Debug)]
enum Bytes {
    Utf8(Box<str>),
    Other(Box<[u8]>),
}

/// A record as Tantivy takes it.
#[derive(Debug)]
pub(super) struct RowDocument {
    batch: Arc<Batch>,
    within: usize,
    fields: Fields,
    decoded: OnceLock<String>,
}

impl RowDocument {
    fn raw(&self) -> &[u8] {
        let span = self.batch.span(self.within);
        let bytes = match &self.batch.bytes {
            Bytes::Utf8(text) => text.as_bytes(),
            Bytes::Other(bytes) => bytes,
        };
        bytes.get(span).unwrap_or_default()
    }

    fn text(&self) -> &str {
        // Without a backslash there are no escapes, and a text is what its bytes are.
        if let Bytes::Utf8(text) = &self.batch.bytes
            && let Some(text) = text.get(self.batch.span(self.within))
            && memchr::memchr(b'\\', text.as_bytes()).is_none()
        {
            return text;
        }
        self.decoded
            .get_or_init(|| crosscut_parse::text(self.raw()).into_owned())
    }

    /// Whether a field's value may differ from what stands in the text.
    fn has_escapes(&self) -> bool {
        let raw = self.raw();
        memchr::memchr2(0x1b, b'\\', raw).is_some()
            || memchr::memchr(0x9b, raw).is_some() && CSI.find(raw).is_some()
            || crosscut_parse::is_rewritten(raw)
    }
}

/// What a terminal escape may begin with, in UTF-8.
static CSI: std::sync::LazyLock<memchr::memmem::Finder<'static>> =
    std::sync::LazyLock::new(|| memchr::memmem::Finder::new("\u{9b}"));

impl Document for RowDocument {
    type Value<'a> = RowValue<'a>;
    type FieldsValuesIter<'a> = Take<std::array::IntoIter<(Field, RowValue<'a>), 5>>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        let row = self.batch.first_row.saturating_add(self.within as u64);
        let values = [
            (self.fields.row, RowValue::Row(row)),
            (self.fields.text, RowValue::Text(self)),
            (self.fields.neighbours, RowValue::Text(self)),
            (self.fields.colons, RowValue::Text(self)),
            (self.fields.mark, RowValue::Mark(ESCAPES)),
        ];
        values
            .into_iter()
            .take(if self.has_escapes() { 5 } else { 4 })
    }
}

/// A document's value.
#[derive(Debug, Clone)]
pub(super) enum RowValue<'a> {
    Row(u64),
    /// Decoded when asked for.
    Text(&'a RowDocument),
    Mark(&'static str),
}

impl<'a> Value<'a> for RowValue<'a> {
    type ArrayIter = Empty<Self>;
    type ObjectIter = Empty<(&'a str, Self)>;

    fn as_value(&self) -> ReferenceValue<'a, Self> {
        ReferenceValue::Leaf(match self {
            Self::Row(row) => ReferenceValueLeaf::U64(*row),
            Self::Text(document) => ReferenceValueLeaf::Str(document.text()),
            Self::Mark(mark) => ReferenceValueLeaf::Str(mark),
        })
    }
}
