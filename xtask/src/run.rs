//! From a clone to a running workbench.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{Context, Failure, Outcome, Run};
use crate::say;
use crate::setup::{self, Purpose};
use crate::ui;
use crate::workspace::Workspace;

/// Sets up, builds, and becomes the window; without a display, the server.
pub(crate) fn run(workspace: &Workspace, release: bool, files: &[PathBuf]) -> Outcome {
    let face = Face::for_this_machine();
    say::step("set-up");
    setup::prepare(workspace, face.purpose())?;
    say::step("web UI");
    ui::install(workspace)?;
    ui::build(workspace)?;

    let (package, binary) = face.package_and_binary();
    say::step(format_args!(
        "build {binary} (the first time takes some minutes)"
    ));
    let mut build = workspace.cargo();
    build.args(["build", "--package", package]);
    if release {
        build.arg("--release");
    }
    build.run()?;

    say::step(face.announcement());
    let mut command = Command::new(workspace.binary(binary, release));
    command.args(face.arguments()).args(sources(files)?);
    become_it(&mut command)
}

/// Where the workbench will be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Face {
    Window,
    Browser,
}

impl Face {
    fn for_this_machine() -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let needs_display = cfg!(target_os = "linux");
        if needs_display && !set("DISPLAY") && !set("WAYLAND_DISPLAY") {
            Self::Browser
        } else {
            Self::Window
        }
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::Window => Purpose::Window,
            Self::Browser => Purpose::Serve,
        }
    }

    fn package_and_binary(self) -> (&'static str, &'static str) {
        match self {
            Self::Window => ("crosscut-desktop", "crosscut-desktop"),
            Self::Browser => ("crosscut-cli", "crosscut"),
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Window => &[],
            Self::Browser => &["serve"],
        }
    }

    fn announcement(self) -> &'static str {
        match self {
            Self::Window => "the window",
            Self::Browser => {
                "no display here (neither DISPLAY nor WAYLAND_DISPLAY): serving the web UI"
            }
        }
    }
}

/// The files by their full paths, or the demo.
fn sources(files: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    if files.is_empty() {
        return Ok(vec!["--demo".into()]);
    }
    files
        .iter()
        .map(|file| std::path::absolute(file).context(file.display()))
        .collect()
}

/// Hands this process over, so that signals and the exit code are the workbench's own.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Outcome {
    use std::os::unix::process::CommandExt;
    say::line(format_args!("$ {}", command.line()));
    let error = command.exec();
    Err(Failure::new(format!(
        "{}: {error}",
        Path::new(command.get_program()).display()
    )))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Outcome {
    command.run()
}

#[cfg(test)]
mod tests;
