//! Lines that wait to be stored: bounded, in order.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crosscut_model::{Clock, Level, Stream, SystemClock, UnixNanos};
use parking_lot::{Condvar, Mutex};
use tokio::sync::Notify;

/// Bytes that may wait. Beyond them a pipe's writer is made to wait.
const ROOM: usize = 16 << 20;

/// What a chunk takes in memory beside its bytes, about: a program that writes byte by byte has many.
const OVERHEAD: usize = 128;

/// How long [`Outbox::offer`] waits for room: storing that is slow for a moment slows a program,
/// storing that does not work does not stop it.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was read at once.
#[derive(Debug, Clone)]
pub(crate) struct Chunk {
    pub(crate) stream: Stream,
    pub(crate) bytes: Vec<u8>,
    /// When it was read.
    pub(crate) at: UnixNanos,
    /// Set for a whole record of Crosscut's own; else these are bytes that begin and end anywhere.
    pub(crate) record: Option<Level>,
    /// What follows in its stream was turned down: a line that has begun ends here.
    pub(crate) cuts: bool,
}

impl Chunk {
    /// Bytes of a stream.
    pub(crate) fn bytes(stream: Stream, bytes: Vec<u8>) -> Self {
        Self {
            stream,
            bytes,
            at: SystemClock.now(),
            record: None,
            cuts: false,
        }
    }

    /// What Crosscut itself has to say.
    pub(crate) fn record(level: Level, text: &str) -> Self {
        Self {
            stream: Stream::System,
            bytes: text.as_bytes().to_vec(),
            at: SystemClock.now(),
            record: Some(level),
            cuts: false,
        }
    }

    /// The place behind which something of a stream is missing.
    fn cut(stream: Stream) -> Self {
        Self {
            cuts: true,
            ..Self::bytes(stream, Vec::new())
        }
    }

    /// What it takes in memory. Bytes.
    pub(crate) fn cost(&self) -> usize {
        self.bytes.len() + OVERHEAD
    }

    /// Lines in it.
    pub(crate) fn lines(&self) -> u64 {
        if self.record.is_some() {
            return 0;
        }
        memchr::memchr_iter(b'\n', &self.bytes).count() as u64
    }
}

/// How far the input is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    #[default]
    Open,
    /// It is about to end: nobody waits for a workbench to come back any more.
    Hurried,
    /// Nothing more comes.
    Closed,
    /// Nothing will be stored any more.
    GivenUp,
}

#[derive(Debug, Default)]
struct State {
    chunks: VecDeque<Chunk>,
    /// What `chunks` cost, and those that were taken and are not stored yet.
    held: usize,
    phase: Phase,
    /// Set while offers are turned down without waiting.
    stuck: bool,
    /// Streams of which something was turned down that no record tells of yet.
    broken: Vec<Stream>,
    /// Ends of lines turned down that no record tells of yet.
    untold: u64,
    /// Lines turned down in all.
    lost: u64,
}

/// The buffer. Its blocking methods are for threads of their own.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
    room: Condvar,
    news: Notify,
}

impl Outbox {
    /// Waits for room, however long it takes; `false` when nothing will be stored any more. Blocks.
    pub(crate) fn put(&self, chunk: Chunk) -> bool {
        let mut state = self.state.lock();
        while state.held >= ROOM && state.phase < Phase::Closed {
            self.room.wait(&mut state);
        }
        if state.phase >= Phase::Closed {
            state.lost += chunk.lines();
            return false;
        }
        state.push(chunk);
        drop(state);
        self.news.notify_one();
        true
    }

    /// Waits a little for room, then drops the chunk and counts its lines; a marker record tells
    /// of them as soon as there is room again. Records of Crosscut's own are few, and find room
    /// always. Blocks.
    pub(crate) fn offer(&self, chunk: Chunk) {
        let mut state = self.state.lock();
        let until = Instant::now() + PATIENCE;
        let is_bytes = chunk.record.is_none();
        while is_bytes && state.held >= ROOM && state.phase < Phase::Closed && !state.stuck {
            state.stuck = self.room.wait_until(&mut state, until).timed_out();
        }
        if is_bytes && state.held >= ROOM || state.phase >= Phase::Closed {
            state.turn_down(&chunk);
            return;
        }
        state.stuck = state.held >= ROOM;
        state.tell();
        state.push(chunk);
        drop(state);
        self.news.notify_one();
    }

    /// The input is about to end.
    pub(crate) fn hurry(&self) {
        let mut state = self.state.lock();
        state.phase = state.phase.max(Phase::Hurried);
    }

    /// Nothing more comes.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        state.tell();
        state.phase = state.phase.max(Phase::Closed);
        drop(state);
        self.news.notify_one();
    }

    /// Whether the input has ended, or is about to.
    pub(crate) fn is_hurried(&self) -> bool {
        self.state.lock().phase >= Phase::Hurried
    }

    /// Lines that were turned down.
    pub(crate) fn lost(&self) -> u64 {
        self.state.lock().lost
    }

    /// Chunks in order, up to such a cost; empty after `wait`, `None` once it is closed and all
    /// is taken. What is taken counts as held until [`Outbox::stored`].
    pub(crate) async fn take(&self, cost: usize, wait: Option<Duration>) -> Option<Vec<Chunk>> {
        let until = wait.map(|wait| tokio::time::Instant::now() + wait);
        loop {
            let news = self.news.notified();
            {
                let mut state = self.state.lock();
                let taken = state.take(cost);
                if !taken.is_empty() {
                    return Some(taken);
                }
                if state.phase >= Phase::Closed {
                    return None;
                }
            }
            match until {
                None => news.await,
                Some(until) => {
                    if tokio::time::timeout_at(until, news).await.is_err() {
                        return Some(Vec::new());
                    }
                }
            }
        }
    }

    /// Chunks of such a cost that were taken are stored.
    pub(crate) fn stored(&self, cost: usize) {
        let mut state = self.state.lock();
        state.held = state.held.saturating_sub(cost);
        drop(state);
        self.room.notify_all();
    }

    /// Nothing will be stored any more; gives how many lines are left here.
    pub(crate) fn give_up(&self) -> u64 {
        let mut state = self.state.lock();
        state.phase = Phase::GivenUp;
        let left = state.chunks.drain(..).map(|chunk| chunk.lines()).sum();
        drop(state);
        self.room.notify_all();
        left
    }
}

impl State {
    fn push(&mut self, chunk: Chunk) {
        self.held += chunk.cost();
        self.chunks.push_back(chunk);
    }

    fn take(&mut self, cost: usize) -> Vec<Chunk> {
        let mut taken = Vec::new();
        let mut size = 0;
        while size < cost
            && let Some(chunk) = self.chunks.pop_front()
        {
            size += chunk.cost();
            taken.push(chunk);
        }
        taken
    }

    fn turn_down(&mut self, chunk: &Chunk) {
        self.lost += chunk.lines();
        self.untold += chunk.lines();
        if chunk.record.is_none() && !self.broken.contains(&chunk.stream) {
            self.broken.push(chunk.stream);
        }
    }

    /// Says what was turned down. What comes behind that goes on with no line from before it.
    fn tell(&mut self) {
        let broken = std::mem::take(&mut self.broken);
        if broken.is_empty() {
            return;
        }
        for stream in broken {
            self.push(Chunk::cut(stream));
        }
        let text = match std::mem::take(&mut self.untold) {
            0 => {
                self.lost += 1;
                "a part of a line is missing here: it could not be stored in time".to_owned()
            }
            lines => format!("{lines} lines are missing here: they could not be stored in time"),
        };
        self.push(Chunk::record(Level::Warn, &text));
    }
}

#[cfg(test)]
mod tests;
