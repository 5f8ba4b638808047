//! A parcel, and how it looks on the wire.

use crosscut_engine::source::Lines;
use crosscut_engine::{Ingest, IngestError, Part, Workbench};
use crosscut_model::{Level, RowFlags, SourceKind, Stream, UnixNanos};
use serde::{Deserialize, Serialize};

/// What one post carries: stored as a whole, or nothing of it.
#[derive(Debug, Clone, Default)]
pub struct Parcel {
    /// The run asked for; an unknown or ended one means the current run.
    pub run: Option<String>,
    /// Names this parcel, so that one that is sent again is not stored again.
    pub key: String,
    /// Whether the sources named here have nothing more to say.
    pub ended: bool,
    /// Its lines, in order.
    pub pieces: Vec<Piece>,
}

/// Lines of one source and stream.
#[derive(Debug, Clone)]
pub struct Piece {
    /// The source's name.
    pub source: String,
    /// `Stdin` or `Command`.
    pub kind: SourceKind,
    /// The stream.
    pub stream: Stream,
    /// The level, for what Crosscut itself says.
    pub level: Option<Level>,
    /// When the lines were read, where that is not about now.
    pub at: Option<UnixNanos>,
    /// The records.
    pub lines: Lines,
}

/// Reply: a parcel was stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stored {
    pub(crate) run: String,
    pub(crate) accepted: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    key: String,
    #[serde(default)]
    ended: bool,
    parts: Vec<HeadPart>,
}

#[derive(Debug, Serialize, Deserialize)]
struct HeadPart {
    source: String,
    kind: SourceKind,
    stream: Stream,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    records: Vec<(u32, u8)>,
}

/// The wire form.
pub(crate) fn write(parcel: &Parcel) -> Result<Vec<u8>, serde_json::Error> {
    let parts = parcel.pieces.iter().map(|piece| HeadPart {
        source: piece.source.clone(),
        kind: piece.kind,
        stream: piece.stream,
        level: piece.level,
        at: piece.at.map(|at| at.0),
        records: piece.lines.iter().map(record).collect(),
    });
    let mut body = serde_json::to_vec(&Head {
        run: parcel.run.clone(),
        key: parcel.key.clone(),
        ended: parcel.ended,
        parts: parts.collect(),
    })?;
    body.push(b'\n');
    for piece in &parcel.pieces {
        for (line, _) in piece.lines.iter() {
            body.extend_from_slice(line);
        }
    }
    Ok(body)
}

/// A record's length and whether the next one continues its line.
fn record((line, flags): (&[u8], RowFlags)) -> (u32, u8) {
    (
        u32::try_from(line.len()).unwrap_or(u32::MAX),
        u8::from(flags.has(RowFlags::CONTINUES)),
    )
}

/// Reads the wire form; says what is wrong with it.
pub(super) fn read(body: &[u8]) -> Result<Parcel, String> {
    let head = body.iter().position(|&byte| byte == b'\n');
    let head = head.ok_or("the first line does not end")?;
    let (head, mut text) = body.split_at(head);
    let head: Head =
        serde_json::from_slice(head).map_err(|error| format!("the first line: {error}"))?;
    text = text.get(1..).unwrap_or_default();
    let mut pieces = Vec::with_capacity(head.parts.len());
    for part in head.parts {
        let mut lines = Lines::new();
        for (length, continues) in part.records {
            let (record, rest) = text
                .split_at_checked(length as usize)
                .ok_or("there is less text than the first line tells of")?;
            let flags = if continues == 0 {
                RowFlags::NONE
            } else {
                RowFlags::CONTINUES
            };
            lines.push(record, flags);
            text = rest;
        }
        pieces.push(Piece {
            source: part.source,
            kind: part.kind,
            stream: part.stream,
            level: part.level,
            at: part.at.map(UnixNanos),
            lines,
        });
    }
    if !text.is_empty() {
        return Err("there is more text than the first line tells of".to_owned());
    }
    Ok(Parcel {
        run: head.run,
        key: head.key,
        ended: head.ended,
        pieces,
    })
}

impl Parcel {
    /// Stores it in a workbench of this process. Blocks.
    pub(crate) fn store(self, workbench: &Workbench) -> Result<Stored, IngestError> {
        let ended: Vec<_> = if self.ended {
            let names = self.pieces.iter();
            names
                .map(|piece| (piece.kind, piece.source.clone()))
                .collect()
        } else {
            Vec::new()
        };
        let parts = self.pieces.into_iter().map(|piece| Part {
            times: piece
                .at
                .map(|at| vec![at; piece.lines.len()])
                .unwrap_or_default(),
            kind: piece.kind,
            stream: piece.stream,
            level: piece.level,
            lines: if piece.level.is_some() || workbench.joins(piece.kind, &piece.source) {
                piece.lines
            } else {
                // Whoever passes them on does not know the settings.
                piece.lines.apart()
            },
            // They came as records, each whole.
            join: false,
            source: piece.source,
        });
        let ingested = workbench.ingest(Ingest {
            run: self.run,
            parts: parts.collect(),
            key: Some(self.key),
        })?;
        for (kind, source) in ended {
            workbench.client_ended(kind, &source)?;
        }
        Ok(Stored {
            run: ingested.run.to_string(),
            accepted: ingested.accepted,
        })
    }

    /// The same for a workbench that the caller has opened. Blocks.
    pub fn store_here(self, workbench: &Workbench) -> Result<(), IngestError> {
        self.store(workbench).map(|_| ())
    }
}
