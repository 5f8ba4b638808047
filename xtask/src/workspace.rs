//! Where the repository is, and where its artefacts go, whatever folder xtask was started in.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::command::{Context, Failure, Outcome, Run, cargo, executable};

/// The repository on this disk.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Outcome<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let text = cargo()
            .args([
                "metadata",
                "--format-version=1",
                "--no-deps",
                "--manifest-path",
            ])
            .arg(manifest)
            .read()?;
        let metadata: Value = serde_json::from_str(&text).context("cargo metadata")?;
        let folder = |key: &str| {
            let value = metadata.get(key).and_then(Value::as_str);
            value
                .map(PathBuf::from)
                .ok_or_else(|| Failure::new(format!("cargo tells no {key}")))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
        })
    }

    /// The top of the repository.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The web UI's folder.
    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// The TypeScript client's folder.
    pub(crate) fn client(&self) -> PathBuf {
        self.root.join("clients/typescript")
    }

    /// Where everything goes that is made.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Where cargo tools are installed to that the machine does not have: part of the build, so
    /// nothing outside the repository changes.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// A built program of ours.
    pub(crate) fn binary(&self, name: &str, release: bool) -> PathBuf {
        let profile = if release { "release" } else { "debug" };
        self.target.join(profile).join(executable(name))
    }

    /// cargo, at the top of the repository and knowing the tools installed there.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = cargo();
        command.current_dir(&self.root).env("PATH", self.path());
        command
    }

    /// The PATH with our tools at its end: what the machine has goes first.
    pub(crate) fn path(&self) -> OsString {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain([self.tools().join("bin")]);
        std::env::join_paths(folders).unwrap_or(path)
    }
}
