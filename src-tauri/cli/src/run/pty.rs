//! Terminals for a command whose output we read.
//!
//! A program colours what it writes to a terminal. One for both outputs would mix them, so each
//! that is a terminal for us is one for the command, a terminal of its own. Neither is the command's
//! controlling terminal: that stays the real one, where keys and Ctrl-C come from. They change
//! nothing of what is written (no `\n` into `\r\n`): the real terminal does that.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    OptionalActions, OutputModes, Winsize, tcgetattr, tcgetwinsize, tcsetattr, tcsetwinsize,
};

/// A terminal's two ends.
#[derive(Debug)]
pub(super) struct Pty {
    /// What is written there is read here.
    pub(super) ours: File,
    /// The terminal.
    pub(super) theirs: File,
}

impl Pty {
    /// A terminal as large as the window.
    pub(super) fn open(window: &Window) -> io::Result<Self> {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        // The command is not to hold its own other end.
        fcntl_setfd(&ours, FdFlags::CLOEXEC)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let name = ptsname(&ours, Vec::new())?;
        let theirs = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(i32::try_from(OFlags::NOCTTY.bits()).unwrap_or_default())
            .open(OsStr::from_bytes(name.as_bytes()))?;
        let mut modes = tcgetattr(&theirs)?;
        modes.output_modes.remove(OutputModes::OPOST);
        tcsetattr(&theirs, OptionalActions::Now, &modes)?;
        tcsetwinsize(&theirs, window.size)?;
        Ok(Self {
            ours: ours.into(),
            theirs,
        })
    }
}

/// The size of the real window, and the terminals that follow it.
#[derive(Debug)]
pub(super) struct Window {
    size: Winsize,
    followers: Vec<File>,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            size: real().unwrap_or(Winsize {
                ws_row: 24,
                ws_col: 80,
                ws_xpixel: 0,
                ws_ypixel: 0,
            }),
            followers: Vec::new(),
        }
    }
}

impl Window {
    /// Has a terminal follow.
    pub(super) fn add(&mut self, terminal: &File) -> io::Result<()> {
        self.followers.push(terminal.try_clone()?);
        Ok(())
    }

    pub(super) fn is_used(&self) -> bool {
        !self.followers.is_empty()
    }

    /// Takes over the real size; whether it has changed.
    pub(super) fn follow(&mut self) -> bool {
        let Some(size) = real().filter(|size| *size != self.size) else {
            return false;
        };
        self.size = size;
        for terminal in &self.followers {
            tcsetwinsize(terminal, size).ok();
        }
        true
    }
}

fn real() -> Option<Winsize> {
    tcgetwinsize(io::stdout())
        .or_else(|_| tcgetwinsize(io::stderr()))
        .or_else(|_| tcgetwinsize(io::stdin()))
        .ok()
}
