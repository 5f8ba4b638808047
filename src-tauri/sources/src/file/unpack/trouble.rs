//! What goes wrong with packed files.

use std::io;

/// Why a packed file could not be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// It ends too early.
    #[error("it ends in the middle")]
    Truncated,
    /// There is something behind its end.
    #[error("behind its end there is something else")]
    Garbage,
    /// It unpacks to more than is believed. Bytes unpacked.
    #[error(
        "it unpacks to more than is believed of a log: {0} bytes came out before it was given up"
    )]
    TooLarge(u64),
    /// An archive of more files than are looked at.
    #[error("it holds more than {0} files")]
    TooMany(usize),
    /// Packed in a way that is not known here.
    #[error("it is packed in a way that is not known here ({0})")]
    Unknown(String),
    /// An archive that has no such file any more.
    #[error("it holds no such file")]
    NoMember,
    /// Its bytes are wrong.
    #[error("it is damaged ({0})")]
    Damaged(String),
    /// The file itself cannot be read.
    #[error(transparent)]
    Unreadable(io::Error),
    /// The source was stopped.
    #[error("the source was stopped")]
    Stopped,
}

impl Trouble {
    /// Stable, for a source's state.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Truncated => "truncated",
            Self::Garbage => "trailing_garbage",
            Self::TooLarge(_) => "too_large",
            Self::TooMany(_) => "too_many_files",
            Self::Unknown(_) => "unknown_packing",
            Self::NoMember => "no_such_member",
            Self::Damaged(_) => "damaged",
            Self::Unreadable(_) | Self::Stopped => "read_failed",
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            Self::Truncated | Self::Damaged(_) => {
                "what could be unpacked is here; get the file again from where it came from"
            }
            Self::Garbage => "what was unpacked before it is here",
            Self::TooLarge(_) => "if it is a log, unpack it and add the plain file",
            Self::TooMany(_) => {
                "unpack it, and name the files you want with a glob, such as /path/**/app*.log"
            }
            Self::Unknown(_) => "unpack it and add the plain file",
            Self::NoMember => "the archive was replaced: add it again",
            Self::Unreadable(_) | Self::Stopped => "it is tried again by itself",
        }
    }
}

impl From<Trouble> for io::Error {
    fn from(trouble: Trouble) -> Self {
        Self::other(trouble)
    }
}

impl From<io::Error> for Trouble {
    /// Errors of decoders; those of the file itself have a number of the system's.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            return Self::Truncated;
        }
        if error.raw_os_error().is_some() {
            return Self::Unreadable(error);
        }
        match error.downcast::<Self>() {
            Ok(trouble) => trouble,
            Err(error) => Self::Damaged(error.to_string()),
        }
    }
}
