//! Everything that says whether Crosscut is sound, in the order in which it fails fastest.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::client;
use crate::closing;
use crate::command::{Failure, Outcome, Run};
use crate::display::Display;
use crate::say;
use crate::setup::{self, Purpose};
use crate::shippers;
use crate::ui;
use crate::workspace::Workspace;

/// Tests of single crates, and of the house as a whole; they start no window and no browser.
const CORE: &str = "not package(=crosscut-tests) or test(/^house::/)";
/// The built programs from outside: server, crashes, browser, Docker.
const OUTSIDE: &str = "package(=crosscut-tests) and not test(/^(house|window)::/)";
/// The real window.
const WINDOW: &str = "package(=crosscut-tests) and test(/^window::/)";

/// Runs all steps up to the first that fails, then says what each took and what it counted.
pub(crate) fn test(workspace: &Workspace, fast: bool) -> Outcome {
    let mut course = Course::default();
    let outcome = steps(workspace, fast, &mut course);
    course.print();
    outcome
}

fn steps(workspace: &Workspace, fast: bool, course: &mut Course) -> Outcome {
    let purpose = if fast { Purpose::Check } else { Purpose::Test };
    course.step("set-up", || setup::prepare(workspace, purpose))?;
    course.step("rustfmt", || {
        workspace.cargo().args(["fmt", "--all", "--check"]).run()
    })?;

    course.step("ui packages", || ui::install(workspace))?;
    course.step("ui lint", || ui::script(workspace, &["run", "lint"]).run())?;
    course.step("ui types", || {
        ui::script(workspace, &["run", "check"]).run()
    })?;
    course.runner("ui tests", &mut ui::script(workspace, &["test"]))?;
    course.step("ui build", || ui::build(workspace))?;
    course.step("client packages", || client::install(workspace))?;
    course.step("client build", || client::build(workspace))?;

    course.step("clippy", || {
        let everything = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--features=xtask/icons",
        ];
        workspace
            .cargo()
            .args(everything)
            .args(["--", "--deny=warnings"])
            .run()
    })?;
    course.step("rustdoc", || {
        let mut doc = workspace.cargo();
        doc.args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "--deny=warnings")
            .run()
    })?;
    course.step("licences, bans, sources", || {
        say::line("advisories are left out: their database is on a git host, and this test needs");
        say::line("nothing but the package registries; see deny.toml");
        workspace
            .cargo()
            .args(["deny", "check", "licenses", "bans", "sources"])
            .run()
    })?;

    course.step("build", || {
        workspace
            .cargo()
            .args(["build", "--workspace", "--bins", "--tests"])
            .run()
    })?;
    course.runner(
        "unit, property, integration tests",
        &mut nextest(workspace, CORE),
    )?;
    course.runner(
        "documentation tests",
        workspace
            .cargo()
            .args(["test", "--workspace", "--doc", "--quiet"]),
    )?;
    if fast {
        course.skip("end-to-end tests", "--fast");
        return Ok(());
    }
    if cfg!(target_os = "linux") {
        course.step("shippers", || shippers::install(workspace))?;
    }
    course.runner(
        "server, shipper, browser and Docker tests",
        &mut nextest(workspace, OUTSIDE),
    )?;
    if cfg!(target_os = "linux") {
        window_tests(workspace, course)
    } else {
        course.skip(
            "window tests",
            "they need Xvfb and WebKitWebDriver, which Linux has",
        );
        Ok(())
    }
}

fn window_tests(workspace: &Workspace, course: &mut Course) -> Outcome {
    let mut display = None;
    course.step("a screen for the window tests", || {
        display = Some(Display::start()?);
        Ok(())
    })?;
    let mut command = nextest(workspace, WINDOW);
    if let Some(display) = &display {
        display.attach(&mut command);
    }
    course.runner("window tests", &mut command)
}

fn nextest(workspace: &Workspace, which: &str) -> Command {
    let mut command = workspace.cargo();
    command.args(["nextest", "run", "--workspace", "--filterset", which]);
    command
}

/// The steps so far.
#[derive(Debug, Default)]
struct Course {
    rows: Vec<Row>,
}

/// One step, as the summary shows it.
#[derive(Debug)]
struct Row {
    name: &'static str,
    ending: Ending,
    closing: Vec<String>,
}

#[derive(Debug)]
enum Ending {
    Passed(Duration),
    Failed(Duration),
    Skipped(&'static str),
}

impl Course {
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Outcome) -> Outcome {
        self.take(name, || (Vec::new(), work()))
    }

    /// A step whose program counts tests and says so at its end.
    fn runner(&mut self, name: &'static str, command: &mut Command) -> Outcome {
        self.take(name, || closing::run(command))
    }

    fn skip(&mut self, name: &'static str, reason: &'static str) {
        self.rows.push(Row {
            name,
            ending: Ending::Skipped(reason),
            closing: Vec::new(),
        });
    }

    fn take(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> (Vec<String>, Outcome),
    ) -> Outcome {
        say::step(name);
        let start = Instant::now();
        let (closing, outcome) = work();
        let took = start.elapsed();
        let ending = if outcome.is_ok() {
            Ending::Passed(took)
        } else {
            Ending::Failed(took)
        };
        self.rows.push(Row {
            name,
            ending,
            closing,
        });
        outcome.map_err(|failure| Failure::new(format!("{name}: {failure}")))
    }

    fn print(&self) {
        say::step("summary");
        for row in &self.rows {
            say::line(row.line());
            for line in &row.closing {
                say::line(format_args!("                  {line}"));
            }
        }
    }
}

impl Row {
    fn line(&self) -> String {
        let name = self.name;
        match self.ending {
            Ending::Passed(took) => format!("passed  {:>8}  {name}", minutes(took)),
            Ending::Failed(took) => format!("FAILED  {:>8}  {name}", minutes(took)),
            Ending::Skipped(reason) => format!("skipped           {name}: {reason}"),
        }
    }
}

/// `m:ss.t`.
fn minutes(time: Duration) -> String {
    let tenths = time.as_millis() / 100;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

#[cfg(test)]
mod tests;
