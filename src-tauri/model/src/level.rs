//! Severity.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How bad a record says it is. Ordered; [`Level::None`] (nothing known) is below all.
///
/// The discriminants are the values in the store's level column.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(export_to = "types.ts"))]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Level {
    /// The record names no level.
    #[default]
    None = 0,
    /// Finest detail.
    Trace = 1,
    /// Detail for developers.
    Debug = 2,
    /// Ordinary operation.
    Info = 3,
    /// Something to look at.
    Warn = 4,
    /// Something failed.
    Error = 5,
    /// The program cannot go on.
    Fatal = 6,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Warn,
        Self::Error,
        Self::Fatal,
    ];

    /// The level's name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// The value in the level column.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The level behind a column value; anything unknown is [`Level::None`].
    pub fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Trace,
            2 => Self::Debug,
            3 => Self::Info,
            4 => Self::Warn,
            5 => Self::Error,
            6 => Self::Fatal,
            _ => Self::None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no level.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no level; levels are trace, debug, info, warn, error and fatal")]
pub struct ParseLevelError(String);

impl FromStr for Level {
    type Err = ParseLevelError;

    /// Reads a level's name or a common spelling of it, ignoring case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.to_ascii_lowercase();
        Ok(match lower.as_str() {
            "none" => Self::None,
            "trace" | "trc" | "finest" | "finer" | "verbose" | "silly" | "t" => Self::Trace,
            "debug" | "dbg" | "debu" | "fine" | "d" => Self::Debug,
            "info" | "inf" | "information" | "informational" | "notice" | "log" | "config"
            | "i" => Self::Info,
            "warn" | "warning" | "wrn" | "w" => Self::Warn,
            "error" | "err" | "eror" | "severe" | "e" => Self::Error,
            "fatal" | "ftl" | "critical" | "crit" | "alert" | "emerg" | "emergency" | "panic"
            | "dpanic" | "f" => Self::Fatal,
            _ => return Err(ParseLevelError(text.to_owned())),
        })
    }
}

/// A set of levels, one bit a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LevelSet(pub u8);

impl LevelSet {
    /// Adds `level`.
    pub fn insert(&mut self, level: Level) {
        self.0 |= 1 << level.code();
    }

    /// Whether `level` is in the set.
    pub fn contains(self, level: Level) -> bool {
        self.0 & (1 << level.code()) != 0
    }

    /// What is in both.
    #[must_use]
    pub fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether nothing is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
