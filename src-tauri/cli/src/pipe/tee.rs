//! `--tee FILE`: the lines as agent-stream JSONL.
//!
//! One object a line: `timestamp` (RFC 3339), `agent_id` (the source), `type` (`output`; `end` for
//! the last one of an input that ended), `sequence` (from 1, no gaps), `content`, `metadata`. A line
//! that is such a record already keeps its own fields; its own number, which others count by, moves
//! to `metadata.sequence`. The file's sequence goes on from its last line, whoever wrote it; a last
//! line of ours that a crash has cut is taken away, and its number given to the next. A last line
//! that only lacks its newline in a file of somebody else's is given one.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crosscut_model::{Clock, SystemClock};
use serde_json::{Map, Value, json};

use super::rotate::{Rotation, last_rotated};
use crate::deliver::Cut;

/// How far back from the end of a file a sequence number is looked for: more than a line of
/// [`MAX_LINE_BYTES`](crosscut_model::limits::MAX_LINE_BYTES) takes when each byte is escaped. Bytes.
const LOOK_BACK: u64 = 8 << 20;

/// How each line begins that we make.
const BEGIN: &[u8] = b"{\"timestamp\":\"";

/// The file being written.
#[derive(Debug)]
pub(super) struct Tee {
    path: PathBuf,
    file: File,
    size: u64,
    rotate: Option<u64>,
    rotation: Rotation,
    agent: String,
    /// The number of the next line.
    sequence: u64,
    cut: Cut,
}

impl Tee {
    /// Opens the file, or makes it. Errors say what cannot be done with which file.
    pub(super) fn open(path: &Path, rotate: Option<u64>, agent: &str) -> Result<Self, String> {
        let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(wrong)?;
        let tail = tail(&mut file).map_err(wrong)?;
        let mut size = tail.whole;
        match tail.rest {
            Rest::Nothing => {}
            // Appending goes on at the new end.
            Rest::Ours => file.set_len(tail.whole).map_err(wrong)?,
            Rest::Theirs(length) => {
                file.write_all(b"\n").map_err(wrong)?;
                size += length + 1;
            }
        }
        let last = match tail.sequence {
            None if size == 0 => last_rotated(path, &sequence_of),
            known => known,
        };
        Ok(Self {
            path: path.to_owned(),
            file,
            size,
            rotate,
            rotation: Rotation::new(path),
            agent: agent.to_owned(),
            sequence: last.map_or(1, |last| last.saturating_add(1)),
            cut: Cut::lines(),
        })
    }

    /// Adds what was read.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), String> {
        let lines = self.cut.add(bytes);
        self.write_lines(&lines)
    }

    /// Nothing more is added; an input that `has_ended` gets its end. Waits until what was rotated
    /// is packed.
    pub(super) fn finish(mut self, has_ended: bool) -> Result<(), String> {
        let rest = self.cut.finish();
        self.write_lines(&rest)?;
        if has_ended {
            let end = self.record("end", "", json!({}));
            self.append(&[end])?;
        }
        self.rotation.finish()
    }

    fn write_lines(&mut self, lines: &crosscut_engine::source::Lines) -> Result<(), String> {
        let records: Vec<_> = lines.iter().map(|(line, _)| self.record_of(line)).collect();
        self.append(&records)
    }

    fn record_of(&mut self, line: &[u8]) -> Map<String, Value> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.first() == Some(&b'{')
            && let Ok(mut record) = serde_json::from_slice::<Map<String, Value>>(line)
            && record.get("agent_id").is_some_and(Value::is_string)
            && record.get("type").is_some_and(Value::is_string)
        {
            let own = record.insert("sequence".into(), json!(self.next()));
            if let Some(own) = own {
                let metadata = record.entry("metadata").or_insert_with(|| json!({}));
                if let Some(metadata) = metadata.as_object_mut() {
                    metadata.insert("sequence".into(), own);
                }
            }
            record
                .entry("timestamp")
                .or_insert_with(|| json!(timestamp()));
            return record;
        }
        let content = String::from_utf8_lossy(line);
        let replaced = matches!(content, std::borrow::Cow::Owned(_));
        let metadata = if replaced {
            json!({"invalid_utf8": true})
        } else {
            json!({})
        };
        self.record("output", &content, metadata)
    }

    fn record(&mut self, kind: &str, content: &str, metadata: Value) -> Map<String, Value> {
        let mut record = Map::new();
        record.insert("timestamp".into(), json!(timestamp()));
        record.insert("agent_id".into(), json!(self.agent));
        record.insert("type".into(), json!(kind));
        record.insert("sequence".into(), json!(self.next()));
        record.insert("content".into(), json!(content));
        record.insert("metadata".into(), metadata);
        record
    }

    fn next(&mut self) -> u64 {
        let next = self.sequence;
        self.sequence = next.saturating_add(1);
        next
    }

    fn append(&mut self, records: &[Map<String, Value>]) -> Result<(), String> {
        let mut text = Vec::new();
        for record in records {
            let start = text.len();
            serde_json::to_writer(&mut text, record).map_err(|error| error.to_string())?;
            text.push(b'\n');
            let line = (text.len() - start) as u64;
            let before = self.size + start as u64;
            if self
                .rotate
                .is_some_and(|limit| before > 0 && before + line > limit)
            {
                let line = text.split_off(start);
                self.write(&text)?;
                self.file = self.rotation.rotate()?;
                self.size = 0;
                text = line;
            }
        }
        self.write(&text)
    }

    fn write(&mut self, text: &[u8]) -> Result<(), String> {
        self.size += text.len() as u64;
        self.file
            .write_all(text)
            .map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

fn timestamp() -> String {
    let now = i128::from(SystemClock.now().0);
    jiff::Timestamp::from_nanosecond(now).map_or_else(|_| String::new(), |now| format!("{now:.6}"))
}

/// What a file ends with.
struct Tail {
    /// Bytes up to the end of the last whole line.
    whole: u64,
    rest: Rest,
    /// The last sequence number.
    sequence: Option<u64>,
}

/// What is behind a file's last whole line.
enum Rest {
    Nothing,
    /// A line of ours that a crash has cut.
    Ours,
    /// Something else, so many bytes.
    Theirs(u64),
}

fn tail(file: &mut File) -> std::io::Result<Tail> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(LOOK_BACK);
    file.seek(SeekFrom::Start(start))?;
    let mut text = Vec::new();
    file.take(length - start).read_to_end(&mut text)?;
    let length = start + text.len() as u64;
    let whole = memchr::memrchr(b'\n', &text).map_or(0, |at| at + 1);
    let (lines, rest) = text.split_at_checked(whole).unwrap_or_default();
    let sequence = sequence_of(lines);
    let is_begun = rest.starts_with(BEGIN) || BEGIN.starts_with(rest);
    let rest = match length - start - whole as u64 {
        0 => Rest::Nothing,
        // So long a line is none of ours.
        _ if whole == 0 && start > 0 => Rest::Theirs(length - start),
        _ if is_begun || (sequence.is_some() && rest.starts_with(b"{")) => Rest::Ours,
        length => Rest::Theirs(length),
    };
    Ok(Tail {
        whole: start + whole as u64,
        rest,
        sequence,
    })
}

/// The number of the last line that has one.
fn sequence_of(lines: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        sequence: u64,
    }
    let mut lines = lines.rsplit(|&byte| byte == b'\n');
    lines.find_map(|line| {
        let record = serde_json::from_slice::<Numbered>(line);
        record.ok().map(|record| record.sequence)
    })
}

#[cfg(test)]
mod tests;
