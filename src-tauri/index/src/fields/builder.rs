//! A block's columns from its records.

use std::hash::BuildHasher;

use crosscut_parse::{Leaf, Line, walk_fields};
use hashbrown::{DefaultHashBuilder, HashTable};
use roaring::RoaringBitmap;

use super::block::{Parts, encode};
use super::column::{ABSENT, Column, Kind, MAX_VALUES, SPECIAL, UNTOLD};
use super::sieve::{LANES, SieveBuilder};

/// Columns of a block; records with further fields count as irregular.
const MAX_COLUMNS: usize = 256;
/// A longer text is not told by its column. Bytes.
const MAX_TEXT: usize = 128;
/// Texts of one column in a block; a column with more is not told.
const MAX_TEXTS: usize = 16_384;
/// After so many values it is known whether a column's texts are all different.
const SAMPLE: usize = 2_048;

/// Makes the columns and the sieve of one block, record by record.
#[derive(Debug)]
pub(crate) struct BlockBuilder {
    first_row: u64,
    /// Rows of a whole block.
    size: u32,
    rows: u32,
    columns: Vec<ColumnBuilder>,
    by_name: HashTable<usize>,
    hasher: DefaultHashBuilder,
    irregular: RoaringBitmap,
    sieve: SieveBuilder,
    name: String,
}

/// A column in the making.
#[derive(Debug)]
struct ColumnBuilder {
    name: String,
    codes: Vec<u16>,
    /// Rows with a value.
    present: u32,
    texts: String,
    values: Vec<(Kind, u32)>,
    known: HashTable<u16>,
    /// Different texts, as far as they are told.
    distinct_texts: usize,
    /// Whether values are told.
    told: bool,
    /// Which column came next in the record before.
    next: usize,
}

impl BlockBuilder {
    /// A block of up to `size` rows from `first_row` on.
    pub(crate) fn new(first_row: u64, size: u32) -> Self {
        Self {
            first_row,
            size,
            rows: 0,
            columns: Vec::new(),
            by_name: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            irregular: RoaringBitmap::new(),
            sieve: SieveBuilder::default(),
            name: String::new(),
        }
    }

    /// The row that comes next.
    pub(crate) fn next_row(&self) -> u64 {
        self.first_row + u64::from(self.rows)
    }

    /// Rows in it.
    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    /// Whether it takes no more rows.
    pub(crate) fn is_full(&self) -> bool {
        self.rows >= self.size
    }

    /// Adds a record: itself and its text.
    pub(crate) fn push(&mut self, line: Line<'_>, text: &[u8]) {
        let row = self.rows;
        self.rows += 1;
        let lane = u64::from(row) * u64::from(LANES) / u64::from(self.size.max(1));
        self.sieve
            .push(u32::try_from(lane).unwrap_or(LANES - 1), text);
        let mut name = std::mem::take(&mut self.name);
        let mut last = usize::MAX;
        let mut fits = true;
        let walked = walk_fields(line, &mut name, |name, leaf, many| {
            if leaf == Leaf::Null {
                return;
            }
            match self.column(name, last) {
                Some(column) => {
                    last = column;
                    let hasher = &self.hasher;
                    if let Some(column) = self.columns.get_mut(column) {
                        column.set(row, &leaf, many, hasher);
                    }
                }
                None => fits = false,
            }
        });
        self.name = name;
        if walked.is_err() || !fits {
            self.irregular.insert(row);
        }
    }

    /// The column of this name; nothing when there are too many.
    fn column(&mut self, name: &str, last: usize) -> Option<usize> {
        let named = |columns: &[ColumnBuilder], at: usize| {
            columns.get(at).is_some_and(|column| column.name == name)
        };
        let guess = self.columns.get(last).map_or(0, |column| column.next);
        if named(&self.columns, guess) {
            return Some(guess);
        }
        let hash = self.hasher.hash_one(name);
        let found = self.by_name.find(hash, |&at| named(&self.columns, at));
        let at = match found {
            Some(&at) => at,
            None if self.columns.len() >= MAX_COLUMNS => return None,
            None => {
                let at = self.columns.len();
                self.columns.push(ColumnBuilder::new(name, self.size));
                let (hasher, columns) = (&self.hasher, &self.columns);
                self.by_name.insert_unique(hash, at, |&at| {
                    columns
                        .get(at)
                        .map_or(0, |column| hasher.hash_one(column.name.as_str()))
                });
                at
            }
        };
        if let Some(column) = self.columns.get_mut(last) {
            column.next = at;
        }
        Some(at)
    }

    /// The block's file as it is so far.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let rows = self.rows as usize;
        let columns = self.columns.iter().map(|column| {
            let column_of_values = Column::new(&column.codes, rows, &column.named_values());
            (column.name.as_str(), column_of_values)
        });
        encode(&Parts {
            first_row: self.first_row,
            rows: self.rows,
            size: self.size,
            columns: columns.collect(),
            irregular: &self.irregular,
            sieve: self.sieve.table(),
        })
    }
}

impl ColumnBuilder {
    fn new(name: &str, size: u32) -> Self {
        Self {
            name: name.to_owned(),
            codes: Vec::with_capacity(size as usize),
            present: 0,
            texts: String::new(),
            values: Vec::new(),
            known: HashTable::new(),
            distinct_texts: 0,
            told: true,
            next: 0,
        }
    }

    fn set(&mut self, row: u32, leaf: &Leaf<'_>, many: bool, hasher: &DefaultHashBuilder) {
        let row = row as usize;
        if row < self.codes.len() {
            // A second value: only the record knows them all.
            if let Some(code) = self.codes.get_mut(row) {
                *code = UNTOLD;
            }
            return;
        }
        self.codes.resize(row, ABSENT);
        let code = match leaf {
            _ if many => UNTOLD,
            Leaf::Str(text) => self.code(Kind::Text, text, hasher),
            Leaf::Number(literal) => self.code(Kind::Number, literal, hasher),
            Leaf::Bool(true) => self.code(Kind::Bool, "true", hasher),
            Leaf::Bool(false) => self.code(Kind::Bool, "false", hasher),
            Leaf::Container | Leaf::Null => UNTOLD,
        };
        self.codes.push(code);
        self.present += 1;
        if self.present as usize == SAMPLE && self.distinct_texts * 4 > SAMPLE * 3 {
            self.give_up();
        }
    }

    fn code(&mut self, kind: Kind, text: &str, hasher: &DefaultHashBuilder) -> u16 {
        if !self.told || text.len() > MAX_TEXT {
            return UNTOLD;
        }
        let is = |at: u16| self.value(at) == (kind, text);
        // Neighbours are often equal.
        if let Some(&last) = self.codes.last()
            && usize::from(last) >= SPECIAL
            && is(last)
        {
            return last;
        }
        let hash = hasher.hash_one((kind as u8, text));
        if let Some(&code) = self.known.find(hash, |&code| is(code)) {
            return code;
        }
        let full = self.values.len() >= MAX_VALUES
            || (kind == Kind::Text && self.distinct_texts >= MAX_TEXTS);
        if full {
            if kind == Kind::Text {
                self.give_up();
            }
            return UNTOLD;
        }
        let Ok(code) = u16::try_from(self.values.len() + SPECIAL) else {
            return UNTOLD;
        };
        self.texts.push_str(text);
        let end = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.values.push((kind, end));
        self.distinct_texts += usize::from(kind == Kind::Text);
        let Self {
            known,
            values,
            texts,
            ..
        } = self;
        known.insert_unique(hash, code, |&code| {
            let (kind, text) = value_in(values, texts, code);
            hasher.hash_one((kind as u8, text))
        });
        code
    }

    fn value(&self, code: u16) -> (Kind, &str) {
        value_in(&self.values, &self.texts, code)
    }

    fn named_values(&self) -> Vec<(Kind, &str)> {
        (0..self.values.len())
            .filter_map(|at| u16::try_from(at + SPECIAL).ok())
            .map(|code| self.value(code))
            .collect()
    }

    /// Tells no more than which rows have the field.
    fn give_up(&mut self) {
        self.told = false;
        for code in &mut self.codes {
            *code = (*code).min(UNTOLD);
        }
        self.values = Vec::new();
        self.texts = String::new();
        self.known = HashTable::new();
    }
}

fn value_in<'t>(values: &[(Kind, u32)], texts: &'t str, code: u16) -> (Kind, &'t str) {
    let at = usize::from(code).saturating_sub(SPECIAL);
    let Some(&(kind, end)) = values.get(at) else {
        return (Kind::Text, "");
    };
    let start = at
        .checked_sub(1)
        .and_then(|before| values.get(before))
        .map_or(0, |&(_, end)| end);
    (
        kind,
        texts.get(start as usize..end as usize).unwrap_or_default(),
    )
}
