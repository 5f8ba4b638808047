//! The one task that stores what waits in the outbox.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::Endpoint;
use crosscut_engine::source::Lines;
use crosscut_model::{Clock, RowFlags, Stream, SystemClock};
use crosscut_server::handover::DeliverError;
use crosscut_server::{Parcel, Piece};

use super::cut::Cut;
use super::outbox::{Chunk, Outbox};
use super::owner::Owner;
use super::{Outcome, Sender};
use crate::say;

/// What a parcel's chunks cost, about: [`Chunk::cost`]. Bytes.
const PARCEL: usize = 1 << 20;

/// How often it is tried again: first, and at last.
const RETRY: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));

/// How long a workbench that went away has to come back (a restart) before this process takes over
/// its data directory. At the end of the input nobody waits for it.
const COME_BACK: Duration = Duration::from_secs(10);

/// A workbench that has too much to do says so for moments; one that says it for longer has no room
/// on its disk, or in its run, and whoever waits for the lines is to know.
const UNUSUAL: Duration = Duration::from_millis(800);

/// Lines older than this are stored with the time at which they were read.
const LATE_NANOS: i64 = 1_000_000_000;

#[derive(Debug)]
pub(super) struct Worker {
    sender: Sender,
    owner: Owner,
    outbox: Arc<Outbox>,
    stdout: Cut,
    stderr: Cut,
    key: String,
    parcels: u64,
    outcome: Outcome,
    /// Since when nothing could be stored, and who was asked in vain.
    away: Option<(Instant, Option<Endpoint>)>,
    /// When it was first seen that the input has ended while nothing could be stored.
    last: Option<Instant>,
    /// Whether it was said that lines wait.
    told: bool,
}

impl Worker {
    pub(super) fn new(sender: Sender, owner: Owner, outbox: Arc<Outbox>) -> Self {
        Self {
            sender,
            owner,
            outbox,
            stdout: Cut::joined(),
            stderr: Cut::joined(),
            key: random_key(),
            parcels: 0,
            outcome: Outcome::default(),
            away: None,
            last: None,
            told: false,
        }
    }

    pub(super) async fn work(mut self) -> Outcome {
        self.say_where();
        loop {
            let patience = [self.stdout.patience(), self.stderr.patience()];
            let patience = patience.into_iter().flatten().min();
            let Some(chunks) = self.outbox.take(PARCEL, patience).await else {
                break;
            };
            let cost = chunks.iter().map(Chunk::cost).sum();
            let mut pieces = self.cut(chunks);
            self.add_rest(&mut pieces, Cut::waited);
            if !pieces.is_empty() && !self.store(pieces, false).await {
                break;
            }
            self.outbox.stored(cost);
        }
        let mut rest = Vec::new();
        self.add_rest(&mut rest, Cut::finish);
        if self.outcome.why.is_none() {
            if rest.is_empty() {
                let now = SystemClock.now();
                rest.push(self.piece(Stream::System, Lines::new(), now));
            }
            self.store(rest, true).await;
        } else {
            self.outcome.lost += lines_of(&rest);
        }
        self.outcome.lost += self.outbox.lost();
        self.owner.close().await;
        self.outcome
    }

    /// What `rest` gives of each stream.
    fn add_rest(&mut self, pieces: &mut Vec<Piece>, rest: impl Fn(&mut Cut) -> Lines) {
        let now = SystemClock.now();
        let rests = [
            (Stream::Stdout, rest(&mut self.stdout)),
            (Stream::Stderr, rest(&mut self.stderr)),
        ];
        for (stream, lines) in rests {
            if !lines.is_empty() {
                pieces.push(self.piece(stream, lines, now));
            }
        }
    }

    /// Records out of chunks, streams in turns.
    fn cut(&mut self, chunks: Vec<Chunk>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut chunks = chunks.into_iter().peekable();
        while let Some(mut chunk) = chunks.next() {
            let lines = if chunk.record.is_some() {
                let mut lines = Lines::new();
                lines.push(&chunk.bytes, RowFlags::NONE);
                lines
            } else {
                let stream = chunk.stream;
                let is_more =
                    |next: &Chunk| next.stream == stream && next.record.is_none() && !next.cuts;
                while !chunk.cuts
                    && let Some(next) = chunks.next_if(is_more)
                {
                    chunk.bytes.extend_from_slice(&next.bytes);
                }
                let cut = match chunk.stream {
                    Stream::Stderr => &mut self.stderr,
                    Stream::Stdout | Stream::System | Stream::Control => &mut self.stdout,
                };
                if chunk.cuts {
                    cut.finish()
                } else {
                    cut.add(&chunk.bytes)
                }
            };
            if !lines.is_empty() {
                let mut piece = self.piece(chunk.stream, lines, chunk.at);
                piece.level = chunk.record;
                pieces.push(piece);
            }
        }
        pieces
    }

    fn piece(&self, stream: Stream, lines: Lines, at: crosscut_model::UnixNanos) -> Piece {
        Piece {
            source: self.sender.source.clone(),
            kind: self.sender.kind,
            stream,
            level: None,
            at: Some(at),
            lines,
        }
    }

    /// Stores pieces, whoever it takes; `false` when that is given up.
    async fn store(&mut self, pieces: Vec<Piece>, ended: bool) -> bool {
        self.parcels += 1;
        let read: Vec<_> = pieces.iter().map(|piece| piece.at).collect();
        let mut parcel = Parcel {
            run: self.sender.run.clone(),
            key: format!("{}-{}", self.key, self.parcels),
            ended,
            pieces,
        };
        let mut wait = RETRY.0;
        let began = Instant::now();
        loop {
            let now = SystemClock.now();
            for (piece, at) in parcel.pieces.iter_mut().zip(&read) {
                piece.at = at.filter(|at| now.0.saturating_sub(at.0) > LATE_NANOS);
            }
            let why = match self.owner.store(&parcel).await {
                Ok(()) => {
                    self.came_back();
                    return true;
                }
                Err(DeliverError::Refused(error)) => {
                    return self.give_up(&parcel, error.to_string());
                }
                Err(DeliverError::Later(error)) => {
                    let why = error.to_string();
                    if began.elapsed() >= UNUSUAL {
                        self.say_waits(&why);
                    }
                    why
                }
                Err(DeliverError::Gone(why)) => {
                    if self.look_for_another(&why).await {
                        continue;
                    }
                    why
                }
            };
            if self.outbox.is_hurried() {
                let since = *self.last.get_or_insert_with(Instant::now);
                if since.elapsed() >= self.sender.patience {
                    return self.give_up(&parcel, why);
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(RETRY.1);
        }
    }

    /// Whether there is somebody else to ask.
    async fn look_for_another(&mut self, why: &str) -> bool {
        let known = self.owner.endpoint().cloned();
        let (since, gone) = self
            .away
            .get_or_insert_with(|| (Instant::now(), known.clone()));
        if known.is_some() {
            *gone = known;
        }
        let may_host = self.outbox.is_hurried() || since.elapsed() >= COME_BACK;
        let gone = gone.clone();
        self.say_waits(why);
        let found = Owner::find(&self.sender.data_dir, gone.as_ref(), may_host).await;
        let new = match &found {
            Owner::Nobody(_) => false,
            Owner::Running(client) => Some(client.endpoint()) != gone.as_ref(),
            Owner::Own(_) => true,
        };
        self.owner = found;
        if new {
            self.say_where();
        }
        new
    }

    fn came_back(&mut self) {
        self.last = None;
        self.away = None;
        if std::mem::take(&mut self.told) {
            say::problem("lines are stored again, those that waited first");
        }
    }

    /// Says so, once until it is over.
    fn say_waits(&mut self, why: &str) {
        if !self.told && !self.sender.quiet {
            self.told = true;
            say::problem(format_args!("lines wait to be stored: {why}"));
        }
    }

    fn say_where(&self) {
        if let Owner::Own(host) = &self.owner
            && !self.sender.quiet
            && let Some(page) = host.page()
        {
            say::problem(format_args!(
                "no workbench was running; this one is at {page}"
            ));
        }
    }

    fn give_up(&mut self, parcel: &Parcel, why: String) -> bool {
        self.outcome.lost += lines_of(&parcel.pieces) + self.outbox.give_up();
        self.outcome.why = Some(why);
        false
    }
}

fn lines_of(pieces: &[Piece]) -> u64 {
    let own = pieces.iter().filter(|piece| piece.level.is_none());
    own.map(|piece| piece.lines.len() as u64).sum()
}

/// Tells this command's parcels from all others'.
fn random_key() -> String {
    let mut bytes = [0u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Time and process tell it well enough.
        let now = SystemClock.now().0.to_le_bytes();
        let id = std::process::id().to_le_bytes();
        for (byte, value) in bytes.iter_mut().zip(now.into_iter().chain(id)) {
            *byte = value;
        }
    }
    let mut key = String::with_capacity(32);
    for byte in bytes {
        write!(key, "{byte:02x}").ok();
    }
    key
}

#[cfg(test)]
mod tests;
