//! Searching and summing up millions of records, beside the programs one would use otherwise.
//!
//! Ours is asked over HTTP as the window asks, from the question until the answer is complete;
//! ripgrep from its start to its end over the raw file; DuckDB inside a session that stays open.
//! Promises: each round asks everybody in turn; where a peer can say the same thing, its count must
//! be ours, or the bench fails.

mod asker;
mod ids;
mod load;
mod questions;
mod sums;

use std::path::Path;

use super::duck::Duck;
use super::peer::Lnav;
use super::program::{Crosscut, Indexing};
use super::report::{Report, Row};
use super::ripgrep::{Ripgrep, Wanted};
use super::stats::median;
use super::{Place, corpus};
use crate::command::Outcome;
use crate::say;

use asker::{Asker, End};
use ids::Ids;
use questions::{Bar, QUESTIONS, Question, UNINDEXED};

/// Who is there to compare with.
#[derive(Debug)]
struct Peers<'a> {
    ripgrep: Option<Ripgrep>,
    lnav: Option<Lnav<'a>>,
    duck: Option<Duck>,
}

/// Queries whose first rows are waited for: frequent, in between, rare, none of it in any index.
const FIRST: &[&str] = &[
    "user",
    "refused",
    "{trace}",
    "http.status:>=500",
    "/status=5\\d\\d/",
];

pub(super) fn measure(place: &Place, lines: u64, rounds: usize, report: &mut Report) -> Outcome {
    let file = corpus::file(place, lines)?;
    let home = place.folder.join("lnav");
    let mut peers = Peers {
        ripgrep: Ripgrep::find(),
        lnav: Lnav::find(&home)?,
        duck: Duck::install(place)?,
    };
    let size = corpus::warm(&file)?;
    let ids = Ids::sample(&file, size, rounds)?;
    let program = load::measure(place, &mut peers, (&file, size, lines), rounds, report)?;
    let asker = Asker::new(&program)?;
    say::step("with the index caught up");
    for question in QUESTIONS {
        ask(
            &asker,
            &mut peers,
            &file,
            question,
            &ids,
            When::Indexed,
            report,
        )?;
    }
    for end in [End::Newest, End::Oldest] {
        for query in FIRST {
            first_rows(&asker, query, end, &ids, When::Indexed, report)?;
        }
    }
    sums::measure(&asker, &mut peers, rounds, report)?;
    drop(asker);
    drop(program);

    say::step("with nothing indexed");
    // Has done its part, and would only hold memory.
    peers.duck = None;
    let data = place.folder.join("data");
    let program = Crosscut::start_with(&place.program, data, &[&file], Indexing::Never)?;
    program.loaded(lines)?;
    let asker = Asker::new(&program)?;
    for question in QUESTIONS {
        ask(
            &asker,
            &mut peers,
            &file,
            question,
            &ids,
            When::Unindexed,
            report,
        )?;
    }
    for query in FIRST {
        first_rows(&asker, query, End::Newest, &ids, When::Unindexed, report)?;
    }
    Ok(())
}

/// The state of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    Indexed,
    Unindexed,
}

impl When {
    fn name(self, what: &str) -> String {
        match self {
            Self::Indexed => what.to_owned(),
            Self::Unindexed => format!("no index: {what}"),
        }
    }
}

/// Asks one question in turns, and compares the counts.
fn ask(
    asker: &Asker,
    peers: &mut Peers<'_>,
    file: &Path,
    question: &Question,
    ids: &Ids,
    when: When,
    report: &mut Report,
) -> Outcome {
    let (mut ours, mut theirs, mut ducks) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ids.rounds() {
        let fill = |text: &str| ids.fill(text, round);
        let query = fill(question.query);
        let seen = asker.search(&query)?;
        asker.close(seen.view)?;
        ours.push(seen.ms);
        let mut compare = |name: &str, count: u64| {
            if count != seen.rows {
                let what = when.name(&query);
                report.wrong(format!("{what}: {} found, {name} {count}", seen.rows));
            }
        };
        if let Some(ripgrep) = &peers.ripgrep {
            let Wanted { pattern, .. } = question.ripgrep;
            let wanted = Wanted {
                pattern: &fill(pattern),
                ..question.ripgrep
            };
            let (count, ms) = ripgrep.count(wanted, file)?;
            compare("ripgrep", count);
            theirs.push(ms);
        }
        if let (Some(duck), Some(condition)) = (&mut peers.duck, question.duck) {
            let condition = fill(condition);
            let answer = duck.ask(&format!("SELECT count(*) FROM logs WHERE {condition}"))?;
            compare("DuckDB", answer.value.unwrap_or(0));
            ducks.push(answer.ms);
        }
    }
    let (ripgrep, duck) = (median(&theirs), median(&ducks));
    let limit = |bar: Bar| match bar {
        Bar::Ms(ms) => Some(ms),
        Bar::Ripgrep(share) => ripgrep.map(|ms| ms * share),
    };
    let (must, aim) = match when {
        When::Indexed => (question.must, question.aim),
        When::Unindexed => UNINDEXED,
    };
    report.add(Row {
        what: when.name(question.query),
        ours: median(&ours),
        peers: named(&[("rg", ripgrep), ("DuckDB", duck)]),
        must: limit(must),
        aim: limit(aim),
        unit: "ms",
    });
    Ok(())
}

/// From a question to a screen full of rows.
fn first_rows(
    asker: &Asker,
    query: &str,
    end: End,
    ids: &Ids,
    when: When,
    report: &mut Report,
) -> Outcome {
    let mut ours = Vec::new();
    for round in 0..ids.rounds() {
        ours.push(asker.first_rows(&ids.fill(query, round), end)?);
    }
    let end = match end {
        End::Newest => "newest",
        End::Oldest => "oldest",
    };
    let what = when.name(&format!("first 100 rows, {end} first: {query}"));
    let ours = median(&ours).unwrap_or(f64::NAN);
    match when {
        When::Indexed => add(report, &what, ours, "ms", (30.0, 5.0)),
        // Not promised; good to know.
        When::Unindexed => report.add(Row {
            what,
            ours: Some(ours),
            unit: "ms",
            ..Row::default()
        }),
    }
    Ok(())
}

/// A figure with fixed bars and no peer.
fn add(report: &mut Report, what: &str, ours: f64, unit: &'static str, bars: (f64, f64)) {
    report.add(Row {
        what: what.to_owned(),
        ours: Some(ours),
        peers: Vec::new(),
        must: Some(bars.0),
        aim: Some(bars.1),
        unit,
    });
}

/// The peers that have a figure.
fn named(peers: &[(&'static str, Option<f64>)]) -> Vec<(&'static str, f64)> {
    let there = peers.iter().filter_map(|&(name, ms)| Some((name, ms?)));
    there.collect()
}
