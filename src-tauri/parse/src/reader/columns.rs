//! Lines below a line that names their columns: CSV and TSV, and the W3C extended log format
//! (<https://www.w3.org/TR/WD-logfile.html>) as IIS writes it.

use crosscut_model::{Level, UnixNanos};

use super::LineMeta;
use super::times::Times;
use crate::head::of_status;
use crate::keys::{Role, role};
use crate::level::{self, Scale};

/// Columns of a line that are looked at.
const MOST: usize = 64;

/// A line of names is no longer than this. Bytes.
const LONGEST: usize = 2 << 10;

/// So many lines in a row that do not fit end the table.
const MISSES: u8 = 8;

/// The table that a source's lines are in, if they are in one.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    layout: Option<Layout>,
}

#[derive(Debug, Clone)]
struct Layout {
    separator: u8,
    /// How many there are.
    count: usize,
    date: Option<usize>,
    time: Option<usize>,
    level: Option<(usize, Scale)>,
    /// The status of an answer, where there is no level.
    status: Option<usize>,
    /// Whether times are in UTC whatever the source's zone is.
    utc: bool,
    misses: u8,
}

impl Columns {
    /// What a line says as part of a table; `None` when it is in none.
    pub(super) fn read(
        &mut self,
        line: &[u8],
        times: &mut Times,
        now: UnixNanos,
    ) -> Option<LineMeta> {
        match line.first()? {
            b'#' => {
                if let Some(names) = line.strip_prefix(b"#Fields:") {
                    self.layout = Some(Layout::of_w3c(names.trim_ascii()));
                }
                return None;
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'"' | b'@' | b'_' => {
                if let Some(layout) = Layout::of_names(line) {
                    self.layout = Some(layout);
                    return Some(LineMeta::default());
                }
            }
            _ => {}
        }
        let layout = self.layout.as_mut()?;
        let found = layout.read(line, times, now);
        if found.is_some() {
            layout.misses = 0;
            return found;
        }
        layout.misses += 1;
        if layout.misses >= MISSES {
            self.layout = None;
        }
        None
    }
}

impl Layout {
    fn of_w3c(names: &[u8]) -> Self {
        let separator = if names.contains(&b'\t') { b'\t' } else { b' ' };
        let names: Vec<&[u8]> = names.split(|&byte| byte == separator).collect();
        let place = |wanted: &[u8]| names.iter().position(|name| *name == wanted);
        Self {
            separator,
            count: names.len(),
            date: place(b"date"),
            time: place(b"time"),
            level: None,
            status: place(b"sc-status"),
            utc: true,
            misses: 0,
        }
    }

    /// Reads a line as names of columns: words without digits at their start, one of which is a
    /// usual name for a time.
    fn of_names(line: &[u8]) -> Option<Self> {
        if line.len() > LONGEST || memchr::memchr3(b',', b';', b'\t', line).is_none() {
            return None;
        }
        let name = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ' | b'@' | b'"')
        };
        let end = line.iter().position(|&byte| !name(byte))?;
        let separator = *line.get(end)?;
        let fits = matches!(separator, b',' | b';' | b'\t')
            && line.iter().all(|&byte| name(byte) || byte == separator);
        if !fits {
            return None;
        }
        let mut found = Self {
            separator,
            count: 0,
            date: None,
            time: None,
            level: None,
            status: None,
            utc: false,
            misses: 0,
        };
        let (mut time_rank, mut level_rank) = (u8::MAX, u8::MAX);
        for (place, cell) in Cells::of(line, separator).enumerate() {
            let cell = cell.trim_ascii();
            if cell.first().is_none_or(u8::is_ascii_digit) {
                return None;
            }
            found.count = place + 1;
            if cell.eq_ignore_ascii_case(b"date") {
                found.date = Some(place);
            } else if cell.eq_ignore_ascii_case(b"status") || cell == b"status_code" {
                found.status = Some(place);
            } else {
                match role(cell) {
                    Role::Time(rank) if rank < time_rank => {
                        (found.time, time_rank) = (Some(place), rank);
                    }
                    Role::Level(rank, scale) if rank < level_rank => {
                        (found.level, level_rank) = (Some((place, scale)), rank);
                    }
                    _ => {}
                }
            }
        }
        let dated = found.time.is_some() || found.date.is_some();
        (dated && (2..=MOST).contains(&found.count)).then_some(found)
    }

    fn read(&self, line: &[u8], times: &mut Times, now: UnixNanos) -> Option<LineMeta> {
        let mut cells: [&[u8]; MOST] = [b""; MOST];
        let mut count = 0;
        for cell in Cells::of(line, self.separator) {
            if let Some(to) = cells.get_mut(count) {
                *to = cell.trim_ascii();
            }
            count += 1;
        }
        if count != self.count {
            return None;
        }
        let cell = |place: usize| cells.get(place).copied().unwrap_or_default();
        let time = match (self.date.map(cell), self.time.map(cell)) {
            (Some(date), Some(time)) => {
                let whole = [date, b" ", time, if self.utc { b"Z" } else { b"" }].concat();
                times
                    .in_text(&whole, now)
                    .or_else(|| times.in_text(time, now))
            }
            (Some(only), None) | (None, Some(only)) => times.in_text(only, now),
            (None, None) => None,
        };
        let level = match (self.level, self.status) {
            (Some((place, scale)), _) => level::in_text(cell(place), scale),
            (None, Some(place)) => of_status(cell(place)),
            (None, None) => None,
        };
        Some(LineMeta {
            time,
            level: level.unwrap_or(Level::None),
            broken: false,
        })
    }
}

/// The cells of a line: between separators, those in quotes up to their end.
struct Cells<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Cells<'a> {
    fn of(line: &'a [u8], separator: u8) -> Self {
        Self {
            rest: Some(line),
            separator,
        }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        if let Some(quoted) = rest.strip_prefix(b"\"") {
            let mut from = 0;
            while let Some(at) = memchr::memchr(b'"', quoted.get(from..)?) {
                let end = from + at;
                match quoted.get(end + 1) {
                    // A quote in quotes is doubled.
                    Some(b'"') => from = end + 2,
                    Some(&byte) if byte == self.separator => {
                        self.rest = quoted.get(end + 2..);
                        return quoted.get(..end);
                    }
                    None => {
                        self.rest = None;
                        return quoted.get(..end);
                    }
                    Some(_) => break,
                }
            }
        }
        match memchr::memchr(self.separator, rest) {
            Some(at) => {
                self.rest = rest.get(at + 1..);
                rest.get(..at)
            }
            None => self.rest.take(),
        }
    }
}
