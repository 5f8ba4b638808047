use super::{Pending, Text};
use crosscut_engine::api::Trouble;
use crosscut_model::Level;

fn trouble(message: &str, others: u32) -> Trouble {
    Trouble {
        run: "R1".parse().unwrap(),
        seq: 1,
        source: "orders".into(),
        level: Level::Error,
        message: message.into(),
        pattern: message.into(),
        others,
    }
}

fn announced(troubles: &[(&str, u32)]) -> Text {
    let mut pending = Pending::default();
    for (message, others) in troubles {
        pending.add(trouble(message, *others));
    }
    pending.take().unwrap()
}

#[test]
fn one_kind_is_told_by_source_and_message() {
    let text = announced(&[("payment refused", 0)]);
    assert_eq!(
        text,
        Text {
            title: "error in orders".into(),
            body: "payment refused".into()
        }
    );
}

#[test]
fn several_kinds_are_counted_behind_the_first() {
    assert!(announced(&[("a", 1)]).body.ends_with("and 1 more kind"));
    assert!(
        announced(&[("a", 1), ("b", 0), ("c", 2)])
            .body
            .ends_with("and 5 more kinds")
    );
}

#[test]
fn what_was_announced_is_not_announced_again() {
    let mut pending = Pending::default();
    pending.add(trouble("a", 3));
    assert!(pending.take().is_some());
    assert!(pending.is_empty());
    assert_eq!(pending.take(), None);
}
