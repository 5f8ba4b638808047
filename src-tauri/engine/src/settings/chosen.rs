//! A format that the user has chosen for some sources: one of those that are known, or an expression
//! of their own.

use std::sync::Arc;

use crosscut_model::LayoutSpec;
use crosscut_parse::{Format, Layout, LayoutError};

/// An expression may be so long: every source that it is for has it in its run's manifest. Bytes.
const LONGEST: usize = 2 << 10;

/// How the lines of a source are read.
#[derive(Debug, Clone)]
pub(crate) enum Chosen {
    /// As is found out, whatever a later entry says.
    Auto,
    As(Format),
    /// By an expression whose named groups are fields.
    Pattern(Arc<Layout>),
}

impl Chosen {
    /// The user's own format, or what is wrong with the expression, in one line.
    pub(super) fn pattern_of(source: &str) -> Result<Self, String> {
        if source.len() > LONGEST {
            return Err(format!("the expression is longer than {LONGEST} bytes"));
        }
        let spec = LayoutSpec::Expression {
            source: source.to_owned(),
        };
        match Layout::new(&spec) {
            Ok(Some(layout)) => Ok(Self::Pattern(Arc::new(layout))),
            Err(LayoutError::Expression(told)) => Err(super::redact::plain(&told)),
            Ok(None) | Err(LayoutError::Nameless | LayoutError::Delimiter(_)) => Err(
                "nothing in the expression has a name: a field is a group such as (?<user>\\S+)"
                    .into(),
            ),
        }
    }

    /// The format, where it is one of those that are known.
    pub(crate) fn format(&self) -> Option<Format> {
        match self {
            Self::As(format) => Some(*format),
            Self::Auto | Self::Pattern(_) => None,
        }
    }

    /// The user's own one.
    pub(crate) fn pattern(&self) -> Option<Arc<Layout>> {
        match self {
            Self::Pattern(layout) => Some(Arc::clone(layout)),
            Self::Auto | Self::As(_) => None,
        }
    }
}

impl PartialEq for Chosen {
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (self.pattern(), other.pattern());
        let own = |layout: &Option<Arc<Layout>>| {
            let layout = layout.as_ref()?;
            layout.expression().map(str::to_owned)
        };
        self.format() == other.format() && own(&one) == own(&two)
    }
}

impl Eq for Chosen {}
