//! Opening a large file: first rows, everything, the index; memory all the while.

use std::time::Instant;

use serde_json::{Value, json};

use super::Place;
use super::corpus;
use super::memory::Peak;
use super::peer::{Lnav, Reading};
use super::program::{Crosscut, run};
use super::report::{Report, Row};
use super::stats::{median, millis};
use crate::command::Outcome;
use crate::say;

/// Until rows can be shown. Milliseconds.
const FIRST_ROWS: f64 = 200.0;
/// Resident, at any time. Megabytes.
const MEMORY: f64 = 400.0;

/// Figures of one opening.
#[derive(Debug, Clone, Copy)]
struct Opening {
    first: f64,
    loaded: f64,
    processor: f64,
    peak: Peak,
}

pub(super) fn measure(place: &Place, lines: u64, rounds: usize, report: &mut Report) -> Outcome {
    let file = corpus::file(place, lines)?;
    let home = place.folder.join("lnav");
    let lnav = Lnav::find(&home)?;
    corpus::warm(&file)?;
    let (mut started, mut added) = (Vec::new(), Vec::new());
    let (mut peers, mut texts) = (Vec::new(), Vec::new());
    let mut index = None;
    for round in 1..=rounds {
        say::step(format_args!(
            "opening {lines} lines, round {round} of {rounds}"
        ));
        let program = Crosscut::start(&place.program, place.folder.join("data"), &[&file])?;
        started.push(opening(&program, program.started, lines, "at the start")?);
        if round == 1 {
            index = Some(catch_up(&program, lines)?);
        }
        drop(program);
        if let Some(lnav) = &lnav {
            let log = lnav.load(&file, Reading::Log)?;
            let text = lnav.load(&file, Reading::Text)?;
            say::line(format_args!(
                "lnav: loaded {log:.2} s, as plain text {text:.2} s"
            ));
            peers.push(log);
            texts.push(text);
        }
        let program = Crosscut::start(&place.program, place.folder.join("data"), &[])?;
        let begin = Instant::now();
        let add = json!({ "kind": "file", "key": file.to_string_lossy() });
        program.port.api("source_add", &add)?;
        added.push(opening(&program, begin, lines, "added to a running one")?);
    }
    let of = |all: &[Opening], figure: fn(&Opening) -> f64| {
        median(&all.iter().map(figure).collect::<Vec<_>>()).unwrap_or(f64::NAN)
    };
    let peer = median(&peers);
    say::step(format_args!("opening {lines} lines, medians of {rounds}"));
    for (how, all) in [("start", &started), ("source_add", &added)] {
        report.add(Row {
            what: format!("{how} → first rows"),
            ours: Some(of(all, |one| one.first)),
            must: Some(FIRST_ROWS),
            unit: "ms",
            ..Row::default()
        });
        report.add(Row {
            what: format!("{how} → all loaded"),
            ours: Some(of(all, |one| one.loaded)),
            peers: named(peer),
            must: peer,
            unit: "s",
            ..Row::default()
        });
        report.add(Row {
            what: format!("{how} → all loaded, processor time"),
            ours: Some(of(all, |one| one.processor)),
            unit: "s",
            ..Row::default()
        });
    }
    if let Some(text) = median(&texts) {
        report.add(Row {
            what: "start → all loaded; lnav as plain text".to_owned(),
            ours: Some(of(&started, |one| one.loaded)),
            peers: named(Some(text)),
            unit: "s",
            ..Row::default()
        });
    }
    let everything: Vec<Opening> = started.iter().chain(&added).copied().collect();
    let highest = |figure: fn(&Opening) -> f64| everything.iter().map(figure).fold(0.0, f64::max);
    memory(
        report,
        "while loading",
        highest(|one| megabytes(one.peak.resident)),
        Some(MEMORY),
    );
    memory(
        report,
        "while loading, anonymous",
        highest(|one| megabytes(one.peak.anonymous)),
        None,
    );
    if let Some((behind, peak)) = index {
        report.add(Row {
            what: "loaded → index caught up (once)".to_owned(),
            ours: Some(behind),
            unit: "s",
            ..Row::default()
        });
        memory(
            report,
            "until indexed",
            megabytes(peak.resident),
            Some(MEMORY),
        );
        memory(
            report,
            "until indexed, anonymous",
            megabytes(peak.anonymous),
            None,
        );
    }
    Ok(())
}

fn memory(report: &mut Report, when: &str, ours: f64, bar: Option<f64>) {
    report.add(Row {
        what: format!("memory {when}"),
        ours: Some(ours),
        must: bar,
        unit: "MB",
        ..Row::default()
    });
}

fn opening(program: &Crosscut, begin: Instant, lines: u64, how: &str) -> Outcome<Opening> {
    let first = program.first_rows()?.duration_since(begin);
    let loaded = program.loaded(lines)?.duration_since(begin);
    let opening = Opening {
        first: millis(first),
        loaded: loaded.as_secs_f64(),
        processor: program.processor().unwrap_or(f64::NAN),
        peak: program.memory.peak(),
    };
    say::line(format_args!(
        "{how}: first rows {:.0} ms, loaded {:.2} s ({:.2} s of processor time), {:.0} MB resident, \
         {:.0} MB anonymous",
        opening.first,
        opening.loaded,
        opening.processor,
        megabytes(opening.peak.resident),
        megabytes(opening.peak.anonymous),
    ));
    Ok(opening)
}

/// Waits for the index; the seconds it was behind, and the memory it all took.
fn catch_up(program: &Crosscut, lines: u64) -> Outcome<(f64, Peak)> {
    let begin = Instant::now();
    let behind = program.indexed(lines)?.duration_since(begin).as_secs_f64();
    let peak = program.memory.peak();
    let run = run(&program.port)?;
    let disk = run.get("diskBytes").and_then(Value::as_f64);
    let disk = disk.unwrap_or(f64::NAN);
    say::line(format_args!(
        "index: behind for {behind:.1} s, {:.0} MB resident, {:.0} MB anonymous, {:.0} MB on disk",
        megabytes(peak.resident),
        megabytes(peak.anonymous),
        disk / 1e6,
    ));
    Ok((behind, peak))
}

#[expect(clippy::cast_precision_loss, reason = "figures to look at")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn named(lnav: Option<f64>) -> Vec<(&'static str, f64)> {
    lnav.map(|figure| ("lnav", figure)).into_iter().collect()
}
