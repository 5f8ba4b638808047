//! What the lines of each client have told so far: a header, a date, how far their agent streams have
//! come, whose lines they are.
//!
//! Promises: a post that was refused has told nothing, so that its second try is read as the first
//! one was (the gap before it is told, its header is one).

use std::collections::HashMap;
use std::sync::Arc;

use crosscut_model::{SourceId, SourceKind, Stream};
use parking_lot::Mutex;

use super::Shared;
use crate::pipeline::{
    Child, Compose, Encoded, FeedControl, LineReader, Owner, Watch, encode_pieces,
};
use crate::settings::SourceSettings;
use crate::source::Batch;
use crate::workbench::{IngestError, Part};

/// The clients, by source.
#[derive(Debug, Default)]
pub(crate) struct Clients(Mutex<HashMap<SourceId, Arc<Mutex<Client>>>>);

#[derive(Debug)]
struct Client {
    told: Told,
    /// How often it changed.
    number: u64,
}

#[derive(Debug, Clone)]
struct Told {
    reader: LineReader,
    watch: Watch,
    compose: Compose,
}

/// What was known before one post.
pub(super) struct Lesson {
    client: Arc<Mutex<Client>>,
    before: Told,
    /// The client's number behind it.
    number: u64,
}

/// The post was refused. What others have told since then stays.
pub(super) fn forget(lessons: Vec<Lesson>) {
    for lesson in lessons.into_iter().rev() {
        let mut client = lesson.client.lock();
        if client.number == lesson.number {
            client.told = lesson.before;
            client.number -= 1;
        }
    }
}

impl Clients {
    /// Those that are known.
    pub(crate) fn known(&self) -> Vec<SourceId> {
        self.0.lock().keys().copied().collect()
    }

    /// The source is gone, or begins anew.
    pub(crate) fn remove(&self, source: SourceId) {
        self.0.lock().remove(&source);
    }

    fn get(&self, source: SourceId) -> Option<Arc<Mutex<Client>>> {
        self.0.lock().get(&source).cloned()
    }
}

impl Shared {
    /// Reads what a client posted; notes what was known of it before.
    pub(super) fn encode_part(
        &self,
        source: SourceId,
        part: Part,
        lessons: &mut Vec<Lesson>,
    ) -> Encoded {
        let join = part.join && part.times.is_empty() && self.joins(source);
        let lines = if join {
            part.lines.joined()
        } else {
            part.lines
        };
        let mut batch = Batch {
            lines: self.redacted(source, &lines).unwrap_or(lines),
            stream: part.stream,
            level: part.level,
            times: part.times,
            checkpoint: None,
            live: true,
        };
        let shared = self.client(source);
        let mut client = shared.lock();
        let before = client.told.clone();
        // Terminals and commands show what Compose shows.
        let shown = matches!(part.kind, SourceKind::Stdin | SourceKind::Command);
        let owner = if shown && batch.level.is_none() && batch.stream != Stream::System {
            self.take_apart(source, &mut batch, &mut client.told.compose)
        } else {
            Owner::from(source)
        };
        let pieces = client.told.watch.split(batch, owner);
        let encoded = encode_pieces(&pieces, &mut client.told.reader, self.clock.now());
        client.number += 1;
        lessons.push(Lesson {
            client: Arc::clone(&shared),
            before,
            number: client.number,
        });
        encoded
    }

    /// Gives the lines of services to sources of their own.
    fn take_apart(&self, source: SourceId, batch: &mut Batch, compose: &mut Compose) -> Owner {
        let mut owner = Owner::from(source);
        let service = |name: &str| loop {
            match self.child(source, name) {
                Child::Source(id) => return Some(id),
                Child::Busy if !self.is_closed() => {}
                Child::Busy | Child::Refused => return None,
            }
        };
        if let Some((lines, rows)) = compose.split(&batch.lines, source, service) {
            owner.rows = rows;
            let redacted = self.redacted_rows(source, &owner.rows, &lines);
            batch.lines = redacted.unwrap_or(lines);
        }
        owner
    }

    /// Stores what there is to say of the agent streams of a client that has ended; its next lines
    /// begin anew.
    pub(in crate::workbench) fn terminate(&self, source: SourceId) -> Result<(), IngestError> {
        let Some(client) = self.clients.get(source) else {
            return Ok(());
        };
        let markers: Vec<_> = client.lock().told.watch.unfinished();
        let markers: Vec<_> = markers
            .into_iter()
            .map(|marker| (marker, Owner::from(source)))
            .collect();
        if !markers.is_empty() {
            let now = self.clock.now();
            let post = encode_pieces(&markers, &mut client.lock().told.reader, now);
            self.store_post(post)?;
        }
        self.clients.remove(source);
        Ok(())
    }

    /// Reads what a client posts from now on as `settings` say.
    pub(in crate::workbench) fn configure_client(
        &self,
        source: SourceId,
        settings: &SourceSettings,
    ) {
        let Some(client) = self.clients.get(source) else {
            return;
        };
        let mut client = client.lock();
        let reader = LineReader::new(settings);
        let layout = self.layout(source);
        client.told.reader =
            reader.replaces(&client.told.reader, layout.as_ref(), self.clock.now());
        client.number += 1;
    }

    fn client(&self, source: SourceId) -> Arc<Mutex<Client>> {
        let mut clients = self.clients.0.lock();
        let client = clients.entry(source).or_insert_with(|| {
            let told = Told {
                reader: self.line_reader(source),
                watch: Watch::default(),
                compose: Compose::default(),
            };
            Arc::new(Mutex::new(Client { told, number: 0 }))
        });
        Arc::clone(client)
    }

    fn joins(&self, source: SourceId) -> bool {
        let spec = self.spec(source);
        spec.is_none_or(|spec| self.source_settings(&spec).join)
    }

    /// A reader of lines that are posted under a name. A terminal's or a command's may begin with a
    /// header each time; who posts goes on.
    fn line_reader(&self, source: SourceId) -> LineReader {
        let Some(spec) = self.spec(source) else {
            return LineReader::new(self.settings.get().zone.clone());
        };
        let reader = LineReader::new(&self.source_settings(&spec));
        let totals = self.current().store.source_totals();
        let (layout, now) = (self.layout(source), self.clock.now());
        let began = totals
            .iter()
            .any(|(id, total)| *id == source && total.records > 0);
        if began && spec.kind == SourceKind::Http {
            reader.goes_on(layout.as_ref(), now)
        } else if began || layout.is_some() {
            reader.knows(layout.as_ref(), now)
        } else {
            reader
        }
    }
}

#[cfg(test)]
mod tests;
