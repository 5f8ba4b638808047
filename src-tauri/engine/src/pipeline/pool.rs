//! Worker threads for what is pure and heavy: reading and compressing large batches.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use crossbeam_channel::{Receiver, Sender, bounded};

type Work = Box<dyn FnOnce() + Send>;

/// A fixed set of workers behind a bounded queue. Work that panics ends itself, not its worker.
#[derive(Debug, Clone)]
pub(crate) struct Pool {
    queue: Sender<Work>,
}

impl Pool {
    /// As many workers as there are cores, at most four.
    pub(crate) fn new() -> std::io::Result<Self> {
        let workers = thread::available_parallelism()
            .map_or(2, usize::from)
            .clamp(2, 4);
        let (queue, work): (Sender<Work>, Receiver<Work>) = bounded(workers * 2);
        for number in 0..workers {
            let work = work.clone();
            thread::Builder::new()
                .name(format!("encode-{number}"))
                .spawn(move || {
                    for task in work {
                        if catch_unwind(AssertUnwindSafe(task)).is_err() {
                            tracing::error!("a worker's task failed");
                        }
                    }
                })?;
        }
        Ok(Self { queue })
    }

    /// Has `task` done; blocks while the queue is full. The answer comes through the receiver,
    /// which is cut off if the task panics.
    pub(crate) fn submit<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Receiver<T> {
        let (answer, receiver) = bounded(1);
        let work: Work = Box::new(move || {
            if answer.send(task()).is_err() {
                tracing::debug!("nobody waited for a worker's answer");
            }
        });
        if self.queue.send(work).is_err() {
            tracing::error!("the workers are gone");
        }
        receiver
    }
}
