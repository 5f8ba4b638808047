//! Stopping this program along with the command, as a shell expects of a job.
//!
//! A stop takes hold a moment after it was asked for, in whatever thread hears of it first. What is to
//! be done once the program goes on must wait for the word that it does, or it is done before the stop:
//! the command would go on behind the back of the shell, and without the terminal.

use std::io;

use rustix::process::{Signal, getpid, kill_process};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Stops the program, and knows when it goes on.
#[derive(Debug, Clone)]
pub(super) struct Pause(watch::Receiver<()>);

impl Pause {
    /// Listens from now on. Needs a tokio runtime.
    pub(super) fn listen() -> io::Result<Self> {
        let mut signals = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
        let (go_on, going_on) = watch::channel(());
        tokio::spawn(
            async move { while signals.recv().await.is_some() && go_on.send(()).is_ok() {} },
        );
        Ok(Self(going_on))
    }

    /// Stops the program until somebody has it go on.
    pub(super) async fn stop(&mut self) {
        self.0.mark_unchanged();
        if kill_process(getpid(), Signal::STOP).is_ok() {
            self.0.changed().await.ok();
        }
    }
}
