//! Message templates (<https://messagetemplates.org>): `{Name}` in a text stands for a property.

use std::collections::HashMap;

use crosscut_model::limits::MAX_LINE_BYTES;
use serde_json::value::RawValue;

use super::super::sent::text;
use crate::ingest::json::{Entries, each_element};

/// Tokens with a format of their own, at most.
const MOST_SHOWN: usize = 1_000;

/// Fills a template in. `shown` holds, in order, what tokens with a format of their own look like
/// (`@r`). A token whose property is not there stays as it is, and so does all that is behind the
/// first [`MAX_LINE_BYTES`]: a long property may be named often.
pub(super) fn render(template: &str, properties: &Entries<'_>, shown: Option<&RawValue>) -> String {
    // The first of a name counts.
    let known: HashMap<&str, &RawValue> = properties
        .0
        .iter()
        .rev()
        .map(|(name, value)| (&**name, *value))
        .collect();
    let mut shown = shown.map(formatted).unwrap_or_default().into_iter();
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        if out.len() > MAX_LINE_BYTES {
            break;
        }
        let (before, brace) = rest.split_at(at);
        out.push_str(before);
        if let Some(behind) = brace.strip_prefix("{{").or(brace.strip_prefix("}}")) {
            out.push(if brace.starts_with('{') { '{' } else { '}' });
            rest = behind;
            continue;
        }
        let token = brace
            .strip_prefix('{')
            .and_then(|inside| inside.split_once('}'))
            .filter(|(inside, _)| is_token(inside));
        let Some((inside, behind)) = token else {
            let mut chars = brace.chars();
            out.extend(chars.next());
            rest = chars.as_str();
            continue;
        };
        let formatted = if inside.contains(':') {
            shown.next()
        } else {
            None
        };
        let name = inside.trim_start_matches(['@', '$']);
        let name = name.split([',', ':']).next().unwrap_or_default();
        match (formatted, known.get(name)) {
            (Some(text), _) => out.push_str(&text),
            (None, Some(value)) => put(&mut out, value),
            (None, None) => out.extend(["{", inside, "}"]),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The texts of `@r`, as far as they are texts.
fn formatted(list: &RawValue) -> Vec<String> {
    let mut all = Vec::new();
    // An error is no more than the end of the list.
    let _ended = each_element(list, |raw| match text(raw) {
        Some(text) if all.len() < MOST_SHOWN => {
            all.push(text.into_owned());
            Ok(())
        }
        _ => Err(()),
    });
    all
}

/// Texts without their quotes, all else as JSON.
fn put(out: &mut String, value: &RawValue) {
    match text(value) {
        Some(text) => out.push_str(&text),
        None => out.push_str(value.get()),
    }
}

/// A name, with an operator before it, an alignment and a format behind it.
fn is_token(inside: &str) -> bool {
    let name = inside.trim_start_matches(['@', '$']);
    let name = name.split([',', ':']).next().unwrap_or_default();
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
}
