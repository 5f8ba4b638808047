//! Frames that were brought beside the reads that take them, for when there can be no more reads.

use std::collections::VecDeque;

use bytes::Bytes;
use crosscut_model::Stream;

use super::lane::stamp;

/// Bytes kept.
const KEPT_BYTES: usize = 1 << 20;

/// The newest frames of a log, at least from the last one on that was read otherwise.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) frames: VecDeque<(Stream, Bytes)>,
    bytes: usize,
    /// Whether none was thrown away that may not have been read otherwise.
    pub(crate) whole: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            frames: VecDeque::new(),
            bytes: 0,
            whole: true,
        }
    }
}

impl Kept {
    /// Keeps frames; the oldest have to go when there are too many.
    pub(crate) fn take(&mut self, frames: Vec<(Stream, Bytes)>) {
        for (stream, frame) in frames {
            // A copy, because a frame is a part of all that was received with it.
            let frame = Bytes::copy_from_slice(&frame);
            self.bytes += frame.len();
            self.frames.push_back((stream, frame));
        }
        while self.bytes > KEPT_BYTES && self.pop() {
            self.whole = false;
        }
    }

    fn pop(&mut self) -> bool {
        let first = self.frames.pop_front();
        self.bytes -= first.as_ref().map_or(0, |(_, frame)| frame.len());
        first.is_some()
    }

    /// Whether `seen` tells of every stream's last frame that it was read otherwise.
    pub(crate) fn was_read(&self, seen: impl Fn(Stream, &[u8]) -> bool) -> bool {
        [Stream::Stdout, Stream::Stderr].into_iter().all(|of| {
            let last = self.frames.iter().rev().find(|(stream, _)| *stream == of);
            last.is_none_or(|(stream, frame)| seen(*stream, frame))
        })
    }

    /// All that is kept was read otherwise: only what tells where that was stays, which is each
    /// stream's last frame and those of its time.
    pub(crate) fn trim(&mut self) {
        let last = |of: Stream| {
            let mut frames = self.frames.iter().rev();
            let (_, frame) = frames.find(|(stream, _)| *stream == of)?;
            let time = stamp(frame);
            let same = |(stream, frame): &(Stream, Bytes)| *stream == of && stamp(frame) == time;
            self.frames.iter().position(same)
        };
        let from = last(Stream::Stdout).into_iter().chain(last(Stream::Stderr));
        let from = from.min().unwrap_or(0);
        for _ in 0..from {
            self.pop();
        }
        self.whole = true;
    }
}
