//! A hundred containers followed while they write 10,000 lines a second in all.
//!
//! The daemon is one of our own, in a temporary folder: nothing of the machine's Docker is touched.
//! Where none can be had (no dockerd, no root, no static busybox) this is said and left out.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Place;
use super::program::Crosscut;
use super::report::{Report, Row};
use crate::command::{Context, Failure, Outcome, Run, find_program};
use crate::say;

/// Containers.
const CONTAINERS: u64 = 100;
/// Lines a second, each.
const RATE: u64 = 100;
/// The only program of the image.
const BUSYBOX: &str = "/bin/busybox";
/// The image.
const IMAGE: &str = "crosscut-bench";
/// How long the daemon may take to start, and to end.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn measure(place: &Place, seconds: u64, report: &mut Report) -> Outcome {
    let lines = RATE * seconds;
    say::step(format_args!(
        "{CONTAINERS} containers, {} lines/s for {seconds} s",
        CONTAINERS * RATE
    ));
    let Some(daemon) = Daemon::start()? else {
        return Ok(());
    };
    for number in 0..CONTAINERS {
        daemon.run(number, lines)?;
    }
    let data = place.folder.join("docker");
    let crosscut = Crosscut::start_on_docker(&place.program, data, &daemon.host())?;
    crosscut.until("all containers are followed", |port| {
        let sources = port.api("sources_list", &json!({}))?;
        Ok(containers(&sources)
            .filter(|source| source["state"] == "live")
            .map(|_| 1)
            .sum::<u64>()
            == CONTAINERS)
    })?;
    let before = crosscut.processor();
    let begun = Instant::now();
    daemon.go()?;
    // Their lines, and that they were started.
    let all = lines + 1;
    let done = crosscut.until("all lines are stored", |port| {
        std::thread::sleep(Duration::from_millis(100));
        let sources = port.api("sources_list", &json!({}))?;
        Ok(containers(&sources)
            .filter(|source| source["records"].as_u64() >= Some(all))
            .map(|_| 1)
            .sum::<u64>()
            == CONTAINERS)
    })?;
    let took = done.duration_since(begun).as_secs_f64();
    let mut add = |what: &str, ours: f64, must: Option<f64>, unit: &'static str| {
        report.add(Row {
            what: format!("docker: {what}"),
            ours: Some(ours),
            must,
            unit,
            ..Row::default()
        });
    };
    let wrong = wrong(&crosscut, lines)?;
    #[expect(clippy::cast_precision_loss, reason = "figures to look at")]
    let (rate, wrong) = ((lines * CONTAINERS) as f64 / took, wrong as f64);
    add(
        "lines lost, doubled or out of order",
        wrong,
        Some(0.0),
        "lines",
    );
    add("lines a second, in all", rate, None, "lines/s");
    if let (Some(before), Some(after)) = (before, crosscut.processor()) {
        add(
            "processor, of one core",
            (after - before) / took * 100.0,
            None,
            "%",
        );
    }
    let peak = crosscut.memory.peak();
    #[expect(clippy::cast_precision_loss, reason = "figures to look at")]
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    add("memory", megabytes(peak.resident), None, "MB");
    add("memory, anonymous", megabytes(peak.anonymous), None, "MB");
    Ok(())
}

fn containers(sources: &Value) -> impl Iterator<Item = &Value> {
    let sources = sources.as_array().into_iter().flatten();
    sources.filter(|source| source["kind"] == "docker")
}

/// Reads all lines back; how many are not where they should be.
fn wrong(crosscut: &Crosscut, lines: u64) -> Outcome<u64> {
    let mut wrong = 0;
    for number in 0..CONTAINERS {
        let mut expected = 0;
        let path = format!("/raw?format=jsonl&limit=1000000000&stream=stdout&source=c{number}");
        for line in crosscut.port.lines(&path)? {
            let line = line.context("/raw")?;
            let record: Value = serde_json::from_str(&line).context("/raw")?;
            let text = record
                .get("line")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let read: Option<u64> = text.split(' ').nth(1).and_then(|word| word.parse().ok());
            let read = read.ok_or_else(|| Failure::new(format!("a line nobody wrote: {line}")))?;
            wrong += read.abs_diff(expected);
            expected = read + 1;
        }
        wrong += lines.abs_diff(expected);
    }
    Ok(wrong)
}

/// A private dockerd; ended with everything it runs when dropped.
struct Daemon {
    folder: PathBuf,
    child: Child,
}

impl Daemon {
    fn start() -> Outcome<Option<Self>> {
        for program in ["dockerd", "docker", BUSYBOX] {
            if find_program(program).is_none() {
                say::line(format_args!("left out: there is no {program}"));
                return Ok(None);
            }
        }
        // A socket's path must be short.
        let folder = std::env::temp_dir().join(format!("ccb{}", std::process::id()));
        std::fs::create_dir_all(folder.join("gate")).context(folder.display())?;
        let log = File::create(folder.join("log")).context(folder.display())?;
        let host = host(&folder);
        let child = Command::new("dockerd")
            .args(["--iptables=false", "--ip6tables=false", "--bridge=none"])
            .args(["--storage-driver=vfs", "-H", &host])
            .arg("--data-root")
            .arg(folder.join("data"))
            .arg("--exec-root")
            .arg(folder.join("exec"))
            .arg("--pidfile")
            .arg(folder.join("pid"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("dockerd")?;
        let mut daemon = Self { folder, child };
        let until = Instant::now() + PATIENCE;
        let answers = || {
            let mut asked = Command::new("docker");
            asked.args(["-H", &host, "version"]).succeeds()
        };
        while !answers() {
            let ended = daemon.child.try_wait().context("dockerd")?.is_some();
            if ended || Instant::now() > until {
                say::line("left out: dockerd does not start (it needs root)");
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        daemon.import()?;
        Ok(Some(daemon))
    }

    fn host(&self) -> String {
        host(&self.folder)
    }

    fn docker(&self, arguments: &[&str]) -> Outcome<String> {
        Command::new("docker")
            .args(["-H", &self.host()])
            .args(arguments)
            .read()
    }

    fn import(&self) -> Outcome {
        let root = self.folder.join("root");
        std::fs::create_dir_all(root.join("bin")).context(root.display())?;
        std::fs::copy(BUSYBOX, root.join("bin/busybox")).context(BUSYBOX)?;
        for name in ["sh", "sleep"] {
            std::fs::copy(BUSYBOX, root.join("bin").join(name)).context(BUSYBOX)?;
        }
        let tar = self.folder.join("image.tar");
        Command::new("tar")
            .arg("-C")
            .arg(&root)
            .arg("-cf")
            .arg(&tar)
            .arg(".")
            .read()?;
        let tar = tar.display().to_string();
        self.docker(&["import", &tar, IMAGE]).map(|_| ())
    }

    /// Starts a container that writes a hundred lines a second once the gate is open.
    fn run(&self, number: u64, lines: u64) -> Outcome {
        let script = format!(
            "while [ ! -e /gate/go ]; do sleep 1; done; i=0; while [ $i -lt {lines} ]; do \
             echo \"INFO $i request served path=/orders/$i status=200 took_ms=$((i % 97))\"; \
             i=$((i+1)); [ $((i % {RATE})) = 0 ] && sleep 1; done; while :; do sleep 60; done"
        );
        let gate = format!("{}:/gate", self.folder.join("gate").display());
        let name = format!("c{number}");
        let options = ["run", "--detach", "--network", "none", "--name", &name];
        let program = ["--volume", &gate, IMAGE, "/bin/sh", "-c", &script];
        self.docker(&[&options[..], &program].concat()).map(|_| ())
    }

    /// Opens the gate.
    fn go(&self) -> Outcome {
        File::create(self.folder.join("gate/go"))
            .map(|_| ())
            .context("the gate")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let ids = self.docker(&["ps", "-aq"]).unwrap_or_default();
        let ids: Vec<&str> = ids.split_whitespace().collect();
        if !ids.is_empty() {
            self.docker(&[&["rm", "-f"], &ids[..]].concat()).ok();
        }
        let pid = self.child.id().to_string();
        // Asked to end, it unmounts what it mounted.
        Command::new("kill").arg(pid).read().ok();
        self.child.wait().ok();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn host(folder: &Path) -> String {
    format!("unix://{}", folder.join("docker.sock").display())
}
