//! What `grep` finds is what a search finds: counts beside ripgrep's own, on plain lines.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use crosscut_query::{Pattern, Query, TextPattern};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::bed::{Run, plain};
use crate::records::words;

/// Queries tried by default, half of them words and half expressions: each starts ripgrep once.
const CASES: u32 = 400;
/// Queries put to each random run.
const QUERIES: u32 = 50;

fn runs() -> u32 {
    let asked = std::env::var("CROSSCUT_CASES");
    let asked = asked.ok().and_then(|cases| cases.parse::<u32>().ok());
    asked.unwrap_or(CASES).div_ceil(QUERIES)
}

/// What ripgrep counts; none where there is no ripgrep.
fn count(flags: &[&str], pattern: &str, file: &Path) -> Option<u64> {
    let output = Command::new("rg")
        .args(["--no-config", "--text", "--count"])
        .args(flags)
        .args(["--regexp", pattern, "--"])
        .arg(file)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    match output.status.code() {
        Some(0) => Some(text.trim().parse().unwrap()),
        // Its way of saying none.
        Some(1) => Some(0),
        _ => panic!(
            "rg {flags:?} {pattern:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        ),
    }
}

/// Expressions that mean something on such lines, with places for two words.
const EXPRESSIONS: &[&str] = &[
    "A",
    "A|B",
    "A.*B",
    "^A",
    "A$",
    "(A)+",
    r"\bA\b",
    "A[a-f0-9]",
    r"\d+",
    r"A\s*B?",
    "^$",
];

#[test]
fn counts_are_those_of_ripgrep_on_lines_without_escapes() {
    if Command::new("rg").arg("--version").output().is_err() {
        eprintln!("not compared with ripgrep: there is no `rg` here");
        return;
    }
    let lines = prop::collection::vec(words(), 1..60);
    let asked = (
        words(),
        words(),
        0..EXPRESSIONS.len(),
        1..6_usize,
        any::<bool>(),
    );
    let asked = prop::collection::vec(asked, QUERIES as usize);
    let config = Config {
        cases: runs(),
        failure_persistence: None,
        ..Config::default()
    };
    let outcome = TestRunner::new(config).run(&(lines, asked), |(lines, asked)| {
        let mut run = Run::new();
        let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
        run.append(&lines.iter().map(|line| plain(line)).collect::<Vec<_>>());
        let file = run.dir.path().join("lines");
        let text: Vec<_> = lines.iter().flat_map(|line| [*line, "\n"]).collect();
        std::fs::write(&file, text.concat()).unwrap();
        let (index, _) = run.open_index();
        index
            .catch_up(&run.store.snapshot(), &AtomicBool::new(false))
            .unwrap();
        let index = index.snapshot();
        for (one, other, expression, length, is_word) in asked {
            let short = |text: &str| text.trim().chars().take(length).collect::<String>();
            let (one, other) = (short(&one), short(&other));
            let (query, wanted) = if is_word {
                let wanted = count(&["-i", "-F"], &one, &file);
                (TextPattern::Contains(one), wanted)
            } else {
                let escaped = |text: &str| regex_syntax::escape(text);
                let source = EXPRESSIONS[expression]
                    .replace('A', "\u{1}")
                    .replace('B', "\u{2}");
                let source = source
                    .replace('\u{1}', &escaped(&one))
                    .replace('\u{2}', &escaped(&other));
                let wanted = count(&[], &source, &file);
                let pattern = Pattern {
                    source,
                    case_sensitive: true,
                };
                (TextPattern::Regex(pattern), wanted)
            };
            let query = Query::Text(query);
            let counts = [None, Some(&*index)].map(|index| Some(run.search(&query, index).len()));
            prop_assert_eq!(counts, [wanted, wanted], "{:?}", query);
        }
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
