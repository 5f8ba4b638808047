//! The TypeScript made from the engine's types, which is committed and checked for drift by a test.

use crate::command::{Outcome, Run};
use crate::workspace::Workspace;

/// Writes `ui/src/generated/`: the test that checks it, told to mend instead.
pub(crate) fn write(workspace: &Workspace) -> Outcome {
    workspace
        .cargo()
        .args([
            "test",
            "--quiet",
            "--package",
            "crosscut-engine",
            "typescript",
        ])
        .env("CROSSCUT_WRITE_TYPES", "1")
        .run()
}
