//! Fluentd's forward protocol
//! (<https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1.5>): what Docker's
//! `fluentd` driver, Fluent Bit's and Fluentd's `forward` outputs send. Single messages, lists,
//! and chunks of packed entries, as they are or compressed; a chunk is acknowledged once it is
//! stored. There is no handshake: clients that have a `shared_key` wait for one in vain.
//!
//! Docker names the container and the stream within the record; else the tag names the source.
//!
//! A chunk that was sent comes again until it is acknowledged. So what of it cannot be read is told
//! by a record and acknowledged with the rest: it would be no better the next time.

mod chunk;

use std::io;

use crosscut_model::{Stream, UnixNanos};
use serde_json::value::RawValue;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use self::chunk::{Bundle, MAX_ENTRY, Packing};
use super::inbox::Received;
use super::pour::Sent;
use super::{CROWDED, Context, cut_off};
use crate::ingest::json::Entries;
use crate::shippers::msgpack::{Extent, Head, Malformed, Unpacker};
use crate::shippers::sent::{self, Fields, Value};

/// A message, at most; Fluentd's chunks have 8 MiB in memory. Bytes.
const MAX_MESSAGE: usize = 64 << 20;
/// Characters of a tag that count.
const TAG_CHARS: usize = 200;

/// What one message says.
#[derive(Debug)]
struct Message<'a> {
    tag: String,
    entries: Entry<'a>,
    /// By what name the message is to be acknowledged.
    chunk: Option<String>,
    packing: Packing,
}

/// Where a message's entries are.
#[derive(Debug)]
enum Entry<'a> {
    /// One: a time and a record.
    One(&'a [u8]),
    /// So many, one behind the other.
    Many(usize, &'a [u8]),
    /// Packed, to the end.
    Packed(&'a [u8]),
}

/// Reads messages until the client has no more, and acknowledges those that ask for it.
pub(super) async fn serve(mut stream: TcpStream, context: Context) -> io::Result<()> {
    let mut inbox = context.inbox();
    let mut extent = Extent::default();
    loop {
        match inbox.receive(&mut stream).await? {
            Received::More => {}
            Received::Closing => return Ok(()),
            Received::End if inbox.bytes().is_empty() => return Ok(()),
            Received::End => return lost(&context, "it ended within a message").await,
            Received::Crowded => return lost(&context, CROWDED).await,
        }
        let mut done = 0;
        loop {
            let rest = inbox.bytes().get(done..).unwrap_or_default();
            let length = match extent.of(rest) {
                Ok(Some(length)) => length,
                Ok(None) if begins_well(rest) && rest.len() <= MAX_MESSAGE => break,
                Ok(None) => return lost(&context, "it sent no message, or an endless one").await,
                Err(error) => return lost(&context, &error.to_string()).await,
            };
            extent = Extent::default();
            let whole = rest.get(..length).unwrap_or_default();
            done += length;
            let message = match message(whole) {
                Ok(message) => message,
                Err(error) => return lost(&context, &error.to_string()).await,
            };
            if let Some(answer) = keep(message, &context).await {
                stream.write_all(&answer).await?;
            }
        }
        inbox.done(done);
    }
}

/// Whether bytes may be the start of a message: a list, or nil.
fn begins_well(bytes: &[u8]) -> bool {
    matches!(bytes.first(), None | Some(0x92..=0x94 | 0xc0 | 0xdc | 0xdd))
}

async fn lost(context: &Context, why: &str) -> io::Result<()> {
    context.pour.send(vec![cut_off(why)], None).await;
    Err(io::ErrorKind::InvalidData.into())
}

/// Stores a message; gives the answer that it asks for.
async fn keep(message: Option<Message<'_>>, context: &Context) -> Option<Vec<u8>> {
    let message = message?;
    let mut bundle = Bundle::new(&message.tag, &context.pour);
    match message.entries {
        Entry::One(entry) => bundle.add_one(entry).await,
        Entry::Many(count, entries) => bundle.add_many(count, entries).await,
        Entry::Packed(packed) => bundle.add_packed(packed, message.packing).await,
    }
    let (stored, told) = oneshot::channel();
    bundle.end(stored).await;
    let chunk = message.chunk?;
    // Not before it is stored: else the client would forget what may yet be lost.
    told.await.is_ok().then(|| ack(&chunk))
}

/// What a message says; `None` for what says nothing (a sign of life).
fn message(whole: &[u8]) -> Result<Option<Message<'_>>, Malformed> {
    let mut unpacker = Unpacker::new(whole);
    let count = match unpacker.head()? {
        Head::Nil => return Ok(None),
        Head::Array(count @ 2..=4) => count,
        _ => return Err(Malformed::Unexpected("something that is no message")),
    };
    let tag = match unpacker.head()? {
        Head::Text(tag) | Head::Bytes(tag) => String::from_utf8_lossy(tag),
        _ => return Err(Malformed::Unexpected("something that is no tag")),
    };
    let behind_tag = unpacker.rest();
    let (entries, used) = match unpacker.head()? {
        Head::Text(packed) | Head::Bytes(packed) => (Entry::Packed(packed), 2),
        Head::Array(count) => {
            let entries = unpacker.rest();
            (0..count).try_for_each(|_| unpacker.skip())?;
            (Entry::Many(count, entries), 2)
        }
        _ => {
            unpacker.skip()?;
            (Entry::One(behind_tag), 3)
        }
    };
    let mut options = Vec::new();
    for _ in used..count {
        options.clear();
        unpacker.json(&mut options)?;
    }
    let options: Option<Entries<'_>> = serde_json::from_slice(&options).ok();
    let option = |name| options.as_ref().and_then(|all| sent::text(all.get(name)?));
    Ok(Some(Message {
        tag: tag.chars().take(TAG_CHARS).collect(),
        entries,
        chunk: option("chunk").map(std::borrow::Cow::into_owned),
        packing: Packing::of(option("compressed").as_deref()),
    }))
}

/// `[time, record]`, as a record of its tag. What is none is kept as it is, in the stream `system`.
fn entry(tag: &str, bytes: &[u8]) -> Sent {
    let mut unpacker = Unpacker::new(bytes);
    let read = match unpacker.head() {
        Ok(Head::Array(2..)) => time_and_record(&mut unpacker),
        Ok(_) => Err(Malformed::Unexpected("something that is no entry")),
        Err(error) => Err(error),
    };
    sent_of(tag, read, bytes)
}

/// A time, or a pair of it and metadata as Fluent Bit has it; then a record.
fn time_and_record(unpacker: &mut Unpacker<'_>) -> Result<(Option<UnixNanos>, Vec<u8>), Malformed> {
    let mut inside = *unpacker;
    let time = if let Head::Array(parts @ 1..) = inside.head()? {
        let time = inside.time()?;
        (1..parts).try_for_each(|_| inside.skip())?;
        *unpacker = inside;
        time
    } else {
        unpacker.time()?
    };
    let mut record = Vec::new();
    unpacker.json(&mut record)?;
    if record.first() != Some(&b'{') {
        return Err(Malformed::Unexpected("something that is no record"));
    }
    Ok((time, record))
}

fn sent_of(tag: &str, read: Result<(Option<UnixNanos>, Vec<u8>), Malformed>, bytes: &[u8]) -> Sent {
    let error = match read {
        Ok((time, record)) if record.len() <= MAX_ENTRY => return one(tag, time, record),
        Ok(_) => "it is too long".to_owned(),
        Err(error) => error.to_string(),
    };
    let mut shown = Vec::new();
    let record = match Unpacker::new(bytes).json(&mut shown) {
        Ok(()) if shown.len() <= MAX_ENTRY => shown,
        _ => {
            let length = bytes.len();
            format!("an entry of {length} bytes could not be read: {error}").into_bytes()
        }
    };
    Sent {
        source: tag.to_owned(),
        record,
        ..Sent::system(String::new())
    }
}

/// One record. Docker's wrap a line, which keeps what it says itself.
fn one(tag: &str, time: Option<UnixNanos>, record: Vec<u8>) -> Sent {
    let docker = docker(&record);
    let (source, stream, line) = docker.unwrap_or_else(|| (String::new(), Stream::Stdout, record));
    Sent {
        source: if source.is_empty() {
            tag.to_owned()
        } else {
            source
        },
        stream,
        time,
        record: line,
    }
}

fn docker(record: &[u8]) -> Option<(String, Stream, Vec<u8>)> {
    let members: Entries<'_> = serde_json::from_slice(record).ok()?;
    let said = |name| members.get(name).and_then(sent::text);
    let stream = match &*said("source")? {
        "stdout" => Stream::Stdout,
        "stderr" => Stream::Stderr,
        _ => return None,
    };
    said("container_id")?;
    let log: &RawValue = members.get("log")?;
    let others = members
        .0
        .iter()
        .filter(|(name, _)| !matches!(&**name, "log" | "source"));
    let fields: Fields<'_> = others
        .map(|(name, value)| (name.clone(), Value::Json(value)))
        .collect();
    let name = said("container_name").unwrap_or_default();
    let name = name.trim_start_matches('/').to_owned();
    Some((name, stream, sent::value(log, "log", &fields)))
}

/// `{"ack": chunk}`
fn ack(chunk: &str) -> Vec<u8> {
    let mut out = b"\x81\xa3ack\xdb".to_vec();
    let length = u32::try_from(chunk.len()).unwrap_or_default();
    out.extend(length.to_be_bytes());
    out.extend_from_slice(chunk.as_bytes());
    out
}
