//! Archives and the files in them.

use std::io::Cursor;

use super::*;

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut to = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        to.append_data(&mut header, name, Cursor::new(bytes))
            .unwrap();
    }
    to.into_inner().unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (number, (name, bytes)) in members.iter().enumerate() {
        let method = if number % 2 == 0 {
            zip::CompressionMethod::Deflated
        } else {
            zip::CompressionMethod::Stored
        };
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        to.start_file(*name, options).unwrap();
        to.write_all(bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

#[test]
fn an_archive_leaves_word_of_the_logs_in_it() {
    let members: [(&str, &[u8]); 5] = [
        ("logs/app.log", b"one\n"),
        ("logs/web/app.log", b"two\n"),
        ("logs/tool", b"\x7fELF\x02\x01\x01\0\0\0\0"),
        ("src/main.rs", b"fn main() {}\n"),
        (".hidden", b"x\n"),
    ];
    let packed = tar(&members);
    let archives = [
        ("x.zip", zip(&members)),
        ("x.tgz", pack(Codec::Gzip, &packed)),
        ("x.tar.zst", pack(Codec::Zstd, &packed)),
        ("x.tar.bz2", pack(Codec::Bzip2, &packed)),
        ("x.tar.xz", pack(Codec::Xz, &packed)),
        ("x.tar", packed),
    ];
    for (name, bytes) in archives {
        let bench = Bench::new(name, &bytes);
        bench.read(name);
        assert!(
            bench.ended(),
            "{name}: {:?}",
            bench.feed.look(|given| given.states.clone())
        );
        assert!(
            bench.markers()[0].contains("2 logs"),
            "{name}: {:?}",
            bench.markers()
        );
        let found = bench.feed.look(|given| given.found.clone());
        let keys: Vec<String> = found.iter().map(|spec| spec.key.clone()).collect();
        let key = |member| member::key(&bench.path(name), member).unwrap();
        assert_eq!(
            keys,
            [key("logs/app.log"), key("logs/web/app.log")],
            "{name}"
        );
        assert_eq!(found[1].name, "web/app.log");

        for (number, text) in ["one", "two"].into_iter().enumerate() {
            let inside = Bench {
                folder: tempfile::tempdir().unwrap(),
                feed: Recorder::new(),
                ..Bench::new(name, &bytes)
            };
            std::fs::write(inside.path(name), &bytes).unwrap();
            let inner = format!("{name}!/{}", ["logs/app.log", "logs/web/app.log"][number]);
            inside.read(&inner);
            assert_eq!(inside.lines(), [text], "{inner}");
            assert!(inside.ended(), "{inner}");
            let archive = inside
                .feed
                .look(|given| given.attributes["log.file.archive"].clone());
            assert_eq!(Path::new(&archive), inside.path(name));
        }
        bench.feed.crash(usize::MAX);
        bench.feed.change(|given| given.found.clear());
        bench.read(name);
        assert_eq!(
            bench.feed.look(|given| given.found.len()),
            2,
            "{name}: left word of again"
        );
        assert_eq!(bench.markers().len(), 1, "{name}: said once");
    }
}

#[test]
fn members_of_a_compressed_tar_share_one_way_through_it() {
    let texts: Vec<(String, String)> = (0..20)
        .map(|n| {
            (
                format!("{n}.log"),
                format!("{n} {}\n", "text ".repeat(n * 50)).repeat(50),
            )
        })
        .collect();
    let members: Vec<(&str, &[u8])> = texts
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_bytes()))
        .collect();
    let bench = Bench::new("x.tgz", &pack(Codec::Gzip, &tar(&members)));
    std::thread::scope(|scope| {
        for (name, text) in texts.iter().rev() {
            let bench = &bench;
            scope.spawn(move || {
                let feed = Recorder::new();
                let target = Target::of(bench.path(&format!("x.tgz!/{name}")));
                let to: Arc<dyn Feed> = feed.clone();
                Unpacker::new(
                    target,
                    name.clone(),
                    to,
                    Arc::clone(&bench.shelf),
                    bench.limits,
                )
                .run(&Signal::default())
                .unwrap();
                let got = feed.look(Given::lines);
                let expected: Vec<Vec<u8>> =
                    text.lines().map(|line| line.as_bytes().to_vec()).collect();
                assert_eq!(got.concat().len(), expected.concat().len(), "{name}");
            });
        }
    });
}

#[test]
fn a_compressed_log_in_an_archive_is_unpacked_too() {
    let inner = pack(Codec::Gzip, b"deep\n");
    for (name, bytes) in [
        (
            "x.tgz",
            pack(Codec::Gzip, &tar(&[("app.log.1.gz", &inner)])),
        ),
        ("x.zip", zip(&[("app.log.1.gz", &inner)])),
    ] {
        let bench = Bench::new(name, &bytes);
        bench.read(&format!("{name}!/app.log.1.gz"));
        assert_eq!(bench.lines(), ["deep"], "{name}");
    }
}

#[test]
fn a_long_name_is_read_and_one_without_end_is_not() {
    let long = format!("{}/app.log", "folder".repeat(40));
    let bench = Bench::new("x.tar", &tar(&[(&long, b"one\n")]));
    bench.read("x.tar");
    let key = member::key(&bench.path("x.tar"), &long).unwrap();
    assert_eq!(bench.feed.look(|given| given.found[0].key.clone()), key);

    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_size(1 << 30);
    header.set_path("././@LongLink").unwrap();
    header.set_cksum();
    let mut bomb = header.as_bytes().to_vec();
    bomb.resize(4096, b'a');
    let bench = Bench::new("x.tar", &bomb);
    bench.read("x.tar");
    assert_eq!(bench.code().as_deref(), Some("damaged"));
}

#[test]
fn an_archive_of_too_many_logs_is_a_failure_with_a_remedy() {
    let mut bench = Bench::new("x.zip", &zip(&[("a.log", b"1\n"), ("b.log", b"2\n")]));
    bench.limits.members = 1;
    bench.read("x.zip");
    assert!(bench.feed.look(|given| given.found.is_empty()));
    assert_eq!(bench.code().as_deref(), Some("too_many_files"));
}

/// A tar with members of these very names, which the library would tidy.
fn raw_tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut to = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        to.append(&header, Cursor::new(bytes)).unwrap();
    }
    to.into_inner().unwrap()
}

/// The names found in an archive, each as the engine asks for it again, and the lines of each.
fn all_in(name: &str, bytes: &[u8]) -> Vec<(String, Vec<String>)> {
    let bench = Bench::new(name, bytes);
    bench.read(name);
    let found = bench.feed.look(|given| given.found.clone());
    let read = found.into_iter().map(|spec| {
        let spec = crate::file::resolve(spec).unwrap();
        let inside = Bench::new(name, bytes);
        let key = Path::new(&spec.key);
        let inner = key.strip_prefix(bench.folder.path()).unwrap();
        inside.read(inner.to_str().unwrap());
        (spec.name, inside.lines())
    });
    read.collect()
}

#[test]
fn names_of_members_are_tidied_as_paths_are() {
    for name in ["./logs/app.log", "/logs/app.log", "logs//./app.log"] {
        let packed = raw_tar(&[("./logs/", b""), (name, b"one\n")]);
        let read = all_in("x.tar", &packed);
        assert_eq!(
            read,
            [("app.log".to_owned(), vec!["one".to_owned()])],
            "{name}"
        );
    }
}

#[test]
fn the_last_of_several_members_of_one_name_is_read() {
    let packed = raw_tar(&[
        ("app.log", b"one\n"),
        ("db.log", b"x\n"),
        ("./app.log", b"one\ntwo\n"),
    ]);
    let read = all_in("x.tgz", &pack(Codec::Gzip, &packed));
    let lines: Vec<Vec<String>> = read.into_iter().map(|(_, lines)| lines).collect();
    assert_eq!(lines, [vec!["x"], vec!["one", "two"]]);
}

#[test]
fn archives_and_binaries_in_an_archive_are_left_out_however_they_are_packed() {
    let inner = tar(&[("deep.log", &b"one\n".repeat(1000))]);
    for codec in [Codec::Gzip, Codec::Zstd, Codec::Bzip2, Codec::Xz] {
        let packed = pack(codec, &inner);
        let binary = pack(codec, &[b"\x7fELF\x02\x01\x01", &[7; 4000][..]].concat());
        let twice = pack(Codec::Gzip, &pack(codec, b"one\n"));
        let text = pack(codec, b"one\n");
        let members: [(&str, &[u8]); 4] = [
            ("inner.t", &packed),
            ("core", &binary),
            ("twice", &twice),
            ("text", &text),
        ];
        for (name, bytes) in [("x.tar", tar(&members)), ("x.zip", zip(&members))] {
            let read = all_in(name, &bytes);
            assert_eq!(
                read,
                [("text".to_owned(), vec!["one".to_owned()])],
                "{codec:?} in {name}"
            );
        }
    }
}
