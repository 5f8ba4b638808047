//! Names of sources.

use crosscut_model::limits::SOURCE_NAME_CHARS;

/// Checks a name that was typed, before anything is read under it.
pub(crate) fn typed(text: &str) -> Result<String, String> {
    let name = fitting(text);
    if name == text.trim() && !name.is_empty() {
        return Ok(name);
    }
    Err(format!(
        "a source's name has 1 to {SOURCE_NAME_CHARS} characters, all on one line"
    ))
}

/// What of a text can be a name: maybe nothing.
pub(crate) fn fitting(text: &str) -> String {
    let fit = text.trim().chars().filter(|char| !char.is_control());
    fit.take(SOURCE_NAME_CHARS)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests;
