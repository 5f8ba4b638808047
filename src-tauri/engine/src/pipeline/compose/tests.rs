use super::*;

const PARENT: SourceId = SourceId(0);

/// The lines with the number of the service each is of.
fn split(compose: &mut Compose, text: &str) -> Option<Vec<(u16, String)>> {
    let lines = Lines::from_buffer(text.as_bytes().to_vec());
    let names = ["", "api-1", "db-1", "cache"];
    let found = compose.split(&lines, PARENT, |name| {
        let at = names.iter().position(|known| *known == name)?;
        Some(SourceId(u16::try_from(at).unwrap()))
    });
    let (plain, sources) = found?;
    let rows = plain.iter().zip(sources).map(|((raw, _), source)| {
        let text = String::from_utf8_lossy(raw).into_owned();
        (source.0, text)
    });
    Some(rows.collect())
}

#[test]
fn each_line_goes_to_its_service_without_the_name() {
    let mut compose = Compose::default();
    let text =
        "api-1  | GET / 200\ndb-1   | ready\napi-1  |     indented\nextra-1 exited with code 0\n";
    let rows = split(&mut compose, text).unwrap();
    let wanted = [
        (1, "GET / 200"),
        (2, "ready"),
        (1, "    indented"),
        (0, "extra-1 exited with code 0"),
    ];
    assert_eq!(rows, wanted.map(|(id, text)| (id, text.to_owned())));
    let rows = split(
        &mut compose,
        "cache  | a name without a number\na table | cell\nnew-1  | no room\n",
    );
    let wanted = [
        (3, "a name without a number"),
        (0, "a table | cell"),
        (0, "new-1  | no room"),
    ];
    assert_eq!(
        rows.unwrap(),
        wanted.map(|(id, text)| (id, text.to_owned()))
    );
}

#[test]
fn lines_of_one_record_all_lose_the_name() {
    let mut lines = Lines::new();
    let record = b"\x1b[36mapi-1  | \x1b[0mError: x\n\x1b[36mapi-1  | \x1b[0m    at f (/a.js:1:2)";
    lines.push(record, crosscut_model::RowFlags::NONE);
    let (plain, sources) = Compose::default()
        .split(&lines, PARENT, |_| Some(SourceId(7)))
        .unwrap();
    let (raw, _) = plain.iter().next().unwrap();
    assert_eq!(raw, b"Error: x\n    at f (/a.js:1:2)");
    assert_eq!(sources, [SourceId(7)]);
}

#[test]
fn what_compose_says_while_it_starts_is_no_hindrance() {
    let mut compose = Compose::default();
    assert_eq!(
        split(&mut compose, "[+] Running 2/2\n Container api-1  Created\n"),
        None
    );
    let rows = split(&mut compose, "Attaching to api-1, cache\ncache  | up\n").unwrap();
    assert_eq!(rows[1], (3, "up".to_owned()));
}

#[test]
fn tables_and_late_names_are_left_alone() {
    assert_eq!(
        split(
            &mut Compose::default(),
            "name | value\na    | 1\nb    | 2\n"
        ),
        None
    );
    let mut compose = Compose::default();
    assert_eq!(split(&mut compose, &"text\n".repeat(DECIDED)), None);
    assert_eq!(split(&mut compose, "api-1  | text\n"), None);
}
