use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

const KINDS: [Kind; 3] = [Kind::Jsonl, Kind::Text, Kind::Numbered];

fn made(kind: Kind, lines: u64, seed: u64) -> String {
    let mut bytes = Vec::new();
    corpus(kind, lines, seed, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
    for kind in KINDS {
        assert_eq!(made(kind, 500, 1), made(kind, 500, 1));
        assert_ne!(made(kind, 500, 1), made(kind, 500, 2));
    }
}

#[test]
fn there_are_exactly_as_many_lines_as_asked_for() {
    for kind in KINDS {
        for lines in [0, 1, 7, 2000] {
            assert_eq!(
                made(kind, lines, 3).lines().count() as u64,
                lines,
                "{kind:?}"
            );
        }
    }
}

#[test]
fn every_line_of_the_structured_corpus_is_an_object_with_the_usual_fields() {
    let text = made(Kind::Jsonl, 3000, 1);
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    for line in &lines {
        for key in [
            "timestamp",
            "level",
            "service",
            "msg",
            "trace_id",
            "span_id",
        ] {
            assert!(line[key].is_string(), "{line}");
        }
    }
    let different = |key: &str| {
        lines
            .iter()
            .map(|l| l[key].to_string())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(different("level").len(), 4);
    assert!(different("service").len() >= 10);
    assert_eq!(different("span_id").len(), lines.len());
    assert!(lines.iter().any(|line| line["http"]["status"] == 500));
    assert!(lines.iter().any(|line| {
        line["error"]["stack"]
            .as_str()
            .unwrap_or("")
            .contains("\n\tat ")
    }));
}

#[test]
fn needles_are_rare_and_there() {
    let text = made(Kind::Jsonl, 20_000, 20_260_301);
    let hits = text
        .lines()
        .filter(|line| line.contains("connection refused to"))
        .count();
    assert!((10..200).contains(&hits), "{hits}");
}

#[test]
fn times_only_grow_and_stay_in_march_however_many_lines_there_are() {
    let text = made(Kind::Jsonl, 2000, 1);
    let times: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["timestamp"].to_string())
        .collect();
    assert!(times.is_sorted());

    let mut random = Random::new(1);
    let mut instants = Instants::new(u64::MAX / 2);
    assert!(
        instants
            .next(&mut random)
            .iso_millis()
            .to_string()
            .starts_with("2026-03-01T08:00:00")
    );
}

#[test]
fn the_text_corpus_mixes_formats_and_stack_traces() {
    let text = made(Kind::Text, 20_000, 1);
    for part in [
        "Traceback (most recent call last):",
        "\n\tat ",
        "HTTP/1.1\"",
        "level=",
        " devbox ",
    ] {
        assert!(text.contains(part), "{part}");
    }
}

#[test]
fn numbered_lines_carry_their_number_and_a_checksum_that_holds() {
    for (number, line) in (1_u64..).zip(made(Kind::Numbered, 1000, 9).lines()) {
        let mut words = line.splitn(4, ' ');
        assert_eq!(words.next(), Some("numbered"));
        assert_eq!(words.next(), Some(number.to_string().as_str()));
        let crc = u32::from_str_radix(words.next().unwrap(), 16).unwrap();
        assert_eq!(
            crc,
            crc32c::crc32c(format!("{number} {}", words.next().unwrap()).as_bytes())
        );
    }
}
