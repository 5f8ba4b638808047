//! What was learned changes nothing but the time it takes.

use proptest::prelude::*;

use super::{Leads, MOST};
use crate::json::members;
use crate::keys::{Role, role};

/// What is shown of an object, and how many members were passed before a fault.
fn seen(leads: &mut Leads, body: &str) -> (Vec<(Role, String)>, Option<usize>) {
    let mut seen = Vec::new();
    let read = leads.members(body.as_bytes(), |role, value| {
        seen.push((role, format!("{value:?}")));
    });
    (seen, read.err())
}

fn plainly(body: &str) -> (Vec<(Role, String)>, Option<usize>) {
    let mut seen = Vec::new();
    let mut count = 0;
    let valid = members(body.as_bytes(), |key, value| {
        count += 1;
        let role = role(key.decode().as_bytes());
        if role != Role::Other {
            seen.push((role, format!("{value:?}")));
        }
    });
    (seen, (!valid).then_some(count))
}

#[test]
fn a_line_like_the_one_before_is_read_without_looking_at_its_keys() {
    let mut leads = Leads::default();
    let line =
        |n: u32| format!(r#"{{"time":{n}, "level" : "warn","a long enough key to have": [{n}]}}"#);
    seen(&mut leads, &line(1));
    let known = leads.known.len();
    for n in 2..9 {
        assert_eq!(seen(&mut leads, &line(n)), plainly(&line(n)));
    }
    assert_eq!(leads.known.len(), known);
}

#[test]
fn blanks_may_stand_behind_a_colon_where_there_were_none() {
    let mut leads = Leads::default();
    seen(&mut leads, r#"{"level":1,"time":2}"#);
    let odd = "{\"level\": \t1,\"time\":\n2}";
    assert_eq!(seen(&mut leads, odd), plainly(odd));
}

#[test]
fn keys_without_end_take_no_memory_without_end() {
    let mut leads = Leads::default();
    for n in 0..10 * MOST {
        let line = format!(r#"{{"key{n}":1,"level":"{n}"}}"#);
        assert_eq!(seen(&mut leads, &line), plainly(&line));
    }
    assert!(leads.known.len() <= MOST);
}

#[test]
fn more_followers_than_are_kept_are_read_all_the_same() {
    let mut leads = Leads::default();
    for n in 0..100 {
        let line = format!(r#"{{"a":1,"key{}":2,"level":3}}"#, n % 9);
        assert_eq!(seen(&mut leads, &line), plainly(&line));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn lines_read_one_after_the_other_tell_what_each_tells_alone(lines in proptest::collection::vec(line(), 1..12)) {
        let mut leads = Leads::default();
        for line in &lines {
            prop_assert_eq!(seen(&mut leads, line), plainly(line), "{}", line);
        }
    }
}

/// Objects of a few keys, some with odd blanks, some broken.
fn line() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        Just("time"),
        Just("level"),
        Just("a"),
        Just("lev\\u0065l"),
        Just("log"),
        Just("@mt"),
        Just("a key that is longer than what is kept of one"),
    ];
    let value = prop_oneof![
        Just("1"),
        Just("\"x\""),
        Just("\"x y \\\" z\""),
        Just("{\"level\":2}"),
        Just("[]"),
        Just("null"),
        Just("-"),
    ];
    let blank = prop_oneof![4 => Just(""), 1 => Just(" ")];
    let member = (
        key,
        blank.clone(),
        blank,
        value,
        prop_oneof![9 => Just(","), 1 => Just(" , "), 1 => Just("")],
    );
    (
        proptest::collection::vec(member, 0..6),
        prop_oneof![9 => Just("}"), 1 => Just(""), 1 => Just("} x")],
    )
        .prop_map(|(members, end)| {
            let count = members.len();
            let parts = members.into_iter().enumerate();
            let text: Vec<String> = parts
                .map(|(i, (key, before, after, value, comma))| {
                    let comma = if i + 1 < count { comma } else { "" };
                    format!("\"{key}\"{before}:{after}{value}{comma}")
                })
                .collect();
            format!("{{{}{end}", text.concat())
        })
}
