//! What a connection has received and not yet read as messages.
//!
//! Each has a little room of its own; what goes beyond counts against room that all connections of a
//! socket share, so that many half messages fill no memory. Who finds none left is cut off: waiting
//! would let those that never end their messages hold up all others.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::serve::closed;

/// What is read at once, and the room that each connection has of its own. Bytes.
pub(super) const READ: usize = 64 << 10;
/// The room that all connections of a socket share, in steps of [`READ`]: 128 MiB.
const STEPS: usize = 2_048;

/// Room that connections share.
#[derive(Debug, Clone)]
pub(super) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(STEPS)))
    }
}

/// How it went to receive more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Received {
    /// There is more.
    More,
    /// The client has ended.
    End,
    /// The port is being closed.
    Closing,
    /// There is no room for what is still to come.
    Crowded,
}

/// Bytes in the order they came.
#[derive(Debug)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    room: Room,
    held: Vec<OwnedSemaphorePermit>,
    closing: watch::Receiver<bool>,
}

impl Inbox {
    pub(super) fn new(room: Room, closing: watch::Receiver<bool>) -> Self {
        Self {
            bytes: Vec::new(),
            room,
            held: Vec::new(),
            closing,
        }
    }

    /// What has come and is not done with.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Waits for more.
    pub(super) async fn receive(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
    ) -> io::Result<Received> {
        if self.bytes.len() == self.bytes.capacity() && !self.grow() {
            return Ok(Received::Crowded);
        }
        tokio::select! {
            () = closed(&mut self.closing) => Ok(Received::Closing),
            read = stream.read_buf(&mut self.bytes) => {
                Ok(if read? == 0 { Received::End } else { Received::More })
            }
        }
    }

    /// Forgets the first bytes.
    pub(super) fn done(&mut self, count: usize) {
        self.bytes.drain(..count.min(self.bytes.len()));
        if self.bytes.is_empty() && self.bytes.capacity() > READ {
            self.bytes = Vec::new();
            self.held.clear();
        }
    }

    /// Doubles the room, so that copies stay few; `false` when there is none.
    fn grow(&mut self) -> bool {
        let more = self.bytes.len().max(READ);
        if !self.bytes.is_empty() {
            let steps = u32::try_from(more.div_ceil(READ)).unwrap_or(u32::MAX);
            let Ok(share) = self.room.0.clone().try_acquire_many_owned(steps) else {
                return false;
            };
            self.held.push(share);
        }
        self.bytes.reserve_exact(more);
        true
    }
}

#[cfg(test)]
mod tests;
