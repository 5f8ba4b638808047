use std::path::Path;
use std::time::Duration;

use crosscut_model::{RowFlags, SourceKind, SourceSpec};
use crosscut_parse::Format;

use super::{Chosen, Limits, Settings, TEMPLATE};
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
        assert!(source.format == Chosen::Auto && source.join);
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
    assert_eq!(legacy.format, Chosen::As(Format::Text));
    assert!(!legacy.join);
    let own = settings.of_source(&file("/x/plc.log")).format.pattern();
    let names: Vec<String> = own.unwrap().names().map(str::to_owned).collect();
    assert_eq!(names, ["time", "level", "unit", "message"]);
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
fn an_expression_of_the_users_own_is_checked_like_everything_else() {
    let told = mistakes(
        "[[format]]\nsources = [\"a\"]\npattern = '(?<user>\\S+'\n\
         [[format]]\nsources = [\"a\"]\npattern = 'nothing named'\n\
         [[format]]\nsources = [\"a\"]\npattern = '(?<user>a)'\nformat = \"json\"\n\
         [[format]]\nsources = [\"a\"]\npattern = '(?<user>\\w{9999})'\n",
    );
    assert_eq!(
        told,
        [
            "3:11 unclosed group",
            "6:11 nothing in the expression has a name: a field is a group such as (?<user>\\S+)",
            "9:11 an entry has a `format` or a `pattern`, not both",
            "13:11 Compiled regex exceeds size limit of 1048576 bytes.",
        ]
    );
    let long = format!(
        "[[format]]\nsources = []\npattern = '(?<a>{})'\n",
        "x".repeat(3_000)
    );
    assert!(mistakes(&long)[0].starts_with("3:11 the expression is longer than 2048 bytes"));
    // Of two entries the first that says something of the format counts.
    let settings = read(
        "[[format]]\nsources = [\"a*\"]\npattern = '(?<user>a)'\n\
         [[format]]\nsources = [\"*\"]\nformat = \"json\"\n",
    );
    let of = |key| settings.of_source(&file(key)).format;
    assert_eq!(of("/a").pattern().unwrap().expression(), Some("(?<user>a)"));
    assert_eq!(of("/b"), Chosen::As(Format::Json));
    assert_ne!(of("/a"), of("/b"));
}

#[test]
fn what_would_delete_every_run_or_follow_nothing_is_a_mistake() {
    let told = mistakes(
        "[retention]\nage = \"0d\"\nsize = 0\nruns = 0\n\
         [limits]\nsources = 0\nbody = \"2GiB\"\n\
         [[source]]\ndocker = \"image:x\"\n[[source]]\ndocker = \"label:\"\n\
         [[source]]\npath = \"/a\"\nname = \"two\\nlines\"\n",
    );
    let places: Vec<&str> = told.iter().filter_map(|t| t.split(' ').next()).collect();
    assert_eq!(
        places,
        ["2:7", "3:8", "4:8", "6:11", "7:8", "9:10", "11:10", "14:8"],
        "{told:#?}"
    );
    for (text, said) in [
        ("[retention]\nruns = -1\n", "a negative number"),
        ("[retention]\nruns = 1.5\n", "a whole number"),
        ("[limits]\nbody = true\n", "such as \"10GB\""),
        ("[limits]\nbody = \"99999999999TB\"\n", "expected a size"),
    ] {
        let told = mistakes(text);
        assert!(
            told[0].starts_with("2:8 ") && told[0].contains(said),
            "{told:?}"
        );
    }
}

#[test]
fn more_expressions_than_anybody_needs_are_refused_before_they_are_made_ready() {
    let rules = "[[redact]]\npattern = 'a\\w{900}'\n".repeat(5_000);
    assert_eq!(mistakes(&rules), ["514:11 there are more than 256 rules"]);
    let entries = "[[format]]\nsources = ['a']\npattern = '(?<a>\\w{90})'\n".repeat(5_000);
    assert_eq!(
        mistakes(&entries),
        ["770:12 there are more than 256 entries for formats"]
    );
}

#[test]
fn line_ends_of_windows_and_a_byte_order_mark_are_no_mistakes() {
    let settings = read("\u{feff}# ours\r\nzone = \"UTC\"\r\n\r\n[limits]\r\nsources = 7\r\n");
    assert_eq!(settings.limits.sources, 7);
    let told = mistakes("zone = \"UTC\"\r\n\r\n[limits]\r\nsuorces = 7\r\n");
    assert!(told[0].starts_with("4:1 unknown field"), "{told:?}");
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
    assert_eq!(source.format, Chosen::As(Format::Json));
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
    let kept = redaction.lines(Some(&file("/pay.log")), &given).unwrap();
    assert_eq!(kept, lines(&["Bearer *** [redacted]", "\u{0}plain \t"]));
    let kept = redaction.lines(Some(&file("/web.log")), &given).unwrap();
    assert_eq!(
        kept,
        lines(&["Bearer *** 4111111111111111", "\u{0}plain \t"])
    );
    let nothing = redaction.lines(Some(&file("/web.log")), &lines(&["4111111111111111"]));
    assert_eq!(nothing, None);
    assert_eq!(
        redaction.text(Some(&file("web")), b"bearer x"),
        b"bearer ***"
    );
}

#[test]
fn lines_of_a_source_that_nobody_knows_any_more_are_redacted_by_all_rules() {
    let settings = read("[[redact]]\npattern = 'secret'\nsources = [\"pay*\"]\n");
    let given = lines(&["a secret"]);
    let web = settings.redaction.lines(Some(&file("/web")), &given);
    assert_eq!(web, None);
    let kept = settings.redaction.lines(None, &given).unwrap();
    assert_eq!(kept, lines(&["a [redacted]"]));
}

#[test]
fn an_expression_that_can_match_nothing_is_refused_wherever_it_would() {
    for pattern in ["x*", "\\b", "$", "(a|)"] {
        let told = mistakes(&format!("[[redact]]\npattern = '{pattern}'\n"));
        assert!(told[0].contains("matches the empty text"), "{told:?}");
    }
    read("[[redact]]\npattern = '(?-u)\\xff+'\n");
}

#[test]
fn rules_that_ask_for_a_records_ends_hold_for_each_record() {
    let settings = read("[[redact]]\npattern = '\\Akey=\\S+\\z'\n[[redact]]\npattern = '^pw.*$'\n");
    let kept = settings
        .redaction
        .lines(None, &lines(&["x", "key=1", "pw 2", "not key=1"]));
    assert_eq!(
        kept.unwrap(),
        lines(&["x", "[redacted]", "[redacted]", "not key=1"])
    );
}
