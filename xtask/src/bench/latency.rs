//! From a line being written to its row being on screen.

use std::time::Duration;

use super::Place;
use super::browser::{Browser, Notes};
use super::pour::{Pace, Stamps, finish, line, pour};
use super::program::Crosscut;
use super::report::{Report, Row};
use super::stats::percentile;
use crate::command::{Context, Failure, Outcome};
use crate::say;

/// Lines a second, and how many.
const RATE: u64 = 1_000;
const LINES: u64 = 20_000;
/// Lines at the beginning that do not count: the page and the disk settle.
const WARM_UP: usize = 2_000;
/// Milliseconds.
const MIDDLE: f64 = 40.0;
const MOST: f64 = 100.0;

pub(super) fn measure(place: &Place, report: &mut Report) -> Outcome {
    say::step(format_args!(
        "line written → row in the browser, {RATE} lines/s"
    ));
    let stage = Stage::new(place)?;
    let mut browser = Browser::open(place, &stage.crosscut)?;
    browser.begin()?;
    let pace = Pace {
        rate: RATE,
        lines: LINES,
        together: 1,
    };
    let stamps = finish(pour(&stage.file, pace))?;
    let notes = browser.end(LINES + 1)?;
    let mut delays = delays(&stamps, &notes)?;
    let mut delays = delays.split_off(WARM_UP.min(delays.len()));
    for (percent, bar) in [(50, Some(MIDDLE)), (99, Some(MOST)), (100, None)] {
        let Some(ours) = percentile(&mut delays, percent) else {
            continue;
        };
        report.add(Row {
            what: format!("written → on screen, {}", name(percent)),
            ours: Some(ours),
            must: bar,
            unit: "ms",
            ..Row::default()
        });
    }
    Ok(())
}

/// `p50`, … `longest`.
pub(super) fn name(percent: usize) -> String {
    match percent {
        100 => "longest".to_owned(),
        percent => format!("p{percent}"),
    }
}

/// A program that follows a file with one line in it, which the page shows.
pub(super) struct Stage {
    pub(super) crosscut: Crosscut,
    pub(super) file: std::path::PathBuf,
}

impl Stage {
    pub(super) fn new(place: &Place) -> Outcome<Self> {
        let file = place.folder.join("poured.jsonl");
        std::fs::write(&file, line(0)).context(file.display())?;
        let crosscut = Crosscut::start(&place.program, place.folder.join("data"), &[&file])?;
        crosscut.loaded(1)?;
        Ok(Self { crosscut, file })
    }
}

/// Milliseconds from writing to showing, line by line. A line that is never on screen because
/// later ones have pushed it out already counts as shown with the first later one that is.
///
/// Record 1 is there from before: line *n* is record *n* + 1.
pub(super) fn delays(stamps: &Stamps, notes: &Notes) -> Outcome<Vec<f64>> {
    let mut seen = notes.seen.iter().copied().peekable();
    let mut delays = Vec::with_capacity(stamps.len());
    for (stamp, record) in stamps.iter().zip(2_u64..) {
        while seen.next_if(|&(_, highest)| highest < record).is_some() {}
        let Some(&(at, _)) = seen.peek() else {
            return Err(Failure::new(format!(
                "the page never shows record {record}; the last it shows is {:?}",
                notes.seen.last()
            )));
        };
        let written = Duration::from_nanos(*stamp).as_secs_f64() * 1000.0;
        delays.push(at - written);
    }
    Ok(delays)
}

#[cfg(test)]
mod tests;
