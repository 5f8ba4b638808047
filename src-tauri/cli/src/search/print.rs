//! Records on standard output.

use std::io::{self, Write};

use crosscut_engine::api::SearchRecord;

use crate::args::SearchFormat;

const MATCH: &str = "\x1b[1;31m";
const SOURCE: &str = "\x1b[36m";
const FAINT: &str = "\x1b[2m";
const PLAIN: &str = "\x1b[0m";

/// Writes records in the format asked for.
#[derive(Debug)]
pub(super) struct Printer<W> {
    out: W,
    format: SearchFormat,
    colored: bool,
    begun: bool,
}

impl<W: Write> Printer<W> {
    pub(super) fn new(out: W, format: SearchFormat, colored: bool) -> Self {
        Self {
            out,
            format,
            colored,
            begun: false,
        }
    }

    /// Writes some records. An error means that nobody reads any more.
    pub(super) fn records(&mut self, records: &[SearchRecord]) -> io::Result<()> {
        for record in records {
            match self.format {
                SearchFormat::Text => self.text(record)?,
                SearchFormat::Json => {
                    let between = if self.begun { ",\n" } else { "[" };
                    self.out.write_all(between.as_bytes())?;
                    serde_json::to_writer(&mut self.out, record)?;
                }
                SearchFormat::Jsonl => {
                    serde_json::to_writer(&mut self.out, record)?;
                    self.out.write_all(b"\n")?;
                }
            }
            self.begun = true;
        }
        self.out.flush()
    }

    /// Writes what stands behind the last record.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if self.format == SearchFormat::Json {
            let end = if self.begun { "]\n" } else { "[]\n" };
            self.out.write_all(end.as_bytes())?;
        }
        self.out.flush()
    }

    fn text(&mut self, record: &SearchRecord) -> io::Result<()> {
        let out = &mut self.out;
        let line = &record.record.line;
        let source = &record.record.source;
        if !self.colored {
            if record.gap {
                out.write_all(b"--\n")?;
            }
            return writeln!(out, "[{source}] {line}");
        }
        if record.gap {
            writeln!(out, "{SOURCE}--{PLAIN}")?;
        }
        write!(out, "{SOURCE}[{}]{PLAIN} ", harmless(source))?;
        if record.matched {
            for (part, hit) in parts(line, &record.hits) {
                let part = harmless(part);
                if hit {
                    write!(out, "{MATCH}{part}{PLAIN}")?;
                } else {
                    write!(out, "{part}")?;
                }
            }
        } else {
            write!(out, "{FAINT}{}{PLAIN}", harmless(line))?;
        }
        writeln!(out)
    }
}

/// A line cut where hits begin and end, and which parts are hits.
fn parts<'a>(line: &'a str, hits: &[u32]) -> Vec<(&'a str, bool)> {
    let mut cuts = hits.iter().copied().peekable();
    let (mut parts, mut start, mut hit, mut units) = (Vec::new(), 0, false, 0u32);
    for (at, c) in line.char_indices() {
        while cuts.next_if(|cut| *cut <= units).is_some() {
            parts.push((line.get(start..at).unwrap_or_default(), hit));
            (start, hit) = (at, !hit);
        }
        units = units.saturating_add(u32::try_from(c.len_utf16()).unwrap_or_default());
    }
    parts.push((line.get(start..).unwrap_or_default(), hit));
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

/// Text that does nothing to a terminal but show: what a log says must not move its cursor or set
/// its title. Sequences for colours go as a whole.
fn harmless(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\x1b' && chars.next_if_eq(&'[').is_some() {
            // A control sequence ends with a letter or one of a few signs.
            while chars.next_if(|c| (' '..='?').contains(c)).is_some() {}
            chars.next_if(|c| ('@'..='~').contains(c));
        } else if c == '\n' || c == '\t' || !c.is_control() {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests;
