//! The protobuf form: `logproto.PushRequest`, without what only Loki itself fills in
//! (<https://github.com/grafana/loki/blob/main/pkg/push/push.proto>).
//!
//! Texts are taken as bytes: they are sent by programs whose lines are not always UTF-8.

use crosscut_model::UnixNanos;
use prost::Message;

use super::super::gather::Gathered;
use super::add;
use super::labels::Labels;
use crate::refusal::Refusal;

#[derive(Clone, PartialEq, Message)]
pub(super) struct PushRequest {
    #[prost(message, repeated, tag = "1")]
    pub(super) streams: Vec<StreamAdapter>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct StreamAdapter {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) labels: Vec<u8>,
    #[prost(message, repeated, tag = "2")]
    pub(super) entries: Vec<EntryAdapter>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct EntryAdapter {
    #[prost(message, optional, tag = "1")]
    pub(super) timestamp: Option<Timestamp>,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) line: Vec<u8>,
    #[prost(message, repeated, tag = "3")]
    pub(super) structured_metadata: Vec<LabelPair>,
}

#[derive(Clone, Copy, PartialEq, Message)]
pub(super) struct Timestamp {
    #[prost(int64, tag = "1")]
    pub(super) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(super) nanos: i32,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct LabelPair {
    #[prost(bytes = "vec", tag = "1")]
    pub(super) name: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    pub(super) value: Vec<u8>,
}

/// Adds all lines of a body.
pub(super) fn read(bytes: &[u8], gathered: &mut Gathered) -> Result<(), Refusal> {
    let request = PushRequest::decode(bytes).map_err(|error| {
        Refusal::bad("bad_body", format!("the body is no push request: {error}"))
            .hint("nothing of it was kept; Loki's protobuf is a snappy-packed PushRequest")
    })?;
    for stream in request.streams {
        let labels = Labels::of_text(&String::from_utf8_lossy(&stream.labels));
        for entry in stream.entries {
            let metadata = entry.structured_metadata.iter().map(|pair| {
                let name = String::from_utf8_lossy(&pair.name);
                (name, String::from_utf8_lossy(&pair.value).into())
            });
            let time = entry.timestamp.map(|time| {
                let seconds = time.seconds.saturating_mul(1_000_000_000);
                UnixNanos(seconds.saturating_add(time.nanos.into()))
            });
            add(gathered, &labels, time, &entry.line, metadata.collect())?;
        }
    }
    Ok(())
}
