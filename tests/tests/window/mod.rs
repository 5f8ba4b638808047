//! The real window, on a screen of its own, driven through WebKit's WebDriver.
//!
//! What a browser shows as well is tested there; here is what only the window has: the webview
//! under its policy, the way to the core without a port, dropped paths, notifications of the
//! operating system, a second start, and the end. Needs Linux with Xvfb, a session bus and a
//! notification daemon: `cargo xtask test` starts them.

mod app;
mod driver;
mod screen;

use serde_json::{Value, json};

use self::app::{Home, append, line, numbered};
use self::driver::Driver;
use self::screen::{Drag, Notifications};
use crate::support::{Ending, Start};

/// The message of the last row on screen.
const LAST: &str = "[...document.querySelectorAll('.log-list .row[data-seq]')].at(-1)\
                    ?.querySelector('.m').textContent";

impl Driver {
    fn last_is(&self, message: &str) {
        self.until(
            &format!("last {message:?}"),
            &format!("{LAST} === given"),
            &json!(message),
        );
    }

    /// Waits until the element with this test id says this.
    fn says(&self, id: &str, text: &str) {
        let condition = "document.querySelector(`[data-testid=${given[0]}]`)\
                         ?.textContent.trim() === given[1]";
        self.until(
            &format!("{id} says {text:?}"),
            condition,
            &json!([id, text]),
        );
    }

    /// Waits until there is such an element.
    fn shows(&self, selector: &str) {
        let condition = "document.querySelector(given) !== null";
        self.until(&format!("{selector} shows"), condition, &json!(selector));
    }
}

#[test]
fn it_opens_on_the_last_of_100_000_lines_and_follows() {
    let home = Home::new();
    let file = home.file("app.jsonl", numbered(100_000));
    let window = home.drive(&[&file]);
    window.last_is("line 100000");
    window.says("status-records", "100,000 records");
    append(&file, &[line("warn", "written later")]);
    window.last_is("written later");
    window.fill("toolbar-query", "99998 OR later");
    window.says("status-matched", "2 matched");
    window.last_is("written later");
    append(&file, &[line("info", "hay"), line("error", "later still")]);
    window.says("status-matched", "3 matched");
    window.last_is("later still");
}

#[test]
fn the_page_speaks_to_the_core_in_bytes_and_under_its_policy() {
    let home = Home::new();
    let hostile =
        "<img src=x onerror=\"document.title='owned'\"> \u{1b}[31mred\u{1b}[0m \u{202e}fdp";
    let file = home.file("app.jsonl", [line("info", hostile), line("info", "last")]);
    let window = home.drive(&[&file]);
    window.last_is("last");

    // Tauri falls back to a slow way without a word on any output when its scheme is refused.
    window.run(
        "window.calls = [];
         const plain = window.fetch;
         window.fetch = async (address, options) => {
             const answer = await plain(address, options);
             window.calls.push([String(address), answer.status]);
             return answer;
         };",
        &Value::Null,
    );
    window.fill("toolbar-query", "red");
    window.says("status-matched", "1 matched");
    let fast =
        "window.calls.some(([url, status]) => url === 'ipc://localhost/rpc' && status === 200)";
    window.until("a call by Tauri's own scheme", fast, &Value::Null);

    let refused = window.run(
        "window.violations = [];
         document.addEventListener('securitypolicyviolation', (event) =>
             window.violations.push(event.effectiveDirective));
         const script = document.createElement('script');
         script.textContent = 'window.ran = true';
         document.body.append(script);
         return window.ran === undefined",
        &Value::Null,
    );
    assert_eq!(refused, json!(true));
    let noticed = "window.violations.some((name) => name.startsWith('script-src'))";
    window.until("a refused script", noticed, &Value::Null);

    let row = window.run(
        "return document.querySelector('.row[data-seq] .m').textContent",
        &Value::Null,
    );
    let shown = "<img src=x onerror=\"document.title='owned'\"> red \u{fffd}fdp";
    assert_eq!(row, json!(shown));
    let made = window.run(
        "return [document.querySelectorAll('.log-list img').length, document.title.includes('owned')]",
        &Value::Null,
    );
    assert_eq!(made, json!([0, false]));
}

#[test]
fn a_new_run_empties_the_window_and_takes_what_comes() {
    let home = Home::new();
    let file = home.file("app.jsonl", numbered(500));
    let window = home.drive(&[&file]);
    window.last_is("line 500");
    window.click("new-run");
    window.shows("[data-testid=empty-state][data-kind=waiting]");
    append(&file, &[line("info", "first of the new run")]);
    window.last_is("first of the new run");
    window.says("status-records", "1 record");
    let runs = home.api("runs_list", &json!({}));
    let records: Vec<_> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| &run["records"])
        .collect();
    assert_eq!(records, [1, 500]);
}

#[test]
fn a_dropped_path_is_followed() {
    let home = Home::new();
    let file = home.file("with a space & ünïcode.jsonl", numbered(300));
    let window = home.drive(&[]);
    window.shows("[data-testid=empty-state][data-kind=start]");
    let drag = Drag::into_the_window(&file);
    window.shows("[data-testid=drop-overlay]");
    drag.drop();
    window.last_is("line 300");
    let gone = "document.querySelector('[data-testid=drop-overlay]') === null";
    window.until("the overlay goes", gone, &Value::Null);
    append(&file, &[line("info", "it is followed")]);
    window.last_is("it is followed");
    let sources = home.api("sources_list", &json!({}));
    assert_eq!(sources[0]["key"], json!(file.to_str().unwrap()));
}

#[test]
fn the_first_error_of_each_kind_is_announced_and_no_other() {
    let home = Home::new();
    let old = line("error", "order 17 failed: card declined");
    let file = home.file("orders.jsonl", [old, line("info", "last")]);
    let window = home.drive(&[&file]);
    window.last_is("last");
    let notifications = Notifications::listen();
    // The kind that was there before is no news.
    append(&file, &[line("error", "order 18 failed: card declined")]);
    append(&file, &[line("error", "payment 1: connection refused")]);
    append(&file, &[line("error", "payment 2: connection refused")]);
    let first = (
        "error in orders.jsonl".to_owned(),
        "payment 1: connection refused".to_owned(),
    );
    assert_eq!(notifications.next(), first);
    window.last_is("payment 2: connection refused");
    append(&file, &[line("error", "payment 3: connection refused")]);
    append(&file, &[line("fatal", "out of memory")]);
    let second = (
        "fatal in orders.jsonl".to_owned(),
        "out of memory".to_owned(),
    );
    assert_eq!(notifications.next(), second);
}

#[test]
fn a_second_start_hands_its_file_to_the_first_window() {
    let home = Home::new();
    let one = home.file("one.jsonl", numbered(100));
    let two = home.file("two.jsonl", [line("info", "from the second")]);
    let window = home.drive(&[&one]);
    window.last_is("line 100");
    let second = home.start_again(&[&two]);
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(second.status.success(), "{}: {said}", second.status);
    assert!(said.contains("its window has taken over"), "{said}");
    window.last_is("from the second");
    window.says("status-records", "101 records");
}

#[test]
fn closing_the_window_ends_the_program_and_keeps_the_run() {
    let home = Home::new();
    let file = home.file("app.jsonl", numbered(5_000));
    let window = home.start(&[&file]);
    let id = screen::window_of(window.pid());
    append(&file, &[line("info", "the last")]);
    screen::close(&id);
    let (status, said) = window.ended();
    assert_eq!(status.code(), Some(0), "{said:#?}");
    assert!(!home.data().join("endpoint.json").exists());

    // It goes on where the window stopped, each line once, wherever that was.
    let again = Start::on(&home.data()).serve();
    again.live("app.jsonl", 5_001);
    let lines = again.lines("app.jsonl");
    let all: Vec<_> = numbered(5_000).chain([line("info", "the last")]).collect();
    assert_eq!(lines, all);
    assert!(again.end(Ending::Terminate).success());
}
