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
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crosscut_model::{SourceKind, Stream};
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

/// How often it is looked whether what was read last has found room.
const LOOK: Duration = Duration::from_millis(20);

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
    let putting = Arc::new(AtomicBool::new(false));
    let (ended, mut end) = oneshot::channel();
    let reader = Reader {
        outbox: Arc::clone(&outbox),
        putting: Arc::clone(&putting),
        pass: args.pass,
        tee,
    };
    // A thread of its own and no task: nothing wakes a read from a terminal when we are to end.
    std::thread::Builder::new()
        .name("input".into())
        .spawn(move || ended.send(reader.read()).ok())
        .map_err(|error| Failure::refused(format!("no thread: {error}")))?;
    let mut read = tokio::select! {
        read = &mut end => Some(read),
        asked = stop.asked() => {
            if asked == Asked::ToInterrupt {
                tokio::select! {
                    read = &mut end => Some(read),
                    _ = stop.asked() => None,
                    () = tokio::time::sleep(LAST_WORDS) => None,
                }
            } else {
                None
            }
        }
    };
    if read.is_none() {
        outbox.hurry();
        while putting.load(Ordering::Acquire) {
            tokio::time::sleep(LOOK).await;
        }
        read = end.try_recv().ok().map(Ok);
    }
    let outcome = delivery.finish().await;
    if let Some(why) = &outcome.why {
        return Err(Failure::refused(format!(
            "{} lines were not stored: {why}",
            outcome.lost
        )));
    }
    match read {
        Some(Ok(Err(failure))) => Err(Failure::refused(failure)),
        _ => Ok(()),
    }
}

/// Reads standard input, on a thread of its own.
struct Reader {
    outbox: Arc<Outbox>,
    /// Whether something was read that has no room yet.
    putting: Arc<AtomicBool>,
    pass: bool,
    tee: Option<Tee>,
}

impl Reader {
    /// Reads to the end. The first thing beside storing that failed is told at the end: it is no
    /// reason to store less.
    fn read(mut self) -> Result<(), String> {
        let mut failed = None;
        let mut input = std::io::stdin().lock();
        let mut buffer = vec![0; READ];
        loop {
            let read = match input.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    failed.get_or_insert(format!("standard input: {error}"));
                    break;
                }
            };
            let bytes = buffer.get(..read).unwrap_or_default();
            self.putting.store(true, Ordering::Release);
            if self.pass && !pass(bytes) {
                // Whoever reads behind us has gone: so does a `tee`, but lines are still stored.
                self.pass = false;
            }
            if let Some(tee) = &mut self.tee
                && let Err(error) = tee.add(bytes)
            {
                say::problem(format_args!("{error}; lines are still stored"));
                failed.get_or_insert(error);
                self.tee = None;
            }
            let stored = self
                .outbox
                .put(Chunk::bytes(Stream::Stdout, bytes.to_vec()));
            self.putting.store(false, Ordering::Release);
            if !stored {
                break;
            }
        }
        if let Some(tee) = self.tee
            && let Err(error) = tee.finish()
        {
            failed.get_or_insert(error);
        }
        failed.map_or(Ok(()), Err)
    }
}

fn pass(bytes: &[u8]) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).is_ok()
}
