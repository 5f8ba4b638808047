//! Where in an answer of the daemon the news begins.

use crosscut_model::Stream;

use crate::docker::cursor::Place;

/// How an answer's beginning is told from its news.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rewind {
    /// It reaches back behind what was seen, if the daemon still has that.
    Since,
    /// It is the log's tail: news begins behind the last frame that was seen.
    Tail,
    /// It is what was kept of a follow.
    Kept(Before),
}

/// What lies before the first news in frames that were kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// Nothing that was not seen.
    Nothing,
    /// Perhaps something, unless a frame shows that they reach back to what was seen.
    Perhaps,
    /// Something that no read brings.
    Something,
}

/// Where in an answer the frames are.
#[derive(Debug)]
pub(super) enum Course {
    /// Told by the gates. `owed` is the newest frame that was seen before, until one of the frames
    /// shows that the answer reaches back behind it (or, where that shows nothing, until there is news).
    Gates { owed: Option<i64>, sure: bool },
    /// Looking for the last frame that was seen. `counted` are those of its stream, `apart` once one
    /// of them had another time: before that, some of its time may be missing.
    Looking {
        last: (Stream, Place),
        counted: Option<Place>,
        apart: bool,
    },
    /// All is news.
    News,
}
