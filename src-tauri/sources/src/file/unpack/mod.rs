//! Compressed files and archives: read once, to their end.
//!
//! What a file is, its content says and not its name. A compressed file's lines are its source's; an
//! archive has none, but leaves word of each log in it (see `member`), in the way a folder does.
//! Promises: each line is handed over once, across restarts too (see `progress`); memory does not
//! depend on what comes out; where a file breaks off, goes on as something else, is damaged or unpacks
//! to more than is believed, a marker says so behind the lines that were had, and so does the state.
//! A file that ends in the middle may still be being written: it is read on as it grows, and given up
//! when it has rested for a while.

pub(crate) mod archive;
mod contents;
mod decoder;
pub(crate) mod member;
pub(crate) mod progress;
mod reader;
mod shelf;
pub(crate) mod stream;
mod trouble;
mod wait;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Batch, Feed, FeedClosed};
use crosscut_model::{Level, SourceKind, SourceSpec};

use self::archive::{Shape, shape};
use self::contents::{Contents, contents};
use self::decoder::Caps;
use self::progress::{End, Progress};
use self::reader::Rest;
use self::shelf::Archive;
pub(crate) use self::shelf::Shelf;
use self::trouble::Trouble;
use self::wait::{Growth, Wait};
use super::cut::Sizes;
use super::find::names::names;
use super::find::some_of;
use super::identity::{Identity, Stamp};
use crate::signal::{Signal, Wake};
use crate::tell::Teller;

/// How much is unpacked, and how patient the reader of an unfinished file is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) sizes: Sizes,
    pub(crate) caps: Caps,
    /// Logs in one archive.
    pub(crate) members: usize,
    /// Between looks at a file that is not there or not complete.
    pub(crate) every: Duration,
    /// A file that breaks off is read again when it has not grown for this long.
    pub(crate) rest: Duration,
    /// A file that breaks off and has not grown for this long will not go on.
    pub(crate) patience: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sizes: Sizes::default(),
            caps: Caps::default(),
            members: 500,
            every: Duration::from_millis(500),
            rest: Duration::from_secs(1),
            patience: Duration::from_secs(10),
        }
    }
}

/// Why reading ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// There is nothing more to do.
    Done,
    /// The file is not packed (any more).
    Plain,
}

/// What to read.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The file.
    pub(crate) path: PathBuf,
    /// The name in it, when it is an archive and one of its files is meant.
    pub(crate) member: Option<String>,
}

impl Target {
    /// The file or the file in an archive that a source's key means.
    pub(crate) fn of(path: PathBuf) -> Self {
        match member::split(&path) {
            Some((path, name)) => Self {
                path,
                member: Some(name),
            },
            None => Self { path, member: None },
        }
    }
}

/// Reads one packed file, or one file of an archive.
#[derive(Debug)]
pub(crate) struct Unpacker {
    target: Target,
    name: String,
    feed: Arc<dyn Feed>,
    tell: Teller,
    shelf: Arc<Shelf>,
    limits: Limits,
    /// How far it came; absent for a file that was never read.
    progress: Option<Progress>,
    /// Whether something else was read under this path.
    another: bool,
    /// What was held back when the file broke off.
    rest: Option<Rest>,
}

/// What an attempt to read came to, where nobody closed the feed.
type Attempt = Result<Outcome, Trouble>;

impl Unpacker {
    /// A reader that goes on where the feed's checkpoint says.
    pub(crate) fn new(
        target: Target,
        name: String,
        feed: Arc<dyn Feed>,
        shelf: Arc<Shelf>,
        limits: Limits,
    ) -> Self {
        let checkpoint = feed.checkpoint();
        let progress = checkpoint.as_deref().and_then(Progress::decode);
        let mut tell = Teller::new(Arc::clone(&feed));
        tell.state(SourceState::Connecting);
        Self {
            another: checkpoint.is_some() && progress.is_none(),
            target,
            name,
            feed,
            tell,
            shelf,
            limits,
            progress,
            rest: None,
        }
    }

    /// Reads to the end, or until `signal` says to stop.
    pub(crate) fn run(mut self, signal: &Signal) -> Result<Outcome, FeedClosed> {
        while !signal.stopped() {
            let began = Instant::now();
            let trouble = match self.attempt(signal)? {
                Ok(outcome) => return Ok(outcome),
                Err(trouble) => trouble,
            };
            match trouble {
                Trouble::Stopped => return Ok(Outcome::Done),
                Trouble::Unreadable(cause) => self.unreadable(&cause),
                Trouble::Truncated if self.waits(began, signal) => {
                    continue;
                }
                trouble => {
                    self.give_up(&trouble)?;
                    return Ok(Outcome::Done);
                }
            }
            if signal.wait(self.limits.every) == Wake::Stop {
                break;
            }
            if self.target.member.is_none() {
                self.target = Target::of(self.target.path.clone());
            }
        }
        Ok(Outcome::Done)
    }

    /// One way through the file.
    fn attempt(&mut self, signal: &Signal) -> Result<Attempt, FeedClosed> {
        let meta = match std::fs::metadata(&self.target.path) {
            Ok(meta) => meta,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound && self.ended() => {
                return self.tell_end().map(Ok);
            }
            Err(cause) => return Ok(Err(Trouble::Unreadable(cause))),
        };
        let id = Identity::of(&meta);
        if self.ended()
            && let Some(at) = &self.progress
            && at.file.same(&id)
            && at.size == meta.len()
        {
            return self.tell_end().map(Ok);
        }
        let shape = match shape(&self.target.path, self.limits.caps) {
            Ok(shape) => shape,
            Err(trouble) => return Ok(Err(trouble)),
        };
        if std::mem::take(&mut self.another) {
            self.mark(&format!(
                "{} is another file than the one followed before, and packed; the last lines of that \
                 one may be missing",
                self.name
            ))?;
        }
        let size = meta.len();
        let archive = self
            .shelf
            .archive(&self.target.path, (id, Stamp::of(&meta)));
        let start = Progress::start(id, size);
        match (shape, self.target.member.clone()) {
            (Shape::Plain, None) => Ok(Ok(Outcome::Plain)),
            (Shape::Plain | Shape::Stream(_), Some(_)) => Ok(Err(Trouble::NoMember)),
            (Shape::Stream(_), None) => self.read(None, shape, &archive, &start, signal),
            (Shape::Zip | Shape::Tar(_), None) => self.open_up(shape, &archive, start, signal),
            (Shape::Zip | Shape::Tar(_), Some(name)) => {
                let found = archive.contents(|| self.look_into(shape, signal));
                let part = found.and_then(|found| {
                    let part = found.parts.iter().find(|part| part.name == name);
                    part.cloned().ok_or(Trouble::NoMember)
                });
                match part {
                    Ok(part) => self.read(Some(&part), shape, &archive, &start, signal),
                    Err(trouble) => Ok(Err(trouble)),
                }
            }
        }
    }

    fn look_into(&self, shape: Shape, signal: &Signal) -> Result<Contents, Trouble> {
        contents(&self.target.path, shape, self.limits.caps, &|| {
            signal.stopped()
        })
    }

    /// Leaves word of what is in an archive.
    fn open_up(
        &mut self,
        shape: Shape,
        archive: &Archive,
        start: Progress,
        signal: &Signal,
    ) -> Result<Attempt, FeedClosed> {
        let found = match archive.contents(|| self.look_into(shape, signal)) {
            Ok(found) => found,
            Err(trouble) => return Ok(Err(trouble)),
        };
        if found.parts.len() > self.limits.members {
            return Ok(Err(Trouble::TooMany(self.limits.members)));
        }
        let members: Vec<String> = found.parts.iter().map(|part| part.name.clone()).collect();
        self.progress = Some(Progress {
            members: members.clone(),
            ..start
        });
        self.find_members();
        if let Some(trouble) = &found.trouble {
            return Ok(Err(match trouble {
                Trouble::Truncated => Trouble::Truncated,
                other => Trouble::Damaged(other.to_string()),
            }));
        }
        let left_out = match found.others.as_slice() {
            [] => String::new(),
            others => format!(
                "; {} other files are left out: {}",
                others.len(),
                some_of(others)
            ),
        };
        let text = format!("{}: {} logs in it{left_out}", self.name, members.len());
        self.end(End::Whole, Some((Level::Info, text)))?;
        self.tell_end().map(Ok)
    }

    /// Leaves word of the files that the progress names.
    fn find_members(&self) {
        let Some(progress) = &self.progress else {
            return;
        };
        let paths: Vec<PathBuf> = progress.members.iter().map(PathBuf::from).collect();
        let paths: Vec<&std::path::Path> = paths.iter().map(PathBuf::as_path).collect();
        let short = names(&paths, &std::collections::HashSet::new());
        for (member, name) in progress.members.iter().zip(short) {
            if let Some(key) = member::key(&self.target.path, member) {
                self.feed.found(SourceSpec {
                    kind: SourceKind::File,
                    key,
                    name,
                });
            }
        }
    }

    /// Whether a file that breaks off is to be read again; if so, waits until then.
    fn waits(&mut self, began: Instant, signal: &Signal) -> bool {
        self.tell.waiting(
            "incomplete",
            format!("{} ends in the middle", self.name),
            "if it is still being written, it is read on as it grows",
        );
        let read = self.progress.as_ref().map_or(0, |at| at.size);
        let mut growth: Option<Growth> = None;
        while let Ok(meta) = std::fs::metadata(&self.target.path) {
            let now = Instant::now();
            let growth = growth.get_or_insert_with(|| {
                let took = now.saturating_duration_since(began);
                let read = if read == 0 { meta.len() } else { read };
                Growth::new(read, took, modified(&meta), now)
            });
            match growth.look(meta.len(), now, &self.limits) {
                Wait::Over => return true,
                Wait::InVain => return false,
                Wait::Longer => {}
            }
            if signal.wait_stop(self.limits.every) == Wake::Stop {
                return true;
            }
        }
        // It is gone: the next attempt says so.
        true
    }

    fn ended(&self) -> bool {
        self.progress.as_ref().is_some_and(|at| at.end.is_some())
    }

    /// Gives up: what was had is had, a marker says why there is no more.
    fn give_up(&mut self, trouble: &Trouble) -> Result<(), FeedClosed> {
        self.take_rest()?;
        let text = format!("{}: {trouble}; nothing more is read of it", self.name);
        let end = End::Broken(
            trouble.code().to_owned(),
            format!("{}: {trouble}", self.name),
            trouble.hint().to_owned(),
        );
        self.end(end, Some((Level::Warn, text)))?;
        self.tell_end().map(|_| ())
    }

    /// Stores that nothing more is to be read.
    fn end(&mut self, end: End, marker: Option<(Level, String)>) -> Result<(), FeedClosed> {
        let progress = match &self.progress {
            Some(progress) => progress.clone(),
            None => match std::fs::metadata(&self.target.path) {
                Ok(meta) => Progress::start(Identity::of(&meta), meta.len()),
                Err(_) => return Ok(()),
            },
        };
        let progress = Progress {
            end: Some(end),
            ..progress
        };
        let checkpoint = progress.encode();
        self.progress = Some(progress);
        self.feed.send(match marker {
            Some((level, text)) => Batch::marker(level, &text, checkpoint),
            None => Batch {
                checkpoint,
                ..Batch::default()
            },
        })
    }

    /// Says how it ended, once everything is stored.
    fn tell_end(&mut self) -> Result<Outcome, FeedClosed> {
        self.feed.partial(None);
        self.find_members();
        self.feed.flush()?;
        match self.progress.as_ref().and_then(|at| at.end.clone()) {
            Some(End::Broken(code, message, hint)) => self.tell.failed(&code, message, &hint),
            _ => self.tell.state(SourceState::Ended),
        }
        Ok(Outcome::Done)
    }

    fn describe(&self, encoding: Option<&str>) {
        let mut attributes = BTreeMap::new();
        if let Some(name) = encoding {
            attributes.insert(super::follow::ENCODING.to_owned(), name.to_owned());
        }
        if let Some(member) = &self.target.member {
            let archive = self.target.path.display().to_string();
            attributes.insert("log.file.archive".to_owned(), archive);
            attributes.insert("log.file.path".to_owned(), member.clone());
        }
        if !attributes.is_empty() {
            self.feed.describe(attributes);
        }
    }

    fn mark(&self, text: &str) -> Result<(), FeedClosed> {
        self.feed.send(Batch::marker(Level::Warn, text, None))
    }

    fn unreadable(&mut self, cause: &io::Error) {
        let path = self.target.path.display();
        match cause.kind() {
            io::ErrorKind::NotFound => self.tell.waiting(
                "not_found",
                format!("{path} is not there"),
                "it is read as soon as it is there",
            ),
            io::ErrorKind::PermissionDenied => self.tell.failed(
                "permission_denied",
                format!("{path} may not be read: permission denied"),
                "give this user the right to read it; it is tried again by itself",
            ),
            _ => self.tell.failed(
                "read_failed",
                format!("{path} could not be read: {cause}"),
                "it is tried again by itself",
            ),
        }
    }
}

/// When it was last written to, in nanoseconds since 1970.
fn modified(meta: &std::fs::Metadata) -> Option<i64> {
    let since = meta.modified().ok()?.duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.ok()?.as_nanos()).ok()
}
