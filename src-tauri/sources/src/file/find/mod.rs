//! Folders and globs: the files in them, and those that join later.
//!
//! A [`Finder`] follows no file itself: it leaves word of each one it finds ([`Feed::found`]), and the
//! engine follows that as a source of its own. The truth is a look at the tree every second or so,
//! seldomer where a look takes long; change events only make it look sooner. Promises:
//!
//! - one file is found once, whatever names lead to it: what is known under one name and turns up
//!   under another was renamed or linked. This is remembered across restarts (see `memory`);
//! - what a rotation left behind is no log of its own while its base is there, unless it goes on
//!   growing: `worker-1.log` beside `worker.log` may be another worker's log;
//! - it is bounded: a tree with more files than a run can bear brings none of them but a failure that
//!   says what to do.
//!
//! `pattern` says what is meant, `walk` looks, `names` names.

mod memory;
pub(crate) mod names;
pub(crate) mod pattern;
mod walk;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Batch, Feed, FeedClosed};
use crosscut_model::{Level, SourceKind, SourceSpec};

use self::memory::Memory;
use self::pattern::Pattern;
use self::walk::{Candidate, Listing, walk};
use super::identity::{Identity, Stamp};
use super::rotated;
use super::sniff::{self, Content};
use super::unpack::archive;
use crate::tell::Teller;

/// How much is looked for, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Files that are followed at once.
    pub(crate) members: usize,
    /// Names a look may see.
    pub(crate) entries: usize,
    /// Between looks.
    pub(crate) every: Duration,
    /// Between looks that take long, at most.
    pub(crate) seldom: Duration,
    /// A rotated file that grows for longer than this is a log of its own.
    pub(crate) settle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            members: 500,
            entries: 50_000,
            every: Duration::from_secs(1),
            seldom: Duration::from_secs(30),
            settle: Duration::from_secs(5),
        }
    }
}

/// At most this share of the time goes into looking.
const LOOKING_SHARE: u32 = 20;

/// Something that is not followed, as long as it stays as it is.
#[derive(Debug)]
struct Aside {
    stamp: Stamp,
    /// Since when it grows, and when it was last seen to.
    grows: Option<Instant>,
}

/// Looks for the files of one folder or glob.
#[derive(Debug)]
pub(crate) struct Finder {
    key: String,
    pattern: Pattern,
    feed: Arc<dyn Feed>,
    tell: Teller,
    limits: Limits,
    /// What was found, and under which name it is followed.
    memory: Memory,
    named: HashSet<String>,
    /// Files that are no members, so that each is looked into once.
    aside: HashMap<PathBuf, Aside>,
    /// What could not be read at the last look, and was told of.
    refused: HashSet<PathBuf>,
}

impl Finder {
    /// A finder that goes on from the feed's checkpoint.
    pub(crate) fn new(
        key: &str,
        feed: Arc<dyn Feed>,
        limits: Limits,
    ) -> Result<Self, globset::Error> {
        let memory = Memory::decode(feed.checkpoint().as_deref());
        let mut tell = Teller::new(Arc::clone(&feed));
        tell.state(SourceState::Connecting);
        Ok(Self {
            key: key.to_owned(),
            pattern: Pattern::new(key)?,
            named: memory.names(),
            memory,
            feed,
            tell,
            limits,
            aside: HashMap::new(),
            refused: HashSet::new(),
        })
    }

    /// Where it looks.
    pub(crate) fn root(&self) -> &Path {
        &self.pattern.root
    }

    /// Looks once; says when to look again.
    pub(crate) fn look(&mut self, now: Instant) -> Result<Duration, FeedClosed> {
        let began = Instant::now();
        match walk(&self.pattern, self.limits.entries) {
            Ok(listing) => self.listed(&listing, now)?,
            Err(cause) => self.unreadable(&cause),
        }
        let took = began.elapsed().saturating_mul(LOOKING_SHARE);
        Ok(took.clamp(self.limits.every, self.limits.seldom))
    }

    fn listed(&mut self, listing: &Listing, now: Instant) -> Result<(), FeedClosed> {
        if listing.cut {
            self.too_many(&format!("more than {} names", self.limits.entries));
            return Ok(());
        }
        self.memory.seen(&listing.files);
        let there: HashSet<&Path> = listing.files.iter().map(|f| f.path.as_path()).collect();
        self.aside.retain(|path, _| there.contains(path.as_path()));
        let mut refused = listing.refused.clone();
        let mut ids: Vec<Identity> = Vec::new();
        let mut new = Vec::new();
        for file in &listing.files {
            if self.memory.knows(&file.path) {
                continue;
            }
            if self.memory.knows_file(&file.id) || ids.iter().any(|id| id.same(&file.id)) {
                continue;
            }
            match self.joins(file, &there, now) {
                Ok(true) => {
                    ids.push(file.id);
                    new.push(file);
                }
                Ok(false) => {}
                Err(cause) => refused.push((file.path.clone(), cause.to_string())),
            }
        }
        self.say_refused(&refused)?;
        let following = self.memory.present(&there);
        if following == 0 && new.len() > self.limits.members {
            self.too_many(&format!("{} files", new.len()));
            return Ok(());
        }
        let room = self.limits.members.saturating_sub(following);
        let left_out = new.len().saturating_sub(room);
        new.truncate(room);
        let following = following + new.len();
        self.join(&new)?;
        if left_out > 0 {
            let message = format!(
                "{following} files of {} are followed, and {left_out} more are not",
                self.key
            );
            self.tell.failed("too_many_files", message, NARROW);
        } else {
            let sources = u32::try_from(following).unwrap_or(u32::MAX);
            self.tell.state(SourceState::Watching { sources });
        }
        Ok(())
    }

    /// Whether a file that is not known becomes a member.
    fn joins(
        &mut self,
        file: &Candidate,
        there: &HashSet<&Path>,
        now: Instant,
    ) -> io::Result<bool> {
        let sibling = self.is_sibling(&file.path, there);
        if let Some(aside) = self.aside.get_mut(&file.path) {
            if aside.stamp == file.stamp {
                return Ok(false);
            }
            let grew = file.stamp.size > aside.stamp.size;
            aside.stamp = file.stamp;
            if sibling {
                let since = *aside.grows.get_or_insert(now);
                let goes_on = grew && now.saturating_duration_since(since) >= self.limits.settle;
                if !goes_on {
                    return Ok(false);
                }
            }
        } else if sibling {
            self.put_aside(file);
            return Ok(false);
        }
        let fits = match sniff::of_file(&file.path)? {
            Content::Empty => !has_packed_name(&file.path),
            Content::Text => true,
            Content::Zip | Content::Tar => !self.pattern.is_folder(),
            Content::Packed(_) => match archive::within(&file.path)? {
                Content::Tar => !self.pattern.is_folder(),
                Content::Zip | Content::Packed(_) | Content::Binary => false,
                // What gives nothing may still be being written, or damaged: its source says so.
                Content::Text | Content::Empty => true,
            },
            Content::Binary => false,
        };
        if !fits {
            self.put_aside(file);
        }
        Ok(fits)
    }

    fn put_aside(&mut self, file: &Candidate) {
        let aside = Aside {
            stamp: file.stamp,
            grows: None,
        };
        self.aside.insert(file.path.clone(), aside);
    }

    /// Whether it is what a rotation left of a file that is followed, or is about to be.
    fn is_sibling(&self, path: &Path, there: &HashSet<&Path>) -> bool {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return false;
        };
        rotated::bases(name).iter().any(|base| {
            let base = path.with_file_name(base);
            base != path && (there.contains(base.as_path()) || self.memory.knows(&base))
        })
    }

    /// Leaves word of new members, then remembers them.
    fn join(&mut self, new: &[&Candidate]) -> Result<(), FeedClosed> {
        let paths: Vec<&Path> = new.iter().map(|file| file.path.as_path()).collect();
        for (file, name) in new.iter().zip(names::names(&paths, &self.named)) {
            self.aside.remove(&file.path);
            self.memory.add(&file.path, file.id, &name);
            self.named.insert(name);
        }
        // Told of again after a restart, when it did not come this far: that is no harm.
        for (path, name) in self.memory.untold() {
            let Some(key) = path.to_str() else { continue };
            self.feed.found(SourceSpec {
                kind: SourceKind::File,
                key: key.to_owned(),
                name,
            });
        }
        match self.memory.news() {
            Some(checkpoint) => self.feed.send(Batch {
                checkpoint: Some(checkpoint),
                ..Batch::default()
            }),
            None => Ok(()),
        }
    }

    /// Says what cannot be read, once for as long as it cannot.
    fn say_refused(&mut self, refused: &[(PathBuf, String)]) -> Result<(), FeedClosed> {
        let now = refused.iter().map(|(path, _)| path.clone()).collect();
        let before = std::mem::replace(&mut self.refused, now);
        let new = refused.iter().filter(|(path, _)| !before.contains(path));
        let new: Vec<String> = new
            .map(|(path, cause)| format!("{} ({cause})", path.display()))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let text = format!(
            "{} files or folders are left out, because they cannot be read: {}",
            new.len(),
            some_of(&new)
        );
        self.feed.send(Batch::marker(Level::Warn, &text, None))
    }

    fn too_many(&mut self, what: &str) {
        let message = format!(
            "{} holds {what}; at most {} files are followed, so none of them is",
            self.key, self.limits.members
        );
        self.tell.failed("too_many_files", message, NARROW);
    }

    fn unreadable(&mut self, cause: &io::Error) {
        let root = self.pattern.root.display();
        match cause.kind() {
            io::ErrorKind::NotFound => self.tell.waiting(
                "not_found",
                format!("{root} is not there"),
                "its files are followed as soon as it is made",
            ),
            io::ErrorKind::PermissionDenied => self.tell.failed(
                "permission_denied",
                format!("{root} may not be read: permission denied"),
                "give this user the right to read it; it is tried again by itself",
            ),
            io::ErrorKind::NotADirectory => self.tell.failed(
                "not_a_folder",
                format!("{root} is no folder"),
                "remove this source and add the file itself",
            ),
            _ => self.tell.failed(
                "read_failed",
                format!("{root} could not be read: {cause}"),
                "it is tried again by itself",
            ),
        }
    }
}

/// The first few of them.
pub(crate) fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 10;
    let mut text = names
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > SHOWN {
        text.push_str(", …");
    }
    text
}

/// What to do about too many files.
const NARROW: &str =
    "remove this source and name the files you want with a glob, such as /path/to/logs/**/app*.log";

/// Whether its name says that it will be compressed or an archive once there is something in it.
fn has_packed_name(path: &Path) -> bool {
    const NAMES: [&str; 11] = [
        "gz", "tgz", "zst", "tzst", "bz2", "tbz2", "tbz", "xz", "txz", "zip", "tar",
    ];
    path.extension()
        .and_then(|end| end.to_str())
        .is_some_and(|end| NAMES.contains(&end))
}
