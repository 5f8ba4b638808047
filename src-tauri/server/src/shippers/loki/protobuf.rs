//! The protobuf form: `logproto.PushRequest`, without what only Loki itself fills in
//! (<https://github.com/grafana/loki/blob/main/pkg/push/push.proto>).
//!
//! ```text
//! PushRequest    1: StreamAdapter…
//! StreamAdapter  1: labels  2: EntryAdapter…
//! EntryAdapter   1: Timestamp  2: line  3: LabelPair…
//! Timestamp      1: seconds  2: nanoseconds
//! LabelPair      1: name  2: value
//! ```
//!
//! Read field by field and never as a whole: an entry may be two bytes on the wire, and a small body
//! unpacks to tens of millions of them. Texts are taken as bytes: they are sent by programs whose
//! lines are not always UTF-8.

use crosscut_model::UnixNanos;

use super::super::gather::Gathered;
use super::super::sent::Fields as Metadata;
use super::add;
use super::labels::Labels;
use crate::ingest::wire::{Field, Fields, NoProtobuf};
use crate::refusal::Refusal;

/// Pairs of one entry's metadata, at most: Loki itself takes 128.
const MOST_PAIRS: usize = 10_000;

/// Adds all lines of a body.
pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<(), Refusal> {
    for field in Fields::of(bytes) {
        if let (1, Field::Bytes(stream)) = field.map_err(refused)? {
            add_stream(stream, gathered)?;
        }
    }
    Ok(())
}

fn add_stream(stream: &[u8], gathered: &mut Gathered) -> Result<(), Refusal> {
    let mut labels = &b""[..];
    for field in Fields::of(stream) {
        if let (1, Field::Bytes(text)) = field.map_err(refused)? {
            labels = text;
        }
    }
    let labels = Labels::of_text(&String::from_utf8_lossy(labels));
    for field in Fields::of(stream) {
        if let (2, Field::Bytes(entry)) = field.map_err(refused)? {
            let (time, line, metadata) = entry_of(entry)?;
            add(gathered, &labels, time, line, metadata)?;
        }
    }
    Ok(())
}

/// A line with its time, and what is said of it alone.
type Entry<'a> = (Option<UnixNanos>, &'a [u8], Metadata<'a>);

fn entry_of(entry: &[u8]) -> Result<Entry<'_>, Refusal> {
    let (mut time, mut line, mut metadata) = (None, &b""[..], Metadata::new());
    for field in Fields::of(entry) {
        match field.map_err(refused)? {
            (1, Field::Bytes(timestamp)) => time = Some(time_of(timestamp).map_err(refused)?),
            (2, Field::Bytes(text)) => line = text,
            (3, Field::Bytes(_)) if metadata.len() == MOST_PAIRS => {
                let what = format!("an entry has more than {MOST_PAIRS} pairs of metadata");
                return Err(Refusal::bad("bad_body", what));
            }
            (3, Field::Bytes(pair)) => {
                let (name, value) = pair_of(pair).map_err(refused)?;
                let name = String::from_utf8_lossy(name);
                metadata.push((name, String::from_utf8_lossy(value).into()));
            }
            _ => {}
        }
    }
    Ok((time, line, metadata))
}

fn pair_of(pair: &[u8]) -> Result<(&[u8], &[u8]), NoProtobuf> {
    let (mut name, mut value) = (&b""[..], &b""[..]);
    for field in Fields::of(pair) {
        match field? {
            (1, Field::Bytes(text)) => name = text,
            (2, Field::Bytes(text)) => value = text,
            _ => {}
        }
    }
    Ok((name, value))
}

fn time_of(timestamp: &[u8]) -> Result<UnixNanos, NoProtobuf> {
    let (mut seconds, mut nanos) = (0i64, 0i64);
    for field in Fields::of(timestamp) {
        match field? {
            (1, Field::Varint(number)) => seconds = number.cast_signed(),
            (2, Field::Varint(number)) => nanos = number.cast_signed(),
            _ => {}
        }
    }
    Ok(UnixNanos(
        seconds.saturating_mul(1_000_000_000).saturating_add(nanos),
    ))
}

fn refused(error: NoProtobuf) -> Refusal {
    Refusal::bad("bad_body", format!("the body is no push request: {error}"))
        .hint("nothing of it was kept; Loki's protobuf is a snappy-packed PushRequest")
}
