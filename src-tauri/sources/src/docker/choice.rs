//! Which containers a selection means.
//!
//! Written as the key of its source: `all`, `label:k=v`, `label:k`, `project:NAME`, `name:GLOB` (with
//! `*` and `?`).

use std::collections::HashMap;

use super::look::PROJECT_LABEL;

/// Which containers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// Every one.
    All,
    /// Those with this label, of this value where one is given.
    Label(String, Option<String>),
    /// Those whose name fits a glob.
    Name(String),
    /// The one of this very name.
    Called(String),
}

impl Choice {
    /// Reads a selection; says what is wrong with it otherwise.
    pub(crate) fn parse(key: &str) -> Result<Self, String> {
        let key = key.trim();
        if matches!(key, "" | "all") {
            return Ok(Self::All);
        }
        let (what, value) = key
            .split_once(':')
            .ok_or_else(|| format!("`{key}` says not what it selects by"))?;
        if value.is_empty() {
            return Err(format!("nothing stands behind `{what}:`"));
        }
        match what {
            "label" => Ok(match value.split_once('=') {
                Some((label, value)) => Self::Label(label.to_owned(), Some(value.to_owned())),
                None => Self::Label(value.to_owned(), None),
            }),
            "project" => Ok(Self::Label(
                PROJECT_LABEL.to_owned(),
                Some(value.to_owned()),
            )),
            "name" => Ok(Self::Name(value.trim_start_matches('/').to_owned())),
            _ => Err(format!("containers cannot be selected by `{what}`")),
        }
    }

    /// What people call it.
    pub(crate) fn describe(key: &str) -> String {
        match key.split_once(':') {
            Some(("project", name)) => format!("project {name}"),
            Some(("label", label)) => format!("label {label}"),
            Some(("name", glob)) => format!("containers {glob}"),
            _ => "all containers".to_owned(),
        }
    }

    /// Whether a container is meant.
    pub(crate) fn fits(&self, name: &str, labels: &HashMap<String, String>) -> bool {
        match self {
            Self::All => true,
            Self::Label(label, None) => labels.contains_key(label),
            Self::Label(label, Some(value)) => labels.get(label) == Some(value),
            Self::Name(glob) => fits(glob.as_bytes(), name.as_bytes()),
            Self::Called(own) => own == name,
        }
    }
}

/// Whether a name fits a glob; takes time in proportion to both lengths multiplied, at most.
fn fits(glob: &[u8], name: &[u8]) -> bool {
    let (mut at, mut of) = (0, 0);
    // Where the last star was, and how much it has swallowed.
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (glob.get(at), name.get(of)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                star = Some((at, of));
                at += 1;
            }
            (Some(b'?'), Some(_)) => {
                at += 1;
                of += 1;
            }
            (Some(a), Some(b)) if a == b => {
                at += 1;
                of += 1;
            }
            (_, None) => return false,
            _ => {
                let Some((begin, swallowed)) = star else {
                    return false;
                };
                star = Some((begin, swallowed + 1));
                at = begin + 1;
                of = swallowed + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests;
