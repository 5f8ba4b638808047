//! Logging libraries and shippers as they come from their registries, none of them changed: each
//! sends numbered lines to the port, and each line arrives once, with its level, time and fields.
//!
//! `cargo xtask test` fetches them: `tests/shippers/package.json` and `requirements.txt` say which.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::docker::daemon::Daemon;
use crate::support::{Crosscut, DEADLINE, Start, binary};

/// Lines that each of them sends.
const COUNT: usize = 40;
/// The levels of lines 0, 1, 2, 3; then again.
const LEVELS: [&str; 4] = ["debug", "info", "warn", "error"];
/// When lines happened where a script says so itself: line `n` in second `n` of this minute.
const MINUTE: &str = "2026-11-21T10:15";

/// When lines happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    /// The script gave each its own.
    Given,
    /// The library took the present.
    Now,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("shippers")
}

/// A script of `tests/shippers` in node.
fn node(script: &str) -> Command {
    let modules = folder().join("node_modules/pino/package.json");
    assert!(
        modules.is_file(),
        "the libraries are not there: `cargo xtask test` fetches them (npm ci in tests/shippers)"
    );
    let mut command = Command::new("node");
    command.arg(folder().join(script));
    command
}

/// A script of `tests/shippers` in the Python that has the libraries.
fn python(script: &str) -> Command {
    let program = binary("crosscut");
    let target = program.ancestors().nth(2).unwrap();
    let python = target.join("shippers/bin/python3");
    assert!(
        python.is_file(),
        "{} is not there: `cargo xtask test` makes it",
        python.display()
    );
    let mut command = Command::new(python);
    command.arg(folder().join(script));
    command
}

fn run(command: &mut Command, crosscut: &Crosscut) {
    run_to(command, crosscut.url());
}

fn run_to(command: &mut Command, url: &str) {
    let output = command
        .args([url, &COUNT.to_string()])
        .env("NO_PROXY", "*")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", output.status);
}

fn found(crosscut: &Crosscut, query: &str) -> Vec<Value> {
    let reply = crosscut.api("search", &json!({"query": query, "limit": 1000}));
    reply["records"].as_array().unwrap().clone()
}

/// Every line once, with its level, its time and its number as a field.
fn assert_all_there(crosscut: &Crosscut, source: &str, times: Times) {
    let query = format!("source:={source}");
    let records = crosscut.until(&format!("{COUNT} lines of {source}"), || {
        let records = found(crosscut, &query);
        (records.len() >= COUNT).then_some(records)
    });
    let text = |record: &Value, key: &str| record[key].as_str().unwrap().to_owned();
    let by_message: BTreeMap<String, &Value> = records
        .iter()
        .map(|record| (text(record, "message"), record))
        .collect();
    assert_eq!(records.len(), COUNT, "{source}: {records:#?}");
    for n in 0..COUNT {
        let message = format!("shipped {n}");
        let record = by_message
            .get(&message)
            .unwrap_or_else(|| panic!("{source}: no {message:?} in {records:#?}"));
        assert_eq!(record["level"], LEVELS[n % 4], "{source}: {record:#}");
        let time = text(record, "time");
        match times {
            Times::Given => {
                let own = format!("{MINUTE}:{:02}.25", n % 60);
                assert!(time.starts_with(&own), "{source}: {record:#}");
            }
            Times::Now => assert!(
                arrived_with_a_time(crosscut, record),
                "{source}: {record:#}"
            ),
        }
        let own = found(crosscut, &format!("{query} n:={n}"));
        assert_eq!(own.len(), 1, "{source}: n:={n} finds {own:#?}");
        assert_eq!(own[0]["message"], message.as_str());
    }
}

/// Whether the record told its time itself.
fn arrived_with_a_time(crosscut: &Crosscut, record: &Value) -> bool {
    let detail = crosscut.api(
        "record",
        &json!({"run": record["run"], "seq": record["seq"]}),
    );
    detail["arrival"] == false
}

/// Where a socket listens, as `serve` says.
fn socket(crosscut: &Crosscut, protocol: &str) -> String {
    let says = format!("crosscut: {protocol} on ");
    let address = |line: &str| line.strip_prefix(&says).map(str::to_owned);
    crosscut.err.find(DEADLINE, address).unwrap()
}

fn serve() -> (tempfile::TempDir, Crosscut) {
    let folder = tempfile::tempdir().unwrap();
    let crosscut = Start::on(folder.path()).serve();
    (folder, crosscut)
}

#[test]
fn the_opentelemetry_sdk_for_node_sends_its_logs_as_protobuf() {
    let (_folder, crosscut) = serve();
    run(&mut node("otel.mjs"), &crosscut);
    assert_all_there(&crosscut, "otel-shop", Times::Given);
    let odd = found(&crosscut, "source:=otel-shop nested.odd:=true");
    assert_eq!(odd.len(), COUNT / 2);
    let scoped = found(&crosscut, "source:=otel-shop dev checkout 1.2.3");
    assert_eq!(scoped.len(), COUNT, "resource and scope are kept");
}

#[test]
fn the_opentelemetry_sdk_for_node_sends_its_logs_over_grpc() {
    let folder = tempfile::tempdir().unwrap();
    let start = Start::on(folder.path()).argument("--otlp-grpc=127.0.0.1:0");
    let crosscut = start.serve();
    let url = format!("http://{}", socket(&crosscut, "otlp-grpc"));
    run_to(&mut node("otel_grpc.mjs"), &url);
    assert_all_there(&crosscut, "grpc-shop", Times::Given);
}

#[test]
fn pino_sends_through_its_loki_transport() {
    let (_folder, crosscut) = serve();
    run(&mut node("pino.mjs"), &crosscut);
    assert_all_there(&crosscut, "pino-shop", Times::Now);
}

#[test]
fn winston_sends_through_its_http_transport() {
    let (_folder, crosscut) = serve();
    run(&mut node("winston.mjs"), &crosscut);
    assert_all_there(&crosscut, "winston-shop", Times::Now);
}

#[test]
fn pythons_http_handler_sends_by_get_and_by_post() {
    let (_folder, crosscut) = serve();
    run(&mut python("http_handler.py"), &crosscut);
    for source in ["python-get", "python-post"] {
        assert_all_there(&crosscut, source, Times::Now);
    }
}

#[test]
fn the_elasticsearch_clients_bulk_helper_finds_what_it_expects() {
    let (_folder, crosscut) = serve();
    run(&mut python("elastic.py"), &crosscut);
    assert_all_there(&crosscut, "elastic-shop", Times::Given);
}

/// Ends a program that was started.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// rsyslog with a configuration of its own, reading a file and writing to the bulk endpoint.
#[test]
fn rsyslog_from_debian_sends_a_file_through_omelasticsearch() {
    let (folder, crosscut) = serve();
    let work = tempfile::tempdir().unwrap();
    let log = work.path().join("app.log");
    let line = |n: usize| format!("{} shipped {n} n={n}\n", LEVELS[n % 4].to_uppercase());
    std::fs::write(&log, (0..COUNT).map(line).collect::<Vec<_>>().concat()).unwrap();
    let (_, port) = crosscut.url().rsplit_once(':').unwrap();
    let configuration = format!(
        r#"global(workDirectory="{work}")
module(load="imfile" mode="polling" pollingInterval="1")
module(load="omelasticsearch")
template(name="doc" type="list") {{
  constant(value="{{\"@timestamp\":\"") property(name="timereported" dateFormat="rfc3339")
  constant(value="\",\"host\":\"") property(name="hostname" format="json")
  constant(value="\",\"message\":\"") property(name="msg" format="json")
  constant(value="\"}}")
}}
input(type="imfile" file="{log}" tag="app")
action(type="omelasticsearch" server="127.0.0.1" serverport="{port}" bulkmode="on"
       searchIndex="rsyslog-shop" searchType="" template="doc" esVersion.major="8")
"#,
        work = work.path().display(),
        log = log.display(),
    );
    let file = work.path().join("rsyslog.conf");
    std::fs::write(&file, configuration).unwrap();
    let mut command = Command::new("rsyslogd");
    command
        .arg("-n")
        .arg("-f")
        .arg(&file)
        .arg("-i")
        .arg(work.path().join("rsyslog.pid"))
        .stdin(Stdio::null());
    let _rsyslog = Started(command.spawn().unwrap());
    let records = crosscut.until("all lines of rsyslog", || {
        let records = found(&crosscut, "source:=rsyslog-shop");
        (records.len() >= COUNT).then_some(records)
    });
    assert_eq!(records.len(), COUNT);
    for n in 0..COUNT {
        let own = found(
            &crosscut,
            &format!("source:=rsyslog-shop \"shipped {n} n={n}\""),
        );
        assert_eq!(own.len(), 1, "{own:#?}");
        assert_eq!(own[0]["level"], LEVELS[n % 4], "{:#}", own[0]);
        assert!(arrived_with_a_time(&crosscut, &own[0]), "{:#}", own[0]);
    }
    drop(folder);
}

/// One run has what a program prints and what OpenTelemetry sends for it, told apart.
#[test]
fn crosscut_run_has_what_an_instrumented_program_prints_and_what_it_sends() {
    const ORDERS: usize = 20;
    let data = tempfile::tempdir().unwrap();
    let script = node("app.mjs");
    let mut command = Command::new(binary("crosscut"));
    command
        .args(["--data", data.path().to_str().unwrap()])
        .args(["run", "--name", "checkout", "--source", "app", "--"])
        .arg(script.get_program())
        .args(script.get_args())
        .arg(ORDERS.to_string())
        .env("NO_PROXY", "*")
        .env_remove("OTEL_EXPORTER_OTLP_ENDPOINT")
        .env_remove("OTEL_EXPORTER_OTLP_PROTOCOL")
        .stdin(Stdio::null());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(printed.lines().count(), ORDERS, "{printed}");
    assert_eq!(said.matches("complained").count(), ORDERS / 10, "{said}");

    let crosscut = Start::on(data.path()).serve();
    let count = |query: &str| found(&crosscut, query).len();
    assert_eq!(count("source:=app stream:stdout printed"), ORDERS);
    assert_eq!(count("source:=app stream:stderr complained"), ORDERS / 10);
    assert_eq!(count("source:=orders told level:info has:trace"), ORDERS);
    assert_eq!(count("source:=orders told n:7"), 1);
    let runs = crosscut.api("runs_list", &json!({}));
    let run = &runs.as_array().unwrap()[0];
    assert_eq!(run["name"], "checkout");
    let id = run["id"].as_str().unwrap();
    assert!(
        printed
            .lines()
            .all(|line| line.ends_with(&format!("in run {id}"))),
        "{printed}"
    );
    let ended = found(&crosscut, "source:=app stream:system level:error");
    assert_eq!(ended.len(), 1, "its exit code is told: {ended:#?}");
}

/// Docker's own splunk driver, from a daemon of ours: it asks first whether somebody is there.
#[test]
fn dockers_splunk_driver_sends_what_a_container_prints() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let (_folder, crosscut) = serve();
    let url = format!("splunk-url={}", crosscut.url());
    let script = format!(
        "n=0; while [ $n -lt {COUNT} ]; do echo \"WARN shipped $n n=$n\"; n=$((n+1)); done; \
         echo \"ERROR the end\" >&2"
    );
    daemon.run(
        "shop",
        &[
            "--log-driver=splunk",
            "--log-opt=splunk-token=any",
            "--log-opt",
            &url,
            "--log-opt=splunk-gzip=true",
            "--log-opt=tag={{.Name}}",
        ],
        &script,
    );
    daemon.wait("shop");
    let records = crosscut.until("all lines of the container", || {
        let records = found(&crosscut, "shipped level:warn");
        (records.len() >= COUNT).then_some(records)
    });
    assert_eq!(records.len(), COUNT, "{records:#?}");
    for n in 0..COUNT {
        let own = found(&crosscut, &format!("\"shipped {n} n={n}\" shop"));
        assert_eq!(own.len(), 1, "{own:#?}");
        assert!(arrived_with_a_time(&crosscut, &own[0]), "{:#}", own[0]);
    }
    let end = found(&crosscut, "\"the end\" level:error stream:stderr");
    assert_eq!(end.len(), 1, "{end:#?}");
}

/// Docker's own drivers for what is no HTTP.
#[test]
fn dockers_gelf_fluentd_and_syslog_drivers_send_what_containers_print() {
    let Some(daemon) = Daemon::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let protocols = ["gelf", "fluent", "syslog"];
    let start = protocols
        .iter()
        .fold(Start::on(folder.path()), |start, protocol| {
            start.argument(&format!("--{protocol}=127.0.0.1:0"))
        });
    let crosscut = start.serve();
    let [gelf, fluent, syslog] = protocols.map(|protocol| socket(&crosscut, protocol));
    let drivers = [
        (
            "gelf-udp",
            "gelf",
            format!("gelf-address=udp://{gelf}"),
            None,
        ),
        (
            "gelf-tcp",
            "gelf",
            format!("gelf-address=tcp://{gelf}"),
            None,
        ),
        (
            "fluentd",
            "fluentd",
            format!("fluentd-address={fluent}"),
            Some("fluentd-sub-second-precision=true"),
        ),
        (
            "syslog-udp",
            "syslog",
            format!("syslog-address=udp://{syslog}"),
            None,
        ),
        (
            "syslog-tcp",
            "syslog",
            format!("syslog-address=tcp://{syslog}"),
            Some("syslog-format=rfc5424micro"),
        ),
    ];
    let script = format!(
        "n=0; while [ $n -lt {COUNT} ]; do echo \"shipped $n n=$n\"; n=$((n+1)); done; \
         echo \"the end\" >&2"
    );
    for (name, driver, address, more) in &drivers {
        let driver = format!("--log-driver={driver}");
        let mut options = vec![driver.as_str(), "--log-opt", address];
        if let Some(more) = more {
            options.extend(["--log-opt", more]);
        }
        if name.starts_with("syslog") {
            options.extend(["--log-opt", "tag={{.Name}}"]);
        }
        daemon.run(name, &options, &script);
    }
    for (name, ..) in &drivers {
        daemon.wait(name);
        let records = crosscut.until(&format!("all lines of {name}"), || {
            let records = found(&crosscut, &format!("source:={name}"));
            (records.len() > COUNT).then_some(records)
        });
        assert_eq!(records.len(), COUNT + 1, "{name}: {records:#?}");
        for n in 0..COUNT {
            let own = found(&crosscut, &format!("source:={name} \"shipped {n} n={n}\""));
            assert_eq!(own.len(), 1, "{name}: {own:#?}");
            assert!(arrived_with_a_time(&crosscut, &own[0]), "{:#}", own[0]);
        }
        let end = found(&crosscut, &format!("source:={name} msg:=\"the end\""));
        assert_eq!(end.len(), 1, "{name}: {end:#?}");
        let known = if name.starts_with("syslog") {
            // It tells standard error by the level alone.
            end[0]["level"] == "error"
        } else {
            end[0]["stream"] == "stderr"
        };
        assert!(known, "{name}: {end:#?}");
    }
}
