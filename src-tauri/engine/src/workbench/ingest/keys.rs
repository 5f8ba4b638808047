//! `Idempotency-Key`: a request that is sent again is stored once, also when the answer to the
//! first was lost because the process was killed.
//!
//! A key rides in the last frame of the lines it came with, as a note beside the checkpoints of
//! sources (`crosscut_store::NOTES`), so that lines and key are there together or not at all. The
//! notes are a ring: the newest [`KEYS`] keys are known, for [`MAX_AGE`]. More requests than that
//! are never under way at once, so that a retry after a kill finds its key whatever else was posted.
//! A run that begins takes the ring along.
//!
//! A note is JSON, `{"number":7,"at":…,"scope":"shop","key":"…","print":[…],"run":"…"}`; `run` is
//! absent where it is the run that the note stands in.
//!
//! Promises: of requests with one key that are under way at once, one is stored and the others wait
//! for it; a key that comes back with other lines is refused, never taken for the first.

use std::collections::{BTreeMap, HashMap, VecDeque};

use crosscut_model::{RunId, SourceId, UnixNanos};
use crosscut_store::{Codec, FrameBuilder, NOTES, RunStore};
use parking_lot::{Condvar, Mutex};
use serde::{Deserialize, Serialize};

use crate::workbench::Part;

/// Keys that are remembered, the newest.
pub(crate) const KEYS: usize = NOTES.end as usize - NOTES.start as usize;

/// How long they are, at most. Nanoseconds.
pub(crate) const MAX_AGE: i64 = 24 * 3_600 * 1_000_000_000;

/// A key, and whose it is: clients that do not know of each other may choose the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Name {
    /// The source of the first lines.
    pub(crate) scope: String,
    /// What the client chose.
    pub(crate) key: String,
}

/// What tells whether the same lines were sent again: their length and a checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Print(u64, u32);

impl Print {
    pub(crate) fn of(parts: &[Part]) -> Self {
        parts.iter().fold(Self(0, 0), |Self(bytes, crc), part| {
            let crc = crc32c::crc32c_append(crc, part.source.as_bytes());
            let crc = crc32c::crc32c_append(crc, &[part.stream.code()]);
            let text = part.lines.text();
            Self(bytes + text.len() as u64, crc32c::crc32c_append(crc, text))
        })
    }
}

/// A key whose lines are stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    number: u64,
    at: UnixNanos,
    #[serde(flatten)]
    name: Name,
    print: Print,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<RunId>,
}

#[derive(Debug)]
enum Known {
    UnderWay(Print),
    Stored(Note),
}

/// The keys that are known.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    known: HashMap<Name, Known>,
    /// Those that are stored, in the order they were.
    stored: VecDeque<Name>,
    next: u64,
}

/// The key came before with other lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reused;

/// What is to be done with a request that has a key.
#[derive(Debug)]
pub(crate) enum Claim<'a> {
    /// It is the first: its lines are to be stored.
    First(Ticket<'a>),
    /// Its lines are stored, in this run.
    Again(RunId),
}

/// The right to store a key's lines; given back when dropped.
#[derive(Debug)]
pub(crate) struct Ticket<'a> {
    keys: &'a Keys,
    note: Note,
}

impl Keys {
    /// The keys that a run has notes of.
    pub(crate) fn of_run(store: &RunStore) -> Self {
        let mut notes: Vec<Note> = notes_of(store).collect();
        notes.sort_unstable_by_key(|note| note.number);
        let mut state = State::default();
        for note in notes {
            state.next = note.number + 1;
            state.keep(note);
        }
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Asks what to do with lines that came under a key. Waits for a request with the same key
    /// that is under way.
    pub(crate) fn claim(
        &self,
        name: Name,
        print: Print,
        now: UnixNanos,
    ) -> Result<Claim<'_>, Reused> {
        let mut state = self.state.lock();
        loop {
            match state.known.get(&name) {
                Some(Known::Stored(note)) if now.0.saturating_sub(note.at.0) > MAX_AGE => {
                    state.forget(&name);
                }
                Some(Known::Stored(Note { print: known, .. }) | Known::UnderWay(known))
                    if *known != print =>
                {
                    return Err(Reused);
                }
                Some(Known::Stored(Note { run: Some(run), .. })) => {
                    return Ok(Claim::Again(run.clone()));
                }
                Some(Known::UnderWay(_)) => self.changed.wait(&mut state),
                Some(Known::Stored(_)) | None => break,
            }
        }
        state.known.insert(name.clone(), Known::UnderWay(print));
        let note = Note {
            number: state.next,
            at: now,
            name,
            print,
            run: None,
        };
        state.next += 1;
        Ok(Claim::First(Ticket { keys: self, note }))
    }

    /// Notes all keys in a run that begins, those too that the old one has of posts which are still
    /// to be answered. Should that fail they are known until this process ends. For the writer's
    /// thread, between two posts.
    pub(crate) fn carry_into(&self, store: &RunStore, old: &RunStore) {
        let mut notes: BTreeMap<SourceId, Note> = BTreeMap::new();
        let mut add = |note: Note| {
            let known = notes.get(&note.place());
            if known.is_none_or(|known| known.number < note.number) {
                notes.insert(note.place(), note);
            }
        };
        notes_of(old).for_each(&mut add);
        {
            let state = self.state.lock();
            for name in &state.stored {
                if let Some(Known::Stored(note)) = state.known.get(name) {
                    add(note.clone());
                }
            }
        }
        let mut frame = FrameBuilder::new();
        for note in notes.values() {
            let (place, bytes) = note.encode();
            frame.checkpoint(place, bytes);
        }
        if !frame.is_empty()
            && let Err(error) = store.append(&[frame.encode(Codec::Lz4)])
        {
            tracing::warn!(%error, "the new run does not know of the keys of earlier posts");
        }
    }
}

impl State {
    fn keep(&mut self, note: Note) {
        self.forget(&note.name);
        self.stored.push_back(note.name.clone());
        self.known.insert(note.name.clone(), Known::Stored(note));
        if self.stored.len() > KEYS
            && let Some(oldest) = self.stored.pop_front()
        {
            self.known.remove(&oldest);
        }
    }

    fn forget(&mut self, name: &Name) {
        if let Some(Known::Stored(_)) = self.known.remove(name) {
            self.stored.retain(|stored| stored != name);
        }
    }
}

/// The notes in a run, each with the run that its lines are in.
fn notes_of(store: &RunStore) -> impl Iterator<Item = Note> {
    let run = store.manifest().id.clone();
    NOTES
        .filter_map(|number| store.checkpoint(SourceId(number)))
        .filter_map(|bytes| serde_json::from_slice(&bytes).ok())
        .map(move |note: Note| Note {
            run: note.run.or_else(|| Some(run.clone())),
            ..note
        })
}

impl Note {
    /// The number it stands under.
    fn place(&self) -> SourceId {
        let place = self.number % KEYS as u64;
        SourceId(NOTES.start + u16::try_from(place).unwrap_or_default())
    }

    /// The number it stands under, and its bytes.
    fn encode(&self) -> (SourceId, Vec<u8>) {
        let bytes = serde_json::to_vec(self).unwrap_or_else(|error| {
            tracing::error!(%error, "a key was not written down");
            Vec::new()
        });
        (self.place(), bytes)
    }
}

impl Ticket<'_> {
    /// What is to ride in the last frame of the lines.
    pub(crate) fn note(&self) -> (SourceId, Vec<u8>) {
        self.note.encode()
    }

    /// The lines are stored.
    pub(crate) fn stored(self, run: &RunId) {
        let note = Note {
            run: Some(run.clone()),
            ..self.note.clone()
        };
        self.keys.state.lock().keep(note);
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut state = self.keys.state.lock();
        if let Some(Known::UnderWay(_)) = state.known.get(&self.note.name) {
            state.known.remove(&self.note.name);
        }
        drop(state);
        self.keys.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
