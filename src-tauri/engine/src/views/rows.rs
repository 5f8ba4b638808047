//! Records as the faces show them.

use std::borrow::Cow;

use crosscut_index::{Searcher, SourceNames};
use crosscut_model::{RowFlags, RowMeta, UnixNanos};
use crosscut_parse::Line;
use crosscut_store::{ReadError, Snapshot};

use super::reading::Utf16;
use crate::api::{ApiError, Field, ReadRecord, RecordDetail, Row};
use crate::run::{Names, Run};

/// Raw text in a record's detail is cut here. Bytes.
const DETAIL_BYTES: usize = 1 << 20;

/// Rows of the list, for the records at `rows` (ascending).
pub(crate) fn rows_of(
    run: &Run,
    snapshot: &Snapshot,
    rows: &[u32],
    searcher: Option<&Searcher>,
) -> Result<Vec<Row>, ReadError> {
    let mut out = Vec::with_capacity(rows.len());
    let names = run.names();
    each(snapshot, rows, &mut |row, meta, raw| {
        let line = Line::new(raw, names.facts().layout(meta.source, row));
        out.push(row_of(row, meta, line, searcher));
    })?;
    Ok(out)
}

/// Records for reading outside the window.
pub(crate) fn read_records(
    run: &Run,
    snapshot: &Snapshot,
    names: &Names,
    rows: &[u32],
) -> Result<Vec<ReadRecord>, ReadError> {
    let mut out = Vec::with_capacity(rows.len());
    each(snapshot, rows, &mut |row, meta, raw| {
        let line = Line::new(raw, names.facts().layout(meta.source, row));
        out.push(ReadRecord {
            run: run.id.clone(),
            seq: row + 1,
            time: rfc3339(meta.time),
            level: meta.level,
            source: names.get(meta.source).to_owned(),
            stream: meta.stream,
            message: crosscut_parse::message(line).into_owned(),
            line: lossy(raw).into_owned(),
        });
    })?;
    Ok(out)
}

/// One record in full; `None` when the run has no such record.
pub(crate) fn detail(run: &Run, seq: u64) -> Result<RecordDetail, ApiError> {
    let snapshot = run.snapshot();
    let row = seq
        .checked_sub(1)
        .filter(|row| *row < snapshot.rows())
        .ok_or_else(|| ApiError::new("unknown_record", format!("the run has no record {seq}")))?;
    let failed = |error: ReadError| ApiError::storage(&error);
    let meta = snapshot.row_meta(row).map_err(failed)?;
    let raw = snapshot.read_row(row).map_err(failed)?;
    let shown = raw.get(..DETAIL_BYTES).unwrap_or(&raw);
    let micros = meta.time.0.div_euclid(1_000);
    let manifest = run.store.manifest();
    let source = manifest.source(meta.source);
    let attributes = source.map(|entry| entry.attributes.clone());
    let names = run.names();
    let line = Line::new(shown, names.facts().layout(meta.source, row));
    let own = crosscut_parse::fields(line);
    // What is true of all records of the source comes behind what this one says.
    let attributes = attributes.unwrap_or_default().into_iter();
    let attributes = attributes.map(|(name, value)| (name, serde_json::Value::String(value)));
    Ok(RecordDetail {
        run: run.id.clone(),
        seq,
        time_us: micros,
        time_nanos: u16::try_from(meta.time.0.rem_euclid(1_000)).unwrap_or_default(),
        arrival: meta.flags.has(RowFlags::TIME_OF_ARRIVAL),
        level: meta.level,
        source: meta.source.0,
        source_name: names.get(meta.source).to_owned(),
        stream: meta.stream,
        msg: crosscut_parse::message(line).into_owned(),
        fields: own
            .into_iter()
            .chain(attributes)
            .map(|(name, value)| Field { name, value })
            .collect(),
        raw: lossy(shown).into_owned(),
        bytes: raw.len() as u64,
        format: crosscut_parse::format_of(shown).name().to_owned(),
        broken: meta.flags.has(RowFlags::BROKEN),
        continues: meta.flags.has(RowFlags::CONTINUES),
    })
}

fn row_of(row: u64, meta: RowMeta, line: Line<'_>, searcher: Option<&Searcher>) -> Row {
    let shown = crosscut_parse::display(line);
    let hits = searcher
        .map(|s| utf16_pairs(&shown.message, s))
        .unwrap_or_default();
    let newlines = memchr::memchr_iter(b'\n', line.raw).count();
    Row {
        seq: row + 1,
        time_us: meta.time.0.div_euclid(1_000),
        arrival: meta.flags.has(RowFlags::TIME_OF_ARRIVAL),
        level: meta.level,
        source: meta.source.0,
        stream: meta.stream,
        hits,
        msg: shown.message,
        fields: shown.fields,
        lines: (newlines > 0).then(|| u32::try_from(newlines + 1).unwrap_or(u32::MAX)),
        broken: meta.flags.has(RowFlags::BROKEN),
        cut: shown.cut,
    }
}

/// Where a query hits in a text: start, end, start, end… in UTF-16 units.
pub(crate) fn utf16_pairs(text: &str, searcher: &Searcher) -> Vec<u32> {
    let units = Utf16::new(text);
    searcher
        .highlights(text)
        .into_iter()
        .flat_map(|span| [units.at(span.start), units.at(span.end)])
        .collect()
}

/// Reads some rows (ascending), each frame once.
fn each(
    snapshot: &Snapshot,
    rows: &[u32],
    show: &mut dyn FnMut(u64, RowMeta, &[u8]),
) -> Result<(), ReadError> {
    let mut current = None;
    for &row in rows {
        let row = u64::from(row);
        let Some(number) = snapshot.frame_of_row(row) else {
            continue;
        };
        let frame = match current.take() {
            Some((known, frame)) if known == number => frame,
            _ => snapshot.read_frame(number)?,
        };
        let offset = usize::try_from(row.saturating_sub(frame.first_row())).unwrap_or(usize::MAX);
        show(row, snapshot.row_meta(row)?, frame.row(offset));
        current = Some((number, frame));
    }
    Ok(())
}

fn lossy(raw: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(raw)
}

fn rfc3339(time: UnixNanos) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(time.0))
        .map_or_else(|_| String::new(), |t| t.to_string())
}
