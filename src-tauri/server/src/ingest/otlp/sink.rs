//! Where the records of a request gather, by service.

use std::collections::HashMap;

use crosscut_engine::Part;
use crosscut_engine::source::Lines;
use crosscut_model::limits::{MADE_BYTES, MAX_SOURCES, REQUEST_RECORDS};
use crosscut_model::{Level, RowFlags, Stream};

use tokio::sync::OwnedSemaphorePermit;

use super::{Malformed, Stop};
use crate::ingest::Budget;
use crate::ingest::forms::push;
use crate::ingest::intake::{Read, source_name};

/// The source of records whose resource names no service.
const NAMELESS: &str = "otlp";

/// Records that could not be read.
#[derive(Debug, Default)]
pub(super) struct Rejected {
    /// How many.
    pub(super) count: u64,
    /// What was wrong with the first.
    pub(super) why: Option<Malformed>,
}

/// A step by which a request's share of the memory of all requests grows. Bytes.
const STEP: usize = 1 << 20;

/// Records of a request, by source in the order they first came. They count against the memory of all
/// requests: what a resource says is sent once and stored with each of its records.
#[derive(Debug)]
pub(super) struct Sink {
    budget: Budget,
    held: Vec<OwnedSemaphorePermit>,
    parts: Vec<Part>,
    places: HashMap<(String, Stream), usize>,
    records: usize,
    /// Resources and scopes, which may be empty and then are two bytes each.
    groups: usize,
    bytes: usize,
    /// The record being written.
    scratch: Vec<u8>,
    rejected: Rejected,
}

/// A source of a sink.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(usize);

impl Sink {
    /// Nothing yet.
    pub(super) fn new(budget: Budget) -> Self {
        Self {
            budget,
            held: Vec::new(),
            parts: Vec::new(),
            places: HashMap::new(),
            records: 0,
            groups: 0,
            bytes: 0,
            scratch: Vec::new(),
            rejected: Rejected::default(),
        }
    }

    /// Counts a group of records.
    pub(super) fn group(&mut self) -> Result<(), Stop> {
        self.groups += 1;
        // One source more than a run may have is refused with the rest.
        if self.groups > REQUEST_RECORDS || self.places.len() > MAX_SOURCES {
            return Err(Stop::TooMuch);
        }
        Ok(())
    }

    /// The source of a service's records.
    pub(super) fn place(&mut self, service: &str, suffix: &str, stream: Stream) -> Place {
        let service = source_name(service, suffix);
        let name = if service.is_empty() {
            format!("{NAMELESS}{suffix}")
        } else {
            service
        };
        let parts = &mut self.parts;
        let at = *self
            .places
            .entry((name, stream))
            .or_insert_with_key(|(name, _)| {
                parts.push(Part {
                    stream,
                    ..Part::new(name.clone(), Lines::new())
                });
                parts.len() - 1
            });
        Place(at)
    }

    /// Adds the record that `write` makes; one that it cannot make is counted as rejected.
    pub(super) fn record(
        &mut self,
        place: Place,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), Malformed>,
    ) -> Result<(), Stop> {
        self.records += 1;
        self.scratch.clear();
        if let Err(why) = write(&mut self.scratch) {
            self.reject(why);
            self.scratch.clear();
        }
        self.bytes += self.scratch.len();
        if self.records > REQUEST_RECORDS || self.bytes > MADE_BYTES {
            return Err(Stop::TooMuch);
        }
        while self.held.len() * STEP < self.bytes {
            self.held
                .push(self.budget.room(STEP).map_err(Stop::Refused)?);
        }
        if let Some(part) = self.parts.get_mut(place.0)
            && !self.scratch.is_empty()
        {
            push(&mut part.lines, &self.scratch);
        }
        Ok(())
    }

    /// Counts a record that cannot be read.
    pub(super) fn reject(&mut self, why: Malformed) {
        self.rejected.count += 1;
        self.rejected.why.get_or_insert(why);
    }

    /// All that is to be stored, with a marker that tells of what is not; and the share of the memory,
    /// to be given back once it is.
    pub(super) fn finish(self) -> Read<(Rejected, Vec<OwnedSemaphorePermit>)> {
        let Self {
            mut parts,
            rejected,
            held,
            ..
        } = self;
        if let Some(Malformed(why)) = rejected.why {
            let text = format!(
                "{} OTLP records could not be read and are not here: {why}",
                rejected.count
            );
            let mut lines = Lines::new();
            lines.push(text.as_bytes(), RowFlags::NONE);
            let source = parts.first().map(|part| part.source.clone());
            parts.push(Part {
                stream: Stream::System,
                level: Some(Level::Warn),
                ..Part::new(source.unwrap_or_else(|| NAMELESS.to_owned()), lines)
            });
        }
        parts.retain(|part| !part.lines.is_empty());
        Read {
            run: None,
            parts,
            answer: (rejected, held),
        }
    }
}
