//! GELF (<https://go2docs.graylog.org/current/getting_in_log_data/gelf.html>): JSON objects, by UDP
//! packed and in chunks, by TCP each ended by NUL.
//!
//! An object is a record as it was sent. Docker's driver names the container, other clients a
//! `_service` or `_app`, and if nothing else the host: that is the source.

use std::collections::HashMap;
use std::time::Duration;

use async_compression::tokio::bufread::{GzipDecoder, ZlibDecoder};
use crosscut_model::Stream;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;

use super::pour::{Pour, Sent};
use super::{Frame, MAX_MESSAGE};
use crate::ingest::json::Entries;
use crate::shippers::sent;

/// How a chunk begins.
const MAGIC: [u8; 2] = [0x1e, 0x0f];
/// Chunks of one message, at most.
const MOST_CHUNKS: usize = 128;
/// Messages that wait for chunks, at most.
const MOST_WAITING: usize = 64;
/// How long a message waits for its chunks.
const PATIENCE: Duration = Duration::from_secs(5);
/// Members that name a program, best first.
const NAMES: [&str; 6] = [
    "_container_name",
    "_service",
    "_service_name",
    "_app",
    "_application",
    "host",
];

/// Chunks whose messages are not complete.
#[derive(Debug, Default)]
pub(super) struct Chunks(HashMap<[u8; 8], Waiting>);

#[derive(Debug)]
struct Waiting {
    since: Instant,
    parts: Vec<Option<Vec<u8>>>,
}

impl Chunks {
    /// Takes a datagram; gives the message that it is, or completes. Messages that waited too long
    /// are counted as lost.
    pub(super) fn take(&mut self, datagram: &[u8], pour: &Pour) -> Option<Vec<u8>> {
        let Some(chunk) = datagram.strip_prefix(&MAGIC) else {
            return Some(datagram.to_vec());
        };
        let before = self.0.len();
        self.0
            .retain(|_, waiting| waiting.since.elapsed() < PATIENCE);
        pour.lose((before - self.0.len()) as u64);
        let (id, chunk) = chunk.split_first_chunk::<8>()?;
        let (&[number, count], part) = chunk.split_first_chunk::<2>()?;
        let (number, count) = (usize::from(number), usize::from(count));
        if number >= count || count > MOST_CHUNKS {
            pour.lose(1);
            return None;
        }
        if !self.0.contains_key(id) && self.0.len() == MOST_WAITING {
            pour.lose(1);
            return None;
        }
        let waiting = self.0.entry(*id).or_insert_with(|| Waiting {
            since: Instant::now(),
            parts: vec![None; count],
        });
        if let Some(place) = waiting.parts.get_mut(number) {
            *place = Some(part.to_vec());
        }
        if waiting.parts.iter().any(Option::is_none) {
            return None;
        }
        let whole = self.0.remove(id)?;
        Some(whole.parts.into_iter().flatten().flatten().collect())
    }
}

/// Unpacks a datagram by its first bytes; `None` when it is packed wrongly or too large.
pub(super) async fn unpack(message: &[u8]) -> Option<Vec<u8>> {
    let reader: Box<dyn AsyncRead + Send + Unpin + '_> = match message {
        [0x1f, 0x8b, ..] => Box::new(GzipDecoder::new(message)),
        [0x78, ..] => Box::new(ZlibDecoder::new(message)),
        _ => return Some(message.to_vec()),
    };
    let mut out = Vec::new();
    let limit = MAX_MESSAGE as u64 + 1;
    reader.take(limit).read_to_end(&mut out).await.ok()?;
    (out.len() <= MAX_MESSAGE).then_some(out)
}

/// The next frame of a connection.
pub(super) fn frame(bytes: &[u8], ended: bool) -> Frame {
    match bytes.iter().position(|&byte| byte == 0) {
        Some(at) => Frame::Whole(0..at, at + 1),
        None if bytes.len() > MAX_MESSAGE => Frame::Bad("a message is longer than 16 MiB"),
        None if ended && !bytes.is_empty() => Frame::Whole(0..bytes.len(), bytes.len()),
        None => Frame::Short,
    }
}

/// A message as a record. What is no GELF is kept as it is, in the stream `system`.
pub(super) fn read(message: &[u8]) -> Sent {
    let message = message.trim_ascii();
    let raw: Option<&RawValue> = serde_json::from_slice(message).ok();
    let members = raw.and_then(|raw| serde_json::from_str::<Entries<'_>>(raw.get()).ok());
    let record = raw.and_then(|raw| sent::object(raw, &[]));
    let (Some(members), Some(record)) = (members, record) else {
        return Sent {
            stream: Stream::System,
            ..Sent::system(String::from_utf8_lossy(message).into_owned())
        };
    };
    let said = |name: &&str| {
        let said = members.get(name).and_then(sent::text)?;
        (!said.is_empty()).then(|| said.trim_start_matches('/').to_owned())
    };
    // Docker's driver tells standard error by the level of an error.
    let is_error = members.get("level").is_some_and(|level| level.get() == "3");
    let stderr = is_error && members.get("_container_id").is_some();
    Sent {
        source: NAMES.iter().find_map(said).unwrap_or_default(),
        stream: if stderr {
            Stream::Stderr
        } else {
            Stream::Stdout
        },
        time: None,
        record,
    }
}
