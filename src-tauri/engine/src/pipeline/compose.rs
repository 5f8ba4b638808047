//! The output of `docker compose logs` and `docker compose up`, taken apart.
//!
//! Compose puts the name of the service before each line (`api-1  | text`). A source whose first
//! lines have such names is one of several: the name becomes a source of its own and is taken off
//! the line. What has no name (what Compose itself says) stays with the source as it is.

use std::collections::HashMap;

use crosscut_model::SourceId;
use crosscut_parse::compose_prefix;

use crate::source::Lines;

/// Lines after which a source is what it seems to be.
const DECIDED: usize = 64;

/// What is known of a source's lines so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compose {
    seen: usize,
    attached: bool,
    /// Where the bar behind the names is, once it is certain that there are names.
    bar: Option<usize>,
}

impl Compose {
    /// The lines without the names, and whose each is; `None` when they have none. `service` gives the
    /// source of a name, if there can be one.
    pub(crate) fn split(
        &mut self,
        lines: &Lines,
        source: SourceId,
        mut service: impl FnMut(&str) -> Option<SourceId>,
    ) -> Option<(Lines, Vec<SourceId>)> {
        self.decide(lines);
        self.bar?;
        let mut plain = Lines::new();
        // Asked for anew with each batch: the list may have changed.
        let mut services = HashMap::new();
        let mut sources = Vec::with_capacity(lines.len());
        for (raw, flags) in lines.iter() {
            let found = self.named(raw).and_then(|name| {
                let ask = || service(std::str::from_utf8(name).ok()?);
                let id = *services.entry(name).or_insert_with(ask);
                Some((name, id?))
            });
            let Some((name, id)) = found else {
                plain.push(raw, flags);
                sources.push(source);
                continue;
            };
            sources.push(id);
            if memchr::memchr(b'\n', raw).is_none() {
                plain.push(without(raw, name), flags);
                continue;
            }
            let rows: Vec<&[u8]> = raw
                .split(|&byte| byte == b'\n')
                .map(|line| without(line, name))
                .collect();
            plain.push(&rows.join(&b'\n'), flags);
        }
        Some((plain, sources))
    }

    /// Looks at a source's first lines.
    fn decide(&mut self, lines: &Lines) {
        if self.bar.is_some() || self.seen >= DECIDED {
            return;
        }
        let (mut bar, mut named, mut looked) = (None, 0, 0);
        for (raw, _) in lines.iter().take(DECIDED - self.seen) {
            self.seen += 1;
            looked += 1;
            self.attached |= raw.starts_with(b"Attaching to ");
            let Some((name, text)) = compose_prefix(raw) else {
                continue;
            };
            if !is_numbered(name) && !self.attached {
                self.seen = DECIDED;
                return;
            }
            named += 1;
            bar = bar.or(Some(raw.len() - text.len()));
        }
        if self.attached || named * 2 > looked {
            self.bar = bar;
        }
    }

    /// The name before a line, where that is a service's.
    fn named<'a>(&self, raw: &'a [u8]) -> Option<&'a [u8]> {
        let (name, text) = compose_prefix(raw)?;
        let here = Some(raw.len() - text.len()) == self.bar;
        (here || is_numbered(name)).then_some(name)
    }
}

/// `api-1`, `project_api_1`.
fn is_numbered(name: &[u8]) -> bool {
    let digits = name
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let before = name.len().checked_sub(digits + 1);
    digits > 0 && matches!(before.and_then(|at| name.get(at)), Some(b'-' | b'_'))
}

/// The line behind that name.
fn without<'a>(line: &'a [u8], name: &[u8]) -> &'a [u8] {
    match compose_prefix(line) {
        Some((own, text)) if own == name => text,
        _ => line,
    }
}

#[cfg(test)]
mod tests;
