//! The screen the window is on, and what a hand does there.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::support::{DEADLINE, Said};

/// How wide the thing is that can be grabbed.
const HANDLE: u32 = 60;

/// Fails when there is no screen to test on, before anything else does.
pub(crate) fn required() {
    for name in ["DISPLAY", "DBUS_SESSION_BUS_ADDRESS"] {
        assert!(
            std::env::var_os(name).is_some_and(|value| !value.is_empty()),
            "{name} is not set: window tests need a screen with a session bus and a notification \
             daemon, which `cargo xtask test` starts"
        );
    }
}

/// The X11 id of a process's window, once it shows.
pub(crate) fn window_of(pid: u32) -> String {
    let until = Instant::now() + DEADLINE;
    loop {
        let pid = pid.to_string();
        let found = output(
            "xdotool",
            &[
                "search",
                "--all",
                "--onlyvisible",
                "--pid",
                &pid,
                "--name",
                "Crosscut",
            ],
        );
        if let Some(id) = found.lines().next() {
            return id.to_owned();
        }
        assert!(Instant::now() < until, "the window does not show");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Asks a window to close, as a click on its cross does.
pub(crate) fn close(window: &str) {
    let closed = python("close.py").arg(window).status().unwrap();
    assert!(closed.success());
}

/// A file that is being dragged.
#[derive(Debug)]
pub(crate) struct Drag {
    child: Child,
    said: Said,
}

impl Drag {
    /// Grabs a file in the lower right corner of the screen and drags it into the middle of the
    /// window, which stands in the upper left one.
    pub(crate) fn into_the_window(file: &Path) -> Self {
        let screen = output("xdotool", &["getdisplaygeometry"]);
        let edges: Vec<u32> = screen
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect();
        let corner = |edge: u32| (edge - HANDLE).to_string();
        let middle = |edge: u32| (edge - HANDLE / 2).to_string();
        let mut command = python("drag.py");
        command
            .args([corner(edges[0]), corner(edges[1]), HANDLE.to_string()])
            .arg(file);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = Said::read(child.stdout.take().unwrap());
        let drag = Self { child, said };
        drag.says("ready");
        hand(&["mousemove", &middle(edges[0]), &middle(edges[1])]);
        hand(&["mousedown", "1"]);
        // A drag begins with a small movement, and a target is told of it by further ones.
        for place in [
            ["1300", "800"],
            ["1000", "600"],
            ["602", "402"],
            ["601", "401"],
            ["600", "400"],
        ] {
            hand(&["mousemove", "--sync", place[0], place[1]]);
        }
        drag
    }

    /// Lets go, and waits until the window has taken the file.
    pub(crate) fn drop(mut self) {
        hand(&["mouseup", "1"]);
        self.says("done");
        assert!(self.child.wait().unwrap().success());
    }

    fn says(&self, word: &str) {
        let told = self
            .said
            .find(DEADLINE, |line| (line == word).then_some(()));
        assert!(
            told.is_some(),
            "the drag is never {word}: {:?}",
            self.said.lines()
        );
    }
}

impl Drop for Drag {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// What programs tell the user through the session's notification daemon.
#[derive(Debug)]
pub(crate) struct Notifications {
    child: Child,
    said: Receiver<Notification>,
}

/// A notification's title and body.
pub(crate) type Notification = (String, String);

impl Notifications {
    /// Listens from now on.
    pub(crate) fn listen() -> Self {
        let call = "interface='org.freedesktop.Notifications',member='Notify'";
        let mut command = Command::new("dbus-monitor");
        command.args(["--session", call]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        // It loses its name on the bus at the moment it begins to listen.
        assert!(
            lines.any(|line| line.contains("member=NameLost")),
            "dbus-monitor ended"
        );
        let (send, said) = channel();
        std::thread::spawn(move || {
            while let Some(notification) = read(&mut lines) {
                send.send(notification).ok();
            }
        });
        Self { child, said }
    }

    /// The next one.
    pub(crate) fn next(&self) -> Notification {
        self.said
            .recv_timeout(DEADLINE)
            .expect("nothing is announced")
    }
}

/// One call as the monitor prints it: program, icon, title and body are its first strings.
fn read(lines: &mut impl Iterator<Item = String>) -> Option<Notification> {
    lines.find(|line| line.contains("member=Notify"))?;
    let mut strings = lines.filter_map(|line| {
        let text = line.trim_start().strip_prefix("string \"")?;
        Some(text.trim_end_matches('"').to_owned())
    });
    Some((strings.nth(2)?, strings.next()?))
}

impl Drop for Notifications {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn hand(arguments: &[&str]) {
    let done = Command::new("xdotool").args(arguments).status().unwrap();
    assert!(done.success(), "xdotool {arguments:?}");
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Debian's own Python, which sees the system's GTK.
fn python(script: &str) -> Command {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/window");
    let mut command = Command::new("/usr/bin/python3");
    command.arg(folder.join(script));
    command
}
