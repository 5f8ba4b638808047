//! Following the store.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crosscut_parse::Line;
use crosscut_store::{FrameBuf, FrameText, ReadError, Snapshot};
use parking_lot::{Mutex, RwLock};
use tantivy::indexer::{IndexWriterOptions, UserOperation};
use tantivy::{Index, IndexWriter};

use super::document::{Batch, RowDocument};
use super::error::{IndexError, RebuildReason};
use super::format::{Fields, Payload};
use super::gate::Gate;
use super::open::{begin_anew, clear_leftovers, open, tantivy_failed};
use super::snapshot::IndexSnapshot;
use crate::SourceFacts;
use crate::fields::{BlockBuilder, FieldFiles};

/// Makes the store durable and tells how many rows are; called before each commit, so that the
/// index is never ahead of what survives a power cut.
pub type BeforeCommit =
    Box<dyn Fn() -> Result<u64, Box<dyn std::error::Error + Send + Sync>> + Send + Sync>;

/// Records read from the store and not yet indexed. Bytes, about.
const WAITING_BYTES: usize = 16 << 20;

/// How long to wait for the indexing threads before looking whether they are still there.
const PATIENCE: Duration = Duration::from_secs(2);

/// Documents handed over at once: what one thread takes, so that they stay together.
const BATCH: usize = 512;

/// Sizes of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexOptions {
    /// Threads that index.
    pub threads: usize,
    /// Memory for what is indexed and not yet written. Bytes, all threads together.
    pub memory_bytes: usize,
    /// Documents after which a commit is made while catching up.
    pub commit_rows: u64,
    /// Rows of a block of fields.
    pub block_rows: u32,
    /// New rows for which an unfinished block is written.
    pub unfinished_rows: u32,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self {
            threads: 2,
            memory_bytes: 80 << 20,
            commit_rows: 400_000,
            block_rows: 65_536,
            unfinished_rows: 8_192,
        }
    }
}

/// What opening an index found.
#[derive(Debug)]
pub struct Opened {
    /// Rows it has come to.
    pub rows: u64,
    /// Why it begins anew, if it does.
    pub rebuilt: Option<RebuildReason>,
}

/// A run's index: one writer, many readers.
///
/// Nothing that happens to it concerns a query's answer: rows it does not know are scanned.
pub struct RunIndex {
    dir: PathBuf,
    options: IndexOptions,
    before_commit: BeforeCommit,
    fields: Fields,
    writing: Mutex<Writing>,
    current: RwLock<Arc<IndexSnapshot>>,
}

impl fmt::Debug for RunIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunIndex")
            .field("dir", &self.dir)
            .field("rows", &self.rows())
            .finish_non_exhaustive()
    }
}

/// What the one who writes needs.
struct Writing {
    index: Index,
    /// Made when there is something to write, and again after a failure.
    writer: Option<IndexWriter<RowDocument>>,
    fields: FieldFiles,
    /// The block of fields that is being made.
    block: Option<BlockBuilder>,
    /// Finished ones, until their rows are durable.
    blocks: Vec<Vec<u8>>,
}

impl Writing {
    fn new(index: Index, fields: FieldFiles) -> Self {
        Self {
            index,
            writer: None,
            fields,
            block: None,
            blocks: Vec::new(),
        }
    }

    /// Forgets what was not committed.
    fn abandon(&mut self) {
        self.writer = None;
        self.block = None;
        self.blocks.clear();
    }

    /// The row whose fields come next.
    fn next_field_row(&self) -> u64 {
        let finished = self.blocks.len() as u64 * u64::from(self.fields.size());
        let block = self.block.as_ref().map(BlockBuilder::next_row);
        block.unwrap_or_else(|| self.fields.next_row() + finished)
    }

    /// Takes the fields of a frame's records, those of them that are still to come.
    fn take_fields(
        &mut self,
        text: &FrameText,
        snapshot: &Snapshot,
        facts: &SourceFacts,
    ) -> Result<(), ReadError> {
        let size = self.fields.size();
        let mut next = self.next_field_row();
        let end = text.first_row() + text.rows() as u64;
        // Only where sources have layouts does it matter which they are.
        let metas = if facts.has_layouts() && next < end {
            snapshot.row_metas(text.first_row()..end)?
        } else {
            Vec::new()
        };
        while next < end {
            let block = self
                .block
                .get_or_insert_with(|| BlockBuilder::new(next, size));
            let within = usize::try_from(next.saturating_sub(text.first_row()));
            let within = within.unwrap_or(usize::MAX);
            let raw = text.row(within);
            let source = metas.get(within).map(|meta| meta.source);
            let layout = source.and_then(|source| facts.layout(source, next));
            let line = Line::new(raw, layout);
            // Without a backslash there are no escapes, and a text is what its bytes are.
            if memchr::memchr(b'\\', raw).is_some() {
                block.push(line, crosscut_parse::text(raw).as_bytes());
            } else {
                block.push(line, raw);
            }
            if block.is_full() {
                self.blocks.push(block.encode());
                self.block = None;
            }
            next += 1;
        }
        Ok(())
    }
}

impl RunIndex {
    /// Opens the index in `dir`, or begins a new one where it is missing, damaged, of another
    /// version or ahead of the store, which holds `store_rows` rows now. Reads all of it once.
    pub fn open(
        dir: &Path,
        store_rows: u64,
        options: IndexOptions,
        before_commit: BeforeCommit,
    ) -> Result<(Self, Opened), IndexError> {
        clear_leftovers(dir)?;
        let (index, rows, rebuilt) = match open(dir, store_rows) {
            Ok((index, rows)) => (index, rows, None),
            Err(reason) => (begin_anew(dir)?, 0, Some(reason)),
        };
        let fields = open_fields(dir, options.block_rows, store_rows)?;
        let current = IndexSnapshot::open(&index, rows, fields.current().clone(), None)
            .map_err(|error| tantivy_failed(dir, &error))?;
        let opened = Self {
            dir: dir.to_owned(),
            options,
            before_commit,
            fields: Fields::schema().1,
            writing: Mutex::new(Writing::new(index, fields)),
            current: RwLock::new(Arc::new(current)),
        };
        Ok((opened, Opened { rows, rebuilt }))
    }

    /// Rows it has come to.
    pub fn rows(&self) -> u64 {
        self.current.read().rows()
    }

    /// How many of the store's rows [`catch_up`](Self::catch_up) has work with: those it does not
    /// know, or all after damage was found.
    pub fn behind(&self, store_rows: u64) -> u64 {
        // Who writes is at work already.
        self.writing
            .try_lock()
            .map_or(0, |writing| self.behind_in(&writing, store_rows))
    }

    fn behind_in(&self, writing: &Writing, store_rows: u64) -> u64 {
        let fields = writing.fields.current();
        if self.current.read().is_damaged() || fields.is_damaged() {
            return store_rows.max(1);
        }
        let fields = store_rows.saturating_sub(fields.rows());
        let unfinished = u64::from(self.options.unfinished_rows);
        let fields = Some(fields).filter(|&rows| rows >= unfinished);
        let rows = store_rows.saturating_sub(self.rows());
        rows.max(fields.unwrap_or_default())
    }

    /// The index as it is now.
    pub fn snapshot(&self) -> Arc<IndexSnapshot> {
        let current = Arc::clone(&self.current.read());
        // Segments are merged in the background, without anybody being told.
        if let Some(writing) = self.writing.try_lock()
            && current.is_outdated(&writing.index)
        {
            match self.publish(&writing, current.rows()) {
                Ok(()) => return Arc::clone(&self.current.read()),
                Err(error) => tracing::debug!(%error, "the index is read as it was"),
            }
        }
        current
    }

    /// Gives back the memory that indexing takes, until there is more to index.
    pub fn rest(&self) {
        if let Some(mut writing) = self.writing.try_lock() {
            writing.abandon();
        }
    }

    /// [`catch_up_knowing`](Self::catch_up_knowing) where nothing is known of the sources.
    pub fn catch_up(&self, snapshot: &Snapshot, cancel: &AtomicBool) -> Result<u64, IndexError> {
        self.catch_up_knowing(snapshot, &SourceFacts::default(), cancel)
    }

    /// Indexes what the snapshot has and the index has not; gives the rows it has come to. Blocks;
    /// one call at a time. Ends soon when cancelled, and without what was not committed yet. What is
    /// known of the sources is to be asked for after the snapshot.
    pub fn catch_up_knowing(
        &self,
        snapshot: &Snapshot,
        facts: &SourceFacts,
        cancel: &AtomicBool,
    ) -> Result<u64, IndexError> {
        let mut writing = self.writing.lock();
        if self.current.read().is_damaged() {
            tracing::warn!(dir = %self.dir.display(), "the index is damaged and made anew");
            let index = begin_anew(&self.dir)?;
            *writing = Writing::new(index, open_fields(&self.dir, self.options.block_rows, 0)?);
            self.publish(&writing, 0)?;
        }
        if writing.fields.current().is_damaged() {
            tracing::warn!(dir = %self.dir.display(), "columns are damaged and made anew");
            writing.block = None;
            writing.blocks.clear();
            let cleared = writing.fields.clear();
            cleared.map_err(|source| fields_failed("remove", &self.dir, source))?;
            self.publish(&writing, self.rows())?;
        }
        if self.behind_in(&writing, snapshot.rows()) > 0 {
            let result = self.follow(&mut writing, snapshot, facts, cancel);
            if result.is_err() || cancel.load(Ordering::Acquire) {
                writing.abandon();
            }
            result?;
        }
        Ok(self.rows())
    }

    fn follow(
        &self,
        writing: &mut Writing,
        snapshot: &Snapshot,
        facts: &SourceFacts,
        cancel: &AtomicBool,
    ) -> Result<(), IndexError> {
        let (gate, mut buf) = (Gate::new(WAITING_BYTES), FrameBuf::new());
        let mut next = self.rows();
        let from = next.min(writing.next_field_row());
        let first = snapshot
            .frame_of_row(from)
            .unwrap_or(snapshot.frame_count());
        let mut committed = from;
        for frame in first..snapshot.frame_count() {
            if cancel.load(Ordering::Acquire) {
                return Ok(());
            }
            let text = snapshot.read_frame_uncached(frame, &mut buf)?;
            let end = text.first_row().saturating_add(text.rows() as u64);
            if next < end {
                let overhead = text.rows() * size_of::<RowDocument>() * 2;
                let pass = gate.enter(text.text().len() + overhead, PATIENCE);
                let batch = Batch::new(text.text(), text.ends(), text.first_row(), pass);
                let skip = usize::try_from(next.saturating_sub(text.first_row()));
                let rows = skip.unwrap_or(usize::MAX)..text.rows();
                self.add(self.writer(writing)?, &Arc::new(batch), rows)?;
                next = end;
            }
            writing.take_fields(text, snapshot, facts)?;
            if end.saturating_sub(committed) >= self.options.commit_rows {
                self.commit(writing, next)?;
                committed = end;
            }
        }
        self.commit(writing, next)
    }

    fn add(
        &self,
        writer: &IndexWriter<RowDocument>,
        batch: &Arc<Batch>,
        rows: std::ops::Range<usize>,
    ) -> Result<(), IndexError> {
        let rows: Vec<usize> = rows.collect();
        for some in rows.chunks(BATCH) {
            let documents = some.iter().map(|&row| batch.document(row, self.fields));
            writer
                .run(documents.map(UserOperation::Add))
                .map_err(|error| tantivy_failed(&self.dir, &error))?;
        }
        Ok(())
    }

    fn writer<'w>(
        &self,
        writing: &'w mut Writing,
    ) -> Result<&'w mut IndexWriter<RowDocument>, IndexError> {
        let Writing { index, writer, .. } = writing;
        if let Some(writer) = writer {
            return Ok(writer);
        }
        let threads = self.options.threads.max(1);
        let options = IndexWriterOptions::builder()
            .num_worker_threads(threads)
            .memory_budget_per_thread(self.options.memory_bytes / threads)
            .num_merge_threads(1)
            .build();
        let made = index
            .writer_with_options(options)
            .map_err(|error| tantivy_failed(&self.dir, &error))?;
        Ok(writer.insert(made))
    }

    /// Makes all rows below `rows` part of the index, after the store made them durable.
    fn commit(&self, writing: &mut Writing, rows: u64) -> Result<(), IndexError> {
        let mut blocks = std::mem::take(&mut writing.blocks);
        if let Some(block) = &writing.block
            && block.rows() > 0
            && block.next_row()
                >= writing.fields.current().rows() + u64::from(self.options.unfinished_rows)
        {
            blocks.push(block.encode());
        }
        if rows <= self.rows() && blocks.is_empty() {
            return Ok(());
        }
        let durable = (self.before_commit)().map_err(IndexError::Sync)?;
        if durable < rows {
            return Err(IndexError::NotDurable { rows, durable });
        }
        if !blocks.is_empty() {
            let written = writing.fields.append(&blocks);
            written.map_err(|source| fields_failed("write", &self.dir, source))?;
        }
        if rows <= self.rows() {
            return self.publish(writing, rows);
        }
        let payload =
            serde_json::to_string(&Payload::new(rows)).map_err(|error| IndexError::Failed {
                path: self.dir.clone(),
                reason: error.to_string(),
            })?;
        let failed = |error| tantivy_failed(&self.dir, &error);
        let mut prepared = self.writer(writing)?.prepare_commit().map_err(failed)?;
        prepared.set_payload(&payload);
        prepared.commit().map_err(failed)?;
        self.publish(writing, rows)
    }

    /// Shows readers the last commit.
    fn publish(&self, writing: &Writing, rows: u64) -> Result<(), IndexError> {
        let before = Arc::clone(&self.current.read());
        let fields = writing.fields.current().clone();
        let now = IndexSnapshot::open(&writing.index, rows, fields, Some(&before))
            .map_err(|error| tantivy_failed(&self.dir, &error))?;
        *self.current.write() = Arc::new(now);
        Ok(())
    }
}

fn open_fields(dir: &Path, size: u32, store_rows: u64) -> Result<FieldFiles, IndexError> {
    FieldFiles::open(&dir.join("fields"), size, store_rows)
        .map_err(|source| fields_failed("open", dir, source))
}

fn fields_failed(verb: &'static str, dir: &Path, source: std::io::Error) -> IndexError {
    IndexError::Io {
        verb,
        path: dir.join("fields"),
        source,
    }
}
