//! `crosscut open`: starts the window, which is a program of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::args::OpenArgs;
use crate::failure::Failure;

/// The window's program.
const WINDOW: &str = "crosscut-desktop";

/// Starts the window and leaves it alone.
pub(crate) fn open(data_dir: &Path, args: &OpenArgs) -> Result<(), Failure> {
    if cfg!(target_os = "linux") && !has_display() {
        return Err(Failure::refused(
            "there is no display to open a window on; `crosscut serve` shows the same in a browser",
        ));
    }
    let program = find().ok_or_else(|| {
        Failure::refused(format!(
            "`{WINDOW}` is neither beside this program nor in PATH; `crosscut serve` shows the \
             same in a browser"
        ))
    })?;
    let mut command = Command::new(&program);
    command
        .arg("--data")
        .arg(data_dir)
        .arg("--")
        .args(&args.files)
        .stdin(Stdio::null());
    // Ctrl-C in this terminal, later, is not meant for the window.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    match command.spawn() {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::refused(format!("{}: {error}", program.display()))),
    }
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn find() -> Option<PathBuf> {
    let beside = std::env::current_exe()
        .ok()
        .and_then(|own| own.parent().map(Path::to_owned));
    let path = std::env::var_os("PATH").unwrap_or_default();
    beside
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|folder| {
            folder
                .join(WINDOW)
                .with_extension(std::env::consts::EXE_EXTENSION)
        })
        .find(|file| file.is_file())
}
