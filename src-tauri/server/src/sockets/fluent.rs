//! Fluentd's forward protocol
//! (<https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1.5>): what Docker's
//! `fluentd` driver, Fluent Bit's and Fluentd's `forward` outputs send. Single messages, lists,
//! packed and gzipped ones; a chunk is acknowledged once it is stored.
//!
//! Docker names the container and the stream within the record; else the tag names the source.

use std::io;

use async_compression::tokio::bufread::GzipDecoder;
use crosscut_model::{Stream, UnixNanos};
use serde_json::value::RawValue;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::pour::Sent;
use super::{Context, MAX_MESSAGE, READ};
use crate::ingest::json::Entries;
use crate::shippers::msgpack::{Head, Malformed, Unpacker};
use crate::shippers::sent::{self, Fields, Value};

/// A message's records: read, or still packed.
enum Records<'a> {
    Read(Vec<(Option<UnixNanos>, Vec<u8>)>),
    Packed(&'a [u8]),
}

/// What one message says.
struct Message<'a> {
    tag: String,
    records: Records<'a>,
    chunk: Option<String>,
    gzip: bool,
}

/// Reads messages until the client has no more, and acknowledges those that ask for it.
pub(super) async fn serve(mut stream: TcpStream, context: Context) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        buffer.reserve(READ);
        if stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
        let mut done = 0;
        loop {
            let rest = buffer.get(done..).unwrap_or_default();
            let mut unpacker = Unpacker::new(rest);
            let message = match message(&mut unpacker) {
                Err(Malformed::Short) if rest.len() <= MAX_MESSAGE => break,
                Err(error) => return lost(&context, &error.to_string()).await,
                Ok(message) => message,
            };
            done += rest.len() - unpacker.rest().len();
            let Some(message) = message else { continue };
            let chunk = message.chunk.clone();
            let sent = match records(message).await {
                Ok(sent) => sent,
                Err(why) => return lost(&context, &why).await,
            };
            let (stored, told) = oneshot::channel();
            context.pour.send(sent, Some(stored)).await;
            if let Some(chunk) = chunk {
                // Not before it is stored: else the client would forget what may yet be lost.
                if told.await.is_ok() {
                    stream.write_all(&ack(&chunk)).await?;
                }
            }
        }
        buffer.drain(..done);
    }
}

async fn lost(context: &Context, why: &str) -> io::Result<()> {
    let told = format!("a connection was closed: {why}; what it sent behind that is lost");
    context.pour.send(vec![Sent::system(told)], None).await;
    Err(io::ErrorKind::InvalidData.into())
}

/// The next message; `None` for what says nothing (a sign of life).
fn message<'a>(unpacker: &mut Unpacker<'a>) -> Result<Option<Message<'a>>, Malformed> {
    let count = match unpacker.head()? {
        Head::Nil => return Ok(None),
        Head::Array(count @ 2..=4) => count,
        _ => return Err(Malformed::Unexpected("something that is no message")),
    };
    let tag = match unpacker.head()? {
        Head::Text(tag) | Head::Bytes(tag) => String::from_utf8_lossy(tag).into_owned(),
        _ => return Err(Malformed::Unexpected("something that is no tag")),
    };
    let start = *unpacker;
    let (records, used) = match unpacker.head()? {
        Head::Text(packed) | Head::Bytes(packed) => (Records::Packed(packed), 2),
        Head::Array(entries) => {
            let entries = (0..entries).map(|_| entry(unpacker));
            (Records::Read(entries.collect::<Result<_, _>>()?), 2)
        }
        _ => {
            *unpacker = start;
            let time = unpacker.time()?;
            (Records::Read(vec![(time, map(unpacker)?)]), 3)
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
        tag,
        records,
        chunk: option("chunk").map(std::borrow::Cow::into_owned),
        gzip: option("compressed").is_some_and(|how| how == "gzip"),
    }))
}

/// `[time, record]`
fn entry(unpacker: &mut Unpacker<'_>) -> Result<(Option<UnixNanos>, Vec<u8>), Malformed> {
    let Head::Array(count @ 2..) = unpacker.head()? else {
        return Err(Malformed::Unexpected("something that is no entry"));
    };
    let start = *unpacker;
    // Fluent Bit has a pair of the time and metadata where the time was.
    let time = if let Head::Array(parts @ 1..) = unpacker.head()? {
        let time = unpacker.time()?;
        for _ in 1..parts {
            unpacker.skip()?;
        }
        time
    } else {
        *unpacker = start;
        unpacker.time()?
    };
    let record = map(unpacker)?;
    for _ in 2..count {
        unpacker.skip()?;
    }
    Ok((time, record))
}

fn map(unpacker: &mut Unpacker<'_>) -> Result<Vec<u8>, Malformed> {
    let mut record = Vec::new();
    unpacker.json(&mut record)?;
    if record.first() != Some(&b'{') {
        return Err(Malformed::Unexpected("something that is no record"));
    }
    Ok(record)
}

async fn records(message: Message<'_>) -> Result<Vec<Sent>, String> {
    let Message {
        tag, records, gzip, ..
    } = message;
    let read = match records {
        Records::Read(read) => read,
        Records::Packed(packed) => {
            let mut unpacked = Vec::new();
            let bytes = if gzip {
                let mut decoder = GzipDecoder::new(packed);
                decoder.multiple_members(true);
                let limit = MAX_MESSAGE as u64 + 1;
                let read = decoder.take(limit).read_to_end(&mut unpacked).await;
                read.map_err(|error| format!("a chunk cannot be unpacked: {error}"))?;
                if unpacked.len() > MAX_MESSAGE {
                    return Err("a chunk is longer than 16 MiB, unpacked".to_owned());
                }
                unpacked.as_slice()
            } else {
                packed
            };
            let mut unpacker = Unpacker::new(bytes);
            let mut read = Vec::new();
            while !unpacker.is_empty() {
                read.push(entry(&mut unpacker).map_err(|error| error.to_string())?);
            }
            read
        }
    };
    let sent = |(time, record): (_, Vec<u8>)| one(&tag, time, record);
    Ok(read.into_iter().map(sent).collect())
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
