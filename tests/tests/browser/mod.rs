//! The page in Chromium, in front of the real `crosscut serve`.
//!
//! The scenarios themselves are JavaScript, since what drives a browser well is (playwright-core,
//! from the UI's packages): each starts its own server in a folder of its own and ends both. Here
//! each becomes a test, so that it is counted, run beside others and told apart. A scenario fails
//! on any complaint of the browser too: an uncaught error, a refused script, a failed request.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::binary;

macro_rules! scenarios {
    ($($name:ident)*) => {
        const NAMES: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() {
                play(stringify!($name));
            }
        )*
    };
}

scenarios! {
    the_page_opens_on_the_last_of_100_000_lines
    a_line_arrives_as_it_is_written
    scrolling_up_lets_go_and_end_follows_again
    a_query_narrows_and_counts
    levels_are_switched_by_clicks
    a_record_opens_in_full_and_its_values_filter
    the_theme_is_chosen_and_kept
    a_new_run_is_empty_and_takes_what_comes
    the_picker_shows_both_runs_and_deletes_the_old
    the_page_comes_back_after_the_server_was_killed
    a_dropped_file_is_sent
    chosen_files_are_sent
    settings_are_saved_in_the_page_and_hold_at_once
    without_the_right_token_there_is_nothing_to_see
    log_text_stays_text
    the_policy_holds_and_the_page_keeps_to_it
    no_rule_of_accessibility_is_broken_in_dark
    no_rule_of_accessibility_is_broken_in_light
}

#[test]
fn every_scenario_is_a_test() {
    let listed = script("--list").output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut listed: Vec<_> = listed.lines().collect();
    let mut tests = NAMES.to_vec();
    listed.sort_unstable();
    tests.sort_unstable();
    assert_eq!(listed, tests);
}

fn play(scenario: &str) {
    let mut command = script(scenario);
    command
        .env("CROSSCUT_BIN", binary("crosscut"))
        .env("CHROMIUM", chromium())
        .env("DOCKER_HOST", "unix:///nonexistent/docker.sock");
    for name in ["CROSSCUT_DATA", "CROSSCUT_LOG", "DOCKER_CONTEXT"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
}

fn script(argument: &str) -> Command {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, remedy) in [
        ("../ui/node_modules/playwright-core/package.json", "npm ci"),
        ("../ui/dist/index.html", "npm run build"),
    ] {
        let there = tests.join(file).is_file();
        assert!(
            there,
            "{file} is not there: `cargo xtask ui` makes it (by `{remedy}` in ui/)"
        );
    }
    let mut command = Command::new("node");
    command
        .arg(tests.join("tests/browser/run.mjs"))
        .arg(argument);
    command
}

/// `CHROMIUM`, or the first of the names it goes by.
fn chromium() -> PathBuf {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return named.into();
    }
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let applications = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];
    let on_path = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .map(|file| file.with_extension(std::env::consts::EXE_EXTENSION));
    let mut found = on_path
        .chain(applications.map(PathBuf::from))
        .filter(|file| file.is_file());
    found.next().expect(
        "Chromium is not there: `cargo xtask setup test` installs it, or CHROMIUM says where it is",
    )
}
