//! The one thread that writes: group commit, run changes, and what happens when the disk is full.

use std::ops::Range;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Select, SendTimeoutError, Sender, TrySendError, bounded};
use crosscut_model::{LayoutSpec, SourceId};
use crosscut_store::{AppendError, EncodedFrame};
use parking_lot::Mutex;

use super::encode::Encoded;
use super::pool::Pool;
use crate::run::Run;
use crate::source::FeedClosed;
use crate::trouble::Sample;

/// How long anyone waits before looking whether they are still wanted.
pub(crate) const PATIENCE: Duration = Duration::from_millis(50);

/// How often a full disk is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// Batches of sources under way; each holds at most about a megabyte of text.
const FEED_QUEUE: usize = 16;

/// Posts under way; beyond them clients are told to wait.
const POST_QUEUE: usize = 256;

/// Frames joined into one write, at most.
const GROUP_FRAMES: usize = 256;

/// A batch, encoded or being encoded.
#[derive(Debug)]
pub(crate) enum Ticket {
    Ready(Encoded),
    Coming(Receiver<Encoded>),
}

/// What a source wants of the writer.
#[derive(Debug)]
pub(crate) enum FeedJob {
    Store(Ticket),
    /// Answered once everything sent before is durable.
    Barrier(Sender<()>),
}

/// Why a post was not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PostError {
    Busy,
    DiskFull,
    RunFull,
    Failed(String),
}

struct Post {
    encoded: Encoded,
    answer: Sender<Result<Arc<Run>, PostError>>,
}

type Change = Box<dyn FnOnce(&Arc<Run>) -> Option<Arc<Run>> + Send>;

/// Is told what the writer did, on the writer's thread: must be quick.
pub(crate) trait Observer: Send + Sync + 'static {
    /// Records were stored: `rows` of them are in the run now.
    fn stored(&self, run: &Arc<Run>, added: u64);
    /// Error records were stored.
    fn sampled(&self, run: &Arc<Run>, first_row: u64, samples: Vec<Sample>);
    /// Writing failed (and is tried again), or works again.
    fn stalled(&self, error: Option<&AppendError>);
}

/// The queues, and the thread behind them.
#[derive(Debug)]
pub(crate) struct Pipeline {
    feeds: Sender<FeedJob>,
    posts: Sender<Post>,
    changes: Sender<Change>,
    pool: Pool,
    writer: Mutex<Option<JoinHandle<()>>>,
    stop: Sender<()>,
}

impl std::fmt::Debug for Post {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}

impl Pipeline {
    /// Starts to write into `run`.
    pub(crate) fn start(run: Arc<Run>, observer: Arc<dyn Observer>) -> std::io::Result<Self> {
        let (feeds, feed_queue) = bounded(FEED_QUEUE);
        let (posts, post_queue) = bounded(POST_QUEUE);
        let (changes, change_queue) = bounded(1);
        let (stop, stopped) = bounded(1);
        let writer = Writer {
            run,
            observer,
            feeds: feed_queue,
            posts: post_queue,
            changes: change_queue,
            stopped,
            stopping: false,
            stalled: false,
        };
        let writer = thread::Builder::new()
            .name("writer".into())
            .spawn(move || writer.work())?;
        Ok(Self {
            feeds,
            posts,
            changes,
            pool: Pool::new()?,
            writer: Mutex::new(Some(writer)),
            stop,
        })
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Queues a source's job, waiting for room until `closed`.
    pub(crate) fn send(&self, job: FeedJob, closed: impl Fn() -> bool) -> Result<(), FeedClosed> {
        let mut job = job;
        loop {
            match self.feeds.send_timeout(job, PATIENCE) {
                Ok(()) => return Ok(()),
                Err(SendTimeoutError::Timeout(back)) if !closed() => job = back,
                Err(_) => return Err(FeedClosed),
            }
        }
    }

    /// Stores what a client posted; gives the run it landed in once it is durable.
    pub(crate) fn post(&self, encoded: Encoded) -> Result<Arc<Run>, PostError> {
        let (answer, waiting) = bounded(1);
        match self.posts.try_send(Post { encoded, answer }) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(PostError::Busy),
            Err(TrySendError::Disconnected(_)) => return Err(closing()),
        }
        waiting.recv().unwrap_or_else(|_| Err(closing()))
    }

    /// Runs `change` between two batches; the run it gives is written to from then on.
    pub(crate) fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Arc<Run>) -> (Option<Arc<Run>>, T) + Send + 'static,
    ) -> Option<T> {
        let (answer, waiting) = bounded(1);
        let change: Change = Box::new(move |run| {
            let (next, reply) = change(run);
            if answer.send(reply).is_err() {
                tracing::debug!("nobody waited for the run to change");
            }
            next
        });
        self.changes.send(change).ok()?;
        waiting.recv().ok()
    }

    /// Writes what is queued and ends. Sources must have been stopped before.
    pub(crate) fn stop(&self) {
        if self.stop.try_send(()).is_err() {
            tracing::debug!("the writer was told to stop already");
        }
        let writer = self.writer.lock().take();
        if let Some(writer) = writer
            && writer.join().is_err()
        {
            tracing::error!("the writer failed");
        }
    }
}

fn closing() -> PostError {
    PostError::Failed("Crosscut is closing".into())
}

struct Writer {
    run: Arc<Run>,
    observer: Arc<dyn Observer>,
    feeds: Receiver<FeedJob>,
    posts: Receiver<Post>,
    changes: Receiver<Change>,
    stopped: Receiver<()>,
    /// Whether it was told to stop while the disk was full.
    stopping: bool,
    stalled: bool,
}

/// Batches that are written together.
#[derive(Default)]
struct Group {
    frames: Vec<EncodedFrame>,
    rows: u64,
    /// Per batch that has any: rows before it in the group, and its samples.
    samples: Vec<(u64, Vec<Sample>)>,
    /// Rows before it in the group, the source and what its header said.
    layouts: Vec<(u64, SourceId, LayoutSpec)>,
}

impl Group {
    fn add(&mut self, encoded: Encoded) {
        if !encoded.samples.is_empty() {
            self.samples.push((self.rows, encoded.samples));
        }
        let layouts = encoded.layouts.into_iter();
        self.layouts
            .extend(layouts.map(|(row, source, layout)| (self.rows + row, source, layout)));
        self.rows += encoded.rows;
        self.frames.extend(encoded.frames);
    }
}

impl Writer {
    fn work(mut self) {
        loop {
            let mut select = Select::new();
            let feeds = select.recv(&self.feeds);
            let posts = select.recv(&self.posts);
            let changes = select.recv(&self.changes);
            let stopped = select.recv(&self.stopped);
            let ready = select.ready();
            if ready == changes {
                self.change_run();
            } else if ready == posts {
                self.write_posts();
            } else if ready == feeds {
                self.write_feeds();
            }
            if ready == stopped || self.stopping {
                break;
            }
        }
        while !self.feeds.is_empty() || !self.posts.is_empty() {
            self.write_posts();
            self.write_feeds();
        }
    }

    /// Goes on with another run, if one is asked for. What was sent before belongs to the one there
    /// is: a source that has been removed since is none of the next one's.
    fn change_run(&mut self) {
        for _ in 0..=FEED_QUEUE {
            if !self.feeds.is_empty() {
                self.write_feeds();
            }
        }
        self.change_run_now();
    }

    fn change_run_now(&mut self) {
        if let Ok(change) = self.changes.try_recv()
            && let Some(next) = change(&self.run)
        {
            self.run = next;
        }
    }

    /// Stores what clients have posted so far, in one write. When that fails they are told, and
    /// nothing of theirs is kept.
    fn write_posts(&mut self) {
        let mut group = Group::default();
        let mut answers = Vec::new();
        while group.frames.len() < GROUP_FRAMES
            && let Ok(post) = self.posts.try_recv()
        {
            group.add(post.encoded);
            answers.push(post.answer);
        }
        if answers.is_empty() {
            return;
        }
        let result = match self.append(&mut group) {
            Ok(()) => Ok(Arc::clone(&self.run)),
            Err(error) => Err(refusal(&error)),
        };
        for answer in answers {
            reply(&answer, result.clone());
        }
    }

    /// Stores what sources have sent so far, in one write. When that fails it is tried until it
    /// works: sources wait, their checkpoints with them.
    fn write_feeds(&mut self) {
        let mut group = Group::default();
        let mut barriers = Vec::new();
        while group.frames.len() < GROUP_FRAMES
            && let Ok(job) = self.feeds.try_recv()
        {
            match job {
                FeedJob::Store(Ticket::Ready(encoded)) => group.add(encoded),
                FeedJob::Store(Ticket::Coming(coming)) => {
                    if let Ok(encoded) = coming.recv() {
                        group.add(encoded);
                    } else {
                        tracing::error!("a worker failed on a batch");
                    }
                    break;
                }
                FeedJob::Barrier(done) => barriers.push(done),
            }
        }
        while let Err(error) = self.append(&mut group) {
            tracing::warn!(%error, "storing failed; it will be tried again");
            self.stopping = self.stopping || self.stopped.recv_timeout(RETRY).is_ok();
            if self.stopping {
                // Nothing is lost: the sources' checkpoints have not moved either.
                return;
            }
            while let Ok(post) = self.posts.try_recv() {
                reply(&post.answer, Err(refusal(&error)));
            }
            // Deleting what is in the way may be just what makes room.
            self.change_run_now();
        }
        for done in barriers {
            reply(&done, ());
        }
    }

    /// One attempt, which may be made again.
    fn store(&self, group: &Group) -> Result<Range<u64>, AppendError> {
        let next = self.run.store.totals().rows;
        for (before, source, layout) in &group.layouts {
            // Before any of their rows can be asked for.
            self.run.lay_out(*source, next + before, layout)?;
        }
        self.run.store.append(&group.frames)
    }

    /// One attempt; tells the observer how it went.
    fn append(&mut self, group: &mut Group) -> Result<(), AppendError> {
        if group.frames.is_empty() {
            return Ok(());
        }
        match self.store(group) {
            Ok(rows) => {
                if std::mem::take(&mut self.stalled) {
                    self.observer.stalled(None);
                }
                for (before, samples) in group.samples.drain(..) {
                    self.observer
                        .sampled(&self.run, rows.start + before, samples);
                }
                self.observer.stored(&self.run, rows.end - rows.start);
                Ok(())
            }
            Err(error) => {
                self.stalled = true;
                self.observer.stalled(Some(&error));
                Err(error)
            }
        }
    }
}

fn refusal(error: &AppendError) -> PostError {
    match error {
        AppendError::DiskFull { .. } => PostError::DiskFull,
        AppendError::RunFull { .. } => PostError::RunFull,
        other => PostError::Failed(other.to_string()),
    }
}

/// Answers someone who may have stopped waiting.
fn reply<T>(answer: &Sender<T>, value: T) {
    if answer.try_send(value).is_err() {
        tracing::debug!("nobody waited for the writer's answer");
    }
}

#[cfg(test)]
mod tests;
