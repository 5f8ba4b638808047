//! The logging libraries that Crosscut is tried with: fetched from their registries as the files in
//! `tests/shippers` name them, for Python into an environment below the target folder.

use std::process::Command;

use crate::command::{Outcome, Run};
use crate::ui;
use crate::workspace::Workspace;

/// Fetches what is not there yet.
pub(crate) fn install(workspace: &Workspace) -> Outcome {
    let folder = workspace.root().join("tests/shippers");
    ui::install_in(&folder, "shippers from npm")?;
    let home = workspace.target().join("shippers");
    let wanted = folder.join("requirements.txt");
    let stamp = home.join(".crosscut-installed");
    ui::once_for(&wanted, &stamp, "shippers from PyPI", || {
        Command::new("python3")
            .args(["-m", "venv"])
            .arg(&home)
            .run()?;
        Command::new(home.join("bin/python3"))
            .args(["-m", "pip", "install", "--quiet", "--requirement"])
            .arg(&wanted)
            .run()
    })
}
