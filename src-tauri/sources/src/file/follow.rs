//! Following one path through everything that happens to it.
//!
//! `open` is the part that finds where reading goes on, `replaced` the one that goes from a file to
//! those that took its place.
//!
//! [`Follower::poll_once`] is the whole of it: one look at the file and at what the path leads to
//! now, without waiting and with the time passed in, so that tests drive it as fast as they like.
//! A renamed or deleted file is read to its end, and for a grace beyond, before the one that took its
//! place; files that come in quick succession are kept open in a queue meanwhile.

mod open;
mod replaced;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crosscut_engine::api::SourceState;
use crosscut_engine::source::{Batch, Feed, FeedClosed, Lines};
use crosscut_model::{Clock, Level, Stream, SystemClock};

use super::checkpoint::Checkpoint;
use super::decode::Encoding;
use super::held::{Held, Look};
use super::settings::Settings;
use crate::tell::Teller;
use replaced::{There, Unreadable};

/// A file that brought something within this time is looked at more often.
const BUSY_FOR: Duration = Duration::from_secs(2);

/// The attribute that names a file's encoding where it is not UTF-8.
pub(crate) const ENCODING: &str = "log.file.encoding";

/// When to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// At once: there is more.
    Again,
    /// Soon: news were handed over, and more may gather meanwhile.
    Soon,
    /// After this long, or when a hint comes.
    Wait(Duration),
    /// Not at all: the file is compressed or an archive, and read by other means.
    Packed,
}

/// What is known of the file from before this follower.
#[derive(Debug)]
enum Before {
    Nothing,
    Checkpoint(Checkpoint),
    Unreadable(String),
}

/// Follows one path.
#[derive(Debug)]
pub(crate) struct Follower {
    path: PathBuf,
    name: String,
    feed: Arc<dyn Feed>,
    tell: Teller,
    settings: Settings,
    before: Before,
    held: Option<Held>,
    /// Those that took its place, to be read after it.
    successors: VecDeque<Held>,
    /// Since when the path leads elsewhere or nowhere.
    left: Option<Instant>,
    /// How far those were read that were left for others.
    behind: VecDeque<Checkpoint>,
    caught_up: bool,
    /// The encoding that the source's attributes name.
    described: Encoding,
}

impl Follower {
    /// A follower that goes on where the feed's checkpoint says.
    pub(crate) fn new(
        path: PathBuf,
        name: String,
        feed: Arc<dyn Feed>,
        settings: Settings,
    ) -> Self {
        let before = match feed.checkpoint().as_deref().map(Checkpoint::decode) {
            None => Before::Nothing,
            Some(Ok(checkpoint)) => Before::Checkpoint(checkpoint),
            Some(Err(cause)) => Before::Unreadable(cause.to_string()),
        };
        let mut tell = Teller::new(Arc::clone(&feed));
        tell.state(SourceState::Connecting);
        Self {
            path,
            name,
            feed,
            tell,
            settings,
            before,
            held: None,
            successors: VecDeque::new(),
            left: None,
            behind: VecDeque::new(),
            caught_up: false,
            described: Encoding::Bytes,
        }
    }

    /// Looks once, hands over what there is (at most one batch of lines), says when to look again.
    pub(crate) fn poll_once(&mut self, now: Instant) -> Result<Next, FeedClosed> {
        self.settings.sizes.joins = self.feed.joins();
        let Some(mut held) = self.held.take() else {
            return self.open(now);
        };
        let wall = SystemClock.now().0;
        match held.look(now, wall, &self.settings.sizes) {
            Ok(look) => self.looked(held, look, now),
            // One that was replaced may be read no more (its server has forgotten it).
            Err(cause) if !self.successors.is_empty() => {
                self.mark_unread(&held, &cause)?;
                self.next_in_line(now);
                Ok(Next::Again)
            }
            Err(cause) => {
                self.before = Before::Checkpoint(held.checkpoint());
                Ok(self.cannot_read(&Unreadable::Error(cause)))
            }
        }
    }

    fn looked(&mut self, held: Held, look: Look, now: Instant) -> Result<Next, FeedClosed> {
        self.tell.partial(&held.shown(), now, self.settings.partial);
        let lines = match look {
            Look::Lines(lines) => lines,
            Look::Cut => {
                let checkpoint = held.checkpoint();
                self.held = Some(held);
                let text = format!(
                    "{} was truncated; lines written to it shortly before may be missing",
                    self.name
                );
                self.mark(&text, &checkpoint)?;
                return Ok(Next::Again);
            }
            Look::Hole(zeros) => {
                let checkpoint = held.checkpoint();
                self.held = Some(held);
                let text = format!(
                    "{} begins with {zeros} zeros, which are left out: its program goes on where it \
                     was before the file was cut, because it did not open it for appending",
                    self.name
                );
                self.mark(&text, &checkpoint)?;
                return Ok(Next::Again);
            }
            Look::Unfinished => {
                self.held = Some(held);
                return Ok(Next::Again);
            }
            Look::Packed => return self.packed(held, now),
            Look::End => return self.at_end(held, now),
        };
        let history = held.history;
        self.hand_over(&held, lines)?;
        let size = held.size().unwrap_or(held.cursor);
        let more = size > held.cursor;
        if history {
            self.tell.loading(held.cursor, size.max(held.cursor), now);
        }
        if history || more {
            self.held = Some(held);
            return Ok(Next::Again);
        }
        // Where lines never cease, this is the only place to see what became of the path.
        Ok(match self.at_end(held, now)? {
            Next::Wait(_) => Next::Soon,
            next => next,
        })
    }

    fn at_end(&mut self, mut held: Held, now: Instant) -> Result<Next, FeedClosed> {
        if held.history || !self.caught_up {
            held.history = false;
            self.caught_up = true;
            self.feed.flush()?;
        }
        match self.there(&held) {
            There::Held => {
                held.seen = SystemClock.now().0;
                self.left = None;
                self.tell.state(SourceState::Live);
            }
            There::Known => {}
            There::Unreadable(why) => {
                let since = *self.left.get_or_insert(now);
                if now.saturating_duration_since(since) >= self.settings.grace {
                    self.cannot_read(&why);
                }
            }
            There::Nothing => {
                let since = *self.left.get_or_insert(now);
                let gone_for = now.saturating_duration_since(since.max(held.grown));
                if self.successors.is_empty() && gone_for >= self.settings.grace {
                    self.absent();
                    if gone_for >= self.settings.mourning && held.is_nameless() {
                        self.finish(held, now)?;
                        return Ok(Next::Wait(self.settings.quiet));
                    }
                }
            }
            There::Another(file, id) => {
                self.left.get_or_insert(now);
                self.succeed(&held, (file, id), now)?;
            }
        }
        for next in &mut self.successors {
            if let Err(cause) = next.glance(&self.settings.sizes) {
                tracing::debug!(source = %self.name, %cause, "a file to be read later");
            }
        }
        if !self.successors.is_empty()
            && let Some(since) = self.left
        {
            let quiet_for = now.saturating_duration_since(since.max(held.grown));
            if quiet_for >= self.settings.grace {
                self.finish(held, now)?;
                return Ok(Next::Again);
            }
            if now.saturating_duration_since(since) >= self.settings.patience {
                let text = format!(
                    "the file that was {} before is still written to; from here on only the new \
                     one is followed",
                    self.name
                );
                self.mark(&text, &held.checkpoint())?;
                self.finish(held, now)?;
                return Ok(Next::Again);
            }
        }
        let busy = self.left.is_some()
            || self.tell.partial_is_due()
            || now.saturating_duration_since(held.grown) < BUSY_FOR;
        self.held = Some(held);
        Ok(Next::Wait(if busy {
            self.settings.busy
        } else {
            self.settings.quiet
        }))
    }

    fn hand_over(&mut self, held: &Held, lines: Lines) -> Result<(), FeedClosed> {
        let encoding = held.encoding();
        if encoding != self.described {
            self.described = encoding;
            let name = encoding
                .name()
                .map(|name| (ENCODING.to_owned(), name.to_owned()));
            self.feed.describe(BTreeMap::from_iter(name));
        }
        self.feed.send(Batch {
            lines,
            stream: Stream::Stdout,
            level: None,
            times: Vec::new(),
            checkpoint: held.checkpoint().encode(),
            live: !held.history,
        })
    }

    fn mark(&self, text: &str, at: &Checkpoint) -> Result<(), FeedClosed> {
        self.feed
            .send(Batch::marker(Level::Warn, text, at.encode()))
    }
}
