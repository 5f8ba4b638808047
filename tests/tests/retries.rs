//! `kill -9` between storing and answering: a client that sends again under the same
//! `Idempotency-Key` until it is answered has each line there once.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use reqwest::blocking::Client;

use crate::support::{Crosscut, DEADLINE, Start, corpus};

/// Kills while the clients post.
const KILLS: u64 = 12;
/// Clients at once, all under one source.
const CLIENTS: u64 = 4;
/// Lines of one request.
const LINES: u64 = 5;

/// Where the port is now.
type Port = Arc<Mutex<Option<String>>>;

/// Posts numbered lines, each request until it is answered, while `kills` are to come; tells how
/// many requests were answered only when they were sent again.
fn client(number: u64, port: &Port, kills: &AtomicU64) -> (u64, u64) {
    let http = Client::builder()
        .no_proxy()
        .timeout(DEADLINE)
        .build()
        .unwrap();
    let (mut request, mut replayed) = (0, 0);
    while kills.load(Ordering::Acquire) > 0 {
        let body = corpus::numbered(
            &format!("c{number}"),
            request * LINES..(request + 1) * LINES,
        );
        loop {
            let Some(url) = port.lock().unwrap().clone() else {
                thread::sleep(Duration::from_millis(1));
                continue;
            };
            let post = http
                .post(format!("{url}/ingest?source=clients"))
                .header("content-type", "text/plain")
                .header("idempotency-key", format!("\"{number}-{request}\""))
                .body(body.clone());
            let Ok(reply) = post.send() else { continue };
            if reply.status() == 200 {
                replayed += u64::from(reply.headers().contains_key("idempotency-replayed"));
                break;
            }
        }
        request += 1;
    }
    (request, replayed)
}

#[test]
fn killed_at_any_moment_it_has_each_line_once_of_a_client_that_sends_again_under_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let start = Start::on(&folder.path().join("data"));
    let seed = RandomState::new().hash_one(0_u8);
    eprintln!("seed {seed:#x}");
    let port: Port = Arc::default();
    let kills = AtomicU64::new(KILLS);
    let turn_to = |crosscut: Option<&Crosscut>| {
        *port.lock().unwrap() = crosscut.map(|crosscut| crosscut.url().to_owned());
    };
    let sent = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (port, kills) = (&port, &kills);
                scope.spawn(move || client(number, port, kills))
            })
            .collect();
        for kill in 0..KILLS {
            let crosscut = start.serve();
            turn_to(Some(&crosscut));
            thread::sleep(Duration::from_millis((seed >> kill) % 300));
            if kill % 3 == 2 {
                crosscut.api("run_new", &serde_json::json!({ "deleteOld": false }));
            }
            crosscut.kill();
            turn_to(None);
        }
        let crosscut = start.serve();
        turn_to(Some(&crosscut));
        kills.store(0, Ordering::Release);
        let sent: Vec<_> = clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect();
        crosscut.kill();
        sent
    });

    let crosscut = start.serve();
    let runs = crosscut.api("runs_list", &serde_json::json!({}));
    let mut lines = Vec::new();
    for run in runs.as_array().unwrap() {
        let id = run["id"].as_str().unwrap();
        let text = crosscut.text(&format!("/raw?run={id}&limit=1000000"));
        lines.extend(text.lines().map(str::to_owned));
    }
    for (number, (requests, _)) in (0..).zip(&sent) {
        let name = format!("c{number}");
        let own: Vec<u64> = lines
            .iter()
            .filter_map(|line| line.strip_prefix("[clients] "))
            .filter(|line| line.starts_with(&format!("{name} ")))
            .map(|line| corpus::number(&name, line))
            .collect();
        let mut sorted = own.clone();
        sorted.sort_unstable();
        corpus::assert_each_once(&sorted, requests * LINES);
    }
    eprintln!("requests, and how many of them had been stored before: {sent:?}");
    assert!(
        sent.iter().all(|(requests, _)| *requests > KILLS),
        "{sent:?}"
    );
}
