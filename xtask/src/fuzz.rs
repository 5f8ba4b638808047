//! `cargo xtask fuzz`: hostile input for the query language, guided by coverage, for a bounded time.
//!
//! Owns the flags that make the stable compiler count coverage for libFuzzer, so that neither a
//! nightly one nor another program has to be installed. What is tried: `fuzz/query.rs`, in a
//! workspace of its own. Inputs that found something new are kept below `target/fuzz`, and one that
//! fails is told with its file.

use std::process::Command;

use crate::command::{Context, Failure, Outcome, Run};
use crate::say;
use crate::workspace::Workspace;

/// What the compiler is told: counters at every edge, and the operands of comparisons.
const COVERAGE: &[&str] = &[
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Ccodegen-units=1",
    "--cfg=fuzzing",
];

/// How long to go on.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Seconds
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Bytes of an input, at most
    #[arg(long, default_value_t = 400)]
    length: u64,
}

pub(crate) fn fuzz(workspace: &Workspace, args: &Args) -> Outcome {
    let folder = workspace.root().join("fuzz");
    let target = workspace.target().join("fuzz");
    let found = target.join("corpus");
    std::fs::create_dir_all(&found).context(found.display())?;
    say::step("build");
    let host = host(workspace)?;
    let mut build = workspace.cargo();
    build
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&target)
        // Named, the flags are not meant for what runs while building.
        .args(["--target", &host])
        .env("RUSTFLAGS", COVERAGE.join(" "))
        .run()?;
    say::step(format_args!("{} s of input", args.seconds));
    let program = target.join(&host).join("release/query");
    Command::new(program)
        .arg(format!("-max_total_time={}", args.seconds))
        .arg(format!("-max_len={}", args.length))
        .args(["-timeout=5", "-rss_limit_mb=1024", "-print_final_stats=1"])
        .arg(format!("-artifact_prefix={}/", target.display()))
        .arg(&found)
        .arg(folder.join("seeds"))
        .run()
}

/// What cargo calls this kind of machine.
fn host(workspace: &Workspace) -> Outcome<String> {
    let version = workspace.cargo().arg("-vV").read()?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::new("cargo does not tell its host"))
}
