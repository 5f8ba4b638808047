//! Message templates (<https://messagetemplates.org>): `{Name}` in a text stands for a property.

use serde_json::value::RawValue;

use super::super::sent::text;
use crate::ingest::json::Entries;

/// Fills a template in. `shown` holds, in order, what tokens with a format of their own look like
/// (`@r`). A token whose property is not there stays as it is.
pub(super) fn render(template: &str, properties: &Entries<'_>, shown: Option<&RawValue>) -> String {
    let shown: Vec<String> = shown
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let mut shown = shown.into_iter();
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
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
        match (formatted, properties.get(name)) {
            (Some(text), _) => out.push_str(&text),
            (None, Some(value)) => put(&mut out, value),
            (None, None) => out.extend(["{", inside, "}"]),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
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
