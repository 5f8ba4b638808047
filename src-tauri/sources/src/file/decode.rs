//! UTF-16 logs, kept as UTF-8.
//!
//! Windows and PowerShell write logs in UTF-16. Stored as they are, every reader downstream would
//! have to care, and no search would find a word in them; so this one encoding is turned into UTF-8 on
//! its way in. Nothing is lost by it: each 16-bit unit sequence has exactly one image (lone surrogates
//! are kept in three bytes, as WTF-8 does; the byte order mark is kept as U+FEFF), so the file's bytes
//! can be made again from the stored ones and the encoding, which the source's attributes name.
//! Cursors count the file's own bytes.
//!
//! UTF-16 is taken for granted behind its byte order mark; without one only where it is sure, which is
//! decided by the bytes before the first line feed alone, so that it does not depend on how they are
//! written: four ASCII characters at least, each with its zero. All else is kept byte for byte.

use serde::{Deserialize, Serialize};

/// How a file's characters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encoding {
    /// UTF-8, or anything else in which a line feed is one byte 10 and nothing else is.
    #[default]
    Bytes,
    #[serde(rename = "utf-16le")]
    Utf16Le,
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

/// Characters a first line must have for UTF-16 without a mark to be sure.
const SURE: usize = 4;

impl Encoding {
    /// Out of the first bytes of a file.
    pub(crate) fn of(head: &[u8]) -> Self {
        // UTF-32 begins like UTF-16 and is not read.
        if head.starts_with(b"\xff\xfe") && !head.starts_with(b"\xff\xfe\0\0") {
            return Self::Utf16Le;
        }
        if head.starts_with(b"\xfe\xff") {
            return Self::Utf16Be;
        }
        let end = memchr::memchr(b'\n', head);
        // Without a line feed whole units are looked at, whichever way round they are.
        let line = head
            .get(..end.unwrap_or(head.len() / 2 * 2))
            .unwrap_or_default();
        let fits = |byte: &u8| matches!(byte, b'\t' | b'\r' | 0x1b | b' '..=b'~');
        let alternate = |first: usize| {
            let mut bytes = line.iter().enumerate();
            bytes.all(|(at, byte)| {
                if at % 2 == first {
                    fits(byte)
                } else {
                    *byte == 0
                }
            })
        };
        let open = end.is_none();
        if line.len() < SURE * 2 {
            Self::Bytes
        } else if (open || line.len() % 2 == 0) && alternate(0) {
            Self::Utf16Le
        } else if (open || line.len() % 2 == 1) && alternate(1) {
            Self::Utf16Be
        } else {
            Self::Bytes
        }
    }

    /// Its name, unless it is the usual one.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Self::Bytes => None,
            Self::Utf16Le => Some("utf-16le"),
            Self::Utf16Be => Some("utf-16be"),
        }
    }

    /// Bytes in a unit, and so in a line feed.
    pub(crate) fn unit(self) -> usize {
        match self {
            Self::Bytes => 1,
            Self::Utf16Le | Self::Utf16Be => 2,
        }
    }

    /// Bytes up to behind the last line feed; 0 when there is none.
    pub(crate) fn whole_lines(self, bytes: &[u8]) -> usize {
        match self {
            Self::Bytes => memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1),
            Self::Utf16Le | Self::Utf16Be => bytes
                .chunks_exact(2)
                .rposition(|unit| self.number(unit) == u16::from(b'\n'))
                .map_or(0, |at| (at + 1) * 2),
        }
    }

    /// At most `most` bytes of them that are whole characters.
    pub(crate) fn whole_characters(self, bytes: &[u8], most: usize) -> usize {
        let most = most.min(bytes.len());
        match self {
            Self::Bytes => most,
            Self::Utf16Le | Self::Utf16Be => {
                let even = most / 2 * 2;
                let last = even.checked_sub(2).and_then(|from| bytes.get(from..even));
                let halved = last.is_some_and(|unit| (0xd800..0xdc00).contains(&self.number(unit)));
                if halved && even > 2 { even - 2 } else { even }
            }
        }
    }

    /// As UTF-8; a lone last byte of UTF-16 is kept as it is.
    pub(crate) fn decode(self, bytes: Vec<u8>) -> Vec<u8> {
        if self == Self::Bytes {
            return bytes;
        }
        let mut text = Vec::with_capacity(bytes.len());
        let mut high: Option<u16> = None;
        let mut units = bytes.chunks_exact(2);
        for unit in &mut units {
            let unit = self.number(unit);
            match (high.take(), unit) {
                (Some(first), 0xdc00..=0xdfff) => {
                    let pair =
                        0x1_0000 + ((u32::from(first) - 0xd800) << 10) + (u32::from(unit) - 0xdc00);
                    push(&mut text, pair);
                    continue;
                }
                (Some(first), _) => push(&mut text, u32::from(first)),
                (None, _) => {}
            }
            if (0xd800..0xdc00).contains(&unit) {
                high = Some(unit);
            } else {
                push(&mut text, u32::from(unit));
            }
        }
        if let Some(first) = high {
            push(&mut text, u32::from(first));
        }
        text.extend_from_slice(units.remainder());
        text
    }

    /// Of how many bytes [`Self::decode`] made these.
    pub(crate) fn encoded_len(self, text: &[u8]) -> usize {
        if self == Self::Bytes {
            return text.len();
        }
        let units = |byte: &u8| match byte {
            0x80..=0xbf => 0,
            0xf0..=0xff => 2,
            _ => 1,
        };
        text.iter().map(units).sum::<usize>() * 2
    }

    fn number(self, unit: &[u8]) -> u16 {
        let unit = [
            unit.first().copied().unwrap_or(0),
            unit.get(1).copied().unwrap_or(0),
        ];
        match self {
            Self::Utf16Be => u16::from_be_bytes(unit),
            Self::Bytes | Self::Utf16Le => u16::from_le_bytes(unit),
        }
    }
}

/// One code point, surrogates too.
fn push(text: &mut Vec<u8>, point: u32) {
    let byte = |bits: u32| {
        let [byte, ..] = bits.to_le_bytes();
        byte
    };
    let low = |shift: u32| byte(0x80 | (point >> shift & 0x3f));
    match point {
        0..0x80 => text.push(byte(point)),
        0x80..0x800 => text.extend([byte(0xc0 | point >> 6), low(0)]),
        0x800..0x1_0000 => text.extend([byte(0xe0 | point >> 12), low(6), low(0)]),
        _ => text.extend([byte(0xf0 | point >> 18), low(12), low(6), low(0)]),
    }
}

#[cfg(test)]
mod tests;
