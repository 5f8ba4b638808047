//! What a line's columns say of its time and level.

use std::path::Path;

use crate::command::{Context, Failure, Outcome};

/// A time as a clock on a wall and a calendar beside it show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wall {
    year: Option<u64>,
    month: u64,
    day: u64,
    /// Since midnight.
    second: u64,
    /// As far as they are told.
    micros: Option<u64>,
}

/// What a level means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

/// What a line ought to be read as.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    pub(super) wall: Option<Wall>,
    pub(super) severity: Option<Severity>,
}

/// The columns of a log.
pub(super) struct Oracle {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Oracle {
    pub(super) fn open(path: &Path) -> Outcome<Self> {
        let text = std::fs::read(path).context(path.display())?;
        let mut rows = cells(&String::from_utf8_lossy(&text)).into_iter();
        let names = rows
            .next()
            .ok_or_else(|| Failure::new(format!("{} is empty", path.display())))?;
        Ok(Self {
            names,
            rows: rows.collect(),
        })
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = Wanted> {
        self.rows.iter().map(|row| self.wanted(row))
    }

    fn wanted(&self, row: &[String]) -> Wanted {
        let cell = |wanted: &str| {
            let at = self.names.iter().position(|name| name == wanted)?;
            row.get(at).map(String::as_str)
        };
        let epoch = ["Timestamp", "Time"]
            .iter()
            .filter_map(|name| cell(name))
            .find(|text| text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse::<i64>().ok());
        let wall = if let Some(seconds) = epoch {
            Some(Wall {
                micros: None,
                ..Wall::of_nanos(seconds.saturating_mul(1_000_000_000))
            })
        } else {
            let parts = ["Month", "Date", "Day", "Time"];
            let parts: Vec<&str> = parts.iter().filter_map(|name| cell(name)).collect();
            Wall::of_words(&parts.join(" "))
        };
        Wanted {
            wall,
            severity: cell("Level").and_then(Severity::of_word),
        }
    }
}

/// The rows of a CSV file; cells in quotes may hold newlines.
fn cells(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '"' && quoted && letters.peek() == Some(&'"') {
            letters.next();
        } else if letter == '"' {
            quoted = !quoted;
            continue;
        } else if !quoted && letter == '\n' {
            rows.push(vec![String::new()]);
            continue;
        } else if !quoted && letter == ',' {
            if let Some(row) = rows.last_mut() {
                row.push(String::new());
            }
            continue;
        } else if !quoted && letter == '\r' {
            continue;
        }
        if let Some(cell) = rows.last_mut().and_then(|row| row.last_mut()) {
            cell.push(letter);
        }
    }
    rows.retain(|row| row.len() > 1);
    rows
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl Wall {
    /// The wall of somebody in Greenwich.
    pub(super) fn of_nanos(nanos: i64) -> Self {
        let micros = u64::try_from(nanos).unwrap_or(0) / 1_000;
        let seconds = micros / 1_000_000;
        let (mut year, mut day) = (1970, seconds / 86_400);
        let leap = |year: u64| {
            year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
        };
        while day >= 365 + u64::from(leap(year)) {
            day -= 365 + u64::from(leap(year));
            year += 1;
        }
        let mut month = 1;
        for days in [
            31,
            28 + u64::from(leap(year)),
            31,
            30,
            31,
            30,
            31,
            31,
            30,
            31,
            30,
            31,
        ] {
            if day < days {
                break;
            }
            day -= days;
            month += 1;
        }
        Self {
            year: Some(year),
            month,
            day: day + 1,
            second: seconds % 86_400,
            micros: Some(micros % 1_000_000),
        }
    }

    /// By the order and the lengths of the words alone.
    fn of_words(text: &str) -> Option<Self> {
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let lengths: Vec<usize> = words.iter().map(|word| word.len()).collect();
        let number = |at: usize| words.get(at)?.parse::<u64>().ok();
        let part = |at: usize, from: usize, to: usize| words.get(at)?.get(from..to)?.parse().ok();
        let clock = |at: usize| Some(number(at)? * 3600 + number(at + 1)? * 60 + number(at + 2)?);
        let fraction = |at: usize| {
            let digits = words.get(at)?;
            let scale = 6u32.checked_sub(u32::try_from(digits.len()).ok()?)?;
            Some(digits.parse::<u64>().ok()? * 10u64.pow(scale))
        };
        let month = words
            .iter()
            .position(|word| MONTHS.contains(word))
            .and_then(|at| {
                let month = MONTHS.iter().position(|name| Some(name) == words.get(at))?;
                Some((at, u64::try_from(month).ok()? + 1))
            });
        if let Some((at, month)) = month {
            return Some(Self {
                year: number(at + 5).filter(|year| *year > 1900),
                month,
                day: number(at + 1)?,
                second: clock(at + 2)?,
                micros: None,
            });
        }
        match lengths.as_slice() {
            [4, 2, 2, 2, 2, 2, ..] => Some(Self {
                year: number(0),
                month: number(1)?,
                day: number(2)?,
                second: clock(3)?,
                micros: fraction(6),
            }),
            [8, 1 | 2, 1 | 2, 1 | 2, ..] => Some(Self {
                year: part(0, 0, 4),
                month: part(0, 4, 6)?,
                day: part(0, 6, 8)?,
                second: clock(1)?,
                // The health app does not write leading zeros.
                micros: number(4).map(|millis| millis * 1_000),
            }),
            [5 | 6, 1..=6] => {
                let (date, time) = (number(0)?, number(1)?);
                Some(Self {
                    year: Some(2000 + date / 10_000),
                    month: date / 100 % 100,
                    day: date % 100,
                    second: time / 10_000 * 3600 + time / 100 % 100 * 60 + time % 100,
                    micros: None,
                })
            }
            [2, 2, 2, 2, 2, 2] => Some(Self {
                year: Some(2000 + number(0)?),
                month: number(1)?,
                day: number(2)?,
                second: clock(3)?,
                micros: None,
            }),
            [2, 2, 2, 2, 2, ..] => Some(Self {
                year: None,
                month: number(0)?,
                day: number(1)?,
                second: clock(2)?,
                micros: fraction(5),
            }),
            _ => None,
        }
    }

    /// Whether a time that was read is this one, as far as this one is told.
    pub(super) fn is(self, read: Self) -> bool {
        (self.month, self.day, self.second) == (read.month, read.day, read.second)
            && (self.year.is_none() || self.year == read.year)
            && (self.micros.is_none() || self.micros == read.micros)
    }
}

impl Severity {
    /// What the systems' words mean; none for what is no level (a host's name).
    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "V" | "TRACE" => Self::Trace,
            "D" | "DEBUG" => Self::Debug,
            "I" | "INFO" | "Info" | "notice" | "info" => Self::Info,
            "W" | "WARN" | "WARNING" | "Warning" | "warn" => Self::Warn,
            "E" | "ERROR" | "Error" | "error" | "SEVERE" | "FAILURE" => Self::Error,
            "F" | "FATAL" | "crit" => Self::Fatal,
            _ => return None,
        })
    }

    /// What the reader says.
    pub(super) fn of_ours(word: &str) -> Option<Self> {
        Some(match word {
            "trace" => Self::Trace,
            "debug" => Self::Debug,
            "info" => Self::Info,
            "warn" => Self::Warn,
            "error" => Self::Error,
            "fatal" => Self::Fatal,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
