//! When the operating system asks the program to end.

/// How it asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Ctrl-C: whoever shares the terminal was asked as well.
    ToInterrupt,
    /// Otherwise.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has other signals"))]
    ToEnd,
}

/// Signals that end the program, but for those it was started to ignore. They count from the moment
/// this is made.
#[derive(Debug)]
pub(crate) struct Stop {
    #[cfg(unix)]
    signals: [Option<tokio::signal::unix::Signal>; 3],
}

impl Stop {
    /// Listens from now on. Needs a tokio runtime.
    pub(crate) fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let of = |kind: SignalKind| {
                let heard = !crate::ignored::is_ignored(kind.as_raw_value());
                heard.then(|| signal(kind)).transpose()
            };
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
                () = received(interrupt) => Asked::ToInterrupt,
                () = received(terminate) => Asked::ToEnd,
                () = received(hangup) => Asked::ToEnd,
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

/// Waits for a signal; one that is ignored never comes. Cancel-safe.
#[cfg(unix)]
async fn received(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
