//! The built program: what it prints, where, and how it ends.
#![cfg(unix)]

#[cfg(test)]
mod program;

use std::io::BufRead;
use std::process::{Command, Output};

use program::{Serving, crosscut, text};

#[test]
fn serve_prints_its_address_waits_for_missing_files_and_ends_cleanly() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("not-there.log");
    for signal in ["-TERM", "-INT"] {
        let mut serving = Serving::start(&dir.path().join("data"), &[missing.to_str().unwrap()]);
        assert!(
            serving.page.starts_with("http://127.0.0.1:"),
            "{}",
            serving.page
        );
        assert!(serving.page.contains("/?token="));
        let mut line = String::new();
        serving.problems.read_line(&mut line).unwrap();
        assert!(
            line.starts_with("crosscut: ") && line.contains("not-there.log"),
            "{line}"
        );
        let (well, rest) = serving.stop(signal);
        assert!(well, "{signal}");
        assert_eq!(rest, "");
    }
}

#[test]
fn a_second_serve_hands_its_files_to_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let log = dir.path().join("app.log");
    std::fs::write(&log, "hello\n").unwrap();
    let serving = Serving::start(&data, &[]);
    let second: Output = crosscut(&data).arg("serve").arg(&log).output().unwrap();
    assert!(second.status.success(), "{}", text(&second.stderr));
    assert_eq!(text(&second.stdout).trim(), serving.page);
    assert!(text(&second.stderr).contains("taken over"));

    let status = crosscut(&data)
        .args(["status", "--format", "json"])
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", text(&status.stderr));
    assert!(text(&status.stdout).contains(log.to_str().unwrap()));
    let plain = crosscut(&data).arg("status").output().unwrap();
    assert!(text(&plain.stdout).contains("app.log"));
    assert!(serving.stop("-TERM").0);
}

#[test]
fn exit_codes_tell_bad_usage_from_what_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    let code = |command: &mut Command| command.output().unwrap().status.code();
    assert_eq!(code(crosscut(dir.path()).arg("status")), Some(3));
    assert_eq!(code(crosscut(dir.path()).arg("sevre")), Some(2));
    let open = ["serve", "--listen", "0.0.0.0", "--no-token", "--port", "0"];
    assert_eq!(code(crosscut(dir.path()).args(open)), Some(2));
    let file = dir.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(
        code(crosscut(&file).args(["serve", "--port", "0"])),
        Some(3)
    );
}

#[test]
fn help_shows_examples_and_data_stands_before_or_after() {
    let dir = tempfile::tempdir().unwrap();
    let help = crosscut(dir.path()).args(["serve", "-h"]).output().unwrap();
    assert!(text(&help.stdout).contains("Examples:"));
    let program = env!("CARGO_BIN_EXE_crosscut");
    let after = Command::new(program)
        .args(["status", "--data"])
        .arg(dir.path())
        .output()
        .unwrap();
    assert!(text(&after.stderr).contains(dir.path().to_str().unwrap()));
}
