//! The writing end of a run.
//!
//! Owns the last segment and what is known of it. Promises: frames are visible only after their
//! write succeeded; a failed write leaves nothing behind, and until its remains are cut away
//! nothing more is written; after a failed sync the bytes it was to save are not trusted to a
//! second sync (the system may have dropped them and call them clean) but written into a new file.

use std::io::{self, IoSlice};
use std::ops::Range;
use std::sync::Arc;

use crosscut_model::limits;
use parking_lot::{Mutex, MutexGuard};

use super::error::{AppendError, SyncError};
use super::state::{Shared, extend_tail};
use crate::frame::{Codec, EncodedFrame, FrameBuilder, Header};
use crate::segment::{FrameEntry, FrameState, Segment, segment_path};
use crate::storage::{OpenMode, StoredFile, read_exact_at};

/// One append takes no more than this: offsets in a segment are 32-bit.
const MAX_APPEND_BYTES: u64 = 1 << 30;

/// A segment is closed before its time when it is larger than this part of what it may be (4 MiB of
/// 64): segments of idle spells stay few enough to need no joining.
const WORTH_CLOSING: u64 = 16;

/// Bytes copied at once when a segment is written anew.
pub(super) const COPY_BYTES: usize = 1 << 20;

#[derive(Debug)]
pub(crate) struct Writer {
    inner: Mutex<Inner>,
    /// Held while a sync is under way, so that there is one at a time.
    syncing: Mutex<()>,
}

/// What the writer knows of the last segment.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) segment: Arc<Segment>,
    /// Where the next frame goes.
    pub(crate) end: u64,
    pub(crate) synced_end: u64,
    pub(crate) synced_rows: u64,
    /// Where the last seal ends, if nothing was written since.
    pub(crate) sealed_end: Option<u64>,
    pub(crate) trouble: Trouble,
    pub(crate) sync_under_way: bool,
}

/// What must be put right before anything more is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// Bytes of a failed write may stand behind the end.
    pub(crate) cut: bool,
    /// A sync failed: the segment must be written into a new file.
    pub(crate) rewrite: bool,
}

impl Writer {
    pub(crate) fn new(inner: Inner) -> Self {
        Self {
            inner: Mutex::new(inner),
            syncing: Mutex::new(()),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    pub(crate) fn synced_rows(&self) -> u64 {
        self.inner.lock().synced_rows
    }

    pub(crate) fn append(
        &self,
        shared: &Shared,
        frames: &[EncodedFrame],
    ) -> Result<Range<u64>, AppendError> {
        let bytes = frames.iter().map(|frame| frame.stored_bytes() as u64).sum();
        if bytes > MAX_APPEND_BYTES {
            return Err(AppendError::TooLarge { bytes });
        }
        let mut inner = self.inner.lock();
        if inner.sync_under_way && inner.end + bytes > 2 * shared.segment_limit() {
            // A segment is not left while it is being synced, or its sync's failure would go
            // unseen; one that outgrows its size by that waits.
            drop(inner);
            let _no_sync = self.syncing.lock();
            return self.inner.lock().append(shared, frames, bytes);
        }
        inner.append(shared, frames, bytes)
    }

    pub(crate) fn sync(&self, shared: &Shared) -> Result<u64, SyncError> {
        let _one_at_a_time = self.syncing.lock();
        let (segment, end, rows) = {
            let mut inner = self.inner.lock();
            inner.heal(shared)?;
            let rows = shared.state.lock().totals.rows;
            if inner.synced_end == inner.end {
                inner.synced_rows = rows;
                return Ok(rows);
            }
            inner.sync_under_way = true;
            (Arc::clone(&inner.segment), inner.end, rows)
        };
        let result = segment.file.sync();
        let mut inner = self.inner.lock();
        inner.sync_under_way = false;
        let same = Arc::ptr_eq(&segment, &inner.segment);
        match result {
            Ok(()) => {
                if same {
                    inner.synced_end = inner.synced_end.max(end);
                    inner.synced_rows = inner.synced_rows.max(rows);
                }
                Ok(inner.synced_rows)
            }
            Err(source) => {
                inner.trouble.rewrite |= same;
                Err(SyncError {
                    path: segment.path.clone(),
                    source,
                })
            }
        }
    }

    /// Puts right what failed writes and syncs have left.
    pub(crate) fn heal(&self, shared: &Shared) -> Result<(), SyncError> {
        let _one_at_a_time = self.syncing.lock();
        self.inner.lock().heal(shared)
    }

    /// Closes the segment if it is of some size, so that it can be compacted.
    pub(crate) fn rest(&self, shared: &Shared) -> Result<(), AppendError> {
        let mut inner = self.inner.lock();
        inner.heal(shared).map_err(write_error)?;
        if inner.end > shared.segment_limit() / WORTH_CLOSING && !inner.sync_under_way {
            inner.roll(shared)?;
        }
        Ok(())
    }

    /// Syncs and leaves a frame without records behind that says how many rows are durable. A
    /// segment of some size is closed by it, so that it can be compacted; when the run has ended,
    /// a small one too, since none will follow.
    pub(crate) fn seal(&self, shared: &Shared, ended: bool) -> Result<(), AppendError> {
        self.sync(shared).map_err(write_error)?;
        {
            let mut inner = self.inner.lock();
            if inner.sealed_end == Some(inner.end) || (inner.end == 0 && inner.synced_rows == 0) {
                return Ok(());
            }
            inner.heal(shared).map_err(write_error)?;
            let worth = if ended {
                WORTH_CLOSING * WORTH_CLOSING
            } else {
                WORTH_CLOSING
            };
            let large = inner.end > shared.segment_limit() / worth;
            if large && !inner.sync_under_way {
                inner.roll(shared)?;
            }
            let mark = FrameBuilder::new().encode(Codec::None);
            let bytes = mark.stored_bytes() as u64;
            inner.append(shared, &[mark], bytes)?;
            inner.sealed_end = Some(inner.end);
        }
        self.sync(shared).map_err(write_error)?;
        Ok(())
    }
}

impl Inner {
    fn append(
        &mut self,
        shared: &Shared,
        frames: &[EncodedFrame],
        bytes: u64,
    ) -> Result<Range<u64>, AppendError> {
        let first = shared.state.lock().totals.rows;
        let added: u64 = frames
            .iter()
            .map(|frame| u64::from(frame.header.rows))
            .sum();
        if first + added > limits::MAX_RUN_ROWS {
            return Err(AppendError::RunFull { rows: first });
        }
        if frames.is_empty() {
            return Ok(first..first);
        }
        self.heal(shared).map_err(write_error)?;
        let outgrown = self.end > 0 && self.end + bytes > shared.segment_limit();
        if outgrown && !self.sync_under_way {
            self.roll(shared)?;
        }

        let headers = self.place(shared, frames, first);
        let encoded: Vec<_> = headers.iter().map(Header::encode).collect();
        let mut parts = Vec::with_capacity(frames.len() * 3);
        for (header, frame) in encoded.iter().zip(frames) {
            parts.extend([header.as_slice(), &frame.meta, &frame.text].map(IoSlice::new));
        }
        if let Err(source) = self.segment.file.append(&mut parts) {
            if let Err(error) = self.segment.file.truncate(self.end) {
                self.trouble.cut = true;
                let path = self.segment.path.display();
                tracing::error!(%path, %error, "the remains of a failed write were not cut off");
            }
            return Err(AppendError::from_io(&self.segment.path, source));
        }
        self.publish(shared, frames, &headers);
        Ok(first..first + added)
    }

    /// Gives frames their rows.
    fn place(&self, shared: &Shared, frames: &[EncodedFrame], mut row: u64) -> Vec<Header> {
        let place = |frame: &EncodedFrame| {
            let synced_rows = self.synced_rows.min(row);
            let header = Header {
                first_row: row,
                synced_rows,
                stamp: shared.stamp,
                ..frame.header
            };
            row += u64::from(header.rows);
            header
        };
        frames.iter().map(place).collect()
    }

    /// Makes written frames visible.
    fn publish(&mut self, shared: &Shared, frames: &[EncodedFrame], headers: &[Header]) {
        // Only the writer touches the tail, so columns are filled (and full chunks written)
        // before readers are kept from the state.
        let mut tail = shared.state.lock().tail.clone();
        for frame in frames {
            let chunk_rows = shared.columns.chunk_rows();
            extend_tail(&mut tail, &frame.columns, chunk_rows, |index, chunk| {
                shared.columns.write(index, chunk);
            });
        }
        let mut state = shared.state.lock();
        let segment = state.segments.len().saturating_sub(1);
        for (header, frame) in headers.iter().zip(frames) {
            if header.rows > 0 {
                let entry = FrameEntry::new(header, segment, self.end, FrameState::Whole);
                state.directory.push(entry);
            }
            state.count(header.rows, header.text_raw, &frame.tally);
            state.keep_checkpoints(&frame.checkpoints);
            state.totals.disk_bytes += header.frame_bytes();
            self.end += header.frame_bytes();
        }
        let chunks = tail.index.saturating_sub(state.tail.index);
        state.totals.disk_bytes += shared.columns.disk_bytes(chunks);
        state.tail = tail;
        self.sealed_end = None;
    }

    /// Closes the segment, durably, and begins the next.
    fn roll(&mut self, shared: &Shared) -> Result<(), AppendError> {
        if let Err(source) = self.segment.file.sync() {
            self.trouble.rewrite = true;
            return Err(AppendError::from_io(&self.segment.path, source));
        }
        let mut state = shared.state.lock();
        self.synced_end = self.end;
        self.synced_rows = state.totals.rows;
        let number = self.segment.number + 1;
        let path = segment_path(&shared.dir, number);
        let begin = || {
            let file = shared.storage.open(&path, OpenMode::Truncate)?;
            shared.storage.sync_dir(&shared.dir)?;
            Ok(file)
        };
        let file = begin().map_err(|source| AppendError::from_io(&path, source))?;
        let generation = shared.new_generation();
        let next = Arc::new(Segment {
            generation,
            number,
            path,
            file,
        });
        let summary = state.summary();
        Arc::make_mut(&mut state.segments).push(Arc::clone(&next));
        drop(state);
        let closed = std::mem::replace(&mut self.segment, next);
        (self.end, self.synced_end) = (0, 0);
        if let Some(summary) = summary {
            shared.keep_summary(&closed, &summary);
        }
        Ok(())
    }

    fn heal(&mut self, shared: &Shared) -> Result<(), SyncError> {
        let fault = |source| SyncError {
            path: self.segment.path.clone(),
            source,
        };
        if self.trouble.cut {
            let cut = self.segment.file.truncate(self.end);
            cut.and_then(|()| self.segment.file.len())
                .map_err(fault)
                .and_then(|len| {
                    let whole = len == self.end;
                    let error = || io::Error::other("the file is not as long as what was written");
                    if whole { Ok(()) } else { Err(fault(error())) }
                })?;
            self.trouble.cut = false;
        }
        if self.trouble.rewrite {
            let file = self.rewrite(shared).map_err(fault)?;
            let old = &self.segment;
            let generation = shared.new_generation();
            let (number, path) = (old.number, old.path.clone());
            self.segment = Arc::new(Segment {
                generation,
                number,
                path,
                file,
            });
            let mut state = shared.state.lock();
            if let Some(last) = Arc::make_mut(&mut state.segments).last_mut() {
                *last = Arc::clone(&self.segment);
            }
            self.synced_end = self.end;
            self.synced_rows = state.totals.rows;
            self.trouble.rewrite = false;
        }
        Ok(())
    }

    /// Copies the segment into a new file, durably, and puts that in its place.
    fn rewrite(&self, shared: &Shared) -> io::Result<Arc<dyn StoredFile>> {
        let aside = self.segment.path.with_extension("log.tmp");
        let file = shared.storage.open(&aside, OpenMode::Truncate)?;
        let mut buffer = Vec::new();
        let mut at = 0;
        while at < self.end {
            let len = usize::try_from(self.end - at)
                .unwrap_or(COPY_BYTES)
                .min(COPY_BYTES);
            buffer.resize(len, 0);
            read_exact_at(&*self.segment.file, &mut buffer, at)?;
            file.append(&mut [IoSlice::new(&buffer)])?;
            at += len as u64;
        }
        file.sync()?;
        shared.storage.rename(&aside, &self.segment.path)?;
        shared.storage.sync_dir(&shared.dir)?;
        Ok(file)
    }
}

fn write_error(error: SyncError) -> AppendError {
    AppendError::from_io(&error.path, error.source)
}

impl Inner {
    /// Goes on at the end of a segment that is durable as it is.
    pub(crate) fn at(segment: Arc<Segment>, end: u64, synced_rows: u64) -> Self {
        Self {
            segment,
            end,
            synced_end: end,
            synced_rows,
            sealed_end: None,
            trouble: Trouble::default(),
            sync_under_way: false,
        }
    }
}
