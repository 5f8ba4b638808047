//! Cutting what the daemon sends into frames.
//!
//! A frame is a time, a space, and a line or (without a newline) a part of one. For most containers
//! the daemon puts eight bytes before each: the stream and the length. For one with a terminal it
//! sends the frames one after the other and nothing else; there a frame ends at a newline, or where
//! the daemon cuts long lines. Which of both it is, the first byte tells: a time begins with a digit.
//! When the daemon cannot read a log on, it says so in a frame of a stream of its own.
//! Memory is bounded: no frame is waited for beyond [`FRAME_BYTES`].

use bytes::{Bytes, BytesMut};
use crosscut_model::Stream;

/// Where the daemon cuts long lines. Bytes.
pub(crate) const PART_BYTES: usize = 16 << 10;
/// Longer frames are of no daemon. Bytes.
const FRAME_BYTES: usize = 16 << 20;
/// Before each frame: the stream, three zeros, the length.
const HEADER: usize = 8;
/// No time is longer. Bytes.
const STAMP_BYTES: usize = 64;

/// The stream in which the daemon speaks for itself.
const DAEMON: u8 = 3;

/// What comes is no log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoLog {
    /// It is nothing that a daemon sends.
    #[error("what the daemon sends is not the form of a log")]
    Nonsense,
    /// The daemon cannot read it on.
    #[error("{0}")]
    Told(String),
}

/// Cuts one answer of the daemon.
#[derive(Debug, Default)]
pub(crate) struct Cutter {
    buffer: BytesMut,
    /// Whether it is of a terminal; absent before the first byte.
    terminal: Option<bool>,
}

impl Cutter {
    /// Takes in what came.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame.
    pub(crate) fn next(&mut self) -> Result<Option<(Stream, Bytes)>, NoLog> {
        let Some(&first) = self.buffer.first() else {
            return Ok(None);
        };
        if *self.terminal.get_or_insert(first > DAEMON) {
            return Ok(self.next_of_terminal().map(|frame| (Stream::Stdout, frame)));
        }
        let Some((header, _)) = self.buffer.split_first_chunk::<HEADER>() else {
            return Ok(None);
        };
        let [stream, _, _, _, length @ ..] = *header;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if stream > DAEMON || length > FRAME_BYTES {
            return Err(NoLog::Nonsense);
        }
        if self.buffer.len() < HEADER + length {
            return Ok(None);
        }
        let frame = self.buffer.split_to(HEADER + length).freeze();
        let body = frame.slice(HEADER..);
        match stream {
            DAEMON => Err(NoLog::Told(
                String::from_utf8_lossy(&body).trim().to_owned(),
            )),
            2 => Ok(Some((Stream::Stderr, body))),
            _ => Ok(Some((Stream::Stdout, body))),
        }
    }

    fn next_of_terminal(&mut self) -> Option<Bytes> {
        let head = self.buffer.get(..STAMP_BYTES).unwrap_or(&self.buffer);
        let stamp = memchr::memchr(b' ', head).map_or(0, |space| space + 1);
        let whole = stamp + PART_BYTES;
        // One byte more: the newline of a line that is exactly as long as a part.
        let seen = self.buffer.get(..=whole).unwrap_or(&self.buffer);
        let end = match memchr::memchr(b'\n', seen) {
            Some(newline) => newline + 1,
            None if self.buffer.len() > whole => whole,
            None => return None,
        };
        Some(self.buffer.split_to(end).freeze())
    }

    /// What a terminal wrote last without an end, once nothing more comes. The torn end of a framed
    /// log is nothing.
    pub(crate) fn rest(&mut self) -> Option<(Stream, Bytes)> {
        let rest = std::mem::take(&mut self.buffer);
        let is_frame = self.terminal == Some(true) && !rest.is_empty();
        is_frame.then(|| (Stream::Stdout, rest.freeze()))
    }
}

#[cfg(test)]
mod tests;
