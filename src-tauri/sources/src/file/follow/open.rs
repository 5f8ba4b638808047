//! Where reading goes on: at the checkpoint, in a file that was renamed, or from the start.

use std::fs::File;
use std::io;
use std::time::Instant;

use crosscut_engine::source::FeedClosed;

use super::replaced::Unreadable;
use super::{Before, Follower, Next};
use crate::file::checkpoint::Checkpoint;
use crate::file::held::Held;
use crate::file::identity::Identity;
use crate::file::rotated;

impl Follower {
    /// Opens what the path leads to, or says why it cannot be.
    pub(super) fn open(&mut self, now: Instant) -> Result<Next, FeedClosed> {
        self.left = None;
        match std::fs::metadata(&self.path) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                if let Before::Checkpoint(at) = &self.before
                    && let Some((held, fits)) = self.find_renamed(at, now)
                {
                    let marker = (!fits).then(|| self.was_rewritten());
                    return self.go_on(held, marker, now);
                }
                self.absent();
                return Ok(Next::Wait(self.settings.quiet));
            }
            Err(cause) => return Ok(self.cannot_read(&Unreadable::Error(cause))),
            Ok(meta) => {
                if let Some(why) = Unreadable::of(&meta) {
                    return Ok(self.cannot_read(&why));
                }
            }
        }
        match self.open_file(now) {
            Ok((held, marker)) => self.go_on(held, marker, now),
            Err(cause) => Ok(self.cannot_read(&Unreadable::Error(cause))),
        }
    }

    fn go_on(
        &mut self,
        held: Held,
        marker: Option<String>,
        now: Instant,
    ) -> Result<Next, FeedClosed> {
        let before = std::mem::replace(&mut self.before, Before::Nothing);
        let is_another = |at: &Checkpoint| held.cursor == 0 && !at.file.same(&held.id);
        let gone = match before {
            Before::Checkpoint(at) if is_another(&at) => Some(at),
            _ => None,
        };
        self.held = Some(held);
        if let Some(at) = gone {
            self.catch_up(&at, now);
        }
        let checkpoint = self.held.as_ref().map(Held::checkpoint);
        if let (Some(text), Some(checkpoint)) = (marker, checkpoint) {
            self.mark(&text, &checkpoint)?;
        }
        Ok(Next::Again)
    }

    /// The file of a checkpoint under another name: where the path is, or where it leads as a link.
    fn find_renamed(&self, at: &Checkpoint, now: Instant) -> Option<(Held, bool)> {
        let own = self.path.parent()?;
        Held::resume_renamed(own, at, now).or_else(|| {
            let target = std::fs::canonicalize(&self.path).ok()?;
            let folder = target.parent().filter(|folder| *folder != own)?;
            Held::resume_renamed(folder, at, now)
        })
    }

    fn was_rewritten(&self) -> String {
        format!(
            "{} was truncated or rewritten while it was not followed; lines may be missing",
            self.name
        )
    }

    /// The file at the place where reading goes on, and what is to be said about it.
    fn open_file(&self, now: Instant) -> io::Result<(Held, Option<String>)> {
        let file = File::open(&self.path)?;
        let meta = file.metadata()?;
        let id = Identity::of(&meta);
        let history = !self.caught_up || meta.len() > self.settings.news;
        let name = &self.name;
        let text = match &self.before {
            Before::Nothing => return Ok((Held::start(file, id, history, now), None)),
            Before::Unreadable(why) => format!(
                "how far {name} had been read is not known ({why}); it is read again from its start"
            ),
            Before::Checkpoint(at) if at.file.same(&id) => {
                if let Some(held) = Held::resume(file.try_clone()?, at, now)? {
                    return Ok((held, None));
                }
                self.was_rewritten()
            }
            Before::Checkpoint(at) => {
                match self.find_renamed(at, now) {
                    Some((held, true)) => return Ok((held, None)),
                    Some((held, false)) => return Ok((held, Some(self.was_rewritten()))),
                    None => {}
                }
                format!(
                    "{name} is another file than the one followed before; the last lines of that \
                     one may be missing"
                )
            }
        };
        Ok((Held::start(file, id, history, now), Some(text)))
    }

    /// When the file of the checkpoint is gone for good, those that came after it may be there.
    fn catch_up(&mut self, at: &Checkpoint, now: Instant) {
        let Some(newest) = self.held.take() else {
            return;
        };
        let between = rotated::between(&self.path, &at.file, &newest.id, at.seen);
        let older = between
            .files
            .into_iter()
            .map(|(file, id)| Held::start(file, id, true, now));
        self.successors.extend(older.chain([newest]));
        self.held = self.successors.pop_front();
        self.left = (!self.successors.is_empty()).then_some(now);
    }

    /// Says that nothing is there.
    pub(super) fn absent(&mut self) {
        self.tell.waiting(
            "not_found",
            format!("{} is not there", self.path.display()),
            "it is followed as soon as it is written",
        );
    }

    /// Says why what is there cannot be read.
    pub(super) fn cannot_read(&mut self, why: &Unreadable) -> Next {
        let path = self.path.display();
        let denied = io::ErrorKind::PermissionDenied;
        let (code, message, hint) = match why {
            Unreadable::Directory => (
                "is_directory",
                format!("{path} is a directory"),
                "remove this source and add the folder: the files in it are followed then",
            ),
            Unreadable::NoFile => (
                "not_a_file",
                format!("{path} is no regular file"),
                "pipes and devices can be read with `crosscut pipe`",
            ),
            Unreadable::Error(cause) if cause.kind() == denied => (
                "permission_denied",
                format!("{path} may not be read: permission denied"),
                "give this user the right to read it; it is tried again by itself",
            ),
            Unreadable::Error(cause) => (
                "read_failed",
                format!("{path} could not be read: {cause}"),
                "it is tried again by itself",
            ),
        };
        self.tell.failed(code, message, hint);
        Next::Wait(self.settings.retry)
    }
}
