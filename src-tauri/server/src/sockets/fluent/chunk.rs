//! The entries of one message on their way into the queue, some at a time: three bytes may be an
//! entry, and a packed chunk may unpack to any length.

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::oneshot;

use super::super::inbox::READ;
use super::super::pour::{BUNDLE, Pour, Sent};
use super::{Malformed, Unpacker, entry, sent_of, time_and_record};
use crate::shippers::msgpack::Extent;

/// An entry, at most, and the record that it becomes. Bytes.
pub(super) const MAX_ENTRY: usize = 16 << 20;
/// What a chunk may unpack to. Bytes.
const MAX_UNPACKED: usize = 256 << 20;

/// How a chunk is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    pub(super) fn of(compressed: Option<&str>) -> Self {
        match compressed {
            Some("gzip") => Self::Gzip,
            Some("zstd") => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// Records that go into the queue together.
pub(super) struct Bundle<'a> {
    tag: &'a str,
    pour: &'a Pour,
    sent: Vec<Sent>,
    bytes: usize,
}

impl<'a> Bundle<'a> {
    pub(super) fn new(tag: &'a str, pour: &'a Pour) -> Self {
        Self {
            tag,
            pour,
            sent: Vec::new(),
            bytes: 0,
        }
    }

    /// Adds the one entry of a message: its time, and behind it its record.
    pub(super) async fn add_one(&mut self, bytes: &[u8]) {
        let read = time_and_record(&mut Unpacker::new(bytes));
        self.add(sent_of(self.tag, read, bytes)).await;
    }

    /// Adds so many entries.
    pub(super) async fn add_many(&mut self, count: usize, mut bytes: &[u8]) {
        for _ in 0..count {
            // They have been passed once: their lengths are known to be there.
            let Ok(Some(length)) = Extent::default().of(bytes) else {
                return;
            };
            let (one, rest) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
            self.add(entry(self.tag, one)).await;
            bytes = rest;
        }
    }

    /// Adds all entries of a chunk; what of it cannot be read is told.
    pub(super) async fn add_packed(&mut self, packed: &[u8], packing: Packing) {
        let read = match packing {
            Packing::Plain => self.add_all(packed).await,
            Packing::Gzip => {
                let mut decoder = GzipDecoder::new(packed);
                decoder.multiple_members(true);
                self.add_all(decoder).await
            }
            Packing::Zstd => {
                let mut decoder = ZstdDecoder::new(packed);
                decoder.multiple_members(true);
                self.add_all(decoder).await
            }
        };
        if let Err(why) = read {
            let told = format!("the rest of a chunk could not be read: {why}");
            let told = Sent {
                source: self.tag.to_owned(),
                ..Sent::system(told)
            };
            self.add(told).await;
        }
    }

    /// Hands over what is left; `stored` is told once all is stored.
    pub(super) async fn end(self, stored: oneshot::Sender<()>) {
        self.pour.send(self.sent, Some(stored)).await;
    }

    async fn add_all(&mut self, mut unpacked: impl AsyncRead + Unpin) -> Result<(), String> {
        let mut buffer = Vec::new();
        let mut extent = Extent::default();
        let mut passed = 0;
        loop {
            let mut done = 0;
            while done < buffer.len() {
                let rest = buffer.get(done..).unwrap_or_default();
                let length = match extent.of(rest) {
                    Ok(Some(length)) => length,
                    Ok(None) => break,
                    Err(error) => return Err(error.to_string()),
                };
                extent = Extent::default();
                let one = rest.get(..length).unwrap_or_default();
                done += length;
                self.add(entry(self.tag, one)).await;
            }
            buffer.drain(..done);
            passed += done;
            if buffer.len() > MAX_ENTRY || passed > MAX_UNPACKED {
                return Err("it is too long, unpacked".to_owned());
            }
            if buffer.len() == buffer.capacity() {
                buffer.reserve(READ);
            }
            let read = unpacked.read_buf(&mut buffer).await;
            match read {
                Ok(0) if buffer.is_empty() => return Ok(()),
                Ok(0) => return Err(Malformed::Short.to_string()),
                Ok(_) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    async fn add(&mut self, sent: Sent) {
        self.bytes += sent.bytes();
        self.sent.push(sent);
        if self.bytes >= BUNDLE {
            self.bytes = 0;
            self.pour.send(std::mem::take(&mut self.sent), None).await;
        }
    }
}
