//! Where reading goes on: at the checkpoint, in a file that was renamed, or from the start.

use std::fs::File;
use std::io;
use std::time::Instant;

use crosscut_engine::source::FeedClosed;

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
                    && let Some(folder) = self.path.parent()
                    && let Some((held, fits)) = Held::resume_renamed(folder, at, now)
                {
                    let marker = (!fits).then(|| self.was_rewritten());
                    return self.go_on(held, marker, now);
                }
                self.absent();
                return Ok(Next::Wait(self.settings.quiet));
            }
            Err(cause) => return Ok(self.cannot_read(&cause)),
            Ok(meta) if meta.is_dir() => {
                self.tell.failed(
                    "is_directory",
                    format!("{} is a directory", self.path.display()),
                    "remove this source and add the folder: the files in it are followed then",
                );
                return Ok(Next::Wait(self.settings.retry));
            }
            // Opening a pipe would wait for its writer.
            Ok(meta) if !meta.is_file() => {
                self.tell.failed(
                    "not_a_file",
                    format!("{} is no regular file", self.path.display()),
                    "pipes and devices can be read with `crosscut pipe`",
                );
                return Ok(Next::Wait(self.settings.retry));
            }
            Ok(_) => {}
        }
        match self.open_file(now) {
            Ok((held, marker)) => self.go_on(held, marker, now),
            Err(cause) => Ok(self.cannot_read(&cause)),
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
                let folder = self.path.parent();
                match folder.and_then(|to| Held::resume_renamed(to, at, now)) {
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
}
