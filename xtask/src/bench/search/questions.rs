//! What is asked: each query in our words and in those of the peers, and what it may cost.

use crate::bench::ripgrep::Wanted;

/// A bar, in milliseconds or as a share of what ripgrep takes in the same run.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bar {
    Ms(f64),
    Ripgrep(f64),
}

/// One query. `{trace}` and `{span}` stand for ids out of the corpus, others in each round.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    /// As one types it.
    pub(super) query: &'static str,
    /// The same lines for ripgrep.
    pub(super) ripgrep: Wanted<'static>,
    /// DuckDB's condition for the same rows, where it can say it with its columns.
    pub(super) duck: Option<&'static str>,
    /// What it must and should take with the index caught up.
    pub(super) must: Bar,
    pub(super) aim: Bar,
}

/// Right after a load, with nothing indexed, any query.
pub(super) const UNINDEXED: (Bar, Bar) = (Bar::Ripgrep(2.0), Bar::Ripgrep(1.0));

/// What a second ripgrep does with the lines of the first.
const WITH: &[&str] = &["-i", "-F"];
const WITHOUT: &[&str] = &["-i", "-F", "--invert-match"];

/// Text in any case.
const fn text(pattern: &'static str) -> Wanted<'static> {
    Wanted {
        flags: &["-i", "-F"],
        pattern,
        then: None,
    }
}

/// Exactly this.
const fn exactly(pattern: &'static str) -> Wanted<'static> {
    Wanted {
        flags: &["-F"],
        pattern,
        then: None,
    }
}

/// A regular expression.
const fn regex(flags: &'static [&'static str], pattern: &'static str) -> Wanted<'static> {
    Wanted {
        flags,
        pattern,
        then: None,
    }
}

const fn question(
    query: &'static str,
    ripgrep: Wanted<'static>,
    duck: Option<&'static str>,
    must: Bar,
    aim: Bar,
) -> Question {
    Question {
        query,
        ripgrep,
        duck,
        must,
        aim,
    }
}

/// All of them, in the order of the table. Each matches the same records for each peer.
pub(super) const QUESTIONS: &[Question] = &[
    question(
        "refused",
        text("refused"),
        Some("msg ILIKE '%refused%'"),
        Bar::Ms(15.0),
        Bar::Ms(2.0),
    ),
    question(
        "fuse",
        text("fuse"),
        Some("msg ILIKE '%fuse%'"),
        Bar::Ripgrep(1.0),
        Bar::Ripgrep(0.3),
    ),
    question(
        "user",
        text("user"),
        None,
        Bar::Ripgrep(1.0),
        Bar::Ripgrep(0.3),
    ),
    question(
        "{trace}",
        text("{trace}"),
        Some("trace_id = '{trace}'"),
        Bar::Ms(15.0),
        Bar::Ms(4.0),
    ),
    question(
        "{span}",
        text("{span}"),
        Some("span_id = '{span}'"),
        Bar::Ms(15.0),
        Bar::Ms(4.0),
    ),
    question(
        "level:error",
        exactly(r#""level":"error""#),
        Some("level = 'error'"),
        Bar::Ms(20.0),
        Bar::Ms(3.0),
    ),
    question(
        "service=orders",
        exactly(r#""service":"orders""#),
        Some("service = 'orders'"),
        Bar::Ms(20.0),
        Bar::Ms(3.0),
    ),
    question(
        "http.status:>=500",
        regex(&[], r#""status":[5-9][0-9][0-9]"#),
        Some("http.status >= 500"),
        Bar::Ms(20.0),
        Bar::Ms(3.0),
    ),
    question(
        "duration_ms:>1000",
        regex(
            &[],
            r#""duration_ms":(1000\.[1-9]|100[1-9]|10[1-9][0-9]|1[1-9][0-9][0-9]|[2-9][0-9][0-9][0-9])"#,
        ),
        Some("duration_ms > 1000"),
        Bar::Ms(20.0),
        Bar::Ms(3.0),
    ),
    question(
        "retrying webhook",
        Wanted {
            then: Some((WITH, "webhook")),
            ..text("retrying")
        },
        Some("msg ILIKE '%retrying%' AND msg ILIKE '%webhook%'"),
        Bar::Ms(40.0),
        Bar::Ms(10.0),
    ),
    question(
        "refused level:error",
        Wanted {
            then: Some((WITH, r#""level":"error""#)),
            ..text("refused")
        },
        Some("msg ILIKE '%refused%' AND level = 'error'"),
        Bar::Ms(40.0),
        Bar::Ms(10.0),
    ),
    question(
        r#""connection refused to""#,
        text("connection refused to"),
        Some("msg ILIKE '%connection refused to%'"),
        Bar::Ms(40.0),
        Bar::Ms(10.0),
    ),
    question(
        "refused -service=orders",
        Wanted {
            then: Some((WITHOUT, r#""service":"orders""#)),
            ..text("refused")
        },
        Some("msg ILIKE '%refused%' AND service <> 'orders'"),
        Bar::Ms(40.0),
        Bar::Ms(10.0),
    ),
    question(
        "level:error -timeout",
        Wanted {
            then: Some((WITHOUT, "timeout")),
            ..exactly(r#""level":"error""#)
        },
        None,
        Bar::Ms(40.0),
        Bar::Ms(10.0),
    ),
    question(
        r"/status=5\d\d/",
        regex(&[], r"status=5\d\d"),
        Some("regexp_matches(msg, 'status=5\\d\\d')"),
        Bar::Ripgrep(1.5),
        Bar::Ripgrep(0.7),
    ),
    question(
        "/timeout|exception/",
        regex(&["-i"], "timeout|exception"),
        None,
        Bar::Ripgrep(1.5),
        Bar::Ripgrep(0.7),
    ),
];
