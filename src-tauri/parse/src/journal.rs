//! systemd's Journal Export Format, as `journalctl -o export` writes it.
//!
//! An entry is a run of lines `KEY=value`, ended by an empty one. A value that may hold anything stands
//! behind a line `KEY`: its length in eight bytes, the lowest first, its bytes, and a newline
//! (<https://systemd.io/JOURNAL_EXPORT_FORMATS/>).
//!
//! Owns reading an entry both ways: [`Entry`] tells line by line what belongs to it, [`object`] reads a
//! whole one as the JSON object that `journalctl -o json` makes of it, so that both are read alike.
//! Promises: each value stands in the record as it is read, byte for byte.

use crate::text::utf8;

/// What an entry begins with: where it stands, or, for who left that out, when it was.
const BEGINNINGS: [&[u8]; 2] = [b"__CURSOR=", b"__REALTIME_TIMESTAMP="];

/// The longest name that a field may have. Bytes.
const LONGEST_KEY: usize = 64;

/// systemd takes no longer value; what claims to be longer is no length. Bytes.
const LONGEST_VALUE: u64 = 768 << 20;

/// Bytes of a length.
const LENGTH: usize = 8;

/// Whether the line begins an entry.
#[inline]
pub(crate) fn begins(line: &[u8]) -> bool {
    line.first() == Some(&b'_') && BEGINNINGS.iter().any(|start| line.starts_with(start))
}

/// Whether the record is an entry: of more than one line.
#[inline]
pub(crate) fn is_entry(record: &[u8]) -> bool {
    begins(record) && memchr::memchr(b'\n', record.trim_ascii_end()).is_some()
}

/// The entry as a JSON object of texts; nothing where the record is none. Behind what cannot be read
/// nothing is.
#[inline]
pub(crate) fn object(record: &[u8]) -> Option<Vec<u8>> {
    is_entry(record).then(|| as_object(record))
}

fn as_object(record: &[u8]) -> Vec<u8> {
    let mut json = Vec::with_capacity(record.len() + record.len() / 4);
    json.push(b'{');
    let mut rest = record;
    while let Some((key, value, behind)) = field(rest) {
        if json.len() > 1 {
            json.push(b',');
        }
        string(key, &mut json);
        json.push(b':');
        string(utf8(value).as_bytes(), &mut json);
        rest = behind;
    }
    json.push(b'}');
    json
}

/// The first field: its name, its value and what stands behind it.
fn field(entry: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let end = memchr::memchr(b'\n', entry).unwrap_or(entry.len());
    let line = entry.get(..end)?;
    let behind = entry.get(end + 1..).unwrap_or_default();
    let key = key(line)?;
    match line.get(key.len()..)? {
        [b'=', value @ ..] => Some((key, value.strip_suffix(b"\r").unwrap_or(value), behind)),
        [] => {
            let (length, data) = behind.split_first_chunk::<LENGTH>()?;
            let length = u64::from_le_bytes(*length);
            let length = usize::try_from(length).ok().filter(|_| possible(length))?;
            match data.split_at_checked(length) {
                Some((value, [])) => Some((key, value, &[])),
                Some((value, [b'\n', behind @ ..])) => Some((key, value, behind)),
                Some(_) => None,
                // The record ends before it does: too large to be kept whole.
                None => Some((key, data, &[])),
            }
        }
        _ => None,
    }
}

/// The name that a line begins with.
fn key(line: &[u8]) -> Option<&[u8]> {
    let fits = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    let window = line.get(..=LONGEST_KEY).unwrap_or(line);
    let length = window.iter().take_while(|byte| fits(byte)).count();
    line.get(..length)
        .filter(|_| (1..=LONGEST_KEY).contains(&length))
}

fn possible(length: u64) -> bool {
    length <= LONGEST_VALUE
}

/// Writes a text as JSON does.
fn string(text: &[u8], json: &mut Vec<u8>) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |half: u8| DIGITS.get(usize::from(half)).copied().unwrap_or_default();
    json.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => json.extend([b'\\', byte]),
            0..=0x1f => json.extend([b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]),
            _ => json.push(byte),
        }
    }
    json.push(b'"');
}

/// Where in an entry the next line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// It begins a field, or is the empty line.
    Field,
    /// So many bytes of a value's length have come, and what they say.
    Length(u8, u64),
    /// So many bytes of a value are to come, and then a newline.
    Value(u64),
}

/// What a line is to the entry before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// It belongs to it, and so may the next.
    GoesOn(Entry),
    /// It ends it.
    Ends,
    /// It has no place in it.
    Apart,
}

impl Entry {
    /// What the next line (without its newline) is.
    pub(crate) fn follow(self, line: &[u8]) -> Next {
        // A newline is a byte like others inside a length or a value.
        let bytes = line.len() as u64 + 1;
        match self {
            Self::Field => Self::field(line),
            Self::Length(mut have, mut length) => {
                let mut coming = line.iter().copied().chain([b'\n']);
                let mut taken = 0;
                while usize::from(have) < LENGTH {
                    let Some(byte) = coming.next() else {
                        return Next::GoesOn(Self::Length(have, length));
                    };
                    length |= u64::from(byte) << (8 * u32::from(have));
                    have += 1;
                    taken += 1;
                }
                if !possible(length) {
                    return Next::Apart;
                }
                Self::value(length, bytes - taken)
            }
            Self::Value(left) => Self::value(left, bytes),
        }
    }

    fn field(line: &[u8]) -> Next {
        if let b"" | b"\r" = line {
            return Next::Ends;
        }
        // Whoever left the empty line out.
        if line.starts_with(b"__CURSOR=") {
            return Next::Apart;
        }
        let behind = key(line).and_then(|key| line.get(key.len()..));
        match behind {
            Some([b'=', ..]) => Next::GoesOn(Self::Field),
            Some([]) => Next::GoesOn(Self::Length(0, 0)),
            _ => Next::Apart,
        }
    }

    /// With `left` bytes of a value to come, of which there are `bytes`, a newline the last.
    fn value(left: u64, bytes: u64) -> Next {
        match left.checked_sub(bytes) {
            Some(left) => Next::GoesOn(Self::Value(left)),
            None if left + 1 == bytes => Next::GoesOn(Self::Field),
            None => Next::Apart,
        }
    }
}

#[cfg(test)]
mod tests;
