use super::*;

fn fields(message: &[u8]) -> Result<Vec<(u32, Field<'_>)>, NoProtobuf> {
    Fields::of(message).collect()
}

#[test]
fn fields_come_back_as_they_were_put() {
    let mut message = Vec::new();
    put_number(&mut message, 1, u64::MAX);
    put_number(&mut message, 2_000, 0);
    put_bytes(&mut message, 3, b"text");
    message.extend([0x29, 1, 0, 0, 0, 0, 0, 0, 0, 0x35, 2, 0, 0, 0]);
    let expected = [
        (1, Field::Varint(u64::MAX)),
        (2_000, Field::Varint(0)),
        (3, Field::Bytes(b"text")),
        (5, Field::Fixed64(1)),
        (6, Field::Fixed32(2)),
    ];
    assert_eq!(fields(&message).unwrap(), expected);
    for end in 0..message.len() {
        let cut = fields(message.get(..end).unwrap());
        assert!(cut.is_err() || cut.unwrap().len() < expected.len());
    }
}

#[test]
fn what_is_no_message_is_said_to_be_none() {
    for bad in [
        &b"\x00"[..],
        b"\x08",
        b"\x0a\x05abc",
        b"\x0b",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ] {
        assert!(fields(bad).is_err(), "{bad:?}");
    }
}
