//! What a user can set: one TOML file, `settings.toml` in the data directory.
//!
//! Owns the file's format: reading it ([`Settings::read`]) with every mistake told by its line and
//! column, and what the settings mean for a source ([`Settings::of_source`]). No file is the same as
//! an empty one: everything has a default. The file is the user's: Crosscut writes it only when the
//! user saves it, byte for byte as typed.
//!
//! # Format
//!
//! [`TEMPLATE`] documents every key, and is what a user who has no file yet begins with. An unknown
//! key is a mistake, so that a misspelt one is not passed over.

mod chosen;
mod file;
mod place;
mod redact;
mod value;

use std::path::Path;

use crosscut_model::SourceSpec;
use jiff::tz::TimeZone;

pub(crate) use self::chosen::Chosen;
use self::file::Choice;
pub(crate) use self::place::Places;
pub(crate) use self::redact::Redaction;
use crate::workbench::Retention;

/// The file's name in the data directory.
pub(crate) const SETTINGS_FILE: &str = "settings.toml";

/// The file that a user who has none begins with: every key with its default, commented out.
pub(crate) const TEMPLATE: &str = include_str!("template.toml");

/// The file may be so long. Bytes.
pub(crate) const MAX_SETTINGS_BYTES: usize = 1 << 20;

/// What is set.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Sources to follow in every run.
    pub(crate) sources: Vec<SourceSpec>,
    /// The zone of times that name none.
    pub(crate) zone: TimeZone,
    /// What is replaced before it is stored.
    pub(crate) redaction: Redaction,
    /// Which old runs are deleted; absent parts are as Crosscut was started.
    pub(crate) retention: Retention,
    /// Limits.
    pub(crate) limits: Limits,
    /// What is known of some sources, first match first.
    choices: Vec<Choice>,
}

/// Limits that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// A request's body after decompression. Bytes.
    pub(crate) body_bytes: usize,
    /// Sources in one run.
    pub(crate) sources: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: crosscut_model::limits::MAX_BODY_BYTES,
            sources: crosscut_model::limits::MAX_SOURCES,
        }
    }
}

/// How lines of one source are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceSettings {
    /// The zone of times that name none.
    pub(crate) zone: TimeZone,
    /// The format, where the user knows better than to have it found out.
    pub(crate) format: Chosen,
    /// Whether lines that belong together become one record.
    pub(crate) join: bool,
}

impl From<&SourceSettings> for crosscut_parse::ReaderOptions {
    fn from(settings: &SourceSettings) -> Self {
        Self {
            zone: settings.zone.clone(),
            format: settings.format.format(),
            pattern: settings.format.pattern(),
        }
    }
}

/// A mistake in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// The line, from 1.
    pub(crate) line: u32,
    /// The column in characters, from 1.
    pub(crate) column: u32,
    /// What is wrong, in a sentence without a full stop.
    pub(crate) message: String,
}

impl Settings {
    /// Nothing set: everything as it is by itself, with these old runs kept.
    pub(crate) fn empty(retention: Retention) -> Self {
        Self {
            sources: Vec::new(),
            zone: TimeZone::system(),
            redaction: Redaction::default(),
            retention,
            limits: Limits::default(),
            choices: Vec::new(),
        }
    }

    /// Reads a file's text. `home` is what `~/` stands for; `retention` what holds where the file
    /// says nothing.
    ///
    /// # Errors
    ///
    /// Every mistake, in the order of the text; of a text that is no TOML, the first.
    pub(crate) fn read(
        text: &str,
        home: Option<&Path>,
        retention: Retention,
    ) -> Result<Self, Vec<Mistake>> {
        file::read(text, home, retention)
    }

    /// How lines of a source are read: what the first entry says that names it, and of what that
    /// leaves open, the next.
    pub(crate) fn of_source(&self, spec: &SourceSpec) -> SourceSettings {
        let mut zone = None;
        let mut format = None;
        let mut join = None;
        for choice in self.choices.iter().filter(|choice| choice.names(spec)) {
            zone = zone.or(choice.zone.as_ref());
            format = format.or(choice.format.as_ref());
            join = join.or(choice.join);
        }
        SourceSettings {
            zone: zone.unwrap_or(&self.zone).clone(),
            format: format.cloned().unwrap_or(Chosen::Auto),
            join: join.unwrap_or(true),
        }
    }
}

#[cfg(test)]
mod tests;
