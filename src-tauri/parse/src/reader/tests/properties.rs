//! What holds for all lines.

use crosscut_model::{Level, UnixNanos};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{NOW, Reader, meta};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        Reader::new(TimeZone::UTC).meta(&bytes, NOW);
        crate::display(&bytes);
        crate::fields(&bytes);
        crate::text(&bytes);
        crate::well_known(&bytes, crate::Known::File);
    }

    #[test]
    fn odd_lines_made_of_usual_parts_do_no_harm(parts in proptest::collection::vec(
        prop_oneof![
            Just("2026-03-01"), Just("08:00:00"), Just(" "), Just("T"), Just("["), Just("]"), Just("ERROR"), Just("{\""),
            Just("\":"), Just("\""), Just("\\u"), Just("d83d"), Just("1772352000"), Just("Mar"), Just(" 1 "), Just("+01"),
            Just("="), Just("\x1b["), Just("m"), Just("é"), Just("<1>"), Just(","), Just("."), Just("E0301 "), Just("PM"),
        ], 0..12)) {
        let line = parts.concat();
        Reader::new(TimeZone::UTC).meta(line.as_bytes(), NOW);
        crate::display(line.as_bytes());
        crate::fields(line.as_bytes());
    }

    #[test]
    fn an_instant_survives_every_spelling(second in 200_000_000i64..4_000_000_000, nano in 0u32..1_000_000_000) {
        let at = UnixNanos(second * 1_000_000_000 + i64::from(nano));
        let shown = Timestamp::new(second, i32::try_from(nano).unwrap()).unwrap();
        let berlin = shown.to_zoned(TimeZone::get("Europe/Berlin").unwrap());
        for text in [
            format!("\"{shown:.9}\""),
            format!("\"{}\"", berlin.strftime("%Y-%m-%d %H:%M:%S,%9f %z")),
            format!("\"{}\"", berlin.strftime("%d/%b/%Y:%H:%M:%S.%9f %z")),
            format!("\"{}\"", shown.strftime("%a %b %d %H:%M:%S.%9f UTC %Y")),
            format!("{second}.{nano:09}"),
            format!("\"{second}{nano:09}\""),
        ] {
            let line = format!("{{\"n\":0,\"timestamp\":{text}}}");
            prop_assert_eq!(meta(&line).time, Some(at), "{}", line);
        }
    }

    #[test]
    fn what_is_broken_is_what_serde_calls_broken(mut line in object(), at in any::<prop::sample::Index>(), with in "[\\PC\"{}\\[\\],:0-9]?") {
        if !line.is_empty() {
            let mut cut = at.index(line.len());
            while !line.is_char_boundary(cut) {
                cut -= 1;
            }
            let width = line.get(cut..).unwrap().chars().next().map_or(0, char::len_utf8);
            line.replace_range(cut..cut + width, &with);
        }
        let body = line.trim_ascii();
        prop_assume!(body.starts_with('{'));
        let valid = serde_json::from_str::<serde::de::IgnoredAny>(body).is_ok();
        prop_assert_eq!(meta(&line).broken, !valid, "{}", line);
    }

    #[test]
    fn the_scan_agrees_with_a_whole_tree(line in object()) {
        let tree: serde_json::Value = serde_json::from_str(&line).unwrap();
        let level = tree.get("level").and_then(|value| value.as_str()?.parse::<Level>().ok());
        let at = tree.get("time").and_then(|value| value.as_str()?.parse::<Timestamp>().ok());
        let found = meta(&line);
        prop_assert_eq!(found.level, level.unwrap_or_default(), "{}", line);
        prop_assert_eq!(found.time.map(|at| i128::from(at.0)), at.map(Timestamp::as_nanosecond), "{}", line);
    }
}

/// Random objects in which `time` and `level` occur, at the top and deeper, as keys and as text.
fn object() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-1_000_000i64..1_000_000).prop_map(Into::into),
        (-1e9..1e9).prop_map(|number: f64| number.into()),
        "[\\PC\n\"\\\\]{0,6}".prop_map(Into::into),
        Just("error".into()),
        Just("2026-03-01T08:00:00.5Z".into()),
    ];
    let key = prop_oneof![
        3 => "[abü\"]{1,2}",
        1 => Just("level".to_owned()),
        1 => Just("time".to_owned())
    ];
    let keys = key.clone();
    let tree = leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::Array),
            proptest::collection::vec((keys.clone(), inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    });
    proptest::collection::vec((key, tree), 0..5).prop_map(|members| {
        let map: serde_json::Map<_, _> = members
            .into_iter()
            .filter(|(key, value)| !matches!(key.as_str(), "time" | "level") || value.is_string())
            .collect();
        serde_json::Value::Object(map).to_string()
    })
}
