use super::{Authority, Name};

fn loopback(text: &str) -> bool {
    Authority::parse(text).unwrap().name.is_loopback()
}

#[test]
fn loopback_has_many_spellings() {
    for text in [
        "localhost",
        "LOCALHOST:3002",
        "localhost.",
        "127.0.0.1:80",
        "127.9.8.7",
        "[::1]",
        "[::1]:3002",
        "[::ffff:127.0.0.1]",
    ] {
        assert!(loopback(text), "{text}");
    }
}

#[test]
fn what_only_looks_like_loopback_is_foreign() {
    for text in [
        "localhost.evil.com",
        "127.0.0.1.nip.io",
        "xlocalhost",
        "10.0.0.1",
        "0.0.0.0",
        "[::2]",
        "0x7f.1",
        "2130706433",
    ] {
        assert!(!loopback(text), "{text}");
    }
}

#[test]
fn malformed_hosts_are_told_apart_from_foreign_ones() {
    for text in [
        "",
        ":80",
        "a b",
        "user@localhost",
        "localhost:80:80",
        "localhost:+80",
        "localhost:99999",
        "[::1",
        "[::1]x",
        "[localhost]",
        "::1",
        "localhost/",
        "héros",
        ".",
    ] {
        assert!(Authority::parse(text).is_none(), "{text}");
    }
}

#[test]
fn a_port_is_read_and_may_be_empty() {
    let parsed = Authority::parse("Box.local:8080").unwrap();
    assert_eq!(
        parsed,
        Authority {
            name: Name::Word("box.local".into()),
            port: Some(8080)
        }
    );
    assert_eq!(Authority::parse("localhost:").unwrap().port, None);
}
