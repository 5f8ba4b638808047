//! A bad query, drawn with what is wrong pointed at.

use crosscut_engine::api::ApiError;

/// Characters shown on either side of the place.
const AROUND: usize = 36;

/// What is wrong, the query, and a hat below the place.
pub(super) fn draw(error: &ApiError, query: &str, position: usize) -> String {
    let mut position = position.min(query.len());
    while !query.is_char_boundary(position) {
        position -= 1;
    }
    let (before, after) = query.split_at(position);
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let mut head: Vec<char> = before.chars().rev().take(AROUND).map(shown).collect();
    head.reverse();
    let mut head: String = head.into_iter().collect();
    if before.chars().nth(AROUND).is_some() {
        head.insert(0, '…');
    }
    let mut tail: String = after.chars().take(AROUND).map(shown).collect();
    if after.chars().nth(AROUND).is_some() {
        tail.push('…');
    }
    let place = format!(" (at byte {})", error.position.unwrap_or_default());
    let message = error.message.strip_suffix(&place).unwrap_or(&error.message);
    let indent = " ".repeat(head.chars().count());
    let hint = if error.hint.is_empty() {
        String::new()
    } else {
        format!(" {}", error.hint)
    };
    format!("{message}\n  {head}{tail}\n  {indent}^{hint}")
}

#[cfg(test)]
mod tests;
