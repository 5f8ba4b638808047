//! `crosscut tmux`, with a tmux of its own.

use std::process::{Command, Output};
use std::time::Instant;

use super::{Live, Place, lines};
use crate::support::{Crosscut, DEADLINE};

/// A tmux server nobody else knows.
struct Tmux<'a>(&'a Place);

impl<'a> Tmux<'a> {
    /// With a session that runs a shell which says nothing by itself.
    fn start(place: &'a Place, name: &str) -> Self {
        let tmux = Self(place);
        let words = [
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-s",
            name,
            "-x",
            "60",
            "-y",
            "10",
        ];
        let words = words
            .into_iter()
            .chain(["sh -c 'stty -echo; echo ready; while read line; do eval \"$line\"; done'"]);
        let started = tmux.ask(&words.collect::<Vec<_>>());
        assert!(started.status.success(), "{started:?}");
        // What is typed before the terminal is set up is lost.
        tmux.until_shown(name, "ready");
        tmux
    }

    fn command(&self, mut command: Command) -> Command {
        command
            .env("TMUX_TMPDIR", self.0.0.path())
            .env_remove("TMUX");
        command
    }

    fn ask(&self, words: &[&str]) -> Output {
        self.command(Command::new("tmux"))
            .args(words)
            .output()
            .unwrap()
    }

    fn types(&self, name: &str, line: &str) {
        assert!(
            self.ask(&["send-keys", "-t", name, "-l", line])
                .status
                .success()
        );
        assert!(
            self.ask(&["send-keys", "-t", name, "Enter"])
                .status
                .success()
        );
    }

    /// Types a line that says something, and waits until the pane shows it.
    fn shows(&self, name: &str, what: &str) {
        self.types(name, &format!("echo {what}"));
        self.until_shown(name, what);
    }

    fn until_shown(&self, name: &str, what: &str) {
        let until = Instant::now() + DEADLINE;
        let shown = || self.ask(&["capture-pane", "-p", "-t", name]).stdout;
        while !String::from_utf8_lossy(&shown())
            .lines()
            .any(|line| line == what)
        {
            assert!(Instant::now() < until, "it never shows {what}");
        }
    }

    /// Waits until the pane is piped: tmux tells nobody of it.
    fn until_piped(&self, name: &str) {
        let until = Instant::now() + DEADLINE;
        while !self.is_piped(name) {
            assert!(Instant::now() < until, "{name} is never piped");
        }
    }

    fn is_piped(&self, name: &str) -> bool {
        let told = self.ask(&["display-message", "-p", "-t", name, "#{pane_pipe}"]);
        told.stdout.trim_ascii() == b"1"
    }

    fn follow(&self, words: &[&str]) -> Live {
        Live::start(&mut self.command(self.0.crosscut(["tmux"].iter().chain(words))))
    }
}

impl Drop for Tmux<'_> {
    fn drop(&mut self) {
        self.ask(&["kill-server"]);
    }
}

/// The pane's lines, without the `\r` that a terminal has before its newlines.
fn shown(workbench: &Crosscut, source: &str) -> Vec<String> {
    let all = lines(&workbench.records(&format!("source={source}")), "stdout");
    all.into_iter()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

#[test]
fn a_pane_is_piped_and_left_as_it_was() {
    let place = Place::new();
    let workbench = place.serve();
    let tmux = Tmux::start(&place, "work");
    tmux.shows("work", "before");
    let follower = tmux.follow(&["work", "--source", "pane"]);
    tmux.until_piped("work");
    tmux.types("work", "seq 1 2000; echo done");
    workbench.until("its lines", || {
        (shown(&workbench, "pane").last()? == "done").then_some(())
    });
    let expected: Vec<_> = (1..=2000)
        .map(|n| n.to_string())
        .chain(["done".into()])
        .collect();
    assert_eq!(shown(&workbench, "pane"), expected);
    follower.signal("INT");
    assert_eq!(follower.end().code(), Some(0));
    assert!(!tmux.is_piped("work"));
    let end = lines(&workbench.records("source=pane"), "system");
    assert_eq!(end, ["no longer following work:0.0"]);
    workbench.state("pane", "ended");
}

#[test]
fn a_pane_that_has_a_pipe_is_read_from_its_screen_without_doubles_and_its_end_is_told() {
    let place = Place::new();
    let workbench = place.serve();
    let tmux = Tmux::start(&place, "work");
    assert!(
        tmux.ask(&["pipe-pane", "-t", "work", "cat >/dev/null"])
            .status
            .success()
    );
    tmux.shows("work", "before");
    let follower = tmux.follow(&["work", "--source", "pane"]);
    let said = |line: &str| line.contains("screen is read instead").then_some(());
    follower.err.find(DEADLINE, said).unwrap();
    let long = "long".repeat(40);
    tmux.types("work", "echo first");
    workbench.until("the first", || {
        shown(&workbench, "pane")
            .contains(&"first".to_owned())
            .then_some(())
    });
    tmux.types(
        "work",
        &format!("echo the same; seq 1 300; echo the same; echo {long}; echo end"),
    );
    workbench.until("the end", || {
        (shown(&workbench, "pane").last()? == "end").then_some(())
    });
    let after = shown(&workbench, "pane");
    let first = after.iter().position(|line| line == "first").unwrap();
    let mut expected = vec!["first".to_owned(), "the same".into()];
    expected.extend((1..=300).map(|n| n.to_string()));
    expected.extend(["the same".into(), long, "end".into()]);
    assert_eq!(after[first..], expected);
    assert!(tmux.is_piped("work"), "the other's pipe is let be");
    tmux.types("work", "exit");
    assert_eq!(follower.end().code(), Some(0));
    let end = lines(&workbench.records("source=pane"), "system");
    assert_eq!(end, ["work:0.0 has closed, and its session has ended"]);
}

#[test]
fn the_line_of_the_manual_works() {
    let place = Place::new();
    let workbench = place.serve();
    let tmux = Tmux::start(&place, "work");
    let program = crate::support::binary("crosscut");
    let pipe = format!(
        "{} pipe -q --source NAME --data {}",
        program.display(),
        place.data().display()
    );
    assert!(
        tmux.ask(&["pipe-pane", "-o", "-t", "work", &pipe])
            .status
            .success()
    );
    tmux.types("work", "echo hello");
    workbench.until("the line", || {
        (shown(&workbench, "NAME") == ["hello"]).then_some(())
    });
    tmux.types("work", "exit");
    workbench.state("NAME", "ended");
}

#[test]
fn a_pane_that_is_not_there_is_said() {
    let place = Place::new();
    let tmux = Tmux::start(&place, "work");
    let follower = tmux.follow(&["nothing"]);
    let err = follower.err.clone();
    assert_eq!(follower.end().code(), Some(3));
    assert!(err.lines()[0].contains("nothing"), "{:?}", err.lines());
}
