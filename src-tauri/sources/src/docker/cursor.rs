//! How far a container's log has been taken, and what was told of its life.
//!
//! A place per stream, because the daemon's times run backward between stdout and stderr, though
//! never within one unless the clock is set: the time of the last frame taken, and how many frames of
//! that time were. A resumed read begins a little earlier and a [`Gate`] drops what was taken already,
//! which is everything up to that frame. After a clock was set back, frames before it have later
//! times: then the newest of those is kept too. Lines that are
//! held (the parts of a long one, the lines of an unfinished stack trace) are not taken yet: a read
//! that goes on behind the cursor brings them again.
//!
//! Stored as JSON, versioned: `{"v":2,"reach":{"out","err","from"},"life":{…}}`. Version 1 had `out`,
//! `err`, `started` and `ended` side by side, and is read too.

use crosscut_model::Stream;
use serde::{Deserialize, Serialize};

use super::life::Life;
use super::look::moment;

/// The version written.
const VERSION: u32 = 2;
/// How far the times of two streams may run against each other. Nanoseconds.
const STREAMS_APART: i64 = 5_000_000_000;

/// The last frame taken of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Its time, in nanoseconds since 1970.
    pub(crate) at: i64,
    /// How many frames of this time were taken.
    pub(crate) taken: u32,
    /// The newest time of the frames before, where the clock was set back since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    peak: Option<i64>,
}

impl Place {
    /// The place after one more frame.
    pub(crate) fn after(before: Option<Self>, at: i64) -> Self {
        let newest = before.map(|place| place.newest());
        let taken = match before {
            Some(place) if place.at == at => place.taken.saturating_add(1),
            _ => 1,
        };
        Self {
            at,
            taken,
            peak: newest.filter(|newest| *newest > at),
        }
    }

    /// Whether a frame of this time is not behind the place.
    pub(crate) fn covers(&self, at: i64) -> bool {
        at <= self.newest()
    }

    fn newest(&self) -> i64 {
        self.peak.unwrap_or(self.at)
    }

    /// Whether both mean one frame.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (self.at, self.taken) == (other.at, other.taken)
    }
}

/// How far a log has been taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reach {
    /// Of standard output; of everything for a container with a terminal.
    out: Option<Place>,
    /// Of standard error.
    err: Option<Place>,
    /// Nothing that was not taken is older than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<i64>,
}

impl Reach {
    /// The place in a stream.
    pub(crate) fn place(&self, stream: Stream) -> Option<Place> {
        if stream == Stream::Stderr {
            self.err
        } else {
            self.out
        }
    }

    /// Moves the place in a stream. `held` is the time of the oldest line that is held in the other.
    pub(crate) fn set(&mut self, stream: Stream, place: Option<Place>, held: Option<i64>) {
        if stream == Stream::Stderr {
            self.err = place;
        } else {
            self.out = place;
        }
        self.from = place.map(|place| {
            let newest = place.at.saturating_sub(STREAMS_APART);
            held.map_or(newest, |held| held.min(newest))
        });
    }

    /// From when on the daemon is to be asked; absent for all.
    pub(crate) fn since(&self) -> Option<i64> {
        if self.from.is_some() {
            return self.from;
        }
        match (self.out, self.err) {
            (Some(out), Some(err)) => Some(out.at.min(err.at)),
            (Some(one), None) | (None, Some(one)) => Some(one.at.saturating_sub(STREAMS_APART)),
            (None, None) => None,
        }
    }
}

/// What a checkpoint holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// How far the log has been taken.
    pub(crate) reach: Reach,
    /// What was told of the container's life.
    pub(crate) life: Life,
}

#[derive(Serialize)]
struct Stored<'a> {
    v: u32,
    reach: &'a Reach,
    life: &'a Life,
}

#[derive(Deserialize)]
struct Found {
    v: u32,
    reach: Option<Reach>,
    life: Option<Life>,
    out: Option<Place>,
    err: Option<Place>,
    started: Option<String>,
    ended: Option<String>,
}

impl Cursor {
    /// As it is stored.
    pub(crate) fn encode(reach: &Reach, life: &Life) -> Option<Vec<u8>> {
        serde_json::to_vec(&Stored {
            v: VERSION,
            reach,
            life,
        })
        .ok()
    }

    /// Reads what [`Self::encode`] made; anything else is refused with a reason.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let found: Found = serde_json::from_slice(bytes).map_err(|cause| cause.to_string())?;
        match found {
            Found {
                v: VERSION,
                reach: Some(reach),
                life: Some(life),
                ..
            } => Ok(Self { reach, life }),
            Found {
                v: 1,
                out,
                err,
                started,
                ended,
                ..
            } => Ok(Self {
                reach: Reach {
                    out,
                    err,
                    from: None,
                },
                life: Life::known(moment(started), moment(ended)),
            }),
            Found { v, .. } => Err(format!("it is of version {v}, and only {VERSION} is known")),
        }
    }
}

/// What a gate says to a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It was taken before.
    Known,
    /// It is news.
    News,
    /// It is news, and others may be among what was dropped: the last frame taken, which was of this
    /// time, did not come by.
    Doubtful(i64),
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
    pub(crate) fn passes(&mut self, at: i64) -> Passage {
        let Some(place) = &mut self.0 else {
            return Passage::News;
        };
        if at == place.at {
            place.taken = place.taken.saturating_sub(1);
            if place.taken == 0 {
                // From here on all is news, whatever the daemon's clock does.
                self.0 = None;
            }
            return Passage::Known;
        }
        if place.covers(at) {
            return Passage::Known;
        }
        let passage = match place.peak {
            None => Passage::News,
            Some(_) => Passage::Doubtful(place.at),
        };
        self.0 = None;
        passage
    }
}
