use crosscut_model::SourceKind;

use super::*;
use crate::source::Lines;
use crate::workbench::testing::deaf;

fn post(shared: &Shared, lines: &[&str], lessons: &mut Vec<Lesson>) -> Encoded {
    let source = shared.client_source(SourceKind::Http, "shop").unwrap();
    let text = lines.join("\n").into_bytes();
    shared.encode_part(source, Part::new("shop", Lines::from_buffer(text)), lessons)
}

const GAP: [&str; 2] = [
    r#"{"agent_id":"a","sequence":1,"content":"x"}"#,
    r#"{"agent_id":"a","sequence":5,"content":"x"}"#,
];
const TABLE: [&str; 2] = ["time,took,text", "2026-03-01T08:00:00Z,12,well"];

#[test]
fn a_post_that_was_refused_is_read_the_second_time_as_it_was_the_first() {
    let (_dir, workbench) = deaf();
    let shared = &workbench.shared;
    for lines in [GAP, TABLE] {
        let mut lessons = Vec::new();
        let first = post(shared, &lines[..1], &mut lessons);
        let second = post(shared, &lines[1..], &mut lessons);
        forget(lessons);
        let mut lessons = Vec::new();
        let again = post(shared, &lines[..1], &mut lessons);
        assert_eq!((again.rows, &again.layouts), (first.rows, &first.layouts));
        let again = post(shared, &lines[1..], &mut lessons);
        assert_eq!((again.rows, &again.layouts), (second.rows, &second.layouts));
        assert!(
            second.rows == 2 || second.layouts.len() == 1,
            "there is something to tell"
        );
        forget(lessons);
    }
}

#[test]
fn what_others_have_told_since_a_refused_post_stays() {
    let (_dir, workbench) = deaf();
    let shared = &workbench.shared;
    let mut lessons = Vec::new();
    post(shared, &GAP, &mut lessons);
    let mut kept = Vec::new();
    post(shared, &[r#"{"agent_id":"a","sequence":6}"#], &mut kept);
    forget(lessons);
    let next = post(shared, &[r#"{"agent_id":"a","sequence":7}"#], &mut kept);
    assert_eq!(next.rows, 1, "nothing is missing");
}
