//! A named pipe that a pane writes into.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crosscut_model::{Clock, SystemClock};

/// The pipe, in a folder of its own that nobody else may enter. Taken away when dropped.
#[derive(Debug)]
pub(super) struct Fifo {
    folder: PathBuf,
    path: PathBuf,
}

impl Fifo {
    pub(super) fn new() -> Result<Self, String> {
        let name = format!("crosscut-{}-{:x}", std::process::id(), SystemClock.now().0);
        let folder = std::env::temp_dir().join(name);
        let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
        DirBuilder::new()
            .mode(0o700)
            .create(&folder)
            .map_err(wrong)?;
        let fifo = Self {
            path: folder.join("pane"),
            folder: folder.clone(),
        };
        let made = Command::new("mkfifo")
            .args(["-m", "600"])
            .arg(&fifo.path)
            .output();
        let made = made.map_err(wrong)?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).trim().to_owned());
        }
        Ok(fifo)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What the pane is to be piped into, as tmux has it: it replaces `#` and `%` before the shell
    /// sees it.
    pub(super) fn command(&self) -> String {
        let path = self.path.to_string_lossy().replace('\'', r"'\''");
        let path = path.replace('#', "##").replace('%', "%%");
        format!("exec cat >'{path}'")
    }
}

impl Drop for Fifo {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}
