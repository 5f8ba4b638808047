//! The packages of `clients/`, against the real `crosscut serve`.
//!
//! Their tests are their own, in the languages they are for, and can be run without this: each
//! starts its own server in a folder of its own, kills it where that is the point, and ends it.
//! Here each file of them becomes a test, so that it is counted and run beside others.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::binary;

#[test]
fn the_typescript_client_sends_every_line_once() {
    node("sending");
}

#[test]
fn the_typescript_client_follows_through_kills_and_runs() {
    node("following");
}

#[test]
fn winston_and_pino_send_through_their_transports() {
    node("loggers");
}

#[test]
fn the_react_hook_shows_what_comes() {
    node("react");
}

#[test]
fn every_typescript_test_is_run_here() {
    let here = fs::read_to_string(folder("../tests/tests/clients.rs")).unwrap();
    for entry in fs::read_dir(folder("typescript/test")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(name) = name.strip_suffix(".test.mjs") {
            assert!(here.contains(&format!("node(\"{name}\")")), "{name}");
        }
    }
}

#[test]
fn the_python_handler_sends_every_record_once() {
    let mut python = Command::new("python3");
    python
        .args(["-m", "unittest", "discover", "--start-directory", "test"])
        .current_dir(folder("python"))
        .env("PYTHONPATH", folder("python/src"))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    passes(python);
}

/// The lock file names versions and checksums; where they were fetched from is nobody's business.
#[test]
fn the_lock_file_names_no_registry() {
    let lock = fs::read_to_string(folder("typescript/package-lock.json")).unwrap();
    assert!(!lock.contains("\"resolved\""));
}

fn node(file: &str) {
    for (made, by) in [
        ("node_modules/pino/package.json", "npm ci"),
        ("dist/index.js", "npm run build"),
    ] {
        let path = folder("typescript").join(made);
        assert!(
            path.is_file(),
            "clients/typescript/{made} is not there: `cargo xtask test` makes it (by `{by}`)"
        );
    }
    let mut node = Command::new("node");
    node.args(["--test", "--test-reporter=spec"])
        .arg(format!("test/{file}.test.mjs"))
        .current_dir(folder("typescript"));
    passes(node);
}

fn passes(mut command: Command) {
    command.env("CROSSCUT_BIN", binary("crosscut"));
    // What the machine is set up with must not decide where the lines go.
    for name in [
        "CROSSCUT_TOKEN",
        "CROSSCUT_URL",
        "LOG_AGENT_ENDPOINT",
        "LOG_RUN_ID",
        "NODE_OPTIONS",
    ] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{}: {}{}",
        output.status,
        said(&output.stdout),
        said(&output.stderr)
    );
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../clients")
        .join(name)
}
