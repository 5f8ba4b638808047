//! Names of fields: dotted paths, and the built-in ones among them.

use std::fmt;

/// Where a field stands in a record's structure: `http.status`, `items[0].sku`, `@timestamp`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Path {
    segments: Vec<Segment>,
}

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// Into an object, by name. Case counts.
    Key(String),
    /// Into an array, from 0.
    Index(u32),
}

impl Path {
    /// A path of these steps. Aliases of built-in names are replaced by the names.
    pub fn new(segments: Vec<Segment>) -> Self {
        let path = Self { segments };
        match path.builtin() {
            Some(builtin) => Self::from(builtin),
            None => path,
        }
    }

    /// A path of one name.
    pub fn name(name: impl Into<String>) -> Self {
        Self::new(vec![Segment::Key(name.into())])
    }

    /// The steps; never empty in a parsed query.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Which built-in this is, if it is one.
    pub fn builtin(&self) -> Option<Builtin> {
        match self.segments.as_slice() {
            [Segment::Key(name)] => Builtin::named(name),
            _ => None,
        }
    }

    /// The path as one would write it, without quoting: what `f` is in the literal text `f:v`.
    pub fn plain(&self) -> String {
        let mut plain = String::new();
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Key(name) => {
                    if at > 0 {
                        plain.push('.');
                    }
                    plain.push_str(name);
                }
                Segment::Index(index) => {
                    plain.push('[');
                    plain.push_str(&index.to_string());
                    plain.push(']');
                }
            }
        }
        plain
    }
}

impl From<Builtin> for Path {
    fn from(builtin: Builtin) -> Self {
        Self {
            segments: vec![Segment::Key(builtin.name().to_owned())],
        }
    }
}

/// The fields every record has by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Builtin {
    /// How bad it is.
    Level,
    /// Its source's name.
    Source,
    /// The program it speaks for; the source's name where the record does not say.
    Service,
    /// Its stream.
    Stream,
    /// Its message.
    Msg,
    /// When it happened.
    Time,
    /// The trace it belongs to.
    Trace,
    /// The span it belongs to.
    Span,
    /// Who wrote it inside the program.
    Logger,
    /// The source file it was written from.
    File,
    /// The template behind its message.
    Pattern,
    /// The issue it belongs to.
    Issue,
    /// Its number in the run.
    Seq,
    /// The run's id.
    Run,
}

impl Builtin {
    /// Every built-in.
    pub const ALL: [Self; 14] = [
        Self::Level,
        Self::Source,
        Self::Service,
        Self::Stream,
        Self::Msg,
        Self::Time,
        Self::Trace,
        Self::Span,
        Self::Logger,
        Self::File,
        Self::Pattern,
        Self::Issue,
        Self::Seq,
        Self::Run,
    ];

    /// The built-in of this name or alias. Case counts.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "src" => Some(Self::Source),
            "svc" => Some(Self::Service),
            "t" => Some(Self::Time),
            _ => Self::ALL.into_iter().find(|builtin| builtin.name() == name),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Source => "source",
            Self::Service => "service",
            Self::Stream => "stream",
            Self::Msg => "msg",
            Self::Time => "time",
            Self::Trace => "trace",
            Self::Span => "span",
            Self::Logger => "logger",
            Self::File => "file",
            Self::Pattern => "pattern",
            Self::Issue => "issue",
            Self::Seq => "seq",
            Self::Run => "run",
        }
    }
}

impl fmt::Display for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
