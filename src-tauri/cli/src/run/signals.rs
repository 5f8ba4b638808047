//! Signals that are meant for the command.

use std::io;
use std::task::Poll;

use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};

use crate::ignored::is_ignored;

/// Those that are passed on. SIGKILL and SIGSTOP cannot be; the others end or stop nobody who does
/// not ask for it.
const PASSED_ON: [Signal; 8] = [
    Signal::INT,
    Signal::TERM,
    Signal::HUP,
    Signal::QUIT,
    Signal::USR1,
    Signal::USR2,
    Signal::WINCH,
    Signal::TSTP,
];

/// A signal that came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told(pub(super) Signal);

impl Told {
    /// Whether it asks for the end, with no way to say no. Ctrl-C may be answered with a question.
    pub(super) fn ends(self) -> bool {
        [Signal::TERM, Signal::HUP, Signal::QUIT].contains(&self.0)
    }

    /// Whether it is Ctrl-C.
    pub(super) fn interrupts(self) -> bool {
        self.0 == Signal::INT
    }

    /// Whether it is Ctrl-Z.
    pub(super) fn stops(self) -> bool {
        self.0 == Signal::TSTP
    }
}

/// All of them, but for those that we, and so the command, were started to ignore. They count from
/// the moment this is made.
#[derive(Debug)]
pub(super) struct Signals(Vec<(Signal, tokio::signal::unix::Signal)>);

impl Signals {
    /// Listens from now on. Needs a tokio runtime.
    pub(super) fn listen() -> io::Result<Self> {
        let listen = |kind: Signal| Ok((kind, signal(SignalKind::from_raw(kind.as_raw()))?));
        PASSED_ON
            .into_iter()
            .filter(|kind| !is_ignored(kind.as_raw()))
            .map(listen)
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// The next one. Cancel-safe.
    pub(super) async fn next(&mut self) -> Told {
        std::future::poll_fn(|context| {
            for (kind, signal) in &mut self.0 {
                if signal.poll_recv(context).is_ready() {
                    return Poll::Ready(Told(*kind));
                }
            }
            Poll::Pending
        })
        .await
    }
}
