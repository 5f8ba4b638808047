//! `_msg_field` and `_time_field`: for shippers whose records keep message and time under names of
//! their own.
//!
//! A record is stored as it was sent. Where it has a mapped field, and no `msg` or `@timestamp` of
//! its own, a copy of the field's value is put in front under that name, where every reader finds
//! it: `{"what":"hi"}` with `_msg_field=what` becomes `{"msg":"hi","what":"hi"}`.

use std::borrow::Cow;

use super::json::Entries;

/// Names that are looked for, for each of message and time.
const MOST_PATHS: usize = 32;
/// Steps of a path that are taken.
const MOST_STEPS: usize = 32;

/// The fields that hold message and time.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    wanted: Vec<(&'static str, Vec<String>)>,
}

impl Mapping {
    /// Reads the parameters: each a name, a dotted path, or several of them with commas between; of
    /// a great many, the first.
    pub(super) fn new(message: Option<&str>, time: Option<&str>) -> Self {
        let read = |to: &'static str, text: Option<&str>| {
            let paths = text.unwrap_or_default().split(',').map(str::trim);
            let paths: Vec<_> = paths
                .filter(|path| !path.is_empty())
                .take(MOST_PATHS)
                .map(str::to_owned)
                .collect();
            (!paths.is_empty()).then_some((to, paths))
        };
        let wanted = [read("msg", message), read("@timestamp", time)];
        Self {
            wanted: wanted.into_iter().flatten().collect(),
        }
    }

    /// Whether nothing is asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The record with its message and time where they are looked for. What is no JSON object, or
    /// has none of the fields, stays as it is.
    pub(super) fn apply<'a>(&self, record: &'a [u8]) -> Cow<'a, [u8]> {
        if self.wanted.is_empty() {
            return Cow::Borrowed(record);
        }
        let Ok(entries) = serde_json::from_slice::<Entries<'_>>(record) else {
            return Cow::Borrowed(record);
        };
        let mut front = Vec::new();
        for (to, paths) in &self.wanted {
            if entries.get(to).is_some() {
                continue;
            }
            if let Some(value) = paths
                .iter()
                .find_map(|path| look_up(&entries, path, MOST_STEPS))
            {
                front.extend_from_slice(format!("\"{to}\":{value},").as_bytes());
            }
        }
        let open = record
            .iter()
            .position(|&byte| byte == b'{')
            .map(|at| record.split_at(at + 1));
        match open {
            Some((brace, rest)) if !front.is_empty() => Cow::Owned([brace, &front, rest].concat()),
            _ => Cow::Borrowed(record),
        }
    }
}

/// A value that is there: by its whole name, else step by step. Null and empty texts do not count.
fn look_up<'a>(entries: &Entries<'a>, path: &str, steps: usize) -> Option<&'a str> {
    if let Some(value) = entries.get(path) {
        let text = value.get();
        return (!matches!(text, "null" | "\"\"")).then_some(text);
    }
    let (first, rest) = path.split_once('.')?;
    let nested: Entries<'a> = serde_json::from_str(entries.get(first)?.get()).ok()?;
    look_up(&nested, rest, steps.checked_sub(1)?)
}

#[cfg(test)]
mod tests;
