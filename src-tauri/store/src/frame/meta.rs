//! A frame's meta section: what is known of its records beside their text.

use crosscut_model::{Level, RowMeta, SourceId, UnixNanos};

use super::header::take;

/// Widths, time unit and the values all rows share.
const PREFIX_BYTES: usize = 24;

/// Per source, how far it had been read when the frame was written.
pub(crate) type Checkpoints = Vec<(SourceId, Vec<u8>)>;

/// The columns of some rows in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) times: Vec<i64>,
    pub(crate) levels: Vec<u8>,
    pub(crate) streams: Vec<u8>,
    pub(crate) sources: Vec<u16>,
}

impl Columns {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self {
            times: Vec::with_capacity(rows),
            levels: Vec::with_capacity(rows),
            streams: Vec::with_capacity(rows),
            sources: Vec::with_capacity(rows),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    pub(crate) fn push(&mut self, meta: &RowMeta) {
        self.times.push(meta.time.0);
        self.levels.push(meta.level.code());
        self.streams.push(meta.stream_code());
        self.sources.push(meta.source.0);
    }

    /// Adds the same row `count` times.
    pub(crate) fn push_many(&mut self, meta: &RowMeta, count: usize) {
        let len = self.len() + count;
        self.times.resize(len, meta.time.0);
        self.levels.resize(len, meta.level.code());
        self.streams.resize(len, meta.stream_code());
        self.sources.resize(len, meta.source.0);
    }

    /// Adds some rows of another.
    pub(crate) fn extend_from(&mut self, other: &Self, rows: std::ops::Range<usize>) {
        self.times
            .extend_from_slice(other.times.get(rows.clone()).unwrap_or_default());
        self.levels
            .extend_from_slice(other.levels.get(rows.clone()).unwrap_or_default());
        self.streams
            .extend_from_slice(other.streams.get(rows.clone()).unwrap_or_default());
        self.sources
            .extend_from_slice(other.sources.get(rows).unwrap_or_default());
    }

    pub(crate) fn clear(&mut self) {
        self.times.clear();
        self.levels.clear();
        self.streams.clear();
        self.sources.clear();
    }

    pub(crate) fn row(&self, row: usize) -> Option<RowMeta> {
        let mut meta = RowMeta {
            time: UnixNanos(*self.times.get(row)?),
            level: Level::from_code(*self.levels.get(row)?),
            source: SourceId(*self.sources.get(row)?),
            ..RowMeta::default()
        };
        meta.set_stream_code(*self.streams.get(row)?);
        Some(meta)
    }
}

/// Packs the meta section. `ends` are offsets just past each record's newline.
pub(crate) fn encode(columns: &Columns, ends: &[u32], checkpoints: &Checkpoints) -> Vec<u8> {
    let lowest = columns.times.iter().copied().min().unwrap_or_default();
    let highest = columns.times.iter().copied().max().unwrap_or_default();
    let unit = time_unit(&columns.times, lowest);
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let lengths = || {
        starts
            .clone()
            .zip(ends)
            .map(|(start, end)| end.saturating_sub(start))
    };
    let longest = lengths().max().unwrap_or_default();

    let length_width = width_of(u64::from(longest)).max(1);
    let time_width = width_of(highest.abs_diff(lowest) / unit);
    let level = shared(&columns.levels);
    let stream = shared(&columns.streams);
    let source = shared(&columns.sources);

    let row_bytes = usize::from(length_width) + usize::from(time_width) + 4;
    let mut out = Vec::with_capacity(PREFIX_BYTES + ends.len() * row_bytes + 64);
    out.extend_from_slice(&[
        length_width,
        time_width,
        u8::from(level.is_none()),
        u8::from(stream.is_none()),
        if source.is_none() { 2 } else { 0 },
        0,
        0,
        0,
    ]);
    out.extend_from_slice(&unit.to_le_bytes());
    out.push(level.unwrap_or_default());
    out.push(stream.unwrap_or_default());
    out.extend_from_slice(&source.unwrap_or_default().to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    put_all(&mut out, length_width, lengths().map(u64::from));
    put_all(
        &mut out,
        time_width,
        columns.times.iter().map(|t| t.abs_diff(lowest) / unit),
    );
    if level.is_none() {
        out.extend_from_slice(&columns.levels);
    }
    if stream.is_none() {
        out.extend_from_slice(&columns.streams);
    }
    if source.is_none() {
        put_all(&mut out, 2, columns.sources.iter().map(|&s| u64::from(s)));
    }
    let count = u32::try_from(checkpoints.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&count.to_le_bytes());
    for (source, bytes) in checkpoints {
        out.extend_from_slice(&source.0.to_le_bytes());
        out.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(bytes);
    }
    out
}

/// Reads the records' ends out of a raw meta section. `None` when it is not well formed or they do
/// not add up to `text_len`.
pub(crate) fn decode_ends(
    raw: &[u8],
    rows: usize,
    text_len: usize,
    ends: &mut Vec<u32>,
) -> Option<()> {
    let layout = Layout::read(raw, rows)?;
    ends.clear();
    ends.reserve(rows);
    let mut end = 0u32;
    let mut fits = true;
    each(layout.lengths, layout.length_width, |length| {
        let next = u32::try_from(length)
            .ok()
            .and_then(|length| end.checked_add(length));
        fits &= length > 0 && next.is_some();
        end = next.unwrap_or(end);
        ends.push(end);
    });
    (fits && ends.len() == rows && end as usize == text_len).then_some(())
}

/// Reads the columns out of a raw meta section, behind those that `out` holds already. `None` when
/// it is not well formed; `out` then holds what it held.
pub(crate) fn decode_columns(
    raw: &[u8],
    rows: usize,
    min_time: i64,
    out: &mut Columns,
) -> Option<()> {
    let layout = Layout::read(raw, rows)?;
    let total = out.len() + rows;
    if layout.time_width == 0 {
        out.times.resize(total, min_time);
    } else {
        each(layout.times, layout.time_width, |units| {
            let nanos = units.wrapping_mul(layout.unit);
            out.times.push(min_time.wrapping_add_unsigned(nanos));
        });
    }
    match layout.levels {
        Some(levels) => out.levels.extend_from_slice(levels),
        None => out.levels.resize(total, layout.level),
    }
    match layout.streams {
        Some(streams) => out.streams.extend_from_slice(streams),
        None => out.streams.resize(total, layout.stream),
    }
    match layout.sources {
        Some(sources) => {
            out.sources
                .extend(sources.as_chunks().0.iter().map(|&s| u16::from_le_bytes(s)));
        }
        None => out.sources.resize(total, layout.source),
    }
    Some(())
}

/// Reads the checkpoints out of a raw meta section.
pub(crate) fn decode_checkpoints(raw: &[u8], rows: usize) -> Option<Checkpoints> {
    let mut rest = Layout::read(raw, rows)?.checkpoints;
    let count = take(&mut rest).map(u32::from_le_bytes)?;
    let mut checkpoints = Vec::new();
    for _ in 0..count {
        let source = take(&mut rest).map(u16::from_le_bytes)?;
        let len = take(&mut rest).map(u32::from_le_bytes)?;
        let (bytes, tail) = rest.split_at_checked(len as usize)?;
        rest = tail;
        checkpoints.push((SourceId(source), bytes.to_vec()));
    }
    rest.is_empty().then_some(checkpoints)
}

/// Where the parts of a raw meta section are.
struct Layout<'a> {
    length_width: u8,
    time_width: u8,
    unit: u64,
    level: u8,
    stream: u8,
    source: u16,
    lengths: &'a [u8],
    times: &'a [u8],
    levels: Option<&'a [u8]>,
    streams: Option<&'a [u8]>,
    sources: Option<&'a [u8]>,
    checkpoints: &'a [u8],
}

impl<'a> Layout<'a> {
    fn read(raw: &'a [u8], rows: usize) -> Option<Self> {
        let mut rest = raw;
        let [
            length_width,
            time_width,
            level_width,
            stream_width,
            source_width,
            _,
            _,
            _,
        ] = take(&mut rest)?;
        let unit = take(&mut rest).map(u64::from_le_bytes)?;
        let [level, stream] = take(&mut rest)?;
        let source = take(&mut rest).map(u16::from_le_bytes)?;
        let [_, _, _, _] = take(&mut rest)?;
        let known = matches!(length_width, 1 | 2 | 4 | 8)
            && matches!(time_width, 0 | 1 | 2 | 4 | 8)
            && level_width <= 1
            && stream_width <= 1
            && matches!(source_width, 0 | 2);
        let mut part = |width: u8| {
            let (head, tail) = rest.split_at_checked(rows.checked_mul(usize::from(width))?)?;
            rest = tail;
            Some(head)
        };
        let (lengths, times) = (part(length_width)?, part(time_width)?);
        let (levels, streams, sources) =
            (part(level_width)?, part(stream_width)?, part(source_width)?);
        known.then_some(Self {
            length_width,
            time_width,
            unit,
            level,
            stream,
            source,
            lengths,
            times,
            levels: (level_width > 0).then_some(levels),
            streams: (stream_width > 0).then_some(streams),
            sources: (source_width > 0).then_some(sources),
            checkpoints: rest,
        })
    }
}

/// The largest of a few units that all times are whole multiples of, above the lowest.
fn time_unit(times: &[i64], lowest: i64) -> u64 {
    [1_000_000_000, 1_000_000, 1_000]
        .into_iter()
        .find(|unit| times.iter().all(|time| time.abs_diff(lowest) % unit == 0))
        .unwrap_or(1)
}

/// Bytes that a value needs: 0 (for 0), 1, 2, 4 or 8.
fn width_of(value: u64) -> u8 {
    match value {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

/// The value that all rows have; none when they differ.
fn shared<T: Copy + Default + PartialEq>(values: &[T]) -> Option<T> {
    let first = values.first().copied().unwrap_or_default();
    values.iter().all(|&value| value == first).then_some(first)
}

/// Appends the low `width` bytes of each value.
fn put_all(out: &mut Vec<u8>, width: u8, values: impl Iterator<Item = u64>) {
    for value in values {
        let bytes = value.to_le_bytes();
        out.extend_from_slice(bytes.get(..usize::from(width)).unwrap_or_default());
    }
}

/// Calls `f` with each of the values of `width` bytes in `bytes`.
fn each(bytes: &[u8], width: u8, mut f: impl FnMut(u64)) {
    match width {
        1 => bytes.iter().for_each(|&b| f(u64::from(b))),
        2 => bytes
            .as_chunks()
            .0
            .iter()
            .for_each(|&b| f(u64::from(u16::from_le_bytes(b)))),
        4 => bytes
            .as_chunks()
            .0
            .iter()
            .for_each(|&b| f(u64::from(u32::from_le_bytes(b)))),
        _ => bytes
            .as_chunks()
            .0
            .iter()
            .for_each(|&b| f(u64::from_le_bytes(b))),
    }
}
