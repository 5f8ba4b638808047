//! A screen of our own for tests in the real window: Xvfb, a session bus, a notification daemon.
//!
//! All three end with the value, by their process ids. None of them touches the developer's own
//! screen, bus or notifications.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::command::{Context, Failure, Outcome, Run};
use crate::say;

/// A running screen with its bus.
#[derive(Debug)]
pub(crate) struct Display {
    number: String,
    bus: String,
    /// In the order they were started; ended in the opposite one.
    daemons: Vec<Daemon>,
}

impl Display {
    /// Starts all three and waits until each can be used.
    pub(crate) fn start() -> Outcome<Self> {
        let (xvfb, number) = Daemon::start(Command::new("Xvfb").args([
            // It picks a free number itself and tells it once it listens.
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1440x900x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]))?;
        let number = format!(":{number}");
        let (bus_daemon, bus) = Daemon::start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
                .env("DISPLAY", &number)
                .env_remove("WAYLAND_DISPLAY"),
        )?;
        let display = Self {
            number,
            bus,
            daemons: vec![xvfb, bus_daemon],
        };
        // The bus starts dunst, which offers that name, and answers when it is there.
        display
            .attach(&mut Command::new("dbus-send"))
            .args([
                "--session",
                "--print-reply",
                "--dest=org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus.StartServiceByName",
                "string:org.freedesktop.Notifications",
                "uint32:0",
            ])
            .read()?;
        say::line(format_args!(
            "screen {} with a session bus and dunst",
            display.number
        ));
        Ok(display)
    }

    /// Makes a program use this screen and bus.
    pub(crate) fn attach<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("DISPLAY", &self.number)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("GDK_BACKEND", "x11")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("XAUTHORITY")
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        while let Some(daemon) = self.daemons.pop() {
            drop(daemon);
        }
    }
}

/// A program that serves until it is told to end.
#[derive(Debug)]
struct Daemon(Child);

impl Daemon {
    /// Starts it and waits for the first line it prints: where it can be reached.
    fn start(command: &mut Command) -> Outcome<(Self, String)> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut daemon = Self(child.spawn().context(command.line())?);
        let mut line = String::new();
        if let Some(pipe) = daemon.0.stdout.take() {
            BufReader::new(pipe)
                .read_line(&mut line)
                .context(command.line())?;
        }
        if line.trim().is_empty() {
            return Err(Failure::new(format!(
                "`{}` ended without serving",
                command.line()
            )));
        }
        Ok((daemon, line.trim().to_owned()))
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Asked first, so that it removes its sockets and ends its own children.
        let pid = self.0.id().to_string();
        if !Command::new("kill").args(["-TERM", &pid]).succeeds() {
            self.0.kill().ok();
        }
        self.0.wait().ok();
    }
}
