//! Reading one container's log: to its end, as it grows, or in passes where the daemon rotates it.
//!
//! A follow skips whole files, silently, when the daemon rotates faster than it sends (measured with
//! dockerd 20.10: of 200,000 lines in files of 10 MB it brought 127,801). A plain read never does: it
//! opens all files at once. So the log of a container that rotates is read in plain reads only; a
//! follow beside it, whose lines are not taken, says when there is something to read. Such a read is
//! the log's tail, cheap however large the log is, and checked: it must contain the last line that was
//! seen. Where it does not, all since then is read; and where even that does not reach back, the
//! daemon has thrown lines away, which a marker says. The same is done where the daemon's file is torn
//! (its disk was full once): it reads on from its end, though not from its beginning. So lines come in order and once, and nothing is
//! ever missing in between. Only what a container wrote last that is removed as it ends (`--rm`) can
//! be read no more: for that the frames of the follow are kept until a read has brought them.

use std::pin::pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use crosscut_engine::api::SourceState;
use crosscut_model::{Clock, Stream, SystemClock};
use tokio::time::timeout;

use super::connect::Daemon;
use super::ears::Woken;
use super::follow::{Break, Follower, no_log};
use super::hub::{Caught, Heard};
use super::intake::{Before, Intake, Kept, Rewind};
use super::wire::{self, Log, NoAnswer, Part};

/// A log that brings nothing for this long has been caught up with.
const CAUGHT_UP: Duration = Duration::from_millis(200);
/// A follow that brings nothing for this long is checked by asking the daemon something.
const QUIET: Duration = Duration::from_secs(15);
/// After this long without an answer a quiet container's follow counts as caught up with.
const UNANSWERED: Duration = Duration::from_secs(1);
/// More frames than this are read by time and not as the log's tail.
const TAIL: usize = 4096;
/// Frames of a tail beyond those that were announced.
const MARGIN: usize = 64;
/// Between two passes when little comes, and when much does.
const REST: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(250));
/// From so many frames in a pass on, much comes.
const MUCH: usize = 8;
/// A log that nothing is heard of is read again after this long: first, and at most.
const CHECK: (Duration, Duration) = (Duration::from_secs(3), Duration::from_mins(1));

/// The follow of a container that is gone ends within this time.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Why a wait ended.
enum Wake {
    /// Frames came; none when the log is over.
    Frames(Option<Vec<(Stream, Bytes)>>),
    /// Something happened.
    Heard(Heard),
    /// The time is up.
    Time,
}

impl Follower {
    /// Follows the log until the follow ends.
    pub(super) fn follow_log(&mut self, daemon: &Daemon, id: &str) -> Result<(), Break> {
        let begun = SystemClock.now().0;
        let part = self.since(true);
        let mut log = self.ask(daemon, id, part)?;
        self.intake.rewind(Rewind::Since);
        let mut bytes = 0u64;
        let mut settled = false;
        loop {
            let open = self.intake.settle(Instant::now());
            self.send()?;
            let quiet = if settled { QUIET } else { CAUGHT_UP };
            let limit = open.map_or(quiet, |open| open.min(quiet));
            match self.wake(daemon, &mut log, limit)? {
                Wake::Frames(None) => return self.send(),
                Wake::Frames(Some(frames)) => {
                    let mut newest = 0;
                    for (stream, frame) in frames {
                        bytes += frame.len() as u64;
                        newest = newest.max(self.intake.frame(stream, &frame).unwrap_or(0));
                    }
                    self.send()?;
                    if !settled && newest >= begun {
                        self.caught_up()?;
                        settled = true;
                    } else if !self.live {
                        self.tell.loading(bytes, bytes, Instant::now());
                    }
                }
                Wake::Heard(heard) => {
                    self.hear(heard);
                    self.send()?;
                }
                Wake::Time if limit < quiet => {}
                Wake::Time if settled => self.ping(daemon)?,
                Wake::Time => {
                    self.caught_up()?;
                    settled = true;
                }
            }
        }
    }

    /// Reads a log that rotates, until the container ends.
    pub(super) fn read_in_passes(&mut self, daemon: &Daemon, id: &str) -> Result<(), Break> {
        let hints = Part {
            follow: true,
            since: None,
            tail: Some(0),
        };
        let mut hints = self.ask(daemon, id, hints)?;
        let mut kept = Kept::default();
        let read = self.read_as_hinted(daemon, id, &mut hints, &mut kept);
        if matches!(read, Err(Break::Removed)) {
            self.take_last_words(daemon, &mut hints, kept)?;
        }
        read
    }

    fn read_as_hinted(
        &mut self,
        daemon: &Daemon,
        id: &str,
        hints: &mut Log,
        kept: &mut Kept,
    ) -> Result<(), Break> {
        self.read_whole(daemon, id)?;
        self.caught_up()?;
        let mut announced = 0;
        let mut rested = Instant::now();
        let mut patience = CHECK.0;
        let mut check = rested + patience;
        let mut over = false;
        let mut torn = false;
        loop {
            let now = Instant::now();
            let open = self.intake.settle(now);
            self.send()?;
            if over || now >= check || (announced > 0 && now >= rested) {
                let news = self.pass(daemon, id, announced)?;
                if !kept.was_read(|stream, frame| self.intake.has_seen(stream, frame)) {
                    // The log is torn (its disk was full once): a plain read ends there.
                    let before = if torn {
                        Before::Perhaps
                    } else {
                        Before::Something
                    };
                    self.take_kept(kept, before)?;
                    torn = true;
                }
                if over {
                    return Ok(());
                }
                kept.trim();
                patience = if news > 0 {
                    CHECK.0
                } else {
                    (patience * 2).min(CHECK.1)
                };
                let took = now.elapsed() * 2;
                let rest = if news > MUCH { REST.1 } else { REST.0 };
                announced = 0;
                rested = Instant::now() + took.max(rest);
                check = Instant::now() + patience;
                continue;
            }
            let next = if announced > 0 { rested } else { check };
            let left = next.saturating_duration_since(now);
            match self.wake(daemon, hints, open.map_or(left, |open| open.min(left)))? {
                Wake::Frames(Some(frames)) => {
                    announced += frames.len();
                    kept.take(frames);
                }
                Wake::Frames(None) => over = true,
                Wake::Heard(heard) => self.hear(heard),
                Wake::Time => {}
            }
        }
    }

    /// The container is gone, and its log with it: what the follow brought is all there is.
    fn take_last_words(
        &mut self,
        daemon: &Daemon,
        hints: &mut Log,
        mut kept: Kept,
    ) -> Result<(), Break> {
        loop {
            match self.wake(daemon, hints, LAST_WORDS) {
                Ok(Wake::Frames(Some(frames))) => kept.take(frames),
                Ok(Wake::Heard(heard)) => self.hear(heard),
                Err(Break::Stopped) => return Err(Break::Stopped),
                Ok(Wake::Frames(None) | Wake::Time) | Err(_) => break,
            }
        }
        let before = if kept.whole {
            Before::Nothing
        } else {
            Before::Perhaps
        };
        self.take_kept(&kept, before)?;
        self.intake.end();
        self.send()
    }

    fn take_kept(&mut self, kept: &Kept, before: Before) -> Result<(), Break> {
        self.intake.rewind(Rewind::Kept(before));
        for (stream, frame) in &kept.frames {
            self.intake.frame(*stream, frame);
        }
        self.send()
    }

    /// Reads the log from the cursor to its present end, also where it is torn before that.
    pub(super) fn read_whole(&mut self, daemon: &Daemon, id: &str) -> Result<(), Break> {
        self.read_to_end(daemon, id)?;
        let last = Part {
            tail: Some(1),
            ..self.since(false)
        };
        let mut log = self.ask(daemon, id, last)?;
        let mut kept = Kept::default();
        loop {
            match self.wake(daemon, &mut log, QUIET)? {
                Wake::Frames(Some(frames)) => kept.take(frames),
                Wake::Frames(None) => break,
                Wake::Heard(heard) => self.hear(heard),
                Wake::Time => self.ping(daemon)?,
            }
        }
        let read = |intake: &Intake| kept.was_read(|stream, frame| intake.has_seen(stream, frame));
        if !read(&self.intake) {
            // It may have been written meanwhile.
            self.read_to_end(daemon, id)?;
        }
        if !read(&self.intake) {
            self.take_kept(&kept, Before::Something)?;
        }
        Ok(())
    }

    /// Reads what is new, so many frames having been announced; how many there were.
    fn pass(&mut self, daemon: &Daemon, id: &str, announced: usize) -> Result<usize, Break> {
        if announced <= TAIL && self.intake.has_place() {
            let part = Part {
                tail: Some(announced * 2 + MARGIN),
                ..self.since(false)
            };
            let news = self.read(daemon, id, part, Rewind::Tail)?;
            if self.intake.reached() {
                return Ok(news);
            }
        }
        let part = self.since(false);
        self.read(daemon, id, part, Rewind::Since)
    }

    /// Reads the log from the cursor to its present end.
    pub(super) fn read_to_end(&mut self, daemon: &Daemon, id: &str) -> Result<(), Break> {
        let part = self.since(false);
        self.read(daemon, id, part, Rewind::Since).map(|_| ())
    }

    fn since(&self, follow: bool) -> Part {
        let now = SystemClock.now().0;
        Part {
            follow,
            // When the clock was set back, the daemon would keep to itself what is written from then on.
            since: self.intake.since().filter(|since| *since <= now),
            tail: None,
        }
    }

    fn read(
        &mut self,
        daemon: &Daemon,
        id: &str,
        part: Part,
        rewind: Rewind,
    ) -> Result<usize, Break> {
        let mut log = self.ask(daemon, id, part)?;
        self.intake.rewind(rewind);
        let mut news = 0;
        let mut bytes = 0u64;
        loop {
            match self.wake(daemon, &mut log, QUIET)? {
                Wake::Frames(None) => {
                    self.send()?;
                    return Ok(news);
                }
                Wake::Frames(Some(frames)) => {
                    for (stream, frame) in frames {
                        bytes += frame.len() as u64;
                        news += usize::from(self.intake.frame(stream, &frame).is_some());
                    }
                    self.send()?;
                    if !self.live {
                        self.tell.loading(bytes, bytes, Instant::now());
                    }
                }
                Wake::Heard(heard) => self.hear(heard),
                Wake::Time => self.ping(daemon)?,
            }
        }
    }

    /// Reads a log that was caught when its container started; false when it does not end.
    pub(super) fn read_caught(&mut self, caught: &mut Caught) -> Result<bool, Break> {
        self.intake.rewind(Rewind::Since);
        loop {
            let next = async { timeout(UNANSWERED, caught.frames.recv()).await };
            let Ok(frames) = self.ears.unless_stopped(next)? else {
                return Ok(false);
            };
            let Some(frames) = frames else {
                return Ok(true);
            };
            for (stream, frame) in frames {
                self.intake.frame(stream, &frame);
            }
            self.send()?;
        }
    }

    /// Asks for the log. A daemon may answer only when there is something to say; meanwhile it is
    /// asked whether it is still there.
    fn ask(&mut self, daemon: &Daemon, id: &str, part: Part) -> Result<Log, Break> {
        let asked = wire::log(daemon, id, part);
        let mut asked = pin!(asked);
        let mut limit = UNANSWERED;
        loop {
            let answer = self
                .ears
                .unless_stopped(async { timeout(limit, &mut asked).await })?;
            match answer {
                Ok(answer) => return answer.map_err(|cause| no_log(daemon, cause)),
                Err(_) if limit == UNANSWERED && part.follow => {
                    limit = QUIET;
                    self.caught_up()?;
                }
                Err(_) => {
                    limit = QUIET;
                    self.ping(daemon)?;
                }
            }
        }
    }

    fn caught_up(&mut self) -> Result<(), Break> {
        self.feed.flush()?;
        self.live = true;
        self.intake.set_live(true);
        self.tell.state(SourceState::Live);
        Ok(())
    }

    /// Waits for frames, events, or the time to be up.
    fn wake(&mut self, daemon: &Daemon, log: &mut Log, limit: Duration) -> Result<Wake, Break> {
        match self.ears.wait(log.next(), limit)? {
            Woken::Heard(heard) => Ok(Wake::Heard(heard)),
            Woken::Done(Ok(frames)) => Ok(Wake::Frames(frames)),
            // What lies behind is found by its tail, and by what a follow brings.
            Woken::Done(Err(NoAnswer::Torn(why))) => {
                tracing::info!(why, "the daemon cannot read a log on");
                self.torn = true;
                Ok(Wake::Frames(None))
            }
            Woken::Done(Err(cause)) => Err(no_log(daemon, cause)),
            Woken::Time => Ok(Wake::Time),
        }
    }
}
