//! Ctrl-C, where there are no signals. The command shares our console and gets it by itself.

use std::io;

/// Ctrl-C came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told;

impl Told {
    /// It may be answered with a question.
    pub(super) fn ends(self) -> bool {
        false
    }

    /// Whether it is Ctrl-C.
    pub(super) fn interrupts(self) -> bool {
        true
    }

    /// There is no Ctrl-Z.
    pub(super) fn stops(self) -> bool {
        false
    }
}

/// Ctrl-C, which from now on does not end this program.
#[derive(Debug)]
pub(super) struct Signals;

impl Signals {
    /// Listens from now on.
    pub(super) fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// The next one. Cancel-safe.
    pub(super) async fn next(&mut self) -> Told {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Told
    }
}
