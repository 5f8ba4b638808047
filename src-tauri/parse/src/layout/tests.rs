//! Layouts, and the headers that tell of them.

use std::ops::ControlFlow;

use crosscut_model::LayoutSpec;

use super::{Layout, LayoutError, Line, Scout};
use crate::{
    FieldValue, Known, Segment, display, fields, message, visit_field, walk_fields, well_known,
};

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn commas(some: &[&str]) -> LayoutSpec {
    LayoutSpec::Cells {
        delimiter: ',',
        names: names(some),
    }
}

fn layout(spec: &LayoutSpec) -> Layout {
    Layout::new(spec).unwrap().unwrap()
}

fn told(layout: &Layout, raw: &str) -> Vec<String> {
    let mut all = Vec::new();
    let line = Line::new(raw.as_bytes(), Some(layout));
    walk_fields(line, &mut String::new(), |name, leaf, _| {
        all.push(format!("{name}={leaf:?}"));
    })
    .unwrap();
    all
}

#[test]
fn cells_are_fields_under_the_names_of_the_header() {
    let layout = layout(&commas(&["time", "level", "user", "took", "message"]));
    let raw = r#"2026-03-01T08:00:00Z,info,"Doe, Jane",12,"all ""well"" here""#;
    assert_eq!(
        told(&layout, raw),
        [
            r#"time=Str("2026-03-01T08:00:00Z")"#,
            r#"level=Str("info")"#,
            r#"user=Str("Doe, Jane")"#,
            r#"took=Number("12")"#,
            r#"message=Str("all \"\"well\"\" here")"#,
        ]
    );
    let line = Line::new(raw.as_bytes(), Some(&layout));
    assert_eq!(message(line), r#"all ""well"" here"#);
    assert_eq!(display(line).message, r#"all ""well"" here"#);
    let row = display(line);
    let beside: Vec<_> = row.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(beside, ["user", "took"]);
    assert_eq!(fields(line).len(), 5);
    let mut took = None;
    visit_field(line, &[Segment::Key("took")], &mut |value| {
        if let FieldValue::Number { value, .. } = value {
            took = Some(value);
        }
        ControlFlow::Continue(())
    });
    assert_eq!(took, Some(12.0));
    // Without a message of its own a line is shown whole.
    let other = self::layout(&commas(&["a", "b"]));
    assert_eq!(message(Line::new(b"1,2", Some(&other))), "1,2");
}

#[test]
fn what_does_not_fit_is_read_as_if_there_were_no_layout() {
    let layout = layout(&commas(&["a", "b"]));
    assert_eq!(told(&layout, "1,2,3 x=4"), [r#"x=Number("4")"#]);
    assert_eq!(told(&layout, r#"{"a":5}"#), [r#"a=Number("5")"#]);
    assert_eq!(told(&layout, "a,b"), [] as [String; 0], "the header itself");
}

#[test]
fn words_and_expressions_name_parts_too() {
    let words = LayoutSpec::Words {
        names: names(&["date", "client", "status"]),
    };
    assert_eq!(
        told(&layout(&words), "2026-03-01 - 503"),
        [r#"date=Str("2026-03-01")"#, r#"status=Number("503")"#]
    );
    let expression = LayoutSpec::Expression {
        source: r"^(?P<service>\w+)!(?P<code>\d+)!".into(),
    };
    let layout = layout(&expression);
    assert_eq!(
        told(&layout, "shop!7! text"),
        [r#"service=Str("shop")"#, r#"code=Number("7")"#]
    );
    let line = Line::new(b"shop!7! text", Some(&layout));
    assert_eq!(well_known(line, Known::Service).unwrap(), "shop");
    assert_eq!(told(&layout, "other"), [] as [String; 0]);
}

#[test]
fn an_expression_for_a_line_fits_a_record_of_several_and_one_that_begins_with_a_hash() {
    let told = |source: &str, raw: &str| {
        let layout = layout(&LayoutSpec::Expression {
            source: source.into(),
        });
        told(&layout, raw)
    };
    let line = r"^#?(?<code>\w+): (?<message>.*)$";
    let first = [r#"code=Str("e7")"#, r#"message=Str("failed")"#];
    assert_eq!(told(line, "e7: failed\n\tat a"), first);
    assert_eq!(told(line, "#e7: failed"), first);
    let all = r"(?s)^(?<code>\w+): (?<message>.*)$";
    assert_eq!(told(all, "e7: a\nb")[1], r#"message=Str("a\nb")"#);
}

#[test]
fn layouts_that_cannot_be_used_say_why() {
    let expression = |source: &str| {
        Layout::new(&LayoutSpec::Expression {
            source: source.into(),
        })
    };
    assert!(matches!(expression("("), Err(LayoutError::Expression(_))));
    assert_eq!(expression("a").unwrap_err(), LayoutError::Nameless);
    let odd = LayoutSpec::Cells {
        delimiter: 'é',
        names: names(&["a"]),
    };
    assert_eq!(Layout::new(&odd).unwrap_err(), LayoutError::Delimiter('é'));
    assert!(Layout::new(&LayoutSpec::Plain).unwrap().is_none());
}

fn scouted(lines: &[&str]) -> Vec<(usize, LayoutSpec)> {
    let mut scout = Scout::default();
    let looks = lines.iter().enumerate();
    looks
        .filter_map(|(at, line)| Some((at, scout.look(line.as_bytes())?)))
        .collect()
}

#[test]
fn a_header_is_a_first_line_of_names_with_as_many_cells_behind_it() {
    assert_eq!(
        scouted(&["time,level,text", "2026-03-01,info,x", "a,b,c"]),
        [(1, commas(&["time", "level", "text"]))]
    );
    let tabs = LayoutSpec::Cells {
        delimiter: '\t',
        names: names(&["id", "took ms"]),
    };
    assert_eq!(scouted(&["id\ttook ms", "1\t2"]), [(1, tabs)]);
    for lines in [
        &["time,level,text", "2026-03-01,info"][..],
        &["time,level,text", "error,warning,info"],
        &["time,level,level", "1,2,3"],
        &["Hello, world, again: x", "1,2,3"],
        &["1,2,3", "time,level,text", "1,2,3"],
        &["Loaded a, b and c", "1, 2"],
        &["starting up", "done"],
    ] {
        assert_eq!(scouted(lines), [], "{lines:?}");
    }
}

#[test]
fn w3c_names_its_fields_wherever_it_likes() {
    let words = |some: &[&str]| LayoutSpec::Words { names: names(some) };
    assert_eq!(
        scouted(&[
            "#Version: 1.0",
            "#Fields: date cs-method sc-status",
            "2026-03-01 GET 200",
            "2026-03-01 GET 200",
            "#Fields: date c-ip",
            "2026-03-01 10.0.0.7",
        ]),
        [
            (1, words(&["date", "method", "status"])),
            (4, words(&["date", "client"]))
        ]
    );
}
