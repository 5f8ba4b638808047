//! When the operating system asks the program to end.

/// How it asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Ctrl-C: whoever shares the terminal was asked as well.
    ToInterrupt,
    /// Otherwise.
    ToEnd,
}

/// Signals that end the program. They count from the moment this is made.
#[derive(Debug)]
pub(crate) struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 3],
}

impl Stop {
    /// Listens from now on. Needs a tokio runtime.
    pub(crate) fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let of = |kind| signal(kind);
            let signals = [
                of(SignalKind::interrupt())?,
                of(SignalKind::terminate())?,
                of(SignalKind::hangup())?,
            ];
            Ok(Self { signals })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for one of them. Cancel-safe.
    pub(crate) async fn asked(&mut self) -> Asked {
        #[cfg(unix)]
        {
            let [interrupt, terminate, hangup] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => Asked::ToInterrupt,
                _ = terminate.recv() => Asked::ToEnd,
                _ = hangup.recv() => Asked::ToEnd,
            }
        }
        #[cfg(not(unix))]
        {
            if tokio::signal::ctrl_c().await.is_err() {
                // Nobody can ask: run until killed.
                std::future::pending::<()>().await;
            }
            Asked::ToInterrupt
        }
    }
}
