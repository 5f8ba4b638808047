//! The form of an envelope: a line of JSON, then for each item a line of JSON and its payload, whose
//! length the item's header may say; else it ends with the line.

use std::borrow::Cow;

use super::super::sent::text;
use crate::ingest::json::Entries;

/// An envelope, its items not yet read.
pub(super) struct Envelope<'a> {
    pub(super) header: Entries<'a>,
    rest: &'a [u8],
}

/// One item.
pub(super) struct Item<'a> {
    /// Its type.
    pub(super) kind: Cow<'a, str>,
    /// The file's name, of attachments.
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) payload: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Reads the header; `None` when there is none.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let (line, rest) = line(bytes);
        Some(Self {
            header: serde_json::from_slice(line).ok()?,
            rest,
        })
    }

    /// The items in their order. What is behind a header that cannot be read is one item of the
    /// type `unknown`, so that it is not lost.
    pub(super) fn items(&self) -> impl Iterator<Item = Item<'a>> + use<'a> {
        let mut rest = self.rest;
        std::iter::from_fn(move || {
            while let Some(behind) = rest.strip_prefix(b"\n") {
                rest = behind;
            }
            if rest.is_empty() {
                return None;
            }
            let whole = rest;
            let (head, body) = line(rest);
            let header: Option<Entries<'a>> = serde_json::from_slice(head).ok();
            let Some(header) = header else {
                rest = &[];
                return Some(Item {
                    kind: "unknown".into(),
                    name: None,
                    payload: whole.trim_ascii_end(),
                });
            };
            let length = header
                .get("length")
                .and_then(|length| length.get().parse::<usize>().ok());
            let (payload, behind) = length
                .and_then(|length| body.split_at_checked(length))
                .unwrap_or_else(|| line(body));
            rest = behind;
            Some(Item {
                kind: header.get("type").and_then(text).unwrap_or_default(),
                name: header.get("filename").and_then(text),
                payload,
            })
        })
    }
}

/// The first line and what is behind it.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&byte| byte == b'\n');
    let (line, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
    (line, rest.strip_prefix(b"\n").unwrap_or(rest))
}
