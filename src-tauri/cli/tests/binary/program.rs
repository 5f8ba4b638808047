//! Starting the program, and ending it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

/// The program on a data directory of its own.
pub(crate) fn crosscut(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crosscut"));
    command
        .env_remove("CROSSCUT_DATA")
        .env_remove("CROSSCUT_LOG")
        .arg("--data")
        .arg(data);
    command
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server that has printed its address.
pub(crate) struct Serving {
    child: Child,
    pub(crate) page: String,
    pub(crate) problems: BufReader<ChildStderr>,
}

impl Serving {
    pub(crate) fn start(data: &Path, args: &[&str]) -> Self {
        let mut child = crosscut(data)
            .args(["serve", "--port", "0"])
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut page = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut page)
            .unwrap();
        let problems = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            page: page.trim().to_owned(),
            problems,
        }
    }

    /// Ends it by a signal; gives whether it ended well, and the rest of standard error.
    pub(crate) fn stop(mut self, signal: &str) -> (bool, String) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let mut rest = String::new();
        self.problems.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().success(), rest)
    }
}
