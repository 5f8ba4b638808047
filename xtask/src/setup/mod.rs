//! What a machine must have before Crosscut can be built, run or tested, and how it gets it.
//!
//! Looks first, installs only what is absent, and only what the purpose at hand needs. On Debian and
//! its children system packages are installed by apt, the command said before it runs; elsewhere
//! the command is printed and the work stops. `CROSSCUT_NO_INSTALL=1` makes it stop there too.
//! Cargo tools go below the target folder, so nothing outside the repository changes for them.

mod needs;
mod platform;
mod toolchain;
mod tools;

use std::process::Command;

use clap::ValueEnum;

use crate::command::{Failure, Outcome, Run, find_program};
use crate::say;
use crate::workspace::Workspace;

use needs::Set;
use platform::Platform;
pub(crate) use toolchain::node;

/// What the machine is to be made ready for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Purpose {
    /// Serving the web UI, without a window
    Serve,
    /// The window
    Window,
    /// Everything up to the end-to-end tests
    Check,
    /// Everything
    Test,
}

impl Purpose {
    fn sets(self) -> &'static [Set] {
        match self {
            Self::Serve => &[Set::Compiler],
            Self::Window | Self::Check => &[Set::Compiler, Set::Window],
            Self::Test => &[
                Set::Compiler,
                Set::Window,
                Set::WindowTests,
                Set::BrowserTests,
                Set::CommandTests,
                Set::DockerTests,
                Set::ShipperTests,
            ],
        }
    }

    fn tools(self) -> &'static [tools::Tool] {
        match self {
            Self::Serve | Self::Window => &[],
            Self::Check | Self::Test => &[tools::NEXTEST, tools::DENY],
        }
    }
}

/// Makes the machine ready, or says what to do.
pub(crate) fn prepare(workspace: &Workspace, purpose: Purpose) -> Outcome {
    toolchain::node()?;
    if matches!(purpose, Purpose::Check | Purpose::Test) {
        toolchain::rust_components()?;
    }
    system_packages(purpose.sets())?;
    for tool in purpose.tools() {
        tool.ensure(workspace)?;
    }
    Ok(())
}

fn system_packages(sets: &[Set]) -> Outcome {
    let platform = Platform::of_this_machine();
    let missing = needs::missing(sets, &platform);
    if missing.is_empty() {
        say::line("system packages: all there");
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|need| need.what).collect();
    say::line(format_args!("missing: {}", names.join(", ")));

    let packages = needs::packages(&missing, &platform);
    let commands = platform.install_commands(&packages);
    let may_install = std::env::var_os("CROSSCUT_NO_INSTALL").is_none();
    let as_root = platform::is_root() || find_program("sudo").is_some();
    if platform != Platform::Debian || !may_install || !as_root {
        return Err(advice(&names, &commands));
    }
    for command in commands {
        shell(&command).run()?;
    }
    let missing = needs::missing(sets, &platform);
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = missing.iter().map(|need| need.what).collect();
    Err(Failure::new(format!(
        "installed, and yet still missing: {}",
        names.join(", ")
    )))
}

fn advice(names: &[&str], commands: &[Vec<String>]) -> Failure {
    let mut text = format!("this machine lacks {}.", names.join(", "));
    if commands.is_empty() {
        text.push_str(" Install them with your system's package manager, then try again.");
    } else {
        text.push_str(" Run this, then try again:\n");
        for command in commands {
            text.push_str("\n    ");
            text.push_str(&shell(command).line());
        }
    }
    Failure::new(text)
}

fn shell(words: &[String]) -> Command {
    let mut words = words.iter();
    let mut command = Command::new(words.next().map_or("true", String::as_str));
    command.args(words);
    command
}
