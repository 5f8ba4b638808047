//! Random histories of a workbench against a model: what was accepted is there, once, in order, in
//! the run it belongs to, and every view shows exactly its part of it.

use std::collections::BTreeMap;
use std::time::Duration;

use crosscut_engine::EventStream;
use crosscut_engine::api::ReadArgs;
use crosscut_model::RunId;
use proptest::prelude::*;
use serde_json::json;

use crate::support::{Bench, batch};

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    /// A client posts lines, each the number of a text.
    Post { client: usize, lines: Vec<usize> },
    /// A followed file gives lines.
    Feed {
        file: usize,
        lines: Vec<usize>,
        live: bool,
    },
    /// The run ends and another begins.
    NewRun,
    /// The program ends and starts again.
    Restart,
    /// Someone looks through a filter.
    Look { query: usize },
}

const TEXTS: [&str; 6] = [
    "apple pie",
    "{\"level\":\"error\",\"msg\":\"apple \\u0061nd pear\"}",
    "pear",
    "level=warn msg=\"no fruit\"",
    "",
    "{\"broken\": apple",
];

/// Whether a query matches a text of a source.
type Matches = fn(&str, usize) -> bool;

/// Each query with the texts it matches, by source.
const QUERIES: [(&str, Matches); 6] = [
    ("", |_, _| true),
    ("apple", |_, text| matches!(text, 0 | 1 | 5)),
    ("-apple", |_, text| !matches!(text, 0 | 1 | 5)),
    ("level:>=warn", |_, text| matches!(text, 1 | 3)),
    ("\"apple and\" OR pie", |_, text| matches!(text, 0 | 1)),
    ("source:client1 pear", |source, text| {
        source == "client1" && matches!(text, 1 | 2)
    }),
];

fn step() -> impl Strategy<Value = Step> {
    let lines = || prop::collection::vec(0..TEXTS.len(), 0..40);
    prop_oneof![
        5 => (0usize..2, lines()).prop_map(|(client, lines)| Step::Post { client, lines }),
        5 => (0usize..2, lines(), any::<bool>())
            .prop_map(|(file, lines, live)| Step::Feed { file, lines, live }),
        1 => Just(Step::NewRun),
        1 => Just(Step::Restart),
        3 => (0..QUERIES.len()).prop_map(|query| Step::Look { query }),
    ]
}

/// What should be there.
#[derive(Debug, Default)]
struct Model {
    /// Source and text of each record, by run.
    runs: BTreeMap<RunId, Vec<(String, usize)>>,
    /// Batches each file has given.
    fed: [u32; 2],
}

impl Model {
    fn expected(&self, run: &RunId, query: usize) -> Vec<u64> {
        let records = self.runs.get(run).map_or(&[][..], Vec::as_slice);
        let matches = QUERIES[query].1;
        (1..)
            .zip(records)
            .filter(|(_, (source, text))| matches(source, *text))
            .map(|(seq, _)| seq)
            .collect()
    }
}

struct World {
    bench: Bench,
    events: EventStream,
    runtime: tokio::runtime::Runtime,
    model: Model,
    /// Open views: number, run, query.
    views: Vec<(u64, RunId, usize)>,
}

impl World {
    fn new() -> Self {
        let bench = Bench::new();
        let events = bench.workbench.events("test");
        bench.follow("/file0");
        bench.follow("/file1");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        Self {
            bench,
            events,
            runtime,
            model: Model::default(),
            views: Vec::new(),
        }
    }

    fn take(mut self, step: &Step) -> Self {
        let run = self.bench.workbench.current_run();
        match step {
            Step::Post { client, lines } => {
                let source = format!("client{client}");
                let texts: Vec<&str> = lines.iter().map(|line| TEXTS[*line]).collect();
                self.bench.post(&source, &texts);
                self.expect(&run, &source, lines);
            }
            Step::Feed { file, lines, live } => {
                let source = format!("file{file}");
                let texts: Vec<&str> = lines.iter().map(|line| TEXTS[*line]).collect();
                self.model.fed[*file] += 1;
                let feed = self.bench.puppets.feed(&format!("/{source}"));
                let checkpoint = self.model.fed[*file].to_string();
                feed.send(batch(&texts, &checkpoint, *live)).unwrap();
                feed.flush().unwrap();
                self.expect(&run, &source, lines);
            }
            Step::NewRun => {
                self.bench.call("run_new", &json!({})).unwrap();
            }
            Step::Restart => {
                self.bench = self.bench.reopen();
                self.events = self.bench.workbench.events("test");
                self.views.clear();
                for (file, fed) in self
                    .model
                    .fed
                    .iter()
                    .enumerate()
                    .filter(|(_, fed)| **fed > 0)
                {
                    let feed = self.bench.puppets.feed(&format!("/file{file}"));
                    assert_eq!(feed.checkpoint().unwrap(), fed.to_string().as_bytes());
                }
                assert_eq!(self.bench.workbench.current_run(), run, "the run goes on");
            }
            Step::Look { query } => {
                let view = self.bench.view(QUERIES[*query].0);
                self.views.push((view, run, *query));
            }
        }
        self
    }

    fn expect(&mut self, run: &RunId, source: &str, lines: &[usize]) {
        let records = self.model.runs.entry(run.clone()).or_default();
        records.extend(lines.iter().map(|line| (source.to_owned(), *line)));
    }

    /// Every view comes to show its part; every run holds its records.
    fn check(&mut self) {
        for (view, run, query) in self.views.clone() {
            let expected = self.model.expected(&run, query);
            let shown = expected.len().min(1_024);
            while self.bench.seqs(view) != expected[..shown] {
                let events = &mut self.events;
                let event = self.runtime.block_on(async {
                    tokio::time::timeout(Duration::from_secs(20), events.next()).await
                });
                assert!(
                    event.is_ok(),
                    "view of `{}` shows {:?}, not {expected:?}",
                    QUERIES[query].0,
                    self.bench.seqs(view)
                );
            }
        }
        for (run, records) in &self.model.runs {
            let args = ReadArgs {
                run: Some(run.clone()),
                ..ReadArgs::default()
            };
            let there = self.bench.workbench.read(&args).unwrap();
            let there: Vec<_> = there
                .iter()
                .map(|r| (r.source.as_str(), r.line.as_str()))
                .collect();
            let expected: Vec<_> = records
                .iter()
                .map(|(source, text)| (source.as_str(), TEXTS[*text]))
                .collect();
            assert_eq!(there, expected, "run {run}");
        }
    }
}

#[test]
fn random_histories_agree_with_the_model() {
    let cases = std::env::var("CROSSCUT_HISTORIES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(30);
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..20))| {
        let mut world = World::new();
        for step in &steps {
            world = world.take(step);
        }
        world.check();
    });
}
