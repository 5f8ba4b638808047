use crosscut_engine::source::Lines;
use crosscut_model::{Level, RowFlags, SourceKind, Stream, UnixNanos};

use super::form::{read, write};
use super::{Parcel, Piece};

fn parcel() -> Parcel {
    let mut out = Lines::new();
    out.push(b"two\nlines", RowFlags::NONE);
    out.push(b"\xff\x00 odd", RowFlags::CONTINUES);
    out.push(b"", RowFlags::NONE);
    let mut system = Lines::new();
    system.push(br#"{"lines":["no envelope"]}"#, RowFlags::NONE);
    let piece = |stream, lines| Piece {
        source: "app".into(),
        kind: SourceKind::Command,
        stream,
        level: (stream == Stream::System).then_some(Level::Error),
        at: (stream == Stream::Stdout).then_some(UnixNanos(7)),
        lines,
    };
    Parcel {
        run: Some("r".into()),
        key: "k-1".into(),
        ended: true,
        pieces: vec![piece(Stream::Stdout, out), piece(Stream::System, system)],
    }
}

#[test]
fn a_parcel_arrives_byte_for_byte() {
    let sent = parcel();
    let arrived = read(&write(&sent).unwrap()).unwrap();
    assert_eq!(format!("{arrived:?}"), format!("{sent:?}"));
}

#[test]
fn a_parcel_that_is_cut_or_goes_on_is_refused_and_nothing_panics() {
    let body = write(&parcel()).unwrap();
    for end in 0..body.len() {
        assert!(read(&body[..end]).is_err(), "cut at {end}");
    }
    let mut longer = body;
    longer.push(b'x');
    assert!(read(&longer).is_err());
}
