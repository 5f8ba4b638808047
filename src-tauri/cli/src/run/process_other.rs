//! The command's process where there are no process groups and no ptys: two pipes, and the console
//! shared with us.

use std::fmt;
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::Keep;
use super::pump::Outputs;
use super::signals::Told;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End(Option<ExitStatus>);

impl End {
    /// Our own exit code.
    pub(super) fn code(self) -> u8 {
        let code = self.0.and_then(|status| status.code()).unwrap_or(1);
        u8::try_from(code).unwrap_or(1)
    }

    /// Whether that is no failure.
    pub(super) fn is_well(self, asked: bool) -> bool {
        asked || self.0.is_some_and(|status| status.success())
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(status) => write!(f, "ended ({status})"),
            None => f.write_str("ended, nobody knows how,"),
        }
    }
}

/// A command that was started.
#[derive(Debug)]
pub(super) struct Process {
    id: u32,
    child: Arc<Mutex<Child>>,
    ended: oneshot::Receiver<End>,
}

impl Process {
    /// Starts it, its outputs kept apart.
    pub(super) fn start(mut command: Command, _: Keep) -> io::Result<(Self, Outputs)> {
        let (stdout, theirs) = io::pipe()?;
        command.stdout(theirs);
        let (stderr, theirs) = io::pipe()?;
        command.stderr(theirs);
        let child = command.spawn()?;
        drop(command);
        let id = child.id();
        let child = Arc::new(Mutex::new(child));
        let (end, ended) = oneshot::channel();
        let watched = Arc::clone(&child);
        std::thread::Builder::new()
            .name("child".into())
            .spawn(move || {
                let status = loop {
                    match watched.lock().try_wait() {
                        Ok(None) => {}
                        Ok(Some(status)) => break Some(status),
                        Err(_) => break None,
                    }
                    std::thread::sleep(std::time::Duration::from_millis(20));
                };
                end.send(End(status)).ok()
            })?;
        let outputs = Outputs {
            stdout: Box::new(stdout),
            stderr: Box::new(stderr),
        };
        Ok((Self { id, child, ended }, outputs))
    }

    /// Its process id.
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Waits for its end. Cancel-safe; to be asked until it has answered once.
    pub(super) async fn ended(&mut self) -> End {
        (&mut self.ended).await.unwrap_or(End(None))
    }

    /// The command shares our console.
    pub(super) fn tell(&mut self, _: Told) {}

    /// Nobody is ever stopped.
    pub(super) async fn pause(&mut self) {}

    /// Ends it.
    pub(super) fn kill(&self) {
        self.child.lock().kill().ok();
    }

    /// Whether nothing of it is left, as far as can be seen.
    pub(super) fn is_gone(&self) -> bool {
        !matches!(self.child.lock().try_wait(), Ok(None))
    }

    /// There is no terminal of ours to follow the window.
    pub(super) fn resize(&mut self) {}
}
