use crosscut_model::{Level, LevelSet, RowFlags, RowMeta, SourceId, Stream, UnixNanos, limits};
use proptest::prelude::*;

use super::{
    Codec, Columns, FrameBuilder, FrameText, HEADER_BYTES, Header, HeaderFault, Unpacker,
    decode_checkpoints, decode_columns, decode_ends,
};

fn meta() -> impl Strategy<Value = RowMeta> {
    let time = prop_oneof![any::<i64>(), (0i64..1000).prop_map(|n| n * 1_000_000)];
    (
        time,
        0u8..7,
        0u8..4,
        any::<bool>(),
        prop_oneof![Just(1), any::<u16>()],
    )
        .prop_map(|(time, level, stream, arrival, source)| RowMeta {
            time: UnixNanos(time),
            level: Level::from_code(level),
            stream: Stream::from_code(stream),
            flags: if arrival {
                RowFlags::TIME_OF_ARRIVAL
            } else {
                RowFlags::NONE
            },
            source: SourceId(source),
        })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_a_frame_was_given_comes_back(
        rows in prop::collection::vec((meta(), prop::collection::vec(any::<u8>(), 0..300)), 0..60),
        checkpoints in prop::collection::btree_map(any::<u16>(), any::<Vec<u8>>(), 0..4),
        codec in prop_oneof![Just(Codec::None), Just(Codec::Lz4), Just(Codec::Lz4High), Just(Codec::Zstd)],
    ) {
        let mut builder = FrameBuilder::new();
        for (meta, raw) in &rows {
            builder.push(meta, raw).unwrap();
        }
        for (source, bytes) in &checkpoints {
            builder.checkpoint(SourceId(*source), bytes.clone());
        }
        let frame = builder.encode(codec);
        let header = Header::decode(&frame.header.encode(), None).unwrap();
        prop_assert_eq!(header, frame.header);

        let mut unpacker = Unpacker::default();
        let mut raw = vec![0; header.meta_raw as usize];
        prop_assert!(unpacker.unpack(header.meta_codec, &frame.meta, &mut raw));
        let mut columns = Columns::default();
        decode_columns(&raw, rows.len(), header.min_time, &mut columns).unwrap();
        let found: Vec<_> = (0..columns.len()).filter_map(|row| columns.row(row)).collect();
        let given: Vec<_> = rows.iter().map(|(meta, _)| *meta).collect();
        prop_assert_eq!(found, given);
        let found = decode_checkpoints(&raw, rows.len()).unwrap();
        prop_assert_eq!(found.len(), checkpoints.len());
        for (source, bytes) in found {
            prop_assert_eq!(checkpoints.get(&source.0), Some(&bytes));
        }

        let mut text = FrameText::default();
        let (out, ends) = text.start(0, header.text_raw as usize);
        prop_assert!(unpacker.unpack(header.text_codec, &frame.text, out));
        decode_ends(&raw, rows.len(), header.text_raw as usize, ends).unwrap();
        for (i, (_, raw)) in rows.iter().enumerate() {
            prop_assert_eq!(text.row(i), raw.as_slice());
            let start = i.checked_sub(1).map_or(0, |i| text.ends()[i] as usize);
            prop_assert_eq!(text.row_at_offset(start), i);
            prop_assert_eq!(text.row_at_offset(text.ends()[i] as usize - 1), i);
        }
    }

    #[test]
    fn no_bytes_make_the_meta_section_panic(raw in any::<Vec<u8>>(), rows in 0usize..50) {
        let mut columns = Columns::default();
        let _ = decode_columns(&raw, rows, 0, &mut columns);
        let _ = decode_checkpoints(&raw, rows);
        let _ = decode_ends(&raw, rows, raw.len(), &mut Vec::new());
    }
}

#[test]
fn a_header_with_any_bit_changed_is_told() {
    let header = Header {
        rows: 3,
        text_raw: 9,
        levels: LevelSet(8),
        stamp: 7,
        ..Header::default()
    };
    let good = header.encode();
    assert_eq!(good.len(), HEADER_BYTES);
    assert_eq!(Header::decode(&good, Some(7)), Ok(header));
    for bit in 0..HEADER_BYTES * 8 {
        let mut bad = good;
        bad[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            Header::decode(&bad, None),
            Err(HeaderFault::Damaged),
            "bit {bit}"
        );
    }
}

#[test]
fn a_header_of_another_run_is_none() {
    let header = Header {
        stamp: 7,
        ..Header::default()
    }
    .encode();
    assert_eq!(Header::decode(&header, Some(8)), Err(HeaderFault::Damaged));
}

#[test]
fn a_frame_takes_so_many_records_and_no_more() {
    let mut builder = FrameBuilder::new();
    for _ in 0..limits::FRAME_ROWS {
        builder.push(&RowMeta::default(), b"").unwrap();
    }
    assert!(builder.is_full());
    builder.push(&RowMeta::default(), b"").unwrap_err();
    assert_eq!(builder.rows(), limits::FRAME_ROWS);
    assert_eq!(builder.encode(Codec::Zstd).rows(), limits::FRAME_ROWS);
}

#[test]
fn small_and_unpackable_texts_are_stored_as_they_are() {
    let mut small = FrameBuilder::new();
    small.push(&RowMeta::default(), &[b'x'; 1000]).unwrap();
    assert_eq!(small.encode(Codec::Lz4).header.text_codec, Codec::None);
    let mut state = 1u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        state.to_le_bytes()[7]
    })
    .take(20_000)
    .collect();
    for codec in [Codec::Lz4, Codec::Zstd] {
        let mut builder = FrameBuilder::new();
        builder.push(&RowMeta::default(), &noise).unwrap();
        assert_eq!(builder.encode(codec).header.text_codec, Codec::None);
        let mut builder = FrameBuilder::new();
        builder
            .push(&RowMeta::default(), &vec![b'x'; 20_000])
            .unwrap();
        assert_eq!(builder.encode(codec).header.text_codec, codec);
    }
}
