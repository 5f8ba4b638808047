use proptest::prelude::*;

use super::*;

fn encode(encoding: Encoding, units: &[u16]) -> Vec<u8> {
    let bytes = |unit: &u16| match encoding {
        Encoding::Utf16Be => unit.to_be_bytes(),
        _ => unit.to_le_bytes(),
    };
    units.iter().flat_map(bytes).collect()
}

/// The units that decoded bytes stand for: UTF-8 with surrogates.
fn units_of(text: &[u8]) -> Vec<u16> {
    let mut units = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let first = u32::from(text[at]);
        let length = match first {
            0..0x80 => 1,
            0x80..0xe0 => 2,
            0xe0..0xf0 => 3,
            _ => 4,
        };
        let lead = if length == 1 {
            first
        } else {
            first & (0x7f >> length)
        };
        let point = text[at + 1..at + length]
            .iter()
            .fold(lead, |point, byte| point << 6 | u32::from(byte & 0x3f));
        if let Some(high) = point.checked_sub(0x1_0000) {
            units.push(u16::try_from(0xd800 + (high >> 10)).unwrap());
            units.push(u16::try_from(0xdc00 + (high & 0x3ff)).unwrap());
        } else {
            units.push(u16::try_from(point).unwrap());
        }
        at += length;
    }
    units
}

proptest! {
    #[test]
    fn any_units_can_be_made_again_from_what_is_stored(
        units in prop::collection::vec(prop_oneof![any::<u16>(), 0xd7f0_u16..0xe010, 0u16..0x100], 0..60),
        big in any::<bool>(),
    ) {
        let encoding = if big { Encoding::Utf16Be } else { Encoding::Utf16Le };
        let bytes = encode(encoding, &units);
        let text = encoding.decode(bytes.clone());
        prop_assert_eq!(encoding.encoded_len(&text), bytes.len());
        prop_assert_eq!(units_of(&text), units.clone());
        if let Ok(valid) = String::from_utf16(&units) {
            prop_assert_eq!(text, valid.into_bytes());
        }
    }
}

#[test]
fn the_mark_tells_the_encoding() {
    assert_eq!(Encoding::of(b"\xff\xfeh\0"), Encoding::Utf16Le);
    assert_eq!(Encoding::of(b"\xfe\xff\0h"), Encoding::Utf16Be);
    assert_eq!(Encoding::of(b"\xff\xfe\0\0h\0\0\0"), Encoding::Bytes);
    assert_eq!(Encoding::of(b"\xef\xbb\xbfhi\n"), Encoding::Bytes);
}

#[test]
fn without_a_mark_the_bytes_before_the_first_line_feed_decide() {
    let line: Vec<u16> = "abcd\nsecond line".encode_utf16().collect();
    for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
        let bytes = encode(encoding, &line);
        let feed = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        for end in feed..bytes.len() {
            assert_eq!(
                Encoding::of(&bytes[..=end]),
                encoding,
                "the first {end} bytes"
            );
        }
    }
    for head in [
        &b"abc\n"[..],
        b"a\0b\0c\0\n\0",
        b"a\0bc\0\0d\0\n",
        b"\0\0\0\0\0\0\0\0\n",
    ] {
        assert_eq!(Encoding::of(head), Encoding::Bytes, "{head:?}");
    }
}

#[test]
fn a_character_of_two_units_is_not_torn() {
    let bytes = encode(
        Encoding::Utf16Le,
        &"ab\u{1f600}".encode_utf16().collect::<Vec<_>>(),
    );
    assert_eq!(Encoding::Utf16Le.whole_characters(&bytes, 6), 4);
    assert_eq!(Encoding::Utf16Le.whole_characters(&bytes, 8), 8);
    assert_eq!(Encoding::Utf16Le.whole_characters(&bytes, 7), 4);
}

#[test]
fn only_a_unit_of_ten_ends_a_line() {
    let units = [0x0a0a, 0x0a00, 0x000a, 0x0a61];
    for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
        assert_eq!(encoding.whole_lines(&encode(encoding, &units)), 6);
    }
}
