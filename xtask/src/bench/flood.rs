//! Many lines a second for a while: nothing lost, the page alive, memory bounded.

use std::time::Instant;

use serde_json::Value;

use super::Place;
use super::browser::Browser;
use super::latency::{Stage, delays, name};
use super::pour::{Pace, finish, pour};
use super::program::Crosscut;
use super::report::{Report, Row};
use super::stats::percentile;
use crate::command::{Context, Failure, Outcome};
use crate::say;

/// Lines a second.
const RATE: u64 = 20_000;
/// Lines in one write.
const TOGETHER: u64 = 20;
/// Longer than this between two frames is seen as a stutter. Milliseconds.
const FRAME: f64 = 50.0;
/// Longer than this from a key to the screen is felt. Milliseconds.
const KEY: f64 = 100.0;
/// Resident. Megabytes.
const MEMORY: f64 = 400.0;

pub(super) fn measure(place: &Place, seconds: u64, report: &mut Report) -> Outcome {
    let lines = RATE * seconds;
    say::step(format_args!("{RATE} lines/s for {seconds} s"));
    let stage = Stage::new(place)?;
    let mut browser = Browser::open(place, &stage.crosscut)?;
    browser.begin()?;
    let pace = Pace {
        rate: RATE,
        lines,
        together: TOGETHER,
    };
    let begin = Instant::now();
    let stamps = finish(pour(&stage.file, pace))?;
    let took = begin.elapsed().as_secs_f64();
    say::line(format_args!("{lines} lines written in {took:.1} s"));
    let mut notes = browser.end(lines + 1)?;
    stage.crosscut.loaded(lines + 1)?;
    let missing = count(&stage.crosscut, lines)?;
    let mut add = |what: String, ours: f64, bar: Option<f64>, unit: &'static str| {
        report.add(Row {
            what: format!("flood: {what}"),
            ours: Some(ours),
            must: bar,
            unit,
            ..Row::default()
        });
    };
    add(
        "lines lost, doubled or out of order".to_owned(),
        missing,
        Some(0.0),
        "lines",
    );
    let mut delays = delays(&stamps, &notes)?;
    let rows = [
        ("written → on screen", &mut delays, None),
        ("between frames", &mut notes.frames, Some(FRAME)),
        ("key → screen", &mut notes.keys, Some(KEY)),
    ];
    for (what, values, bar) in rows {
        for percent in [50, 95, 99, 100] {
            let Some(ours) = percentile(values, percent) else {
                continue;
            };
            let bar = bar.filter(|_| percent == 95);
            add(format!("{what}, {}", name(percent)), ours, bar, "ms");
        }
    }
    let peak = stage.crosscut.memory.peak();
    add(
        "memory".to_owned(),
        megabytes(peak.resident),
        Some(MEMORY),
        "MB",
    );
    add(
        "memory, anonymous".to_owned(),
        megabytes(peak.anonymous),
        None,
        "MB",
    );
    add(
        "memory of the page's script".to_owned(),
        megabytes(notes.heap),
        None,
        "MB",
    );
    if let Some(processor) = stage.crosscut.processor() {
        add("processor time".to_owned(), processor, None, "s");
    }
    Ok(())
}

/// Reads all lines back; how many are not where they should be.
fn count(crosscut: &Crosscut, lines: u64) -> Outcome<f64> {
    let mut wrong: u64 = 0;
    let mut expected = 0;
    for line in crosscut.port.lines("/raw?format=jsonl&limit=1000000000")? {
        let line = line.context("/raw")?;
        let record: Value = serde_json::from_str(&line).context("/raw")?;
        let message = record
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let number = message
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse::<u64>().ok());
        let number = number.ok_or_else(|| Failure::new(format!("a line nobody wrote: {line}")))?;
        wrong += number.abs_diff(expected);
        expected = number + 1;
    }
    wrong += (lines + 1).abs_diff(expected);
    #[expect(clippy::cast_precision_loss, reason = "it should be 0")]
    Ok(wrong as f64)
}

#[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
