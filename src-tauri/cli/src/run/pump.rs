//! A command's output on its way through: passed on first, stored then.

use std::io::{self, Read, Write};
use std::sync::Arc;

use crosscut_model::Stream;
use tokio::sync::oneshot;

use crate::deliver::{Chunk, Outbox};
use crate::say;

/// Read at once, at most. Bytes.
const READ: usize = 64 << 10;

/// The command's two outputs.
pub(super) struct Outputs {
    pub(super) stdout: Box<dyn Read + Send>,
    pub(super) stderr: Box<dyn Read + Send>,
}

/// Two threads that read them.
#[derive(Debug)]
pub(super) struct Pumps(Vec<oneshot::Receiver<()>>);

impl Outputs {
    /// Starts to read. A thread that cannot be had leaves its output to nobody, and the command is
    /// told so by a closed pipe.
    pub(super) fn start(self, outbox: &Arc<Outbox>) -> Pumps {
        let mut pumps = Vec::new();
        for (stream, from) in [(Stream::Stdout, self.stdout), (Stream::Stderr, self.stderr)] {
            let (ended, end) = oneshot::channel();
            let outbox = Arc::clone(outbox);
            let thread = std::thread::Builder::new().name(stream.name().into());
            let started = thread.spawn(move || {
                pump(stream, from, &outbox);
                ended.send(()).ok();
            });
            if let Err(error) = started {
                tracing::error!(%error, "no thread for {}", stream.name());
            }
            pumps.push(end);
        }
        Pumps(pumps)
    }
}

impl Pumps {
    /// Waits until both outputs have ended. Cancel-safe.
    pub(super) async fn ended(&mut self) {
        while let Some(end) = self.0.last_mut() {
            end.await.ok();
            self.0.pop();
        }
    }
}

fn pump(stream: Stream, mut from: Box<dyn Read + Send>, outbox: &Outbox) {
    let mut buffer = vec![0; READ];
    let mut told = false;
    loop {
        let read = match from.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            // A terminal whose last writer has gone is an error on Linux, and an end elsewhere.
            Ok(0) | Err(_) => return,
            Ok(read) => read,
        };
        let bytes = buffer.get(..read).unwrap_or_default();
        let passed = if stream == Stream::Stderr {
            pass(&mut io::stderr().lock(), bytes)
        } else {
            pass(&mut io::stdout().lock(), bytes)
        };
        outbox.offer(Chunk::bytes(stream, bytes.to_vec()));
        if let Err(error) = passed {
            // Who reads us has gone: the command is to see that as if it were read directly.
            if error.kind() == io::ErrorKind::BrokenPipe {
                return;
            }
            if !told {
                say::problem(format_args!(
                    "{} cannot be passed on: {error}; it is still stored",
                    stream.name()
                ));
            }
            told = true;
        }
    }
}

fn pass(out: &mut dyn Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(bytes)?;
    out.flush()
}
