//! The contract between the engine and what feeds it.
//!
//! A [`Connector`] (crate `sources`) turns a [`SourceSpec`] into a running [`Connection`]; the
//! connection hands [`Batch`]es to its [`Feed`]. A feed promises: batches of one source are stored
//! in the order they were sent, a batch's lines and its checkpoint become durable together or not
//! at all, and `send` blocks (back-pressure) while the store cannot take more.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{self, Read};
use std::sync::Arc;

use crosscut_model::{Level, RowFlags, SourceSpec, Stream, UnixNanos};
use crosscut_parse::Joiner;

use crate::api::{Containers, SourceState};

mod cut;

pub use self::cut::Cut;

/// Lines in one buffer.
///
/// The buffer holds each line followed by exactly one `\n`; a line's own bytes are kept as they
/// came (a `\r` before the newline belongs to the line). Lines joined into one record may contain
/// newlines themselves, so the ends are kept beside the buffer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    text: Vec<u8>,
    ends: Vec<(u32, RowFlags)>,
}

impl Lines {
    /// No lines.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes over a buffer that consists of whole lines, each ended by `\n`.
    ///
    /// A last line without a newline gets one. The buffer must be shorter than 4 GiB.
    pub fn from_buffer(mut text: Vec<u8>) -> Self {
        if text.last().is_some_and(|&b| b != b'\n') {
            text.push(b'\n');
        }
        let ends = memchr::memchr_iter(b'\n', &text)
            .map(|at| (u32::try_from(at).unwrap_or(u32::MAX), RowFlags::NONE))
            .collect();
        Self { text, ends }
    }

    /// Takes over a buffer and makes records of its lines, as `joiner` joins them; tells how many
    /// bytes of it they are.
    ///
    /// With `more` to come, a last line without a newline and a last record that may go on are left
    /// out: the source gives them again, from the first byte that was not taken, when it has more or
    /// has waited for [`JOIN_WAIT`](crosscut_model::limits::JOIN_WAIT). Without, everything is taken.
    /// The buffer must be shorter than 4 GiB.
    pub fn join(mut text: Vec<u8>, joiner: &mut Joiner, more: bool) -> (Self, usize) {
        let whole = memchr::memrchr(b'\n', &text).map_or(0, |at| at + 1);
        let given = if more { whole } else { text.len() };
        text.truncate(given);
        if given > whole {
            text.push(b'\n');
        }
        let mut ends = Vec::<(u32, RowFlags)>::new();
        let (mut start, mut record) = (0, 0);
        for end in memchr::memchr_iter(b'\n', &text) {
            let place = (u32::try_from(end).unwrap_or(u32::MAX), RowFlags::NONE);
            let goes_on = joiner.goes_on(text.get(start..end).unwrap_or_default());
            match ends.last_mut() {
                Some(last) if goes_on => *last = place,
                // What came before this buffer is stored and cannot be added to.
                _ => {
                    record = start;
                    ends.push(place);
                }
            }
            start = end + 1;
        }
        if !more {
            joiner.close();
        } else if joiner.may_go_on() {
            joiner.rewind();
            ends.pop();
            text.truncate(record);
        }
        let taken = if more { text.len() } else { given };
        (Self { text, ends }, taken)
    }

    /// The same lines, with those that belong together in one record each.
    #[must_use]
    pub(crate) fn joined(self) -> Self {
        let mut joiner = Joiner::new();
        let mut ends = Vec::<(u32, RowFlags)>::with_capacity(self.ends.len());
        for (&end, (record, flags)) in self.ends.iter().zip(self.iter()) {
            let mut lines = record.split(|&byte| byte == b'\n');
            let goes_on = joiner.goes_on(lines.next().unwrap_or_default());
            // A record that has more lines already may go on itself.
            for line in lines {
                joiner.goes_on(line);
            }
            let plain = flags == RowFlags::NONE;
            match ends.last_mut() {
                Some(last) if goes_on && plain && last.1 == RowFlags::NONE => *last = end,
                _ => ends.push(end),
            }
        }
        Self { ends, ..self }
    }

    /// The same lines, each a record of its own: what [`Lines::join`] has joined is apart again.
    #[must_use]
    pub fn apart(self) -> Self {
        let mut ends = Vec::with_capacity(self.ends.len());
        let mut start = 0;
        for &(end, flags) in &self.ends {
            let record = self.text.get(start..end as usize).unwrap_or_default();
            let newlines = memchr::memchr_iter(b'\n', record).map(|at| start + at);
            ends.extend(newlines.map(|at| (u32::try_from(at).unwrap_or(end), RowFlags::NONE)));
            ends.push((end, flags));
            start = end as usize + 1;
        }
        Self { ends, ..self }
    }

    /// Adds one record's raw bytes (without their final newline).
    pub fn push(&mut self, raw: &[u8], flags: RowFlags) {
        self.text.extend_from_slice(raw);
        self.ends
            .push((u32::try_from(self.text.len()).unwrap_or(u32::MAX), flags));
        self.text.push(b'\n');
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes in the buffer, newlines included.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    /// The buffer: each line followed by one newline.
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The lines in order, without their newlines.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], RowFlags)> {
        let mut start = 0usize;
        self.ends.iter().map(move |&(end, flags)| {
            let end = end as usize;
            let line = self.text.get(start..end).unwrap_or_default();
            start = end + 1;
            (line, flags)
        })
    }
}

/// Lines of one source that are stored together.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The lines.
    pub lines: Lines,
    /// The stream they came from.
    pub stream: Stream,
    /// Their level where the source knows it better than the text (markers); else read from the
    /// text.
    pub level: Option<Level>,
    /// When each line was written, where the transport knows (Docker): used for lines that name no
    /// time themselves. Empty, or one per line.
    pub times: Vec<UnixNanos>,
    /// How far the source has been read once these lines are stored, in the source's own encoding.
    pub checkpoint: Option<Vec<u8>>,
    /// Whether the lines are news (written while followed) and not history.
    pub live: bool,
}

impl Batch {
    /// A marker record: something happened to the source that its reader must see.
    pub fn marker(level: Level, text: &str, checkpoint: Option<Vec<u8>>) -> Self {
        let mut lines = Lines::new();
        lines.push(text.as_bytes(), RowFlags::NONE);
        Self {
            lines,
            stream: Stream::System,
            level: Some(level),
            times: Vec::new(),
            checkpoint,
            live: true,
        }
    }
}

/// Nobody listens any more: the source is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the source was stopped")]
pub struct FeedClosed;

/// Where a source's lines go. Cheap to share; all methods may be called from any thread, blocking
/// ones not from async tasks.
pub trait Feed: Debug + Send + Sync + 'static {
    /// How far the source had been read when its last stored batch was sent, across restarts and
    /// runs; absent for a source never read before.
    fn checkpoint(&self) -> Option<Vec<u8>>;

    /// Stores a batch after all sent before it. Blocks while too much is under way. Returning `Ok`
    /// means *accepted in order*, not yet durable; the checkpoint inside sees to exactness.
    fn send(&self, batch: Batch) -> Result<(), FeedClosed>;

    /// Blocks until all batches sent so far are durable.
    fn flush(&self) -> Result<(), FeedClosed>;

    /// Tells how the source is doing.
    fn state(&self, state: SourceState);

    /// Shows the source's last line, which has no newline yet (not stored), or takes it back.
    fn partial(&self, text: Option<&[u8]>);

    /// Tells what is true of all records of the source, by dotted names (`compose.service`);
    /// replaces what was told before. Kept durably with the run; call it before the first batch.
    /// Never blocks for long.
    fn describe(&self, attributes: BTreeMap<String, String>);

    /// Whether lines that belong together are to become one record, as the user's settings have it;
    /// may change at any time.
    fn joins(&self) -> bool;

    /// Another source was found (a file of this folder, a container of this project), to be followed
    /// as a source of its own unless the user took it away. Never blocks; telling of one source
    /// again is no harm.
    fn found(&self, spec: SourceSpec);
}

/// A source being followed.
pub trait Connection: Debug + Send {
    /// Ends it and waits until it has sent its last batch.
    fn stop(self: Box<Self>);
}

/// Knows how to follow some kinds of sources.
pub trait Connector: Debug + Send + Sync + 'static {
    /// Checks and completes what a user asked for: makes paths absolute, finds a container's id by
    /// its name, gives a name. Errors are for what can never work (an empty path); a file that is
    /// not there yet is a state of the source, not an error here.
    fn resolve(&self, spec: SourceSpec) -> Result<SourceSpec, crate::api::ApiError>;

    /// Starts to follow a source. Returns at once; what happens is told through the feed.
    fn connect(&self, spec: &SourceSpec, feed: Arc<dyn Feed>) -> Box<dyn Connection>;

    /// The containers of this machine. May block for up to two seconds.
    fn containers(&self) -> Containers;

    /// The text of what somebody hands over in a stream, as it would be read out of a file of these
    /// bytes: unpacked, and in UTF-8. May block as reading does.
    fn text_of(&self, stream: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
        Ok(stream)
    }
}

#[cfg(test)]
mod tests;
