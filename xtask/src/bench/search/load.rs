//! Loading, indexing and resting: time, memory, disk.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Peers, add};
use crate::bench::Place;
use crate::bench::duck::Duck;
use crate::bench::peer::Reading;
use crate::bench::program::Crosscut;
use crate::bench::report::{Report, Row};
use crate::bench::stats::median;
use crate::command::Outcome;
use crate::say;

/// At most so many loads: each takes the peers ten seconds.
const ROUNDS: usize = 3;
/// Memory settles for so long after the index has caught up.
const REST: Duration = Duration::from_secs(30);

/// Loads the file with everybody in turns, and gives back the last of ours with all its index.
pub(super) fn measure(
    place: &Place,
    peers: &mut Peers<'_>,
    (file, size, lines): (&Path, u64, u64),
    rounds: usize,
    report: &mut Report,
) -> Outcome<Crosscut> {
    let (mut ours, mut lnav, mut duck) = (Vec::new(), Vec::new(), Vec::new());
    let start = || Crosscut::start(&place.program, place.folder.join("data"), &[file]);
    let rounds = rounds.clamp(1, ROUNDS);
    for round in 1..rounds {
        say::step(format_args!("loading, round {round} of {rounds}"));
        let program = start()?;
        ours.push(loaded(&program, lines)?);
        drop(program);
        load_peers(place, peers, file, &mut lnav, &mut duck)?;
    }
    say::step(format_args!("loading and indexing, round {rounds}"));
    let program = start()?;
    ours.push(loaded(&program, lines)?);
    let loading = program.memory.peak().anonymous;
    let indexed = program.indexed(lines)?;
    let caught_up = indexed.duration_since(program.started).as_secs_f64();
    say::line(format_args!("index caught up {caught_up:.2} s"));
    let indexing = program.memory.peak().anonymous;
    load_peers(place, peers, file, &mut lnav, &mut duck)?;
    std::thread::sleep((indexed + REST).saturating_duration_since(Instant::now()));
    let resting = program.memory.anonymous().unwrap_or(0);

    say::step("table of loading");
    let (lnav, duck) = (median(&lnav), median(&duck));
    let shares = [(lnav, 0.5, 0.35), (duck, 0.7, 0.7)];
    // Each peer that is there sets a bar; the lower one counts. The aim is lnav's.
    let must = shares.map(|(peer, share, _)| peer.map(|peer| peer * share));
    let must = must.into_iter().flatten().reduce(f64::min);
    report.add(Row {
        what: "load".to_owned(),
        ours: median(&ours),
        peers: [("lnav", lnav), ("DuckDB", duck)]
            .into_iter()
            .filter_map(|(name, peer)| Some((name, peer?)))
            .collect(),
        must,
        aim: lnav.map(|peer| peer * 0.35),
        unit: "s",
    });
    add(
        report,
        "index caught up, from the start",
        caught_up,
        "s",
        (25.0, 14.0),
    );
    let memory = [
        ("memory while loading", loading, (400.0, 256.0)),
        ("memory until indexed", indexing, (400.0, 256.0)),
        ("memory at rest", resting, (200.0, 100.0)),
    ];
    for (what, bytes, bars) in memory {
        add(report, what, megabytes(bytes), "MB", bars);
    }
    let disk = megabytes(stored(&program.data)) / megabytes(size);
    add(report, "disk: store and index", disk, "× raw", (0.5, 0.3));
    Ok(program)
}

fn loaded(program: &Crosscut, lines: u64) -> Outcome<f64> {
    let took = program.loaded(lines)?.duration_since(program.started);
    say::line(format_args!("ours {:.2} s", took.as_secs_f64()));
    Ok(took.as_secs_f64())
}

fn load_peers(
    place: &Place,
    peers: &mut Peers<'_>,
    file: &Path,
    lnav: &mut Vec<f64>,
    duck: &mut Vec<f64>,
) -> Outcome {
    if let Some(peer) = &peers.lnav {
        lnav.push(peer.load(file, Reading::Log)?);
        say::line(format_args!("lnav {:.2} s", lnav.last().unwrap_or(&0.0)));
    }
    if peers.duck.take().is_some() {
        let mut session = Duck::start(place)?;
        duck.push(session.load(file)? / 1000.0);
        say::line(format_args!("DuckDB {:.2} s", duck.last().unwrap_or(&0.0)));
        peers.duck = Some(session);
    }
    Ok(())
}

/// Bytes of all files below a folder.
fn stored(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(data) if data.is_dir() => stored(&entry.path()),
        Ok(data) => data.len(),
        // Removed since.
        Err(_) => 0,
    });
    sizes.sum()
}

#[expect(clippy::cast_precision_loss, reason = "figures to look at")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
