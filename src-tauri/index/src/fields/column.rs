//! One field's column in a block, and its bytes.

use std::sync::OnceLock;

use crosscut_query::Value;

/// The code of rows without the field.
pub(crate) const ABSENT: u16 = 0;
/// The code of rows whose value must be looked up in the record.
pub(crate) const UNTOLD: u16 = 1;
/// Codes before the values'.
pub(super) const SPECIAL: usize = 2;
/// Values a column can tell apart.
pub(super) const MAX_VALUES: usize = 65_536 - SPECIAL;

/// What a value is. The discriminants are the values on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Kind {
    Text = 0,
    Number = 1,
    Bool = 2,
}

impl Kind {
    fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Text),
            1 => Some(Self::Number),
            2 => Some(Self::Bool),
            _ => None,
        }
    }
}

/// Codes, a row each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Codes {
    Narrow(Box<[u8]>),
    Wide(Box<[u16]>),
}

/// A field in a block of rows.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) codes: Codes,
    /// Rows with each code.
    pub(crate) counts: Box<[u32]>,
    kinds: Box<[Kind]>,
    /// Where each value's text ends.
    ends: Box<[u32]>,
    texts: Box<str>,
    numbers: OnceLock<Box<[f64]>>,
}

impl PartialEq for Column {
    fn eq(&self, other: &Self) -> bool {
        (&self.codes, &self.counts, &self.kinds) == (&other.codes, &other.counts, &other.kinds)
            && (&self.ends, &self.texts) == (&other.ends, &other.texts)
    }
}

impl Column {
    /// Different values.
    pub(crate) fn values(&self) -> usize {
        self.kinds.len()
    }

    /// A value's kind and text.
    pub(crate) fn value(&self, at: usize) -> (Kind, &str) {
        let end = |at: usize| self.ends.get(at).map_or(0, |&end| end as usize);
        let start = at.checked_sub(1).map_or(0, end);
        let text = self.texts.get(start..end(at)).unwrap_or_default();
        (self.kinds.get(at).copied().unwrap_or(Kind::Text), text)
    }

    /// A value as a query sees it.
    pub(crate) fn as_query_value(&self, at: usize) -> Value<'_> {
        match self.value(at) {
            (Kind::Text, text) => Value::Str(text.into()),
            (Kind::Number, text) => Value::Number(text.into()),
            (Kind::Bool, text) => Value::Bool(text == "true"),
        }
    }

    /// The values that are numbers, as doubles: the first ones, by size.
    pub(crate) fn numbers(&self) -> &[f64] {
        self.numbers.get_or_init(|| {
            (0..self.values())
                .map(|at| self.value(at))
                .take_while(|(kind, _)| *kind == Kind::Number)
                .map(|(_, text)| text.parse().unwrap_or(f64::NAN))
                .collect()
        })
    }

    /// A row's code.
    #[inline]
    pub(crate) fn code(&self, row: usize) -> u16 {
        match &self.codes {
            Codes::Narrow(codes) => codes.get(row).copied().map_or(ABSENT, u16::from),
            Codes::Wide(codes) => codes.get(row).copied().unwrap_or(ABSENT),
        }
    }

    /// Rows.
    pub(crate) fn rows(&self) -> usize {
        match &self.codes {
            Codes::Narrow(codes) => codes.len(),
            Codes::Wide(codes) => codes.len(),
        }
    }

    /// Bytes in memory, about.
    pub(crate) fn memory(&self) -> usize {
        let codes = match &self.codes {
            Codes::Narrow(codes) => codes.len(),
            Codes::Wide(codes) => codes.len() * 2,
        };
        codes + self.texts.len() + self.values() * 9 + 128
    }

    /// The rows whose codes `table` marks with `mark`, a bit a row.
    pub(crate) fn marked(&self, table: &[u8], mark: u8) -> Vec<u8> {
        match &self.codes {
            Codes::Narrow(codes) => {
                let mut whole = [0_u8; 256];
                for (to, from) in whole.iter_mut().zip(table) {
                    *to = *from;
                }
                bits(codes, |code| {
                    whole.get(usize::from(code)).copied() == Some(mark)
                })
            }
            Codes::Wide(codes) => bits(codes, |code| {
                table.get(usize::from(code)).copied() == Some(mark)
            }),
        }
    }

    /// Makes a column of codes by order of appearance and the values they stand for. Values are put
    /// in order: numbers by size, then the others by kind and text.
    pub(super) fn new(codes: &[u16], rows: usize, values: &[(Kind, &str)]) -> Self {
        let mut order: Vec<(usize, f64)> = values
            .iter()
            .map(|(_, text)| text.parse().unwrap_or(f64::NAN))
            .enumerate()
            .collect();
        let place = |at: usize| values.get(at).copied().unwrap_or((Kind::Text, ""));
        order.sort_by(|&(a, x), &(b, y)| {
            let ((kind_a, text_a), (kind_b, text_b)) = (place(a), place(b));
            let numbers = (kind_b == Kind::Number).cmp(&(kind_a == Kind::Number));
            let size = if kind_a == Kind::Number {
                x.total_cmp(&y)
            } else {
                std::cmp::Ordering::Equal
            };
            numbers
                .then(size)
                .then(kind_a.cmp(&kind_b))
                .then_with(|| text_a.cmp(text_b))
        });
        let mut code_of = vec![UNTOLD; values.len() + SPECIAL];
        if let Some(absent) = code_of.first_mut() {
            *absent = ABSENT;
        }
        let (mut kinds, mut ends, mut texts) = (Vec::new(), Vec::new(), String::new());
        for (to, &(from, _)) in order.iter().enumerate() {
            let (kind, text) = place(from);
            kinds.push(kind);
            texts.push_str(text);
            ends.push(u32::try_from(texts.len()).unwrap_or(u32::MAX));
            if let Some(code) = code_of.get_mut(from + SPECIAL) {
                *code = u16::try_from(to + SPECIAL).unwrap_or(UNTOLD);
            }
        }
        let mut counts = vec![0_u32; values.len() + SPECIAL];
        let mut wide = Vec::with_capacity(rows);
        for row in 0..rows {
            let code = codes.get(row).copied().unwrap_or(ABSENT);
            let code = code_of.get(usize::from(code)).copied().unwrap_or(UNTOLD);
            if let Some(count) = counts.get_mut(usize::from(code)) {
                *count += 1;
            }
            wide.push(code);
        }
        let narrow: Option<Box<[u8]>> = if counts.len() <= 256 {
            wide.iter().map(|&code| u8::try_from(code).ok()).collect()
        } else {
            None
        };
        Self {
            codes: narrow.map_or_else(|| Codes::Wide(wide.into()), Codes::Narrow),
            counts: counts.into(),
            kinds: kinds.into(),
            ends: ends.into(),
            texts: texts.into(),
            numbers: OnceLock::new(),
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.rows() * 2 + self.texts.len() + self.values() * 8);
        let values = u32::try_from(self.values()).unwrap_or(u32::MAX);
        out.extend_from_slice(&values.to_le_bytes());
        for count in &self.counts {
            out.extend_from_slice(&count.to_le_bytes());
        }
        out.extend(self.kinds.iter().map(|&kind| kind as u8));
        let mut start = 0;
        for &end in &self.ends {
            let length = u16::try_from(end - start).unwrap_or(u16::MAX);
            out.extend_from_slice(&length.to_le_bytes());
            start = end;
        }
        out.extend_from_slice(self.texts.as_bytes());
        match &self.codes {
            Codes::Narrow(codes) => out.extend_from_slice(codes),
            Codes::Wide(codes) => {
                out.extend(codes.iter().map(|code| code.to_le_bytes()[0]));
                out.extend(codes.iter().map(|code| code.to_le_bytes()[1]));
            }
        }
        out
    }

    pub(super) fn decode(bytes: &[u8], rows: usize) -> Option<Self> {
        let mut rest = bytes;
        let mut take = |length: usize| {
            let (head, tail) = rest.split_at_checked(length)?;
            rest = tail;
            Some(head)
        };
        let values = u32::from_le_bytes(*take(4)?.first_chunk()?) as usize;
        if values > MAX_VALUES {
            return None;
        }
        let (counts, _) = take((values + SPECIAL) * 4)?.as_chunks::<4>();
        let counts: Box<[u32]> = counts
            .iter()
            .map(|four| u32::from_le_bytes(*four))
            .collect();
        let kinds: Option<Box<[Kind]>> =
            take(values)?.iter().map(|&c| Kind::from_code(c)).collect();
        let (lengths, _) = take(values * 2)?.as_chunks::<2>();
        let mut end = 0_u32;
        let ends: Box<[u32]> = lengths
            .iter()
            .map(|two| {
                end += u32::from(u16::from_le_bytes(*two));
                end
            })
            .collect();
        let texts = std::str::from_utf8(take(end as usize)?).ok()?.into();
        let codes = if counts.len() <= 256 {
            Codes::Narrow(take(rows)?.into())
        } else {
            let (low, high) = (take(rows)?, take(rows)?);
            let both = low.iter().zip(high);
            Codes::Wide(both.map(|(&l, &h)| u16::from_le_bytes([l, h])).collect())
        };
        Some(Self {
            codes,
            counts,
            kinds: kinds?,
            ends,
            texts,
            numbers: OnceLock::new(),
        })
    }
}

fn bits<T: Copy>(codes: &[T], marked: impl Fn(T) -> bool) -> Vec<u8> {
    let mut bits = Vec::with_capacity(codes.len().div_ceil(8));
    let (eights, rest) = codes.as_chunks::<8>();
    for eight in eights {
        let mut byte = 0;
        for (bit, &code) in eight.iter().enumerate() {
            byte |= u8::from(marked(code)) << bit;
        }
        bits.push(byte);
    }
    if !rest.is_empty() {
        let mut byte = 0;
        for (bit, &code) in rest.iter().enumerate() {
            byte |= u8::from(marked(code)) << bit;
        }
        bits.push(byte);
    }
    bits
}

#[cfg(test)]
mod tests;
