//! Lines as the programs of this world write them, one of each, in `formats.txt`: time, level, line.

use crosscut_model::Level;

use super::{meta, time};

/// `-` for none, `s` for 2026-03-01T08:00:00Z, `m` for that and 123 ms.
const LINES: &str = include_str!("formats.txt");

#[test]
fn lines_of_many_programs_tell_time_and_level() {
    let mut wrong = Vec::new();
    for case in LINES.lines().filter(|case| !case.starts_with("# ")) {
        let mut parts = case.splitn(3, ' ');
        let wanted = match parts.next() {
            Some("s") => Some(time("2026-03-01T08:00:00Z")),
            Some("m") => Some(time("2026-03-01T08:00:00.123Z")),
            _ => None,
        };
        let level: Level = parts.next().unwrap().parse().unwrap_or_default();
        let line = parts.next().unwrap();
        let line = line.replace("<ESC>", "\x1b").replace("<TAB>", "\t");
        let found = meta(&line);
        if (found.time, found.level) != (wanted, level) {
            let off = found.time.map(|at| at.0 - time("2026-03-01T08:00:00Z").0);
            wrong.push(format!("{off:?} {:?}, not {level:?}: {line}", found.level));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
