//! `crosscut run`: its command's outputs, codes, signals and environment.

use std::time::{Duration, Instant};

use super::{Live, Place, is_alive, lines, text};
use crate::support::{DEADLINE, Said};

#[test]
fn outputs_are_passed_on_and_kept_apart_and_the_exit_code_is_the_commands() {
    let place = Place::new();
    let odd = r"printf 'one\r\ntw\377o\n\033[31mred\033[0m\nno end'; printf 'err\n' >&2; exit 7";
    let output = place.run(odd);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(output.stdout, b"one\r\ntw\xffo\n\x1b[31mred\x1b[0m\nno end");
    assert_eq!(text(&output.stderr), "err\n");
    let records = place.stored();
    assert_eq!(
        lines(&records, "stdout"),
        ["one\r", "tw\u{fffd}o", "\u{1b}[31mred\u{1b}[0m", "no end"]
    );
    assert_eq!(lines(&records, "stderr"), ["err"]);
    let system: Vec<_> = records.iter().filter(|r| r.stream == "system").collect();
    let folder = std::env::current_dir().unwrap();
    assert!(system[0].line.starts_with("started `sh -c "), "{system:?}");
    assert!(system[0].line.contains("as process "), "{system:?}");
    assert!(
        system[0].line.ends_with(folder.to_str().unwrap()),
        "{system:?}"
    );
    assert!(
        system[1].line.contains("exited with code 7 after "),
        "{system:?}"
    );
    assert_eq!((&*system[0].level, &*system[1].level), ("info", "error"));
    assert!(records.iter().all(|record| record.source == "sh"));
}

#[test]
fn a_signal_that_ends_the_command_is_its_exit_code() {
    let place = Place::new();
    for (name, number) in [("KILL", 9), ("TERM", 15)] {
        let ended = place.run(&format!("kill -{name} $$"));
        assert_eq!(ended.status.code(), Some(128 + number));
        // Each has a run of its own.
        let ends = lines(&place.stored(), "system");
        let told = format!("was ended by SIG{name}");
        assert!(ends.iter().any(|line| line.contains(&told)), "{ends:?}");
    }
}

#[test]
fn a_command_that_cannot_be_started_is_told_as_a_shell_does() {
    let place = Place::new();
    let output = place
        .crosscut(["run", "-q", "--", "/nonexistent/program"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(127));
    assert!(text(&output.stderr).contains("/nonexistent/program"));
    let output = place
        .crosscut(["run", "-q", "--", "/etc/passwd"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(126));
}

#[test]
fn signals_reach_the_whole_group_and_nothing_is_left_behind() {
    let place = Place::new();
    let script = "trap 'echo got; exit 3' TERM; sleep 1000 & echo $!; wait";
    let mut command = place.crosscut(["run", "-q", "--", "sh", "-c", script]);
    let run = Live::start(&mut command);
    let grandchild: u32 = run.says("a number", |line| line.parse().ok());
    assert!(is_alive(grandchild));
    run.signal("TERM");
    let out = run.out.clone();
    assert_eq!(run.end().code(), Some(3));
    assert_eq!(out.lines().last().unwrap(), "got");
    assert!(!is_alive(grandchild));
}

#[test]
fn who_does_not_end_when_asked_is_killed_after_a_grace_with_all_it_started() {
    let place = Place::new();
    let script = "trap '' TERM; (trap '' TERM; sleep 1000) & echo $!; sleep 1000; sleep 1000";
    let words = ["run", "-q", "--grace", "1", "--", "sh", "-c", script];
    let run = Live::start(&mut place.crosscut(words));
    let grandchild: u32 = run.says("a number", |line| line.parse().ok());
    let began = Instant::now();
    run.signal("TERM");
    assert_eq!(run.end().code(), Some(128 + 9));
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert!(!is_alive(grandchild));
}

#[test]
fn other_signals_are_the_commands_to_answer() {
    let place = Place::new();
    let script = "trap 'echo int' INT; trap 'echo usr1' USR1; echo ready; \
                  while read line; do echo $line; done; echo end";
    // Waiting for input is interrupted by a signal; so is the loop, which then ends.
    let script = script.replace("while read line", "while read line || [ $? -gt 128 ]");
    let mut run = Live::start(&mut place.crosscut(["run", "-q", "--", "bash", "-c", &script]));
    run.says("ready", |line| (line == "ready").then_some(()));
    run.signal("USR1");
    run.says("usr1", |line| (line == "usr1").then_some(()));
    run.signal("INT");
    run.says("int", |line| (line == "int").then_some(()));
    run.write("typed\n");
    run.says("typed", |line| (line == "typed").then_some(()));
    let out = run.out.clone();
    assert_eq!(run.end().code(), Some(0));
    let heard = out.lines();
    assert_eq!(
        heard.iter().filter(|line| *line == "int").count(),
        1,
        "{heard:?}"
    );
}

#[test]
fn a_signal_that_we_were_started_to_ignore_is_ignored_by_the_command_too() {
    let place = Place::new();
    let script = "trap '' HUP; exec \"$0\" run -q -- sh -c 'echo ready; read line; echo $line'";
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", script])
        .arg(crate::support::binary("crosscut"))
        .env("CROSSCUT_DATA", place.data());
    let mut run = Live::start(&mut shell);
    run.says("ready", |line| (line == "ready").then_some(()));
    run.signal("HUP");
    run.write("after\n");
    run.says("after", |line| (line == "after").then_some(()));
    assert_eq!(run.end().code(), Some(0));
}

#[test]
fn a_signal_that_does_not_ask_for_the_end_does_not_end_what_the_command_left_behind() {
    let place = Place::new();
    let script = "exec 3<&0; (trap 'echo usr1' USR1; echo left; \
                  while read line <&3 || [ $? -gt 128 ]; do echo $line; done) & exit 0";
    let words = ["run", "--grace", "0", "--", "bash", "-c", script];
    let mut run = Live::start(&mut place.crosscut(words));
    run.says("left", |line| (line == "left").then_some(()));
    let ended = |line: &str| line.contains("still writes").then_some(());
    run.err.find(DEADLINE, ended).unwrap();
    run.signal("USR1");
    run.says("usr1", |line| (line == "usr1").then_some(()));
    run.write("late\n");
    run.says("late", |line| (line == "late").then_some(()));
    run.signal("INT");
    assert_eq!(run.end().code(), Some(0));
}

#[test]
fn what_cannot_be_passed_on_is_said_and_stored() {
    let place = Place::new();
    let full = std::fs::File::create("/dev/full").unwrap();
    let mut command = place.crosscut(["run", "-q", "--", "echo", "hello"]);
    let output = command.stdout(full).stderr(std::process::Stdio::piped());
    let output = output.spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let errors = text(&output.stderr);
    assert!(errors.contains("stdout cannot be passed on"), "{errors}");
    assert_eq!(lines(&place.stored(), "stdout"), ["hello"]);
}

#[test]
fn the_command_knows_where_to_send_and_what_it_sends_is_in_its_run() {
    let place = Place::new();
    let script = "echo $LOG_RUN_ID $LOG_AGENT_ENDPOINT $CROSSCUT_URL \
                  $OTEL_EXPORTER_OTLP_ENDPOINT $OTEL_EXPORTER_OTLP_PROTOCOL; read line; \
                  echo piped | $0 pipe -q --source inner";
    let words = [
        "run",
        "--name",
        "with a name",
        "--source",
        "app",
        "--",
        "sh",
        "-c",
        script,
    ];
    let mut command = place.crosscut(words);
    command.arg(crate::support::binary("crosscut"));
    let mut run = Live::start(&mut command);
    let told = run.says("its environment", |line| Some(line.to_owned()));
    let [id, agent, url, otlp, protocol] = told.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{told}");
    };
    assert_eq!((agent, otlp, protocol), (url, url, "http/protobuf"));
    let page = run
        .err
        .find(DEADLINE, |line| line.contains(url).then(|| line.to_owned()));
    assert!(page.is_some(), "the address is said once");
    let post = reqwest::blocking::Client::builder()
        .no_proxy()
        .build()
        .unwrap();
    let post = post
        .post(format!("{agent}/ingest?run={id}&source=own"))
        .body("posted");
    assert_eq!(post.send().unwrap().status(), 200);
    run.write("\n");
    assert_eq!(run.end().code(), Some(0));
    let workbench = place.serve();
    assert_eq!(workbench.lines("own"), ["posted"]);
    assert_eq!(workbench.lines("inner"), ["piped"]);
    let runs = workbench.api("runs_list", &serde_json::json!({}));
    assert_eq!(runs.as_array().unwrap().len(), 1);
    assert_eq!(
        (&runs[0]["id"], &runs[0]["name"]),
        (&id.into(), &"with a name".into())
    );
}

#[test]
fn an_otlp_endpoint_that_is_set_stays() {
    let place = Place::new();
    let script = "echo $OTEL_EXPORTER_OTLP_ENDPOINT $OTEL_EXPORTER_OTLP_PROTOCOL";
    let mut command = place.crosscut(["run", "-q", "--", "sh", "-c", script]);
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://elsewhere:4318");
    let output = command.output().unwrap();
    assert_eq!(text(&output.stdout), "http://elsewhere:4318\n");
}

#[test]
fn a_running_workbench_gets_the_run() {
    let place = Place::new();
    let workbench = place.serve();
    let before = workbench.api("status", &serde_json::json!({}))["currentRun"].clone();
    let words = [
        "run", "--name", "mine", "--source", "app", "--", "echo", "hello",
    ];
    let output = place.crosscut(words).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    // Nothing to say: it is where it always is.
    assert_eq!(text(&output.stderr), "");
    let status = workbench.api("status", &serde_json::json!({}));
    assert_ne!(status["currentRun"], before);
    assert_eq!(lines(&workbench.records("source=app"), "stdout"), ["hello"]);
    assert_eq!(workbench.source("app").unwrap()["state"], "ended");
    assert_eq!(workbench.source("app").unwrap()["kind"], "command");
}

#[test]
fn a_command_goes_on_when_nothing_can_be_stored_and_it_is_said_at_the_end() {
    let place = Place::new();
    std::fs::write(place.data(), "no directory").unwrap();
    let began = Instant::now();
    let output = place.run("echo one; echo two; echo err >&2; exit 4");
    assert_eq!(output.status.code(), Some(4));
    assert_eq!(text(&output.stdout), "one\ntwo\n");
    let errors = text(&output.stderr);
    assert!(errors.starts_with("err\n"), "{errors}");
    assert!(
        errors.contains("3 of the command's lines were not stored"),
        "{errors}"
    );
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn what_the_command_started_is_heard_to_its_end() {
    let place = Place::new();
    let output = place.run("(sleep 1; echo late) & echo first; exit 5");
    assert_eq!(output.status.code(), Some(5));
    assert_eq!(text(&output.stdout), "first\nlate\n");
    assert_eq!(lines(&place.stored(), "stdout"), ["first", "late"]);
}

#[test]
fn a_reader_that_goes_away_ends_the_command_as_it_would_without_us() {
    let place = Place::new();
    let script = "while echo line; do :; done";
    let mut command = place.crosscut(["run", "-q", "--", "sh", "-c", script]);
    let mut run = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let said = Said::read(std::io::Read::take(run.stdout.take().unwrap(), 1_000));
    assert!(said.ends(DEADLINE));
    let ended = run.wait().unwrap();
    assert_ne!(ended.code(), Some(0));
}
