//! `crosscut pipe`: standard input as a source.
//!
//! A sink, as `tmux pipe-pane` and the end of a pipeline want it; with `--pass` it stands in the
//! middle of one, as `tee` does. Promises: what is read is stored once, in order; while it cannot be
//! stored the writer is made to wait; what could not be stored at the end is said, with exit code 3.

mod rotate;
mod size;
mod tee;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crosscut_model::{SourceKind, Stream};
use parking_lot::Mutex;
use tokio::sync::oneshot;

use self::tee::Tee;
use crate::args::PipeArgs;
use crate::deliver::{Chunk, Delivery, Outbox, Owner, PATIENCE, Sender};
use crate::failure::Failure;
use crate::say;
use crate::stop::{Asked, Stop};

pub(crate) use self::size::size;

/// Read at once, at most. Bytes.
const READ: usize = 64 << 10;

/// After Ctrl-C, which the programs before us in the pipeline get as well, their last words are
/// waited for.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Stores standard input until it ends.
pub(crate) async fn pipe(data_dir: PathBuf, args: PipeArgs) -> Result<(), Failure> {
    let tee = args.tee.as_deref();
    let tee = tee.map(|file| Tee::open(file, args.rotate, &args.source));
    let tee = tee.transpose().map_err(Failure::refused)?;
    let mut stop = Stop::listen()
        .map_err(|error| Failure::refused(format!("cannot listen for signals: {error}")))?;
    let owner = Owner::find(&data_dir, None, true).await;
    let delivery = Delivery::start(
        Sender {
            data_dir,
            source: args.source,
            kind: SourceKind::Stdin,
            run: args.run,
            quiet: args.quiet,
            patience: PATIENCE,
        },
        owner,
    );
    let outbox = delivery.outbox();
    let sink = Arc::new(Mutex::new(Sink {
        outbox: Arc::clone(&outbox),
        tee,
        failed: None,
        over: false,
    }));
    let (ended, mut end) = oneshot::channel();
    let (reading, pass) = (Arc::clone(&sink), args.pass);
    // A thread of its own and no task: nothing wakes a read from a terminal when we are to end.
    std::thread::Builder::new()
        .name("input".into())
        .spawn(move || {
            read(&reading, pass);
            ended.send(()).ok()
        })
        .map_err(|error| Failure::refused(format!("no thread: {error}")))?;
    let has_ended = tokio::select! {
        _ = &mut end => true,
        asked = stop.asked() => {
            asked == Asked::ToInterrupt
                && tokio::select! {
                    _ = &mut end => true,
                    _ = stop.asked() => false,
                    () = tokio::time::sleep(LAST_WORDS) => false,
                }
        }
    };
    if !has_ended {
        outbox.hurry();
    }
    // Waits for what was read last to find room, and for nothing that comes after it.
    let finished = tokio::task::spawn_blocking(move || sink.lock().finish(has_ended));
    let finished = finished
        .await
        .unwrap_or_else(|error| Err(error.to_string()));
    let outcome = delivery.finish().await;
    if let Some(why) = &outcome.why {
        return Err(Failure::refused(format!(
            "{} lines were not stored: {why}",
            outcome.lost
        )));
    }
    finished.map_err(Failure::refused)
}

/// Reads standard input to its end, or until nothing more is wanted; on a thread of its own.
fn read(sink: &Mutex<Sink>, mut pass: bool) {
    let mut input = std::io::stdin().lock();
    let mut buffer = vec![0; READ];
    loop {
        let read = match input.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return sink.lock().fail(format!("standard input: {error}")),
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        if !sink.lock().take(bytes) {
            return;
        }
        // Whoever reads behind us may go: lines are still stored.
        pass = pass && pass_on(bytes);
    }
}

/// What is done with what was read.
struct Sink {
    outbox: Arc<Outbox>,
    tee: Option<Tee>,
    /// The first thing beside storing that failed is told at the end: it is no reason to store less.
    failed: Option<String>,
    /// Whether nothing more is taken.
    over: bool,
}

impl Sink {
    /// Keeps what was read; `false` when nothing more is wanted. Blocks until there is room.
    fn take(&mut self, bytes: &[u8]) -> bool {
        if self.over {
            return false;
        }
        if let Some(tee) = &mut self.tee
            && let Err(error) = tee.add(bytes)
        {
            say::problem(format_args!("{error}; lines are still stored"));
            self.fail(error);
            self.tee = None;
        }
        let chunk = Chunk::bytes(Stream::Stdout, bytes.to_vec());
        self.outbox.put(chunk)
    }

    /// Takes nothing more. An input that `has_ended` is marked as such in the file beside.
    fn finish(&mut self, has_ended: bool) -> Result<(), String> {
        self.over = true;
        if let Some(tee) = self.tee.take()
            && let Err(error) = tee.finish(has_ended)
        {
            self.fail(error);
        }
        self.failed.take().map_or(Ok(()), Err)
    }

    fn fail(&mut self, why: String) {
        self.failed.get_or_insert(why);
    }
}

fn pass_on(bytes: &[u8]) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).is_ok()
}

#[cfg(test)]
mod tests;
