//! The TypeScript client: its packages and its build, each done again only when something changed.
//!
//! The Python one has neither: it is run from its source.

use std::hash::DefaultHasher;
use std::process::Command;

use crate::command::{Outcome, Run, npm};
use crate::ui::{digest_file, digest_folder, once};
use crate::workspace::Workspace;

/// Where it is kept what the packages were fetched and the build was made for.
const INSTALLED: &str = "node_modules/.crosscut-installed";
const BUILT: &str = "node_modules/.crosscut-built";

/// Fetches the packages that package-lock.json names: what it is built and tested with.
pub(crate) fn install(workspace: &Workspace) -> Outcome {
    let client = workspace.client();
    let mut hasher = DefaultHasher::new();
    for name in ["package.json", "package-lock.json"] {
        digest_file(&mut hasher, &client.join(name))?;
    }
    once(&client.join(INSTALLED), &hasher, "client packages", || {
        script(workspace, &["ci", "--no-audit", "--no-fund"]).run()
    })
}

/// Builds `dist`, which its tests and those who install it use; a wrong type fails it.
pub(crate) fn build(workspace: &Workspace) -> Outcome {
    let client = workspace.client();
    let mut hasher = DefaultHasher::new();
    digest_file(&mut hasher, &client.join("package-lock.json"))?;
    digest_file(&mut hasher, &client.join("tsconfig.json"))?;
    digest_folder(&mut hasher, &client.join("src"))?;
    if !client.join("dist/index.js").is_file() {
        return script(workspace, &["run", "build"]).run();
    }
    once(&client.join(BUILT), &hasher, "client build", || {
        script(workspace, &["run", "build"]).run()
    })
}

/// npm in the client's folder.
fn script(workspace: &Workspace, args: &[&str]) -> Command {
    let mut command = npm();
    command.args(args).current_dir(workspace.client());
    command
}
