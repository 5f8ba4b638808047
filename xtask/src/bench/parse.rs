//! How fast lines are read on one core: time, level, message and fields of each.
//!
//! The reader is measured alone, in a program of its own that counts the time it has on a processor,
//! over corpora that `cargo xtask gen` writes.

use std::path::Path;
use std::process::Command;

use super::report::{Report, Row};
use crate::command::{Failure, Outcome, Run};
use crate::r#gen::{self, Kind};
use crate::say;
use crate::workspace::Workspace;

/// Lines of each corpus.
const LINES: u64 = 300_000;
const SEED: u64 = 20_260_301;

/// A corpus, and the bar: at least so many MB a second, which is at most so many milliseconds for a
/// hundred MB.
const CORPORA: [(Kind, &str, f64); 2] = [
    (Kind::Jsonl, "JSON lines", 400.0),
    (Kind::Text, "plain text", 200.0),
];

pub(super) fn measure(
    workspace: &Workspace,
    folder: &Path,
    rounds: usize,
    report: &mut Report,
) -> Outcome {
    say::step("reading lines");
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "crosscut-parse"]);
    build.args(["--example", "reading"]).run()?;
    let reading = workspace.target().join("release/examples/reading");
    for (kind, name, least) in CORPORA {
        let corpus = folder.join("corpus-parse");
        r#gen::write_file(kind, LINES, SEED, &corpus)?;
        let text = Command::new(&reading)
            .arg(&corpus)
            .arg(rounds.to_string())
            .read()?;
        let rate = |what: &str| {
            let found = text.lines().find_map(|line| line.strip_prefix(what));
            let figure = found.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok());
            figure.ok_or_else(|| Failure::new(format!("no figure for {what} in:\n{text}")))
        };
        for (what, begins) in [
            ("time, level, as lines are stored", "meta, UTC"),
            (
                "time, level, message, fields in one pass",
                "meta, message, fields",
            ),
        ] {
            let rate = rate(begins)?;
            report.add(Row {
                what: format!("100 MB of {name}: {what} ({rate:.0} MB/s, bar {least:.0})"),
                ours: Some(100_000.0 / rate),
                must: Some(100_000.0 / least),
                unit: "ms",
                ..Row::default()
            });
        }
        let fields = rate("fields alone")?;
        report.add(Row {
            what: format!("100 MB of {name}: fields alone, as they are indexed"),
            ours: Some(100_000.0 / fields),
            unit: "ms",
            ..Row::default()
        });
        let joining = rate("joining")?;
        report.add(Row {
            what: format!("100 MB of {name}: which lines belong together"),
            ours: Some(100_000.0 / joining),
            unit: "ms",
            ..Row::default()
        });
        std::fs::remove_file(&corpus).ok();
    }
    Ok(())
}
