//! A batch of lines into frames: read, stamped, compressed. Pure, so it runs on any thread.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crosscut_model::limits::{FRAME_TEXT_BYTES, MAX_LINE_BYTES};
use crosscut_model::{LayoutSpec, Level, RowFlags, RowMeta, SourceId, Stream, UnixNanos};
use crosscut_parse::{LineMeta, Reader, ReaderOptions, Scout};
use crosscut_store::{Codec, EncodedFrame, FrameBuilder, FrameOutline};

use crate::source::Batch;
use crate::trouble::{Sample, Sampler};

/// Text smaller than this is stored as it is: a live frame, soon to be joined with others.
const COMPRESS_FROM: usize = 4 << 10;

/// A line without a time of its own belongs to the line before it, when that is not older than
/// this. Nanoseconds.
const CONTINUATION_NANOS: i64 = 5_000_000_000;

/// One source's reader and the last time it saw.
#[derive(Debug, Clone)]
pub(crate) struct LineReader {
    reader: Reader,
    /// Looks out for headers.
    scout: Scout,
    /// What holds from the next line on and is still to be noted.
    header: Option<LayoutSpec>,
    /// What the last header said, noted or not.
    told: Option<LayoutSpec>,
    /// The user's own format, which holds whatever a header says.
    pattern: Option<LayoutSpec>,
    last_time: Option<UnixNanos>,
    primed: bool,
}

/// Lines from which a reader learns before batches are read side by side: the names of columns, the
/// place of an epoch.
const PRIMING: usize = 16;

impl LineReader {
    pub(crate) fn new(options: impl Into<ReaderOptions>) -> Self {
        let options = options.into();
        let pattern = options.pattern.as_ref().and_then(|own| own.expression());
        let pattern = pattern.map(|source| LayoutSpec::Expression {
            source: source.to_owned(),
        });
        Self {
            reader: Reader::new(options),
            scout: Scout::default(),
            header: pattern.clone(),
            told: None,
            pattern,
            last_time: None,
            primed: false,
        }
    }

    /// Goes on behind lines that were read before, with what a header among them has said.
    pub(crate) fn goes_on(mut self, layout: Option<&LayoutSpec>, now: UnixNanos) -> Self {
        self.scout = Scout::behind_the_start();
        self.knows(layout, now)
    }

    /// Goes on for another, whose source's settings were changed; `layout` is what is stored of its
    /// headers.
    pub(crate) fn replaces(
        mut self,
        old: &Self,
        layout: Option<&LayoutSpec>,
        now: UnixNanos,
    ) -> Self {
        self.scout = old.scout.clone();
        self.last_time = old.last_time;
        // What the lines under way have told is not stored yet.
        self.knows(old.told.as_ref().or(layout), now)
    }

    /// Reads by a header that has come, unless the user has a format; what holds is noted again, for
    /// a format that the user has taken back.
    pub(crate) fn knows(mut self, layout: Option<&LayoutSpec>, now: UnixNanos) -> Self {
        if let Some(header) = layout.and_then(LayoutSpec::header) {
            self.reader.meta(header.as_bytes(), now);
        }
        self.told = layout.cloned();
        if self.pattern.is_none() {
            self.header = Some(self.told.clone().unwrap_or(LayoutSpec::Plain));
        }
        self
    }

    /// The layout that holds from a line on, when it shows that a header has said so.
    fn look(&mut self, raw: &[u8]) -> Option<LayoutSpec> {
        let layout = self.scout.look(raw)?;
        self.told = Some(layout.clone());
        self.pattern.is_none().then_some(layout)
    }

    /// Learns from the first lines of the first batch, so that the batches behind it need not wait
    /// until it has been read. A panic costs what was learned.
    pub(crate) fn prime(&mut self, batch: &Batch, now: UnixNanos) {
        if self.primed {
            return;
        }
        self.primed = true;
        let learned = catch_unwind(AssertUnwindSafe(|| {
            let mut reader = self.reader.clone();
            let (mut scout, mut header) = (self.scout.clone(), None);
            for (raw, _) in batch.lines.iter().take(PRIMING) {
                reader.meta(raw, now);
                header = scout.look(raw).or(header);
            }
            (reader, scout, header)
        }));
        if let Ok((reader, scout, header)) = learned {
            self.reader = reader;
            self.scout = scout;
            if header.is_some() {
                self.told.clone_from(&header);
            }
            if self.pattern.is_none() && header.is_some() {
                self.header = header;
            }
        }
    }
}

/// Frames ready to be appended.
#[derive(Debug, Default)]
pub(crate) struct Encoded {
    pub(crate) frames: Vec<EncodedFrame>,
    pub(crate) rows: u64,
    pub(crate) samples: Vec<Sample>,
    /// How a source's records are divided into fields, each from one of these rows on.
    pub(crate) layouts: Vec<(u64, SourceId, LayoutSpec)>,
}

impl Encoded {
    /// Has a note ride in the last frame: it is there when all of the batch is.
    pub(crate) fn note(&mut self, (number, bytes): (SourceId, Vec<u8>)) {
        let mut carrier = FrameBuilder::new();
        carrier.checkpoint(number, bytes);
        self.join(Self {
            frames: vec![carrier.encode(Codec::None)],
            ..Self::default()
        });
    }

    /// Puts another batch behind this one: after a crash both are there, or neither.
    pub(crate) fn join(&mut self, next: Self) {
        if next.frames.is_empty() {
            return;
        }
        if let Some(last) = self.frames.pop() {
            self.frames.push(last.goes_on());
        }
        self.samples
            .extend(next.samples.into_iter().map(|sample| Sample {
                offset: self.rows + sample.offset,
                ..sample
            }));
        let layouts = next.layouts.into_iter();
        self.layouts
            .extend(layouts.map(|(row, source, layout)| (self.rows + row, source, layout)));
        self.frames.extend(next.frames);
        self.rows += next.rows;
    }
}

/// Whose the rows of a batch are.
#[derive(Debug, Clone)]
pub(crate) struct Owner {
    /// Whose the batch is, and the checkpoint in it.
    pub(crate) source: SourceId,
    /// Whose each row is, where it is not the same for all.
    pub(crate) rows: Vec<SourceId>,
}

impl From<SourceId> for Owner {
    fn from(source: SourceId) -> Self {
        Self {
            source,
            rows: Vec::new(),
        }
    }
}

/// Encodes a batch. A panic while reading lines costs their times and levels, never the lines.
pub(crate) fn encode(
    batch: &Batch,
    owner: impl Into<Owner>,
    reader: &mut LineReader,
    now: UnixNanos,
) -> Encoded {
    let owner = owner.into();
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        let mut trial = reader.clone();
        // What Crosscut says of a source is none of its lines.
        let own = batch.stream != Stream::System;
        let (mut encoded, last_time) = Encoder::new(batch, &owner, now).run(
            |raw| {
                let layout = if own { trial.look(raw) } else { None };
                (trial.reader.meta(raw, now), layout)
            },
            reader.last_time,
        );
        if let Some(header) = trial.header.take() {
            encoded.layouts.insert(0, (0, owner.source, header));
        }
        ((encoded, last_time), trial)
    }));
    if let Ok(((encoded, last_time), trial)) = attempt {
        *reader = LineReader {
            last_time,
            primed: true,
            ..trial
        };
        return encoded;
    }
    tracing::error!(
        source = %owner.source,
        "reading lines failed; they are stored without time and level"
    );
    Encoder::new(batch, &owner, now)
        .run(|_| (LineMeta::default(), None), None)
        .0
}

struct Encoder<'a> {
    batch: &'a Batch,
    owner: &'a Owner,
    now: UnixNanos,
    sampler: Sampler,
    rows: u64,
    done: Vec<EncodedFrame>,
    open: FrameOutline,
    /// Where the open frame's text begins in the batch.
    start: usize,
}

impl<'a> Encoder<'a> {
    fn new(batch: &'a Batch, owner: &'a Owner, now: UnixNanos) -> Self {
        Self {
            batch,
            owner,
            now,
            sampler: Sampler::default(),
            rows: 0,
            done: Vec::new(),
            open: FrameOutline::default(),
            start: 0,
        }
    }

    /// Reads every line with `read`; gives the frames and the last time seen.
    fn run(
        mut self,
        mut read: impl FnMut(&[u8]) -> (LineMeta, Option<LayoutSpec>),
        mut last: Option<UnixNanos>,
    ) -> (Encoded, Option<UnixNanos>) {
        let batch = self.batch;
        let mut layouts = Vec::new();
        for (index, (raw, flags)) in batch.lines.iter().enumerate() {
            let (line, layout) = read(raw);
            let source = self.owner.rows.get(index).copied();
            let source = source.unwrap_or(self.owner.source);
            if let Some(layout) = layout {
                layouts.push((self.rows, source, layout));
            }
            let (time, mut flags) = self.time_of(line, index, last, flags);
            if line.time.is_some() {
                last = line.time;
            }
            if line.broken && batch.level.is_none() {
                flags = flags.with(RowFlags::BROKEN);
            }
            let level = batch.level.unwrap_or(line.level);
            let meta = RowMeta {
                time,
                level,
                stream: batch.stream,
                flags,
                source,
            };
            if level >= Level::Error {
                self.sampler.look(self.rows, source, level, raw, batch.live);
            }
            self.push_line(&meta, raw);
        }
        if let Some(checkpoint) = &batch.checkpoint {
            self.open.checkpoint(self.owner.source, checkpoint.clone());
        }
        self.close(0);
        let with_checkpoint = self.done.pop();
        let mut frames: Vec<_> = self.done.into_iter().map(EncodedFrame::goes_on).collect();
        frames.extend(with_checkpoint);
        (
            Encoded {
                frames,
                rows: self.rows,
                samples: self.sampler.finish(),
                layouts,
            },
            last,
        )
    }

    /// Adds the line that follows in the batch.
    fn push_line(&mut self, meta: &RowMeta, raw: &[u8]) {
        if raw.len() > MAX_LINE_BYTES {
            self.push_pieces(meta, raw);
            return;
        }
        let full = self.open.rows() > 0 && self.open.text_bytes() + raw.len() > FRAME_TEXT_BYTES;
        if full || self.open.push(meta, raw.len()).is_err() {
            let rows = self.open.rows();
            self.close(rows);
            if self.open.push(meta, raw.len()).is_err() {
                tracing::error!(bytes = raw.len(), "a record is too large for any frame");
            }
        }
        self.rows += 1;
    }

    /// Adds a line that is longer than a line may be, in pieces. Their newlines are not in the
    /// batch, so they have a frame of their own each.
    fn push_pieces(&mut self, meta: &RowMeta, raw: &[u8]) {
        self.close(0);
        self.start += raw.len() + 1;
        let last = raw.len().saturating_sub(1) / MAX_LINE_BYTES;
        for (number, piece) in raw.chunks(MAX_LINE_BYTES).enumerate() {
            let flags = if number < last {
                meta.flags.with(RowFlags::CONTINUES)
            } else {
                meta.flags
            };
            let mut frame = FrameBuilder::new();
            if frame.push(&RowMeta { flags, ..*meta }, piece).is_err() {
                tracing::error!(bytes = piece.len(), "a record is too large for any frame");
            }
            self.done.push(frame.encode(codec_for(piece.len())));
            self.rows += 1;
        }
    }

    /// Packs the open frame, if there is anything in it, and begins another with room for some
    /// rows.
    fn close(&mut self, rows: usize) {
        let open = std::mem::replace(&mut self.open, FrameOutline::with_capacity(rows));
        if open.is_empty() {
            return;
        }
        let end = self.start + open.text_bytes();
        let text = self.batch.lines.text().get(self.start..end);
        self.start = end;
        let text = text.unwrap_or_default();
        if let Some(frame) = open.encode(text, codec_for(text.len())) {
            self.done.push(frame);
        } else {
            tracing::error!("a batch is shorter than its lines");
        }
    }

    /// The record's own time; else the transport's; else that of the line it goes on from; else
    /// its arrival.
    fn time_of(
        &self,
        line: LineMeta,
        index: usize,
        last: Option<UnixNanos>,
        flags: RowFlags,
    ) -> (UnixNanos, RowFlags) {
        if let Some(time) = line.time.or_else(|| self.batch.times.get(index).copied()) {
            return (time, flags);
        }
        match last {
            Some(last)
                if !self.batch.live
                    || self.now.0.saturating_sub(last.0).abs() <= CONTINUATION_NANOS =>
            {
                (last, flags)
            }
            _ => (self.now, flags.with(RowFlags::TIME_OF_ARRIVAL)),
        }
    }
}

fn codec_for(text: usize) -> Codec {
    if text < COMPRESS_FROM {
        Codec::None
    } else {
        Codec::Lz4
    }
}

#[cfg(test)]
mod tests;
