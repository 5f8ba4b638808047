//! Which columns stand for a field.

use std::sync::Arc;

use crosscut_parse::{Known, usual_names};
use crosscut_query::{Builtin, Path, Segment};

use super::block::Block;
use super::column::{Column, Kind, UNTOLD};
use super::files::Fields;

/// The row has no such value; the next column counts.
pub(crate) const NONE: u8 = 0;
/// The record must be read.
pub(crate) const OPEN: u8 = 1;
/// The row's value is the column's.
pub(crate) const TOLD: u8 = 2;

/// Where a field's values stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Names {
    /// Under one name.
    Path(String),
    /// Somewhere under a name: only where there is nothing is known.
    Within(String),
    /// Under the first of the usual names that is there.
    Usual(Known),
}

/// A column that may stand for a field, and what each of its codes comes to.
#[derive(Debug)]
pub(crate) struct Layer {
    pub(crate) column: Arc<Column>,
    /// [`NONE`], [`OPEN`] or [`TOLD`] for each code.
    pub(crate) states: Vec<u8>,
}

impl Names {
    /// The columns of a path; nothing when none can stand for it.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        match path.builtin() {
            None => Self::of_segments(path.segments()),
            Some(Builtin::Service) => Some(Self::Usual(Known::Service)),
            Some(Builtin::Logger) => Some(Self::Usual(Known::Logger)),
            Some(Builtin::Trace) => Some(Self::Usual(Known::Trace)),
            Some(Builtin::Span) => Some(Self::Usual(Known::Span)),
            Some(_) => None,
        }
    }

    fn of_segments(segments: &[Segment]) -> Option<Self> {
        let mut joined = String::new();
        let mut within = false;
        for segment in segments {
            match segment {
                Segment::Index(_) => within = true,
                // A dot in a name is not the dot between two.
                Segment::Key(name) if name.is_empty() || name.contains('.') => return None,
                Segment::Key(name) => {
                    if !joined.is_empty() {
                        joined.push('.');
                    }
                    joined.push_str(name);
                }
            }
        }
        match (joined.is_empty(), within) {
            (true, _) => None,
            (false, true) => Some(Self::Within(joined)),
            (false, false) => Some(Self::Path(joined)),
        }
    }

    /// The columns that stand for the field in a block: a row's value is told by the first in which
    /// it has one. Nothing when one cannot be read.
    pub(crate) fn layers(&self, fields: &Fields, block: &Block) -> Option<Vec<Layer>> {
        let (name, within) = match self {
            Self::Path(name) => (name, false),
            Self::Within(name) => (name, true),
            Self::Usual(known) => return usual(fields, block, *known),
        };
        let Some(at) = block.find(name) else {
            return Some(Vec::new());
        };
        let column = fields.column(block, at)?;
        let told = if within { OPEN } else { TOLD };
        let states = (0..column.counts.len())
            .map(|code| match code {
                0 => NONE,
                1 => OPEN,
                _ => told,
            })
            .collect();
        Some(vec![Layer { column, states }])
    }
}

fn usual(fields: &Fields, block: &Block, known: Known) -> Option<Vec<Layer>> {
    let names = usual_names(known);
    let rank = |name: &str| {
        names
            .iter()
            .position(|usual| usual.eq_ignore_ascii_case(name))
    };
    let mut found = Vec::new();
    for (at, (name, ..)) in block.columns().enumerate() {
        if let Some(rank) = rank(name) {
            found.push((rank, fields.column(block, at)?));
        }
    }
    found.sort_by_key(|(rank, _)| *rank);
    let ranks: Vec<usize> = found.iter().map(|(rank, _)| *rank).collect();
    let layers = found.into_iter().map(|(rank, column)| {
        // Which of two with one rank comes first, only the record knows.
        let alone = ranks.iter().filter(|other| **other == rank).count() == 1;
        let states = (0..column.counts.len()).map(|code| {
            let Some(value) = code.checked_sub(usize::from(UNTOLD)) else {
                return NONE;
            };
            match value.checked_sub(1).map(|value| column.value(value)) {
                _ if !alone => OPEN,
                // A truth value is no text in JSON, and one in a pair.
                None | Some((Kind::Bool, _)) => OPEN,
                Some((_, text)) if is_readable(known, text) => TOLD,
                Some(_) => NONE,
            }
        });
        let states = states.collect();
        Layer { column, states }
    });
    Some(layers.collect())
}

/// Whether a text is taken for a value of the usual name.
fn is_readable(known: Known, text: &str) -> bool {
    match known {
        Known::Trace | Known::Span => {
            !text.is_empty()
                && text.len() <= 128
                && !text.contains(char::is_whitespace)
                && text.bytes().any(|byte| !matches!(byte, b'0' | b'-'))
        }
        _ => !text.trim().is_empty(),
    }
}
