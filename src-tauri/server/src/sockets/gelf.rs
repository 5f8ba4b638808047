//! GELF (<https://go2docs.graylog.org/current/getting_in_log_data/gelf.html>): JSON objects, by UDP
//! packed and in chunks, by TCP each ended by NUL.
//!
//! An object is a record as it was sent; of Docker's driver, the line that the container has printed
//! with what is said of it as fields. Docker's driver names the container, other clients a
//! `_service` or `_app`, and if nothing else the host: that is the source.

use std::collections::HashMap;
use std::time::Duration;

use async_compression::tokio::bufread::{GzipDecoder, ZlibDecoder};
use crosscut_model::Stream;
use serde_json::value::RawValue;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::Instant;

use super::pour::Sent;
use super::{Frame, MAX_MESSAGE};
use crate::ingest::json::Entries;
use crate::shippers::sent::{self, Fields, Value};

/// How a chunk begins.
const MAGIC: [u8; 2] = [0x1e, 0x0f];
/// Chunks of one message, at most.
const MOST_CHUNKS: usize = 128;
/// Messages that wait for chunks, at most.
const MOST_WAITING: usize = 64;
/// What their chunks have together, at most. Bytes.
const MOST_BYTES: usize = 32 << 20;
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
pub(super) struct Chunks {
    messages: HashMap<[u8; 8], Waiting>,
    bytes: usize,
}

#[derive(Debug)]
struct Waiting {
    since: Instant,
    parts: Vec<Option<Vec<u8>>>,
    bytes: usize,
}

/// What became of a datagram.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is a message, or the last chunk of one.
    Message(Vec<u8>),
    /// It is a chunk of a message that waits for others.
    Waits,
    /// It is a chunk of nothing that can be put together.
    Lost,
}

impl Chunks {
    /// Takes a datagram.
    pub(super) fn take(&mut self, datagram: &[u8], now: Instant) -> Taken {
        let Some(chunk) = datagram.strip_prefix(&MAGIC) else {
            return Taken::Message(datagram.to_vec());
        };
        let Some((id, &[number, count], part)) = head(chunk) else {
            return Taken::Lost;
        };
        let (number, count) = (usize::from(number), usize::from(count));
        let known = self.messages.contains_key(id);
        if number >= count
            || count > MOST_CHUNKS
            || self.bytes + part.len() > MOST_BYTES
            || !known && self.messages.len() == MOST_WAITING
        {
            return Taken::Lost;
        }
        let waiting = self.messages.entry(*id).or_insert_with(|| Waiting {
            since: now,
            parts: vec![None; count],
            bytes: 0,
        });
        let Some(place) = waiting.parts.get_mut(number) else {
            return Taken::Lost;
        };
        // One that comes twice is no news.
        if place.is_none() {
            waiting.bytes += part.len();
            self.bytes += part.len();
            *place = Some(part.to_vec());
        }
        if waiting.parts.iter().any(Option::is_none) {
            return Taken::Waits;
        }
        let whole = self.messages.remove(id).map(|whole| {
            self.bytes -= whole.bytes;
            whole.parts.into_iter().flatten().flatten().collect()
        });
        whole.map_or(Taken::Lost, Taken::Message)
    }

    /// When the message that waits longest has waited long enough.
    pub(super) fn due(&self) -> Option<Instant> {
        let since = self.messages.values().map(|waiting| waiting.since).min()?;
        Some(since + PATIENCE)
    }

    /// Forgets the messages that have waited long enough; tells how many.
    pub(super) fn expire(&mut self, now: Instant) -> u64 {
        let before = self.messages.len();
        self.messages
            .retain(|_, waiting| now.duration_since(waiting.since) < PATIENCE);
        self.bytes = self.messages.values().map(|waiting| waiting.bytes).sum();
        (before - self.messages.len()) as u64
    }
}

/// A chunk's message, its number and how many there are, and what is in it.
fn head(chunk: &[u8]) -> Option<(&[u8; 8], &[u8; 2], &[u8])> {
    let (id, chunk) = chunk.split_first_chunk()?;
    let (place, part) = chunk.split_first_chunk()?;
    Some((id, place, part))
}

/// Unpacks a datagram by its first bytes; `None` when it is packed wrongly or too large.
pub(super) async fn unpack(message: &[u8]) -> Option<Vec<u8>> {
    let reader: Box<dyn AsyncRead + Send + Unpin + '_> = match message {
        [0x1f, 0x8b, ..] => Box::new(GzipDecoder::new(message)),
        // A text may begin with an x: the two bytes of a head are a multiple of 31 (RFC 1950).
        [0x78, flags, ..] if (0x7800 + u16::from(*flags)) % 31 == 0 => {
            Box::new(ZlibDecoder::new(message))
        }
        _ => return Some(message.to_vec()),
    };
    let mut out = Vec::new();
    let limit = MAX_MESSAGE as u64 + 1;
    reader.take(limit).read_to_end(&mut out).await.ok()?;
    (out.len() <= MAX_MESSAGE).then_some(out)
}

/// The next frame of a connection, whose first `seen` bytes are known not to be all of it.
pub(super) fn frame(bytes: &[u8], seen: usize, ended: bool) -> Frame {
    let news = bytes.get(seen..).unwrap_or_default();
    match news.iter().position(|&byte| byte == 0) {
        Some(at) => Frame::Whole(0..seen + at, seen + at + 1),
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
    let (Some(raw), Some(members)) = (raw, members) else {
        return no_gelf(message);
    };
    let said = |name: &&str| {
        let said = members.get(name).and_then(sent::text)?;
        (!said.is_empty()).then(|| said.trim_start_matches('/').to_owned())
    };
    let source = NAMES.iter().find_map(said).unwrap_or_default();
    if let Some(record) = of_docker(&members) {
        // The driver tells standard error by the level of an error.
        let is_error = members.get("level").is_some_and(|level| level.get() == "3");
        return Sent {
            source,
            stream: if is_error {
                Stream::Stderr
            } else {
                Stream::Stdout
            },
            time: None,
            record,
        };
    }
    match sent::object(raw, &[]) {
        Some(record) => Sent {
            source,
            stream: Stream::Stdout,
            time: None,
            record,
        },
        None => no_gelf(message),
    }
}

fn no_gelf(message: &[u8]) -> Sent {
    Sent {
        stream: Stream::System,
        ..Sent::system(String::from_utf8_lossy(message).into_owned())
    }
}

/// A line that a container has printed, with what Docker says of it. The level is the line's own:
/// the driver's is the stream by another name.
fn of_docker(members: &Entries<'_>) -> Option<Vec<u8>> {
    members.get("_container_id")?;
    let line = members.get("short_message").and_then(sent::text)?;
    let told = members
        .0
        .iter()
        .filter(|(name, _)| !matches!(&**name, "version" | "level" | "short_message"));
    let fields: Fields<'_> = told
        .map(|(name, value)| (name.clone(), Value::Json(value)))
        .collect();
    Some(sent::line(line.as_bytes(), &fields).into_owned())
}

#[cfg(test)]
mod tests;
