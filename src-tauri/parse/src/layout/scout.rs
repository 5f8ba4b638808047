//! Finding the line that names the fields of those behind it.

use crosscut_model::LayoutSpec;

use super::cells;
use crate::text::trimmed;

/// Names in a header, and bytes of one.
const MOST: usize = 128;
const LONGEST: usize = 64;

/// W3C's names, and what such fields are called elsewhere.
const W3C: [(&str, &str); 12] = [
    ("c-ip", "client"),
    ("cs(Referer)", "referer"),
    ("cs(User-Agent)", "agent"),
    ("cs-bytes", "bytes_received"),
    ("cs-host", "host"),
    ("cs-method", "method"),
    ("cs-uri-query", "query"),
    ("cs-uri-stem", "path"),
    ("cs-username", "user"),
    ("sc-bytes", "bytes"),
    ("sc-status", "status"),
    ("time-taken", "request_time"),
];

/// Watches a source's lines for a header: the first line, when it consists of names and the next of
/// as many cells that are none; and W3C's `#Fields:` wherever it stands.
#[derive(Debug, Clone, Default)]
pub struct Scout {
    state: State,
}

#[derive(Debug, Clone, Default)]
enum State {
    /// No line has come.
    #[default]
    Start,
    /// The first line may be a header.
    Header(LayoutSpec, usize),
    /// There is no header to come but W3C's.
    Done,
}

impl Scout {
    /// One for a source of which lines have come already: its next one is no header, but for W3C's.
    pub fn behind_the_start() -> Self {
        Self { state: State::Done }
    }

    /// Looks at the next line; gives the layout that holds from it on, when a header said so.
    pub fn look(&mut self, raw: &[u8]) -> Option<LayoutSpec> {
        if matches!(self.state, State::Done) && raw.first() != Some(&b'#') {
            return None;
        }
        let line = trimmed(raw);
        if line.is_empty() {
            return None;
        }
        if let [b'#', ..] = line {
            if let Some(names) = line.strip_prefix(b"#Fields:") {
                self.state = State::Done;
                return w3c(names);
            }
            return None;
        }
        match std::mem::replace(&mut self.state, State::Done) {
            State::Start => {
                if let Some((spec, count)) = header(line) {
                    self.state = State::Header(spec, count);
                }
                None
            }
            State::Header(spec, count) => follows(line, &spec, count).then_some(spec),
            State::Done => None,
        }
    }
}

fn w3c(names: &[u8]) -> Option<LayoutSpec> {
    let names = std::str::from_utf8(names).ok()?;
    let names: Vec<String> = names.split_ascii_whitespace().map(usual).collect();
    (!names.is_empty() && names.len() <= MOST).then_some(LayoutSpec::Words { names })
}

fn usual(name: &str) -> String {
    let known = W3C.iter().find(|(w3c, _)| *w3c == name);
    known.map_or(name, |(_, usual)| usual).to_owned()
}

/// A line that consists of names only, all different.
fn header(line: &[u8]) -> Option<(LayoutSpec, usize)> {
    let delimiter = [b'\t', b';', b',']
        .into_iter()
        .find(|&delimiter| memchr::memchr(delimiter, line).is_some())?;
    let cells = cells(line, delimiter);
    let least = if delimiter == b'\t' { 2 } else { 3 };
    if !(least..=MOST).contains(&cells.len()) || !cells.iter().all(|cell| is_name(cell)) {
        return None;
    }
    let names: Vec<String> = cells
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).into_owned())
        .collect();
    let mut different = names.clone();
    different.sort_unstable();
    different.dedup();
    let count = names.len();
    (different.len() == count).then_some((
        LayoutSpec::Cells {
            delimiter: char::from(delimiter),
            names,
        },
        count,
    ))
}

/// A name: it begins with a letter, and at most one blank parts its words.
fn is_name(cell: &[u8]) -> bool {
    let fits = |&byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'_' | b'-' | b'.' | b' ' | b'@' | b'/' | b'(' | b')' | b'%'
            )
    };
    (1..=LONGEST).contains(&cell.len())
        && cell
            .first()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@'))
        && cell.iter().all(fits)
        && memchr::memchr_iter(b' ', cell).count() <= 2
}

/// Whether a line has as many cells, and not names in all of them.
fn follows(line: &[u8], spec: &LayoutSpec, count: usize) -> bool {
    let LayoutSpec::Cells { delimiter, .. } = spec else {
        return false;
    };
    let cells = u8::try_from(*delimiter).map(|delimiter| cells(line, delimiter));
    cells.is_ok_and(|cells| {
        let number = |cell: &&[u8]| cell.iter().any(u8::is_ascii_digit);
        cells.len() == count && cells.iter().any(number)
    })
}
