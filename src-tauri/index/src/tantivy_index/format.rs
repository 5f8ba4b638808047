//! What an index is made of, and what stands in its commits.

use serde::{Deserialize, Serialize};
use tantivy::schema::{
    Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions,
};

use super::analysis::{COLONS, NEIGHBOURS, WORDS};

/// The rules an index was made by. Raised whenever a record's terms, marks or text change; an index
/// of another number is made anew.
pub(crate) const SCHEMA: u32 = 3;

/// What a commit says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    schema: u32,
    /// The version of Unicode that decided what is alphanumeric.
    unicode: (u8, u8, u8),
    /// Rows below this are in the index.
    pub(super) rows: u64,
}

impl Payload {
    /// A commit of this program.
    pub(super) fn new(rows: u64) -> Self {
        Self {
            schema: SCHEMA,
            unicode: char::UNICODE_VERSION,
            rows,
        }
    }

    /// Whether an index with this payload was made by the rules of this program.
    pub(super) fn is_current(&self) -> bool {
        *self == Self::new(self.rows)
    }
}

/// The fields of a document.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) row: Field,
    pub(super) text: Field,
    pub(super) neighbours: Field,
    pub(super) colons: Field,
    pub(super) mark: Field,
}

/// The column of rows.
pub(super) const ROW: &str = "row";

impl Fields {
    /// The schema and its fields.
    pub(super) fn schema() -> (Schema, Self) {
        let options = |analysis: &str, record: IndexRecordOption| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(analysis)
                .set_fieldnorms(false)
                .set_index_option(record);
            TextOptions::default().set_indexing_options(indexing)
        };
        let terms = |analysis| options(analysis, IndexRecordOption::Basic);
        let positions = options(NEIGHBOURS, IndexRecordOption::WithFreqsAndPositions);
        let mut schema = Schema::builder();
        let fields = Self {
            row: schema.add_u64_field(ROW, NumericOptions::default().set_fast()),
            text: schema.add_text_field("text", terms(WORDS)),
            neighbours: schema.add_text_field("neighbours", positions),
            colons: schema.add_text_field("colons", terms(COLONS)),
            mark: schema.add_text_field("mark", terms("raw")),
        };
        (schema.build(), fields)
    }
}
