//! A record as a row of the list.

/// What a row of the list shows of a record.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Display {
    /// The message on one line: terminal escapes removed, newlines shown as `⏎`, other control
    /// characters as pictures (`␀`), at most [`crosscut_model::limits::ROW_CHARS`] characters.
    pub message: String,
    /// The other fields, nested ones under dotted names, as far as they fit a row.
    pub fields: Vec<(String, String)>,
    /// Whether the message was cut.
    pub cut: bool,
}

/// Makes a row of a record.
pub fn display(raw: &[u8]) -> Display {
    Display {
        message: crate::message(raw).into_owned(),
        ..Display::default()
    }
}
