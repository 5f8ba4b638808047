use super::*;

#[test]
fn what_is_packed_is_known_by_its_first_bytes() {
    let cases: [(&[u8], Content); 5] = [
        (b"\x1f\x8b\x08\0rest", Content::Packed(Codec::Gzip)),
        (b"\x28\xb5\x2f\xfdrest", Content::Packed(Codec::Zstd)),
        (b"BZh91AY&SY....", Content::Packed(Codec::Bzip2)),
        (b"\xfd7zXZ\0....", Content::Packed(Codec::Xz)),
        (b"PK\x03\x04....", Content::Zip),
    ];
    for (head, content) in cases {
        assert_eq!(of_head(head), content, "{head:?}");
    }
}

#[test]
fn lines_are_text_whatever_they_are_written_in() {
    let wide: Vec<u8> = "a line\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let lines: [&[u8]; 7] = [
        b"plain\n",
        b"BZh9 is how a line may begin\n",
        "Gr\u{fc}\u{df}e \u{1f600}\n".as_bytes(),
        b"Gr\xfc\xdfe in Latin-1\n",
        b"\x1b[31mred\x1b[0m\ttab\r\n",
        b"one zero \0 in a line that is long enough otherwise\n",
        &wide,
    ];
    for line in lines {
        assert_eq!(of_head(line), Content::Text, "{line:?}");
    }
}

#[test]
fn programs_and_pictures_are_no_text() {
    let binary: [&[u8]; 3] = [
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x06\0\0\0",
        b"SQLite format 3\0\x10\0\x01\x01",
    ];
    for head in binary {
        assert_eq!(of_head(head), Content::Binary, "{head:?}");
    }
}
