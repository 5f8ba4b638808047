//! The web UI: its packages and its build, each done again only when something changed.
//!
//! What it was done for is kept as a digest in `ui/node_modules/`, where it vanishes together with the
//! packages. Digests are of contents: a fresh checkout or a changed branch has new times but may
//! have the same files.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;
use std::process::Command;

use crate::command::{Context, Outcome, Run, npm};
use crate::say;
use crate::workspace::Workspace;

/// Where the digests are kept, below `ui/`.
const INSTALLED: &str = "node_modules/.crosscut-installed";
const BUILT: &str = "node_modules/.crosscut-built";

/// Folders and files of `ui/` that are made, not written.
const MADE: &[&str] = &[
    "node_modules",
    "dist",
    "test-results",
    "coverage",
    ".svelte-kit",
    ".vite",
];

/// Fetches the packages that package-lock.json names.
pub(crate) fn install(workspace: &Workspace) -> Outcome {
    install_in(&workspace.ui(), "ui packages")
}

/// Fetches the packages that a folder's package-lock.json names.
pub(crate) fn install_in(folder: &Path, what: &str) -> Outcome {
    let mut hasher = DefaultHasher::new();
    for name in ["package.json", "package-lock.json"] {
        digest_file(&mut hasher, &folder.join(name))?;
    }
    once(&folder.join(INSTALLED), &hasher, what, || {
        let mut command = npm();
        command.args(["ci", "--no-audit", "--no-fund"]);
        command.current_dir(folder).run()
    })
}

/// Does the work unless it was done for a file with the same contents.
pub(crate) fn once_for(
    file: &Path,
    stamp: &Path,
    what: &str,
    work: impl FnOnce() -> Outcome,
) -> Outcome {
    let mut hasher = DefaultHasher::new();
    digest_file(&mut hasher, file)?;
    once(stamp, &hasher, what, work)
}

/// Builds `ui/dist`, which both the window and the server carry inside them.
pub(crate) fn build(workspace: &Workspace) -> Outcome {
    let ui = workspace.ui();
    let mut hasher = DefaultHasher::new();
    digest_folder(&mut hasher, &ui)?;
    if !ui.join("dist/index.html").is_file() {
        forget(&ui.join(BUILT))?;
    }
    once(&ui.join(BUILT), &hasher, "ui build", || {
        script(workspace, &["run", "build"]).run()
    })
}

/// npm in `ui/`.
pub(crate) fn script(workspace: &Workspace, args: &[&str]) -> Command {
    let mut command = npm();
    command.args(args).current_dir(workspace.ui());
    command
}

/// Does the work unless the stamp says that it was done for the same contents.
pub(crate) fn once(
    stamp: &Path,
    hasher: &DefaultHasher,
    what: &str,
    work: impl FnOnce() -> Outcome,
) -> Outcome {
    let digest = format!("{:016x}\n", hasher.finish());
    if fs::read_to_string(stamp).is_ok_and(|done| done == digest) {
        say::line(format_args!("{what}: up to date"));
        return Ok(());
    }
    forget(stamp)?;
    work()?;
    fs::write(stamp, digest).context(stamp.display())
}

fn forget(stamp: &Path) -> Outcome {
    match fs::remove_file(stamp) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
    .context(stamp.display())
}

pub(crate) fn digest_folder(hasher: &mut DefaultHasher, folder: &Path) -> Outcome {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = entries.context(folder.display())?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name();
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        if path.is_dir() {
            digest_folder(hasher, &path)?;
        } else {
            digest_file(hasher, &path)?;
        }
    }
    Ok(())
}

pub(crate) fn digest_file(hasher: &mut DefaultHasher, file: &Path) -> Outcome {
    let contents = fs::read(file).context(file.display())?;
    hasher.write(file.as_os_str().as_encoded_bytes());
    hasher.write_usize(contents.len());
    hasher.write(&contents);
    Ok(())
}

#[cfg(test)]
mod tests;
