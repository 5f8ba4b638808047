//! Loads frames in order and keeps count of what is amiss.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crosscut_model::{Level, LevelSet, limits};

use super::summed::Summed;
use crate::columns::{ColumnStore, Tail};
use crate::frame::{Columns, HEADER_BYTES, Header, Unpacker, decode_checkpoints, decode_columns};
use crate::run::recovery::{Recovery, RecoveryEvent};
use crate::run::state::{State, extend_tail};
use crate::run::{StoreOptions, hole_meta, open_columns};
use crate::segment::{
    Expected, Found, FrameEntry, FrameState, Health, Item, Segment, Summary, Window,
};
use crate::storage::Storage;
use crate::totals::{Tally, Totals};

/// What the frames so far amount to.
#[derive(Debug)]
pub(super) struct Loader {
    state: State,
    recovery: Recovery,
    columns: ColumnStore,
    /// Chunks that the column files have.
    have: u64,
    rebuilt: u64,
    /// Whether the chunk being filled holds rows of a hole: then the file's is not to be believed.
    holed: bool,
    /// The segment in which bytes were met that belong to no frame, until a frame follows.
    junk: Option<PathBuf>,
    last_time: i64,
    /// Of the first frame whose header was whole.
    stamp: Option<u32>,
    unpacker: Unpacker,
    meta: Vec<u8>,
    rows: Columns,
}

impl Loader {
    pub(super) fn new(
        storage: &dyn Storage,
        dir: &Path,
        options: &StoreOptions,
        recovery: Recovery,
    ) -> Self {
        let (columns, have) = open_columns(storage, dir, options);
        Self {
            state: State::empty(),
            recovery,
            columns,
            have,
            rebuilt: 0,
            holed: false,
            junk: None,
            last_time: 0,
            stamp: None,
            unpacker: Unpacker::default(),
            meta: Vec::new(),
            rows: Columns::default(),
        }
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.state.totals.rows
    }

    /// What the next segment should begin with.
    pub(super) fn expected(&self) -> Expected {
        Expected {
            stamp: self.stamp,
            row: self.rows(),
        }
    }

    /// What the run's frames are known by; none when there are none.
    pub(super) fn stamp(&self) -> Option<u32> {
        self.stamp
    }

    pub(super) fn know_stamp(&mut self, stamp: u32) {
        self.stamp = Some(stamp);
    }

    pub(super) fn tell(&mut self, event: RecoveryEvent) {
        self.recovery.events.push(event);
    }

    pub(super) fn chunk_rows(&self) -> u32 {
        self.columns.chunk_rows()
    }

    /// Chunks that the column files have.
    pub(super) fn chunks(&self) -> u64 {
        self.have
    }

    /// Takes closed segments, the run's first ones, as their summaries tell of them; `rows` are the
    /// columns of those behind so many full chunks.
    pub(super) fn take(&mut self, taken: Vec<Summed>, chunks: u64, rows: &Columns) {
        self.state.tail = Tail::new(chunks);
        self.state.tail.extend(rows, 0..rows.len());
        let segments = Arc::make_mut(&mut self.state.segments);
        let mut disk_bytes = 0;
        for (index, summed) in taken.into_iter().enumerate() {
            let Summary {
                frames,
                totals,
                sources,
                checkpoints,
            } = summed.summary;
            for entry in frames {
                self.last_time = entry.max_time;
                self.state.directory.push(FrameEntry {
                    segment: u32::try_from(index).unwrap_or(u32::MAX),
                    ..entry
                });
            }
            disk_bytes += summed.bytes;
            self.state.totals = Totals {
                disk_bytes,
                ..totals
            };
            (self.state.sources, self.state.checkpoints) = (sources, checkpoints);
            segments.push(summed.segment);
        }
    }

    /// Keeps what the segment loaded last holds, for the next opening.
    pub(super) fn keep_summary(&self, storage: &dyn Storage, segment: &Segment) {
        let (Some(summary), Some(stamp)) = (self.state.summary(), self.stamp) else {
            return;
        };
        if self.junk.is_none()
            && let Err(error) = summary.write(storage, segment, stamp)
        {
            let path = segment.path.display();
            tracing::warn!(%path, %error, "the summary of a segment was not written");
        }
    }

    /// Loads what was met in a segment.
    pub(super) fn load(&mut self, segment: &Arc<Segment>, items: &[Item]) -> io::Result<()> {
        let index = self.state.segments.len();
        Arc::make_mut(&mut self.state.segments).push(Arc::clone(segment));
        let mut window = Window::new(&*segment.file);
        for item in items {
            match item {
                Item::Junk { .. } => self.junk = Some(segment.path.clone()),
                Item::Frame(found) => self.load_frame(found, index, segment, &mut window)?,
            }
        }
        Ok(())
    }

    fn load_frame(
        &mut self,
        found: &Found,
        segment_index: usize,
        segment: &Segment,
        window: &mut Window<'_>,
    ) -> io::Result<()> {
        let header = &found.header;
        self.stamp.get_or_insert(header.stamp);
        let row = self.rows();
        let junk = self.junk.take();
        if junk.is_some() || header.first_row > row {
            let path = junk.unwrap_or_else(|| segment.path.clone());
            self.lose(row..header.first_row, segment_index, path);
        }
        let after = header.first_row + u64::from(header.rows);
        let meta = window.get(
            found.offset + HEADER_BYTES as u64,
            header.meta_stored as usize,
        )?;
        if found.health == Health::MetaLost || self.read_columns(header, meta).is_none() {
            self.last_time = header.min_time;
            self.lose(header.first_row..after, segment_index, segment.path.clone());
            return Ok(());
        }
        let state = if found.health == Health::TextLost {
            let rows = header.first_row..after;
            self.tell(RecoveryEvent::TextLost {
                segment: segment.path.clone(),
                rows,
            });
            FrameState::TextLost
        } else {
            // A checkpoint speaks for the rows beside it: where their text is lost the source is
            // to be read again.
            if let Some(checkpoints) = decode_checkpoints(&self.meta, header.rows as usize) {
                self.state.keep_checkpoints(&checkpoints);
            }
            FrameState::Whole
        };
        self.last_time = header.max_time;
        self.state.totals.disk_bytes += header.frame_bytes();
        self.add(
            FrameEntry::new(header, segment_index, found.offset, state),
            header.text_raw,
        );
        Ok(())
    }

    /// Unpacks a frame's meta section and its columns.
    fn read_columns(&mut self, header: &Header, stored: &[u8]) -> Option<()> {
        self.meta.resize(header.meta_raw as usize, 0);
        self.rows.clear();
        let unpacked = self
            .unpacker
            .unpack(header.meta_codec, stored, &mut self.meta);
        unpacked.then_some(())?;
        decode_columns(
            &self.meta,
            header.rows as usize,
            header.min_time,
            &mut self.rows,
        )?;
        decode_checkpoints(&self.meta, header.rows as usize).map(|_| ())
    }

    /// Puts a hole in the place of rows that cannot be read.
    fn lose(&mut self, rows: Range<u64>, segment: usize, path: PathBuf) {
        let mut levels = LevelSet::default();
        levels.insert(Level::Error);
        let mut row = rows.start;
        while row < rows.end {
            let count = rows.end.saturating_sub(row).min(limits::FRAME_ROWS as u64);
            let header = Header {
                first_row: row,
                rows: u32::try_from(count).unwrap_or(u32::MAX),
                levels,
                min_time: self.last_time,
                max_time: self.last_time,
                ..Header::default()
            };
            self.rows.clear();
            self.rows
                .push_many(&hole_meta(self.last_time), header.rows as usize);
            self.holed = true;
            self.add(
                FrameEntry::new(&header, segment, 0, FrameState::Lost),
                header.rows,
            );
            self.holed = !self.state.tail.with(|tail| tail.len() == 0);
            row += count;
        }
        self.tell(RecoveryEvent::FramesLost {
            segment: path,
            rows,
        });
    }

    /// Adds a frame whose columns are in `self.rows`.
    fn add(&mut self, entry: FrameEntry, text_raw: u32) {
        if entry.rows == 0 {
            return;
        }
        self.state
            .count(entry.rows, text_raw, &Tally::of(&self.rows));
        let chunk_rows = self.columns.chunk_rows();
        let is_hole = entry.state == FrameState::Lost;
        extend_tail(
            &mut self.state.tail,
            &self.rows,
            chunk_rows,
            |index, chunk| {
                let missing = index >= self.have;
                if missing || self.holed {
                    self.columns.write(index, chunk);
                }
                self.rebuilt += u64::from(missing);
                self.holed = is_hole;
            },
        );
        self.state.directory.push(entry);
    }

    /// All frames are loaded.
    pub(super) fn finish(mut self) -> (State, ColumnStore, Recovery) {
        if let Some(segment) = self.junk.take() {
            let rows = self.rows()..self.rows();
            self.tell(RecoveryEvent::FramesLost { segment, rows });
        }
        if self.rebuilt > 0 {
            self.tell(RecoveryEvent::ColumnsRebuilt {
                chunks: self.rebuilt,
            });
        }
        let chunks = self.state.tail.index;
        self.columns.cut(chunks);
        self.state.totals.disk_bytes += self.columns.disk_bytes(chunks);
        (self.state, self.columns, self.recovery)
    }
}
