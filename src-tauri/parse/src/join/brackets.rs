//! Brackets left open at a line's end: pretty-printed JSON, and objects as Node prints them.

use super::{State, shape};

/// How many brackets are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Brackets {
    depth: u32,
    /// Whether this is an object or array for certain, and no sentence or program that happens to
    /// end with a bracket.
    pub(super) sure: bool,
    /// Nothing but one `[` so far.
    list: bool,
}

impl Brackets {
    /// The brackets that a first line leaves open.
    pub(super) fn opened(line: &[u8]) -> Option<Self> {
        let line = line.trim_ascii_end();
        let (&first, &last) = (line.first()?, line.last()?);
        let own = matches!(first, b'{' | b'[');
        let open = matches!(last, b'{' | b'[') || (own && last == b',');
        if !open {
            return None;
        }
        let depth = if own {
            depth_behind(line, 0)?
        } else {
            let trailing = line
                .iter()
                .rev()
                .take_while(|byte| matches!(byte, b'{' | b'[' | b'('))
                .count();
            u32::try_from(trailing).ok()?
        };
        (depth > 0).then_some(Self {
            depth,
            sure: own,
            list: line == b"[",
        })
    }

    /// What becomes of them with a line; `None` when the line has no place in brackets.
    pub(super) fn follow(self, line: &[u8], sure: bool) -> Option<State> {
        let inner = shape::inner(line);
        let first = *inner.first()?;
        let indented = inner.len() < line.len();
        let fits = if sure {
            let element = matches!(
                inner.trim_ascii_end().last(),
                Some(b',' | b'[' | b']' | b'{' | b'}')
            );
            indented
                || matches!(first, b'}' | b']' | b')' | b'"' | b'{')
                // Many a line begins with its time or level in brackets.
                || (first == b'[' && element)
        } else {
            indented && member(inner)
        };
        // A list with an object a line is better read line by line.
        let record = self.list && !indented && inner.trim_ascii_end().ends_with(b"},");
        if !fits || record || shape::begins_with_time(inner) {
            return None;
        }
        let closed = matches!(first, b'}' | b']' | b')') && !indented;
        match depth_behind(inner, self.depth) {
            Some(depth) if depth > 0 => Some(State::Open(Self {
                depth,
                sure: true,
                list: false,
            })),
            None if !closed => None,
            _ => Some(State::Closed),
        }
    }
}

/// How many brackets are open behind `line`; `None` when it closes more than were.
fn depth_behind(line: &[u8], mut depth: u32) -> Option<u32> {
    let mut quote = None;
    let mut before = b' ';
    let mut bytes = line.iter().copied();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (Some(_), b'\\') => {
                bytes.next();
            }
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"') => quote = Some(byte),
            // Node quotes with apostrophes; one behind a letter is none.
            (None, b'\'' | b'`') if !before.is_ascii_alphanumeric() => quote = Some(byte),
            (None, b'{' | b'[' | b'(') => depth += 1,
            (None, b'}' | b']' | b')') => depth = depth.checked_sub(1)?,
            _ => {}
        }
        before = byte;
    }
    Some(depth)
}

/// `"key": …`, `key: …`, an element; nothing that ends like a statement.
fn member(inner: &[u8]) -> bool {
    let end = inner.trim_ascii_end();
    if end.ends_with(b";") {
        return false;
    }
    match inner.first() {
        Some(b'"' | b'\'' | b'[' | b'{' | b'}' | b']') => true,
        Some(_) => {
            let name = inner
                .iter()
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
                .count();
            name > 0 && inner.get(name) == Some(&b':') && inner.get(name + 1) == Some(&b' ')
        }
        None => false,
    }
}
