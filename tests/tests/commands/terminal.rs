//! `crosscut run` in a terminal: colours, sizes, Ctrl-C. The terminal is that of `script`, which
//! needs no unsafe code here.

use std::path::Path;
use std::process::Command;

use super::{Live, Place, text};
use crate::support::binary;

/// A shell's command line in a terminal of its own.
fn in_terminal(place: &Place, line: &str) -> Command {
    let mut command = place.crosscut(["--version"]);
    let data = command
        .get_envs()
        .map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned)));
    let data: Vec<_> = data.collect();
    command = Command::new("script");
    command.args(["-qefc", line, "/dev/null"]);
    for (name, value) in data {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

fn crosscut() -> String {
    let program = binary("crosscut");
    let program: &Path = &program;
    program.to_str().unwrap().to_owned()
}

#[test]
fn asked_for_a_terminal_both_outputs_are_one_and_still_apart_and_unchanged() {
    let place = Place::new();
    let script = "[ -t 1 ] && [ -t 2 ] && echo both; echo err >&2; stty size <&1";
    let words = ["run", "-q", "--pty", "--", "sh", "-c", script];
    let output = place.crosscut(words).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "both\n24 80\n");
    assert_eq!(text(&output.stderr), "err\n");
    let output = place.run("[ -t 1 ] || [ -t 2 ] || echo none");
    assert_eq!(text(&output.stdout), "none\n");
}

#[test]
fn in_a_terminal_the_command_has_one_with_its_size_and_gets_what_is_typed() {
    let place = Place::new();
    let script = "[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all; stty size <&1; read line; \
                  echo typed $line >&2";
    let line = format!(
        "stty rows 33 cols 99; {} run -q -- sh -c '{script}'",
        crosscut()
    );
    let mut run = Live::start(&mut in_terminal(&place, &line));
    run.says("all", |line| (line == "all\r").then_some(()));
    run.says("the size", |line| (line == "33 99\r").then_some(()));
    run.write("hello\n");
    run.says("what was typed", |line| {
        (line == "typed hello\r").then_some(())
    });
    assert_eq!(run.end().code(), Some(0));
    let records = place.stored();
    assert_eq!(super::lines(&records, "stderr"), ["typed hello"]);
    assert_eq!(super::lines(&records, "stdout"), ["all", "33 99"]);
}

#[test]
fn ctrl_c_reaches_the_command_once_and_the_terminal_is_given_back() {
    let place = Place::new();
    let script = "trap \"echo caught\" INT; echo ready; for i in 1 2 3 4 5 6; do sleep 0.2; done; \
                  exit 9";
    // Without job control nobody else takes the terminal back from who had it.
    let line = format!(
        "{} run -q -- bash -c '{script}'; echo code $?; read line; echo then $line",
        crosscut()
    );
    let mut run = Live::start(&mut in_terminal(&place, &line));
    run.says("ready", |line| (line == "ready\r").then_some(()));
    run.write("\x03");
    run.says("its code", |line| (line == "code 9\r").then_some(()));
    run.write("on\n");
    run.says("what comes after", |line| {
        (line == "then on\r").then_some(())
    });
    let out = run.out.clone();
    assert_eq!(run.end().code(), Some(0));
    let caught = out
        .lines()
        .iter()
        .filter(|line| line.contains("caught"))
        .count();
    assert_eq!(caught, 1, "{:?}", out.lines());
}

#[test]
fn ctrl_z_stops_both_and_the_command_goes_on_with_the_terminal() {
    let place = Place::new();
    let script = "trap \"echo caught; exit 3\" INT; trap \"echo goes on\" CONT; echo ready; \
                  while :; do sleep 0.1; done";
    // What an interactive shell does, without its prompts. It takes its time: a command that had not
    // stopped would be heard.
    let line = format!(
        "set -m; {} run -q -- bash -c '{script}'; echo stopped; sleep 0.5; echo shell: on; fg >/dev/null; \
         echo code $?; read line; echo then $line",
        crosscut()
    );
    let mut shell = in_terminal(&place, "exec bash -c \"$JOB\"");
    let mut run = Live::start(shell.env("JOB", line));
    run.says("ready", |line| (line == "ready\r").then_some(()));
    run.write("\x1a");
    run.says("goes on", |line| (line == "goes on\r").then_some(()));
    let said = run.out.lines();
    let place_of = |what| said.iter().position(|line| line.ends_with(what)).unwrap();
    assert!(place_of("stopped\r") < place_of("shell: on\r"), "{said:?}");
    assert!(place_of("shell: on\r") < place_of("goes on\r"), "{said:?}");
    run.write("\x03");
    run.says("caught", |line| line.ends_with("caught\r").then_some(()));
    run.says("its code", |line| (line == "code 3\r").then_some(()));
    run.write("on\n");
    run.says("what comes after", |line| {
        (line == "then on\r").then_some(())
    });
    assert_eq!(run.end().code(), Some(0));
}
