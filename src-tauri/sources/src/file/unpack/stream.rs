//! What a file would be, handed over in a stream: as a browser does that has no paths to give.

use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::decoder::{Caps, Counted, Output, unpack};
use crate::file::decode::Encoding;
use crate::file::sniff::{Content, SNIFF_BYTES, packed};

/// Bytes of UTF-16 read at once.
const STEP: usize = 64 << 10;

/// Its text: unpacked, and in UTF-8. An archive is refused, since one stream makes one source.
pub(crate) fn text_of(stream: Output) -> io::Result<Output> {
    let (mut head, mut stream) = peek(stream);
    if let Some(Content::Packed(codec)) = packed(&head) {
        let read = Arc::new(AtomicU64::new(0));
        let input = BufReader::new(Counted {
            inner: stream,
            count: Arc::clone(&read),
        });
        (head, stream) = peek(unpack(codec, Box::new(input), read, Caps::default())?);
    }
    if matches!(packed(&head), Some(Content::Zip | Content::Tar)) {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "it is an archive of files; unpack it, or give its path to `crosscut open`",
        ));
    }
    Ok(match Encoding::of(&head) {
        Encoding::Bytes => stream,
        encoding => Box::new(Wide {
            stream,
            encoding,
            bytes: Vec::new(),
            text: Cursor::default(),
        }),
    })
}

/// The first bytes, and the whole stream all the same. An error among them comes behind what was read
/// before it.
fn peek(mut stream: Output) -> (Vec<u8>, Output) {
    let mut head = Vec::with_capacity(SNIFF_BYTES);
    let read = stream
        .by_ref()
        .take(SNIFF_BYTES as u64)
        .read_to_end(&mut head);
    let start = Cursor::new(head.clone()).chain(Failed(read.err()));
    (head, Box::new(start.chain(stream)))
}

/// Fails once.
struct Failed(Option<io::Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// UTF-16, read as UTF-8.
struct Wide {
    stream: Output,
    encoding: Encoding,
    /// Bytes that are no whole character yet.
    bytes: Vec<u8>,
    /// What is to be read of those that were.
    text: Cursor<Vec<u8>>,
}

impl Read for Wide {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.text.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            let before = self.bytes.len();
            self.bytes.resize(before + STEP, 0);
            let room = self.bytes.get_mut(before..).unwrap_or_default();
            let read = self.stream.read(room);
            self.bytes
                .truncate(before + read.as_ref().map_or(0, |read| *read));
            let whole = match read? {
                0 if before == 0 => return Ok(0),
                0 => before,
                // Half of a pair waits for the other.
                _ if self.bytes.len() < 4 => continue,
                _ => self.encoding.whole_characters(&self.bytes, usize::MAX),
            };
            let rest = self.bytes.split_off(whole);
            let bytes = std::mem::replace(&mut self.bytes, rest);
            self.text = Cursor::new(self.encoding.decode(bytes));
        }
    }
}

#[cfg(test)]
mod tests;
