//! Templates.

use std::collections::HashSet;

use proptest::prelude::*;

use super::{TEMPLATE_CHARS, fingerprint, template};

#[test]
fn variable_parts_become_holes() {
    for (message, text) in [
        (
            "connection to 10.0.0.1:5432 refused after 3 attempts",
            "connection to <*> refused after <*> attempts",
        ),
        ("took 12.5ms (budget 250ms)", "took <*> (budget <*>)"),
        (
            "user 550e8400-e29b-41d4-a716-446655440000 not found",
            "user <*> not found",
        ),
        ("trace 7199c2f33187dec5.", "trace <*>."),
        (
            "cannot open \"/tmp/a b\": no such file",
            "cannot open \"<*>\": no such file",
        ),
        (
            "GET /api/v1/users/10858 status=409",
            "GET /api/v<*>/users/<*> status=<*>",
        ),
        ("key=user:42:profile", "key=user:<*>:profile"),
        (
            "worker-12 and worker7 on shard 3",
            "worker-<*> and worker<*> on shard <*>",
        ),
        ("block blk_-6952295868487656571 ok", "block blk_-<*> ok"),
        (
            "at 2026-03-01T08:00:00.123Z and 2026-03-01 08:00:00",
            "at <*> and <*> <*>",
        ),
        ("-5% of $12 and #7", "<*> of <*> and <*>"),
        ("fe80::1%eth0 is down", "<*> is down"),
        ("id V1StGXR8Z5jdHi6B", "id <*>"),
        ("don't panic, it's Ann's", "don't panic, it's Ann's"),
        ("missing 'order_id' in 'x'", "missing '<*>' in '<*>'"),
        (
            "utf8 over http2 in s3.internal",
            "utf8 over http2 in s3.internal",
        ),
        ("  two   blanks\nand more lines 5", "two blanks"),
        ("an unclosed \"quote 5", "an unclosed \"quote <*>"),
        ("größe 5 €", "größe <*> €"),
        (
            "deadbeef is a word, added is one",
            "deadbeef is a word, added is one",
        ),
        ("", ""),
    ] {
        assert_eq!(template(message).text, text, "{message}");
    }
}

#[test]
fn messages_that_differ_in_ids_share_a_fingerprint() {
    let refused = |n: u64| {
        let id = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        format!(
            "order {n} ({id:016x}) refused by 10.0.{}.1:{} in {n}ms, key=\"k{n}\"",
            n % 256,
            1024 + n
        )
    };
    let prints: HashSet<u64> = (0..500)
        .map(|n| template(&refused(n)).fingerprint)
        .collect();
    assert_eq!(prints.len(), 1, "{}", template(&refused(7)).text);
}

#[test]
fn different_messages_have_different_fingerprints() {
    let messages = [
        "connection refused",
        "connection reset",
        "connection to 5 refused",
        "user 5 not found",
        "order 5 not found",
        "x=5",
        "y=5",
        "got 5 of 6",
        "got 5 in 6",
        "TypeError: a is not a function",
        "TypeError: b is not a function",
    ];
    let prints: HashSet<u64> = messages
        .iter()
        .map(|message| template(message).fingerprint)
        .collect();
    assert_eq!(prints.len(), messages.len());
}

#[test]
fn fingerprints_are_those_of_the_published_hash() {
    assert_eq!(fingerprint(""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(fingerprint("a"), 0xaf63_dc4c_8601_ec8c);
    assert_eq!(fingerprint("foobar"), 0x8594_4171_f739_67e8);
}

#[test]
fn only_the_start_of_a_long_message_counts() {
    let start = "word ".repeat(TEMPLATE_CHARS / 5);
    assert_eq!(
        template(&format!("{start}a 1")),
        template(&format!("{start}bb 22"))
    );
    assert!(template(&"é".repeat(1_000_000)).text.chars().count() <= TEMPLATE_CHARS);
    assert!(template(&"\"".repeat(1_000_000)).text.len() <= 3 * TEMPLATE_CHARS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_template_of_a_template_is_itself(message in "([a-z0-9<>*\"'`\\\\ :./=_#%@(),-]|é|\\PC|(<\\*>)|[0-9a-f]{8}){0,40}") {
        let once = template(&message);
        prop_assert_eq!(template(&once.text), once);
    }
}
