//! Levels by name, letter and number.

use crosscut_model::Level;

use super::{Scale, by_name, in_text};

#[test]
fn every_name_the_model_knows_is_known_here() {
    for name in [
        "trace",
        "TRC",
        "Verbose",
        "debug",
        "DBG",
        "info",
        "Information",
        "NOTICE",
        "warn",
        "Warning",
        "err",
        "SEVERE",
        "fatal",
        "Critical",
        "emerg",
        "dpanic",
    ] {
        assert_eq!(by_name(name.as_bytes()), name.parse().ok(), "{name}");
    }
    for none in [
        "",
        "errors",
        "information desk",
        "ok",
        "nothing at all known",
    ] {
        assert_eq!(by_name(none.as_bytes()), None, "{none}");
    }
}

#[test]
fn a_number_means_what_its_scale_says() {
    use Level::{Debug, Error, Fatal, Info, Trace, Warn};
    for (scale, numbers) in [
        (
            Scale::Level,
            [
                ("0", Fatal),
                ("7", Debug),
                ("10", Trace),
                ("20", Debug),
                ("30", Info),
                ("40", Warn),
            ],
        ),
        (
            Scale::Level,
            [
                ("50", Error),
                ("60", Fatal),
                ("200", Info),
                ("400", Error),
                ("5000", Trace),
                ("40000", Error),
            ],
        ),
        (
            Scale::Severity,
            [
                ("3", Error),
                ("100", Debug),
                ("200", Info),
                ("300", Info),
                ("400", Warn),
                ("800", Fatal),
            ],
        ),
        (
            Scale::Python,
            [
                ("10", Debug),
                ("20", Info),
                ("25", Info),
                ("30", Warn),
                ("40", Error),
                ("50", Fatal),
            ],
        ),
        (
            Scale::Otel,
            [
                ("1", Trace),
                ("5", Debug),
                ("9", Info),
                ("13", Warn),
                ("17", Error),
                ("24", Fatal),
            ],
        ),
    ] {
        for (number, level) in numbers {
            assert_eq!(
                in_text(number.as_bytes(), scale),
                Some(level),
                "{scale:?} {number}"
            );
        }
    }
    for none in ["-1", "99999999", "1.5", "4294967296", ""] {
        assert_eq!(in_text(none.as_bytes(), Scale::Level), None, "{none}");
    }
    assert_eq!(in_text(b"30", Scale::Words), None);
    assert_eq!(in_text(b"W", Scale::Words), Some(Warn));
}
