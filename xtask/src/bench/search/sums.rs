//! Summing views up, and rows out of their midst.

use serde_json::json;

use super::asker::{Asker, PAGE};
use super::{Peers, named};
use crate::bench::report::{Report, Row};
use crate::bench::stats::median;
use crate::command::Outcome;

/// Places that rows are fetched from.
const PLACES: u64 = 41;
/// A prime far from any size of a block: places in no order.
const STRIDE: u64 = 2_654_435_761;

/// What views are summed up: every row, and those of a frequent word.
const VIEWS: &[(&str, &str)] = &[("all rows", ""), ("`user`", "user")];

/// One way to sum a view up.
struct Sum {
    what: &'static str,
    operation: &'static str,
    /// Arguments beside the view.
    arguments: serde_json::Value,
    /// The same for DuckDB, over all rows.
    duck: &'static str,
}

fn sums() -> [Sum; 3] {
    [
        Sum {
            what: "histogram of 200 buckets × level",
            operation: "view_histogram",
            arguments: json!({ "buckets": 200 }),
            duck: "WITH span AS (SELECT min(epoch_ms(timestamp)) AS low, \
                   (max(epoch_ms(timestamp)) - min(epoch_ms(timestamp))) // 200 + 1 AS wide FROM logs) \
                   SELECT (epoch_ms(timestamp) - low) // wide AS bucket, level, count(*) \
                   FROM logs, span GROUP BY ALL",
        },
        Sum {
            what: "facet of `service`",
            operation: "view_facet",
            arguments: json!({ "field": "service", "top": 10 }),
            duck: "SELECT service, count(*) FROM logs GROUP BY ALL ORDER BY 2 DESC LIMIT 10",
        },
        Sum {
            what: "p95 of `duration_ms`",
            operation: "view_summary",
            arguments: json!({ "field": "duration_ms" }),
            duck: "SELECT min(duration_ms), max(duration_ms), \
                   quantile_disc(duration_ms, [0.5, 0.95, 0.99]) FROM logs",
        },
    ]
}

pub(super) fn measure(
    asker: &Asker,
    peers: &mut Peers<'_>,
    rounds: usize,
    report: &mut Report,
) -> Outcome {
    for &(name, query) in VIEWS {
        let seen = asker.search(query)?;
        for sum in sums() {
            // DuckDB has no column of all text, in which `user` is looked for.
            let duck = if query.is_empty() {
                &mut peers.duck
            } else {
                &mut None
            };
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            let mut arguments = sum.arguments;
            if let Some(arguments) = arguments.as_object_mut() {
                arguments.insert("view".to_owned(), json!(seen.view));
            }
            for _ in 0..rounds.max(1) {
                ours.extend(asker.operation(sum.operation, &arguments)?);
                if let Some(duck) = duck {
                    theirs.push(duck.ask(sum.duck)?.ms);
                }
            }
            report.add(Row {
                what: format!("{}: {name}", sum.what),
                ours: median(&ours),
                peers: named(&[("DuckDB", median(&theirs))]),
                must: Some(60.0),
                aim: Some(10.0),
                unit: "ms",
            });
        }
        let duck = if query.is_empty() {
            &mut peers.duck
        } else {
            &mut None
        };
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for place in places(seen.rows) {
            ours.push(asker.rows(seen.view, place)?);
            if let Some(duck) = duck {
                let rows = format!("rowid >= {place} AND rowid < {}", place + PAGE);
                theirs.push(duck.ask(&format!("SELECT * FROM logs WHERE {rows}"))?.ms);
            }
        }
        report.add(Row {
            what: format!("100 rows from a random place: {name}"),
            ours: median(&ours),
            peers: named(&[("DuckDB", median(&theirs))]),
            must: Some(3.0),
            aim: Some(0.5),
            unit: "ms",
        });
        asker.close(seen.view)?;
    }
    Ok(())
}

/// Starts of pages all over so many rows.
fn places(rows: u64) -> impl Iterator<Item = u64> {
    let last = rows.saturating_sub(PAGE) + 1;
    (1..=PLACES).map(move |number| (number * STRIDE) % last)
}
