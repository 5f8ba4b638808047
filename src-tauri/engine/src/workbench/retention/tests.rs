//! Which runs go, and what is told of it.

use std::time::Duration;

use crosscut_model::{RunId, UnixNanos};

use super::{Candidate, Reason, Retention, beyond, in_words, told};

const DAY: i64 = 86_400_000_000_000;

/// A run that ended so many days after 1970 and takes so many bytes.
fn run(day: i64, bytes: u64) -> Candidate {
    Candidate {
        id: RunId::try_from(format!("run-{day:03}")).unwrap(),
        name: format!("Run {day}"),
        ended: UnixNanos(day * DAY),
        bytes,
    }
}

fn gone(retention: &Retention, runs: &[Candidate], today: i64) -> Vec<(String, Reason)> {
    beyond(retention, runs.to_vec(), UnixNanos(today * DAY))
        .into_iter()
        .map(|(run, reason)| (run.name, reason))
        .collect()
}

#[test]
fn runs_go_once_they_are_older_than_is_kept() {
    let retention = Retention {
        max_age: Some(Duration::from_hours(48)),
        ..Retention::FOREVER
    };
    let runs = [run(1, 0), run(3, 0), run(2, 0)];
    assert_eq!(gone(&retention, &runs, 3), []);
    assert_eq!(gone(&retention, &runs, 4), [("Run 1".into(), Reason::Age)]);
}

#[test]
fn the_oldest_go_when_there_are_too_many() {
    let retention = Retention {
        max_runs: Some(2),
        ..Retention::FOREVER
    };
    let runs = [run(1, 0), run(4, 0), run(2, 0), run(3, 0)];
    let expected = [
        ("Run 2".into(), Reason::Runs),
        ("Run 1".into(), Reason::Runs),
    ];
    assert_eq!(gone(&retention, &runs, 9), expected);
}

#[test]
fn the_oldest_go_when_they_take_too_much_room() {
    let retention = Retention {
        max_bytes: Some(100),
        ..Retention::FOREVER
    };
    let runs = [run(3, 60), run(2, 40), run(1, 1)];
    assert_eq!(
        gone(&retention, &runs, 9),
        [("Run 1".into(), Reason::Bytes)]
    );
}

#[test]
fn without_limits_nothing_goes() {
    let runs = [run(1, u64::MAX), run(2, u64::MAX)];
    assert_eq!(gone(&Retention::FOREVER, &runs, i64::MAX / DAY), []);
}

#[test]
fn what_went_is_told_with_its_names_and_reasons() {
    let retention = Retention::default();
    let one = [(run(7, 0), Reason::Age)];
    assert_eq!(
        told(&retention, &one).message,
        "An old run was deleted: Run 7 (they ended more than 30 days ago)."
    );
    let many: Vec<_> = (1..=5)
        .map(|day| {
            (
                run(day, 0),
                if day < 3 { Reason::Runs } else { Reason::Bytes },
            )
        })
        .collect();
    assert_eq!(
        told(&retention, &many).message,
        "5 old runs were deleted: Run 1, Run 2, Run 3 and 2 more \
         (old runs may take 10000 MB; 50 old runs are kept)."
    );
}

#[test]
fn an_age_is_told_in_the_largest_unit_that_tells_it_whole() {
    let told = [86_400, 12 * 3_600, 90, 5_400, 30 * 86_400].map(Duration::from_secs);
    let told = told.map(in_words);
    assert_eq!(
        told,
        ["1 day", "12 hours", "90 seconds", "90 minutes", "30 days"]
    );
}
