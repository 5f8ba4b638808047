//! How patient a follower is, and how much it reads at once.
//!
//! Every time and size that following files depends on, in one place, so that tests can make them
//! small.

use std::time::Duration;

use super::cut::Sizes;

/// How patient a follower is, and how much it reads at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) sizes: Sizes,
    /// Between looks at a file that brought something lately.
    pub(crate) busy: Duration,
    /// Between looks at a quiet one.
    pub(crate) quiet: Duration,
    /// Between tries at one that cannot be read.
    pub(crate) retry: Duration,
    /// A replaced file is left when it has brought nothing for this long.
    pub(crate) grace: Duration,
    /// A replaced file that is still written to is left after this long.
    pub(crate) patience: Duration,
    /// A deleted file is let go when nothing took its place for this long.
    pub(crate) mourning: Duration,
    /// A last line without a newline is shown after this long.
    pub(crate) partial: Duration,
    /// A file that turns up later is loaded like history when it is larger than this. Bytes.
    pub(crate) news: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sizes: Sizes::default(),
            busy: Duration::from_millis(100),
            quiet: Duration::from_millis(250),
            retry: Duration::from_secs(2),
            grace: Duration::from_millis(500),
            patience: Duration::from_secs(30),
            mourning: Duration::from_secs(5),
            partial: Duration::from_millis(500),
            news: 8 << 20,
        }
    }
}
