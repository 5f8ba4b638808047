//! How far a container's log has been taken.
//!
//! A cursor per stream, because the daemon's times run backward between stdout and stderr, though
//! never within one: the time of the last frame taken, and how many frames of that time were. The
//! daemon can be asked for whole seconds only, so a resumed read begins earlier and a [`Gate`] drops
//! what was taken already.
//!
//! Stored as JSON, versioned: `{"v":1,"out":{"at","taken"},"err":…,"started","ended"}`.

use crosscut_model::Stream;
use serde::{Deserialize, Serialize};

/// The version written.
const VERSION: u32 = 1;
/// How far the times of two streams may run against each other. Seconds.
const STREAMS_APART: i64 = 5;

/// The last frame taken of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Its time, in nanoseconds since 1970.
    pub(crate) at: i64,
    /// How many frames of this time were taken.
    pub(crate) taken: u32,
}

impl Place {
    /// The place after one more frame.
    pub(crate) fn after(before: Option<Self>, at: i64) -> Self {
        match before {
            Some(place) if place.at == at => Self {
                at,
                taken: place.taken.saturating_add(1),
            },
            _ => Self { at, taken: 1 },
        }
    }
}

/// How far a log has been taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    v: u32,
    /// Of standard output; of everything for a container with a terminal.
    out: Option<Place>,
    /// Of standard error.
    err: Option<Place>,
    /// When the container was started that the lines came from, in the daemon's words.
    pub(crate) started: Option<String>,
    /// When it ended, once that was marked, in the daemon's words.
    pub(crate) ended: Option<String>,
}

impl Default for Cursor {
    fn default() -> Self {
        Self {
            v: VERSION,
            out: None,
            err: None,
            started: None,
            ended: None,
        }
    }
}

impl Cursor {
    /// As it is stored.
    pub(crate) fn encode(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(self).ok()
    }

    /// Reads what [`Self::encode`] made; anything else is refused with a reason.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let cursor: Self = serde_json::from_slice(bytes).map_err(|cause| cause.to_string())?;
        if cursor.v == VERSION {
            Ok(cursor)
        } else {
            Err(format!(
                "it is of version {}, and only {VERSION} is known",
                cursor.v
            ))
        }
    }

    /// The place in a stream.
    pub(crate) fn place(&self, stream: Stream) -> Option<Place> {
        if stream == Stream::Stderr {
            self.err
        } else {
            self.out
        }
    }

    /// Sets the place in a stream.
    pub(crate) fn set(&mut self, stream: Stream, place: Option<Place>) {
        if stream == Stream::Stderr {
            self.err = place;
        } else {
            self.out = place;
        }
    }

    /// From which second on the daemon is to be asked; 0 for all.
    pub(crate) fn since(&self) -> i32 {
        let second = |place: Place| place.at.div_euclid(1_000_000_000);
        let from = match (self.out, self.err) {
            (Some(out), Some(err)) => second(out).min(second(err)),
            (Some(one), None) | (None, Some(one)) => second(one) - STREAMS_APART,
            (None, None) => 0,
        };
        i32::try_from(from.max(0)).unwrap_or(i32::MAX)
    }
}

/// Drops, at the beginning of a resumed stream, what was taken before.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gate(Option<Place>);

impl Gate {
    /// A gate behind a place.
    pub(crate) fn behind(place: Option<Place>) -> Self {
        Self(place)
    }

    /// Whether the frame of this time is news.
    pub(crate) fn admits(&mut self, at: i64) -> bool {
        let Some(place) = &mut self.0 else {
            return true;
        };
        if at < place.at {
            return false;
        }
        if at == place.at && place.taken > 0 {
            place.taken -= 1;
            return false;
        }
        // From here on all is news, whatever the daemon's clock does.
        self.0 = None;
        true
    }
}
