//! From a file to those that took its place.

use std::fs::{File, Metadata};
use std::io;
use std::time::Instant;

use crosscut_engine::source::FeedClosed;

use super::{Before, Follower, Next};
use crate::file::held::Held;
use crate::file::identity::Identity;
use crate::file::rotated;

/// Files kept open behind the one that is being read.
const MAX_SUCCESSORS: usize = 64;
/// Files that were left for others, and are known again when the path leads back to them.
const MAX_LEFT: usize = 16;

/// What the path leads to now.
pub(super) enum There {
    Held,
    Nothing,
    Another(File, Identity),
    /// Something that cannot be read.
    Unreadable(Unreadable),
    /// One of those that are known already.
    Known,
}

/// Why what the path leads to cannot be read.
pub(super) enum Unreadable {
    Directory,
    NoFile,
    Error(io::Error),
}

impl Unreadable {
    /// What is no file to be followed, if it is none. Opening a pipe would wait for its writer.
    pub(super) fn of(meta: &Metadata) -> Option<Self> {
        if meta.is_dir() {
            Some(Self::Directory)
        } else if meta.is_file() {
            None
        } else {
            Some(Self::NoFile)
        }
    }
}

impl Follower {
    /// What the path leads to, seen from the file that is read and those behind it.
    pub(super) fn there(&self, held: &Held) -> There {
        let meta = match std::fs::metadata(&self.path) {
            Ok(meta) => meta,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return There::Nothing,
            Err(cause) => return There::Unreadable(Unreadable::Error(cause)),
        };
        let newest = &self.successors.back().unwrap_or(held).id;
        let found = Identity::of(&meta);
        if newest.same(&found) {
            return if self.successors.is_empty() {
                There::Held
            } else {
                There::Known
            };
        }
        let known = held.id.same(&found) || self.successors.iter().any(|next| next.id.same(&found));
        if known || self.successors.len() >= MAX_SUCCESSORS {
            return There::Known;
        }
        if let Some(why) = Unreadable::of(&meta) {
            return There::Unreadable(why);
        }
        match File::open(&self.path).and_then(|file| Ok((file.metadata()?, file))) {
            Ok((meta, file)) => There::Another(file, Identity::of(&meta)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => There::Nothing,
            Err(cause) => There::Unreadable(Unreadable::Error(cause)),
        }
    }

    /// Puts the file the path leads to now behind the ones that are read before it.
    pub(super) fn succeed(
        &mut self,
        held: &Held,
        (file, id): (File, Identity),
        now: Instant,
    ) -> Result<(), FeedClosed> {
        let old = self.successors.back().unwrap_or(held).id;
        let between = rotated::between(&self.path, &old, &id, held.seen);
        for (file, id) in between.files.into_iter().chain([(file, id)]) {
            let large = file
                .metadata()
                .is_ok_and(|meta| meta.len() > self.settings.news);
            let next = self.known_again(&file, &id, now);
            self.successors
                .push_back(next.unwrap_or_else(|| Held::start(file, id, large, now)));
        }
        // What is compressed may be what is held here, and deleted when that was done.
        let own = self.successors.iter().chain([held]);
        let own = own.filter(|held| held.is_nameless()).count();
        let missed = between.packed.get(own..).unwrap_or_default();
        if missed.is_empty() {
            return Ok(());
        }
        let text = format!(
            "{} was rotated more than once; what was compressed meanwhile is missing here: {}",
            self.name,
            missed.join(", ")
        );
        self.mark(&text, &held.checkpoint())
    }

    /// A file that was left for another, read on where it was left: links are turned back.
    fn known_again(&self, file: &File, id: &Identity, now: Instant) -> Option<Held> {
        let at = self.behind.iter().rev().find(|at| at.file.same(id))?;
        Held::resume(file.try_clone().ok()?, at, now).ok()?
    }

    /// Leaves a file for good: its last line is stored even without a newline.
    pub(super) fn finish(&mut self, mut held: Held, now: Instant) -> Result<(), FeedClosed> {
        self.tell.partial(&[], now, self.settings.partial);
        if let Err(cause) = self.take_rest(&mut held, now)? {
            self.mark_unread(&held, &cause)?;
        }
        if !held.is_nameless() {
            if self.behind.len() >= MAX_LEFT {
                self.behind.pop_front();
            }
            self.behind.push_back(held.checkpoint());
        }
        self.next_in_line(now);
        Ok(())
    }

    /// Hands over what is in a file now, and not what is still written to it meanwhile.
    fn take_rest(&mut self, held: &mut Held, now: Instant) -> Result<io::Result<()>, FeedClosed> {
        let end = match held.size() {
            Ok(end) => end,
            Err(cause) => return Ok(Err(cause)),
        };
        loop {
            match held.take_rest(end, now, &self.settings.sizes) {
                Ok(Some(lines)) => self.hand_over(held, lines)?,
                Ok(None) => return Ok(Ok(())),
                Err(cause) => return Ok(Err(cause)),
            }
        }
    }

    /// Says that a file that was replaced could not be read to its end.
    pub(super) fn mark_unread(&self, held: &Held, cause: &io::Error) -> Result<(), FeedClosed> {
        let text = format!(
            "the file that was {} before could not be read to its end, and lines of it may be \
             missing: {cause}",
            self.name
        );
        self.mark(&text, &held.checkpoint())
    }

    pub(super) fn next_in_line(&mut self, now: Instant) {
        self.before = Before::Nothing;
        self.held = self.successors.pop_front();
        self.left = (!self.successors.is_empty()).then_some(now);
    }

    /// The file is compressed, or an archive. One that has been replaced already is not read here.
    pub(super) fn packed(&mut self, held: Held, now: Instant) -> Result<Next, FeedClosed> {
        if self.successors.is_empty() {
            return Ok(Next::Packed);
        }
        let text = format!(
            "a file that was {} for a while is compressed; its lines are missing here",
            self.name
        );
        self.mark(&text, &held.checkpoint())?;
        drop(held);
        self.next_in_line(now);
        Ok(Next::Again)
    }
}
