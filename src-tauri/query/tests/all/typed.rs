//! What must hold of anything typed as a query. Shared with the fuzzer (`fuzz/query.rs`), so it
//! stands on nothing but the crate.

use std::ops::{ControlFlow, Range};

use crosscut_model::limits::QUERY_BYTES;
use crosscut_model::{Level, Seq, Stream, UnixNanos};
use crosscut_query::{Context, Matcher, Path, Query, Record, Temper, Value, complete, parse};

/// Places in a text at which completions are asked for, at most.
const CURSORS: usize = 64;

/// Reads in both tempers, prints and reads again, completes, compiles and matches.
pub(crate) fn check(typed: &str) {
    let query = reads(typed);
    completes(typed);
    matches(typed, &query);
}

/// Reads leniently, checks what must hold of any reading, prints, reads strictly.
fn reads(typed: &str) -> Query {
    let lenient = parse(typed, Temper::Lenient).expect("a lenient reader never errs");
    let within = |span: &Range<usize>| typed.get(span.clone()).is_some();
    let mut last = 0;
    for token in &lenient.tokens {
        let span = &token.span;
        let ordered = span.start >= last && span.start < span.end;
        assert!(ordered && within(span), "`{typed}`: {token:?}");
        last = span.end;
    }
    for hint in &lenient.hints {
        assert!(within(&hint.span), "`{typed}`: {hint:?}");
    }
    let printed = lenient.query.to_string();
    if printed.len() <= QUERY_BYTES {
        match parse(&printed, Temper::Strict) {
            Ok(again) => assert_eq!(
                again.query, lenient.query,
                "`{typed}` printed as `{printed}`"
            ),
            Err(error) => panic!("`{typed}` printed as `{printed}`: {error:?}"),
        }
    }
    match parse(typed, Temper::Strict) {
        Ok(strict) => assert_eq!(strict, lenient, "`{typed}`"),
        Err(error) => {
            assert!(error.position <= typed.len(), "`{typed}`: {error:?}");
            assert!(!error.message.is_empty(), "`{typed}`: {error:?}");
            assert!(
                !lenient.hints.is_empty(),
                "`{typed}` is refused for {error:?} without a hint"
            );
        }
    }
    lenient.query
}

fn completes(typed: &str) {
    let step = typed.len() / CURSORS + 1;
    for cursor in (0..=typed.len()).step_by(step) {
        let found = complete(typed, cursor);
        let span = &found.span;
        assert!(
            typed.get(span.clone()).is_some() && span.start <= cursor,
            "`{typed}` at {cursor}: {found:?}"
        );
        found.expected.candidates();
    }
}

/// Puts the query to lines made of it, one by one and all at once.
fn matches(typed: &str, query: &Query) {
    let context = Context {
        now: UnixNanos(1_795_262_400_000_000_000),
        zone: jiff::tz::TimeZone::UTC,
        run: "r1".to_owned(),
    };
    let matcher = Matcher::new(query, &context).expect("a query that was read can be compiled");
    let plain: String = typed.chars().filter(|c| c.is_alphanumeric()).collect();
    let upper = typed.to_uppercase();
    let lines = [typed, "", "plain text", &plain, &upper].map(Line);
    let (mut text, mut ends) = (String::new(), Vec::new());
    for Line(line) in &lines {
        text.push_str(line);
        ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        text.push('\n');
    }
    let candidates = matcher.prefilter().map(|prefilter| {
        let mut rows = Vec::new();
        prefilter.candidates(text.as_bytes(), &ends, &mut rows);
        rows
    });
    for (row, line) in (0..).zip(&lines) {
        let matched = matcher.matches(line);
        let passed_over = candidates.as_ref().is_some_and(|rows| !rows.contains(&row));
        assert!(!(matched && passed_over), "`{typed}` passes over {line:?}");
        for range in matcher.highlights(line.0) {
            assert!(
                !range.is_empty() && line.0.get(range.clone()).is_some(),
                "`{typed}`: {range:?} of {line:?}"
            );
        }
    }
}

/// A line of text with nothing else known about it.
#[derive(Debug)]
struct Line<'a>(&'a str);

impl Record for Line<'_> {
    fn text(&self) -> &str {
        self.0
    }
    fn raw(&self) -> &[u8] {
        self.0.as_bytes()
    }
    fn level(&self) -> Level {
        Level::Info
    }
    fn time(&self) -> UnixNanos {
        UnixNanos(0)
    }
    fn seq(&self) -> Seq {
        Seq(1)
    }
    fn stream(&self) -> Stream {
        Stream::Stdout
    }
    fn source(&self) -> &'static str {
        "line"
    }
    fn broken(&self) -> bool {
        false
    }
    fn field(&self, _: &Path, _: &mut dyn FnMut(Value<'_>) -> ControlFlow<()>) {}
}
