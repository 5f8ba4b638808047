//! Records of one request, sorted into the parts they are stored as.
//!
//! A request may speak for many programs; each has its own source, and its lines keep their order
//! within it, whichever streams they are of. Owns the names of sources (bounded, on one line) and the
//! bounds on what a request may grow to: labels are sent once and stored with each line, and a record
//! may be a single byte, so that a small body could become an endless one.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use crosscut_engine::source::Lines;
use crosscut_engine::{Ingested, Part};
use crosscut_model::limits::{MAX_BODY_BYTES, MAX_SOURCES, REQUEST_RECORDS};
use crosscut_model::{Stream, UnixNanos};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;

use crate::app::Shared;
use crate::ingest::{Budget, forms, intake};
use crate::refusal::Refusal;

/// What all records of a request may have together. Bytes.
const MOST_BYTES: usize = MAX_BODY_BYTES + (16 << 20);
/// A step by which the share of the memory that all requests have grows. Bytes.
const STEP: usize = 1 << 20;
/// Characters in a source's name, at most.
const NAME_CHARS: usize = 200;
/// Parts from which on a source's streams are no longer kept in the order in which they alternate:
/// each part is a frame, and a body of lines that change their stream at every turn has a million.
const MANY_PARTS: usize = 4_096;

/// What the address of any protocol may say beside its own.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Address {
    #[serde(alias = "runId")]
    run: Option<String>,
    source: Option<String>,
}

impl Address {
    /// The same, with the source that the header names where the address names none.
    fn or(mut self, headers: &HeaderMap) -> Self {
        let header = headers
            .get("x-crosscut-source")
            .and_then(|value| value.to_str().ok());
        self.source = self.source.or_else(|| header.map(str::to_owned));
        self
    }
}

/// Reads a request's body, has `decode` gather its records, and stores them: all or none. Gives what
/// `decode` gave for the answer.
pub(super) async fn take<T: Send + 'static>(
    shared: &Shared,
    address: Address,
    headers: &HeaderMap,
    body: Body,
    decode: impl FnOnce(&[u8], &mut Gathered) -> Result<T, Refusal> + Send + 'static,
) -> Result<(Ingested, T), Refusal> {
    let mut gathered = Gathered::new(address.or(headers), shared.budget.clone());
    let read = move |bytes: Vec<u8>| {
        let answer = decode(&bytes, &mut gathered)?;
        Ok(intake::Read {
            run: gathered.address.run,
            parts: gathered.parts,
            // The share is given back once the records are stored.
            answer: (answer, gathered.held),
        })
    };
    let (stored, (answer, _held)) = intake::take(shared, headers, body, read).await?;
    Ok((stored, answer))
}

/// Where a record of a source belongs. Lines with and without a time of their own are apart: a part's
/// times are one per line or none.
type Kind = (&'static str, bool);

/// The parts of one source.
#[derive(Debug, Default)]
struct Places {
    /// The one that its last record went into.
    last: Option<(Kind, usize)>,
    /// The last of each kind.
    of: HashMap<Kind, usize>,
}

/// Records on their way into parts.
#[derive(Debug)]
pub(crate) struct Gathered {
    address: Address,
    budget: Budget,
    held: Vec<OwnedSemaphorePermit>,
    parts: Vec<Part>,
    places: HashMap<String, Places>,
    bytes: usize,
    /// Records that are what they claim to be.
    pub(super) good: usize,
    /// Records that are not: kept, in the stream `system`.
    pub(super) broken: usize,
}

impl Gathered {
    /// Nothing yet; what comes counts against the budget.
    fn new(address: Address, budget: Budget) -> Self {
        Self {
            address,
            budget,
            held: Vec::new(),
            parts: Vec::new(),
            places: HashMap::new(),
            bytes: 0,
            good: 0,
            broken: 0,
        }
    }

    /// For records that come by no request.
    pub(crate) fn loose(budget: Budget) -> Self {
        Self::new(Address::default(), budget)
    }

    /// What is to be stored, and its share of the memory.
    pub(crate) fn into_parts(self) -> (Vec<Part>, Vec<OwnedSemaphorePermit>) {
        (self.parts, self.held)
    }

    /// Adds a record. What the address names as the source goes before `source`.
    pub(crate) fn add(
        &mut self,
        source: &str,
        stream: Stream,
        time: Option<UnixNanos>,
        record: &[u8],
    ) -> Result<(), Refusal> {
        self.good += 1;
        self.put(source, stream, time, record)
    }

    /// Adds what is not a record of its protocol, so that it is not lost.
    pub(crate) fn add_broken(&mut self, source: &str, text: &[u8]) -> Result<(), Refusal> {
        self.broken += 1;
        self.put(source, Stream::System, None, text)
    }

    fn put(
        &mut self,
        source: &str,
        stream: Stream,
        time: Option<UnixNanos>,
        record: &[u8],
    ) -> Result<(), Refusal> {
        if self.good + self.broken > REQUEST_RECORDS {
            return Err(forms::too_many().into());
        }
        self.bytes += record.len() + 1;
        if self.bytes > MOST_BYTES {
            return Err(too_much());
        }
        while self.held.len() * STEP < self.bytes {
            self.held.push(self.budget.room(STEP)?);
        }
        let source = self.address.source.as_deref().unwrap_or(source);
        let at = self.place(tidy(source), stream, time.is_some())?;
        if let Some(part) = self.parts.get_mut(at) {
            forms::push(&mut part.lines, record);
            if let Some(time) = time {
                // A record in several pieces has its time on each.
                part.times.resize(part.lines.len(), time);
            }
        }
        Ok(())
    }

    /// The part that a source's next record goes into: the one before it, where it is of the same
    /// kind, so that what a source says on two streams stays in its order.
    fn place(&mut self, source: String, stream: Stream, timed: bool) -> Result<usize, Refusal> {
        let kind = (stream.name(), timed);
        let last = self.places.get(&source).and_then(|places| places.last);
        if let Some((_, at)) = last.filter(|(last, _)| *last == kind) {
            return Ok(at);
        }
        if last.is_none() && self.places.len() == MAX_SOURCES {
            return Err(too_many_sources());
        }
        let parts = &mut self.parts;
        let places = self.places.entry(source.clone()).or_default();
        let at = match places.of.get(&kind) {
            Some(&at) if parts.len() >= MANY_PARTS => at,
            _ => {
                parts.push(Part {
                    stream,
                    ..Part::new(source, Lines::new())
                });
                parts.len() - 1
            }
        };
        places.last = Some((kind, at));
        places.of.insert(kind, at);
        Ok(at)
    }
}

/// A source's name out of whatever a client calls itself.
fn tidy(name: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_CHARS)
        .collect();
    match name.trim() {
        "" => "http".to_owned(),
        name => name.to_owned(),
    }
}

/// More sources than a run may have.
fn too_many_sources() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_many_sources",
        format!("a request may speak for {MAX_SOURCES} sources"),
    )
    .hint("nothing of it was kept; name one for all with ?source=")
}

fn too_much() -> Refusal {
    Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        format!(
            "the lines of a request, each with its labels, may have {} MiB",
            MOST_BYTES >> 20
        ),
    )
    .hint("nothing of it was kept; send fewer lines at once")
}
