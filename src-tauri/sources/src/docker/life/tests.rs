//! Each change once, whichever way it is learnt.

use super::*;

const S: i64 = 1_000_000_000;

fn look(running: bool, started: i64, ended: Option<i64>, code: i64) -> Look {
    Look {
        running,
        started: Some(started),
        ended,
        exit_code: code,
        ..Look::default()
    }
}

fn texts(news: &[Told]) -> Vec<&str> {
    news.iter().map(|told| told.text.as_str()).collect()
}

#[test]
fn what_an_event_told_an_inspect_does_not_tell_again() {
    let mut life = Life::default();
    let start = life.hear("x", &Happening::Started, 10 * S).unwrap();
    assert_eq!(start.text, "container x was started");
    assert_eq!(start.at, Some(10 * S));
    // The daemon notes the time a little before it tells.
    assert!(life.see("x", &look(true, 10 * S - 5, None, 0)).is_empty());
    let end = life
        .hear("x", &Happening::Ended { code: 3 }, 20 * S)
        .unwrap();
    assert_eq!(
        (end.text.as_str(), end.level),
        ("container x exited with code 3", Level::Error)
    );
    assert!(
        life.see("x", &look(false, 10 * S - 5, Some(20 * S - 5), 3))
            .is_empty()
    );
}

#[test]
fn what_an_inspect_told_a_late_event_does_not_tell_again() {
    let mut life = Life::default();
    let news = life.see("x", &look(false, 10 * S, Some(10 * S + 9), 0));
    assert_eq!(
        texts(&news),
        ["container x was started", "container x exited with code 0"]
    );
    assert_eq!(life.hear("x", &Happening::Started, 10 * S + 50), None);
    assert_eq!(
        life.hear("x", &Happening::Ended { code: 0 }, 10 * S + 60),
        None
    );
    assert!(life.hear("x", &Happening::Started, 30 * S).is_some());
}

#[test]
fn a_restart_nobody_heard_of_is_told_without_its_code() {
    let mut life = Life::default();
    life.see("x", &look(true, 10 * S, None, 0));
    let news = life.see("x", &look(true, 30 * S, Some(29 * S), 0));
    let told = texts(&news);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("not known"));
    assert_eq!(news[0].at, Some(29 * S));
    assert!(
        life.see("x", &look(true, 30 * S, Some(29 * S), 0))
            .is_empty()
    );
}

#[test]
fn restarts_that_were_heard_of_have_their_codes() {
    let mut life = Life::default();
    life.see("x", &look(true, 10 * S, None, 0));
    let mut told = Vec::new();
    for (happening, at) in [
        (Happening::Started, 10 * S + 5),
        (Happening::Ended { code: 137 }, 20 * S),
        (Happening::Started, 20 * S + 100),
    ] {
        told.extend(life.hear("x", &happening, at));
    }
    assert_eq!(
        texts(&told),
        [
            "container x exited with code 137",
            "container x was started"
        ]
    );
    assert!(
        life.see("x", &look(true, 20 * S + 90, Some(20 * S - 1), 0))
            .is_empty()
    );
}

#[test]
fn what_was_told_holds_over_a_restart_of_crosscut() {
    let mut life = Life::default();
    life.see("x", &look(true, 10 * S, None, 0));
    life.hear("x", &Happening::Health(Health::Bad), 12 * S);
    let stored = serde_json::to_string(&life).unwrap();
    let mut life: Life = serde_json::from_str(&stored).unwrap();
    let mut now = look(true, 10 * S, None, 0);
    now.health = Some((Health::Bad, Some(13 * S)));
    assert!(life.see("x", &now).is_empty());
    now.health = Some((Health::Good, Some(14 * S)));
    let news = life.see("x", &now);
    assert_eq!(texts(&news), ["container x is healthy"]);
    assert_eq!(
        life.hear("x", &Happening::Health(Health::Good), 14 * S + 3),
        None
    );
}

#[test]
fn memory_that_ran_out_is_fatal() {
    let mut life = Life::default();
    life.hear("x", &Happening::Started, 10 * S);
    let first = life.hear("x", &Happening::OutOfMemory, 11 * S).unwrap();
    assert_eq!(first.level, Level::Fatal);
    assert_eq!(life.hear("x", &Happening::OutOfMemory, 11 * S), None);
    let end = life
        .hear("x", &Happening::Ended { code: 137 }, 12 * S)
        .unwrap();
    assert_eq!(end.text, "container x exited with code 137 (out of memory)");
    assert_eq!(end.level, Level::Fatal);
}

#[test]
fn removal_is_told_once() {
    let mut life = Life::default();
    life.hear("x", &Happening::Started, 10 * S);
    assert!(life.gone("x", Some(20 * S)).is_some());
    assert!(life.gone("x", Some(20 * S)).is_none());
}

#[test]
fn a_look_from_before_a_start_that_was_heard_of_tells_no_end() {
    let mut life = Life::of("c");
    assert!(life.hear("c", &Happening::Started, 10 * LATE).is_some());
    let created = Look::default();
    assert_eq!(life.see("c", &created), []);
    let before = Look {
        started: Some(LATE),
        ended: Some(2 * LATE),
        ..Look::default()
    };
    assert_eq!(life.see("c", &before), []);
    assert!(life.runs());
}
