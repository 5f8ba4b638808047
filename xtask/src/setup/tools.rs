//! Programs from crates.io that the tests use.

use std::fs;
use std::process::Command;

use crate::command::{Context, Outcome, Run, executable};
use crate::say;
use crate::workspace::Workspace;

/// One of them.
#[derive(Debug)]
pub(super) struct Tool {
    package: &'static str,
    /// Semver requirement.
    version: &'static str,
    /// Arguments with which it does nothing and succeeds.
    probe: &'static [&'static str],
}

/// Runs the tests, each in a process of its own.
pub(super) const NEXTEST: Tool = Tool {
    package: "cargo-nextest",
    version: "^0.9.100",
    probe: &["nextest", "--version"],
};
/// Checks licences, bans and sources.
pub(super) const DENY: Tool = Tool {
    package: "cargo-deny",
    version: "^0.20",
    probe: &["--version"],
};

impl Tool {
    /// Installs it below the target folder unless it is there already.
    pub(super) fn ensure(&self, workspace: &Workspace) -> Outcome {
        let ours = workspace.tools().join("bin").join(executable(self.package));
        if ours.is_file() || Command::new(self.package).args(self.probe).succeeds() {
            return Ok(());
        }
        say::line(format_args!(
            "{} is missing: building it, once",
            self.package
        ));
        let build = workspace.tools().join("build");
        // Not optimised: they build in a third of the time and wait for others when they run.
        workspace
            .cargo()
            .args([
                "install",
                "--locked",
                "--debug",
                self.package,
                "--version",
                self.version,
            ])
            .arg("--root")
            .arg(workspace.tools())
            .env("CARGO_TARGET_DIR", &build)
            .run()?;
        fs::remove_dir_all(&build).context(build.display())
    }
}
