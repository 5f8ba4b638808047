use std::path::Path;
use std::time::Duration;

use crosscut_model::{RowFlags, SourceKind, SourceSpec};
use crosscut_parse::Format;

use super::{Limits, Settings, TEMPLATE};
use crate::source::Lines;
use crate::workbench::Retention;

fn read(text: &str) -> Settings {
    Settings::read(text, Some(Path::new("/home/ada")), Retention::default()).unwrap()
}

/// The mistakes as `line:column message`.
fn mistakes(text: &str) -> Vec<String> {
    let mistakes = Settings::read(text, None, Retention::default()).unwrap_err();
    let told = |m: &super::Mistake| format!("{}:{} {}", m.line, m.column, m.message);
    mistakes.iter().map(told).collect()
}

fn file(key: &str) -> SourceSpec {
    SourceSpec {
        kind: SourceKind::File,
        key: key.into(),
        name: key.rsplit('/').next().unwrap_or_default().into(),
    }
}

#[test]
fn an_empty_file_sets_nothing_and_so_does_the_template() {
    for text in ["", TEMPLATE] {
        let settings = read(text);
        assert!(settings.sources.is_empty());
        assert_eq!(settings.retention, Retention::default());
        assert_eq!(settings.limits, Limits::default());
        let source = settings.of_source(&file("/a.log"));
        assert!(source.format.is_none() && source.join);
    }
}

#[test]
fn what_the_template_shows_can_be_switched_on_as_it_stands() {
    let on: String = TEMPLATE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.starts_with('[') || rest.contains(" = ") => format!("{rest}\n"),
            _ => "\n".to_owned(),
        })
        .collect();
    let settings = read(&on);
    assert_eq!(settings.zone.iana_name(), Some("Europe/Berlin"));
    assert_eq!(settings.sources.len(), 2);
    assert_eq!(settings.sources[0].key, "/home/ada/work/shop/logs/*.log");
    assert_eq!(settings.sources[1].kind, SourceKind::Containers);
    assert_eq!(settings.retention, Retention::default());
    assert_eq!(settings.limits.sources, 4_096);
    let legacy = settings.of_source(&file("/x/legacy.log"));
    assert_eq!(legacy.zone.iana_name(), Some("America/New_York"));
    assert_eq!(legacy.format, Some(Format::Text));
    assert!(!legacy.join);
}

#[test]
fn what_is_no_toml_and_what_is_unknown_is_told_with_line_and_column() {
    let told = mistakes("zone = \"UTC\"\n[retention\nage = 3");
    assert!(told[0].starts_with("2:"), "{told:?}");
    let told = mistakes("# größe\nzone = \"UTC\"\nretension = 3\n");
    assert!(told[0].starts_with("3:1 unknown field"), "{told:?}");
    let told = mistakes("[retention]\nruns = [1]\n");
    assert!(told[0].starts_with("2:8 "), "{told:?}");
}

#[test]
fn every_wrong_value_is_told_at_its_place() {
    let told = mistakes(
        "zone = \"Europe/Berlni\"\n\
         [[source]]\nname = \"x\"\n\
         [[source]]\npath = \"app.log\"\n\
         [[redact]]\npattern = '('\n\
         [[redact]]\npattern = 'x*'\n\
         [[redact]]\npattern = 'a'\nreplace = \"b\\nc\"\n\
         [[format]]\nsources = [\"a{\"]\nformat = \"yaml\"\n\
         [retention]\nage = 30\nsize = \"10 parsecs\"\n\
         [limits]\nbody = \"off\"\n",
    );
    let places: Vec<&str> = told.iter().filter_map(|t| t.split(' ').next()).collect();
    assert_eq!(
        places,
        [
            "1:8", "2:1", "5:8", "7:11", "9:11", "12:11", "14:12", "15:10", "17:7", "18:8", "20:8"
        ],
        "{told:#?}"
    );
}

#[test]
fn limits_of_keeping_can_be_switched_off() {
    let settings = read(
        "[retention]\nage = \"off\"\nsize = \"1.5GB\"\n"
            .replace("1.5", "2")
            .as_str(),
    );
    assert_eq!(settings.retention.max_age, None);
    assert_eq!(settings.retention.max_bytes, Some(2_000_000_000));
    assert_eq!(settings.retention.max_runs, Some(50));
    let settings = read("[retention]\nage = \"2w\"\nruns = 3\n");
    assert_eq!(
        settings.retention.max_age,
        Some(Duration::from_hours(14 * 24))
    );
    assert_eq!(settings.retention.max_runs, Some(3));
}

#[test]
fn of_several_entries_for_a_source_the_first_counts_for_each_key() {
    let settings = read(
        "[[format]]\nsources = [\"a*\"]\nzone = \"UTC\"\n\
         [[format]]\nsources = [\"/logs/**\"]\nzone = \"Asia/Tokyo\"\nformat = \"json\"\n",
    );
    let source = settings.of_source(&file("/logs/x/a.log"));
    assert_eq!(source.zone, jiff::tz::TimeZone::UTC);
    assert_eq!(source.format, Some(Format::Json));
    let source = settings.of_source(&file("/logs/b.log"));
    assert_eq!(source.zone.iana_name(), Some("Asia/Tokyo"));
}

fn lines(texts: &[&str]) -> Lines {
    let mut lines = Lines::new();
    for text in texts {
        lines.push(text.as_bytes(), RowFlags::CONTINUES);
    }
    lines
}

#[test]
fn redaction_replaces_what_its_rules_match_and_leaves_the_rest_byte_for_byte() {
    let settings = read(
        "[[redact]]\npattern = '(?i)(bearer )\\S+'\nreplace = '${1}***'\n\
         [[redact]]\npattern = '\\b\\d{16}\\b'\nsources = [\"pay*\"]\n",
    );
    let redaction = &settings.redaction;
    let given = lines(&["Bearer abc, 4111111111111111", "\u{0}plain \t"]);
    let kept = redaction.lines("pay.log", "/pay.log", &given).unwrap();
    assert_eq!(kept, lines(&["Bearer *** [redacted]", "\u{0}plain \t"]));
    let kept = redaction.lines("web.log", "/web.log", &given).unwrap();
    assert_eq!(
        kept,
        lines(&["Bearer *** 4111111111111111", "\u{0}plain \t"])
    );
    let nothing = redaction.lines("web.log", "/web.log", &lines(&["4111111111111111"]));
    assert_eq!(nothing, None);
    assert_eq!(redaction.text("web", "web", b"bearer x"), b"bearer ***");
}

#[test]
fn rules_that_ask_for_a_records_ends_hold_for_each_record() {
    let settings = read("[[redact]]\npattern = '\\Akey=\\S+\\z'\n[[redact]]\npattern = '^pw.*$'\n");
    let kept = settings
        .redaction
        .lines("a", "a", &lines(&["x", "key=1", "pw 2", "not key=1"]));
    assert_eq!(
        kept.unwrap(),
        lines(&["x", "[redacted]", "[redacted]", "not key=1"])
    );
}
