//! A stream's labels: which of them names the source, and how they are written in one text.

use crosscut_model::Stream;

/// Labels that name a program, best first.
const NAMES: [&str; 9] = [
    "service_name",
    "service",
    "app",
    "application",
    "compose_service",
    "container_name",
    "container",
    "job",
    "filename",
];

/// Labels of one stream that are told apart; Loki itself takes 15.
const MOST: usize = 1_000;

/// What a stream's labels say.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Labels {
    /// The program.
    pub(super) source: Option<String>,
    /// Docker's driver and Promtail tell standard output and standard error apart by a label.
    pub(super) stream: Stream,
    /// All others, in their order.
    pub(super) rest: Vec<(String, String)>,
}

impl Labels {
    pub(super) fn new(mut labels: Vec<(String, String)>) -> Self {
        let is = |label: &(String, String), name: &str| label.0 == name && !label.1.is_empty();
        let place = NAMES
            .iter()
            .find_map(|name| labels.iter().position(|label| is(label, name)));
        let source = place.map(|at| labels.remove(at).1);
        let told = |label: &(String, String)| {
            let name = matches!(label.0.as_str(), "stream" | "source");
            name.then(|| super::stream(&label.1)).flatten()
        };
        let place = labels.iter().position(|label| told(label).is_some());
        let stream = place.and_then(|at| told(&labels.remove(at)));
        Self {
            source,
            stream: stream.unwrap_or_default(),
            rest: labels,
        }
    }

    /// Reads `{app="shop", level="info"}`, as protobuf and the older JSON have it. What is not
    /// written so, or is endless, is kept as a label of its own.
    pub(super) fn of_text(text: &str) -> Self {
        let labels = pairs(text).unwrap_or_else(|| vec![("labels".to_owned(), text.to_owned())]);
        Self::new(labels)
    }
}

fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let mut rest = text.trim().strip_prefix('{')?.trim_start();
    let mut labels = Vec::new();
    while !rest.starts_with('}') {
        if labels.len() == MOST {
            return None;
        }
        let (name, behind) = rest.split_once('=')?;
        let (value, behind) = quoted(behind.trim_start())?;
        labels.push((name.trim().to_owned(), value));
        let behind = behind.trim_start();
        rest = match behind.strip_prefix(',') {
            Some(more) => more.trim_start(),
            None if behind.starts_with('}') => behind,
            None => return None,
        };
    }
    Some(labels)
}

/// A text as Go writes it, and what stands behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    if let Some(raw) = text.strip_prefix('`') {
        let (value, behind) = raw.split_once('`')?;
        return Some((value.to_owned(), behind));
    }
    let mut rest = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        let c = match rest.next()? {
            '"' => return Some((value, rest.as_str())),
            '\\' => match rest.next()? {
                'a' => '\u{7}',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'v' => '\u{b}',
                'u' => char::from_u32(number(&mut rest, 4)?)?,
                'U' => char::from_u32(number(&mut rest, 8)?)?,
                // A byte of a text that is not all UTF-8: shown as the character of that number.
                'x' => char::from_u32(number(&mut rest, 2)?)?,
                c => c,
            },
            c => c,
        };
        value.push(c);
    }
}

fn number(rest: &mut std::str::Chars<'_>, digits: usize) -> Option<u32> {
    (0..digits).try_fold(0u32, |all, _| {
        Some(all.checked_mul(16)? + rest.next()?.to_digit(16)?)
    })
}
