//! A private Docker daemon for tests.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The image that containers run: busybox and nothing else.
const IMAGE: &str = "crosscut-test";

/// The daemon; ended with everything it runs when dropped.
pub(crate) struct Daemon {
    folder: TempDir,
    child: Option<Child>,
}

impl Daemon {
    /// Starts one, or says why none can be.
    pub(crate) fn start() -> Option<Self> {
        for program in ["dockerd", "docker"] {
            if Command::new(program).arg("--version").output().is_err() {
                return skip(&format!("no {program}"));
            }
        }
        if !Path::new("/bin/busybox").exists() {
            return skip("no /bin/busybox (package busybox-static)");
        }
        let id = Command::new("id").arg("-u").output().unwrap().stdout;
        if id.trim_ascii() != b"0" {
            return skip("dockerd needs root");
        }
        let folder = tempfile::Builder::new().prefix("ccd").tempdir().unwrap();
        let mut daemon = Self {
            folder,
            child: None,
        };
        if !daemon.try_launch() {
            let log = std::fs::read_to_string(daemon.path("log")).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(3).collect();
            return skip(&format!("dockerd does not start: {last:?}"));
        }
        daemon.import();
        Some(daemon)
    }

    /// Starts it again after [`Self::kill`].
    pub(crate) fn launch(&mut self) {
        assert!(self.try_launch(), "the daemon does not come back");
    }

    fn try_launch(&mut self) -> bool {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .unwrap();
        let child = Command::new("dockerd")
            .args(["--iptables=false", "--ip6tables=false", "--bridge=none"])
            .args(["--storage-driver=vfs", "--live-restore"])
            .arg("--data-root")
            .arg(self.path("data"))
            .arg("--exec-root")
            .arg(self.path("exec"))
            .arg("--pidfile")
            .arg(self.path("pid"))
            .args(["-H", &self.host()])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        let Ok(child) = child else { return false };
        self.child = Some(child);
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            if self.answers() {
                return true;
            }
            if self
                .child
                .as_mut()
                .is_some_and(|child| child.try_wait().unwrap().is_some())
            {
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        false
    }

    fn answers(&self) -> bool {
        let Ok(mut socket) = UnixStream::connect(self.path("docker.sock")) else {
            return false;
        };
        let asked = socket.write_all(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n");
        let mut answer = String::new();
        asked.is_ok()
            && socket.read_to_string(&mut answer).is_ok()
            && answer.starts_with("HTTP/1.0 200")
    }

    /// Where it listens.
    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.path("docker.sock").display())
    }

    /// Ends it as a crash does; its containers go on.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        // Its containerd dies with it. Where nobody reaps orphans it stays a zombie, which the next
        // daemon would take for alive.
        self.end_containerd("-9");
    }

    fn end_containerd(&self, signal: &str) {
        let file = self.path("exec/containerd/containerd.pid");
        if let Ok(pid) = std::fs::read_to_string(&file) {
            let _ = Command::new("kill")
                .args([signal, pid.trim()])
                .stderr(Stdio::null())
                .status();
            let _ = std::fs::remove_file(file);
        }
    }

    /// Runs `script` in a container of this name.
    pub(crate) fn run(&self, name: &str, options: &[&str], script: &str) {
        let mut arguments = vec!["run", "--detach", "--network", "none", "--name", name];
        arguments.extend(options);
        arguments.extend([IMAGE, "/bin/busybox", "sh", "-c", script]);
        self.docker(&arguments);
    }

    /// Waits until a container has ended.
    pub(crate) fn wait(&self, name: &str) {
        self.docker(&["wait", name]);
    }

    /// Waits until a container has written `text`.
    pub(crate) fn wait_for_log(&self, name: &str, text: &str) {
        let until = Instant::now() + Duration::from_secs(20);
        while !self.docker(&["logs", name]).contains(text) {
            assert!(Instant::now() < until, "{name} never writes {text}");
        }
    }

    /// What the daemon has of a container's standard output and error.
    pub(crate) fn logs(&self, name: &str) -> (Vec<String>, Vec<String>) {
        let done = Command::new("docker")
            .args(["-H", &self.host(), "logs", name])
            .output()
            .unwrap();
        let lines = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.lines().map(str::to_owned).collect()
        };
        (lines(&done.stdout), lines(&done.stderr))
    }

    /// Runs the command line client.
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        let done = Command::new("docker")
            .arg("-H")
            .arg(self.host())
            .args(arguments)
            .output();
        let done = done.unwrap();
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "docker {arguments:?}: {errors}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    fn import(&self) {
        let root = self.path("root");
        std::fs::create_dir_all(root.join("bin")).unwrap();
        std::fs::copy("/bin/busybox", root.join("bin/busybox")).unwrap();
        for name in ["sh", "sleep", "head", "tr", "echo", "printf", "cat", "yes"] {
            std::os::unix::fs::symlink("busybox", root.join("bin").join(name)).unwrap();
        }
        let tar = self.path("image.tar");
        let packed = Command::new("tar")
            .arg("-C")
            .arg(&root)
            .arg("-cf")
            .arg(&tar)
            .arg(".")
            .status();
        assert!(packed.unwrap().success());
        self.docker(&["import", tar.to_str().unwrap(), IMAGE]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // With live restore the daemon would leave its containers behind.
            let ids = Command::new("docker")
                .args(["-H", &self.host(), "ps", "-aq"])
                .output();
            let ids = ids.map(|ids| String::from_utf8_lossy(&ids.stdout).into_owned());
            for id in ids.unwrap_or_default().split_whitespace() {
                let _ = Command::new("docker")
                    .args(["-H", &self.host(), "rm", "-f", id])
                    .output();
            }
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
        // After a crash the daemon's containerd may outlive it.
        self.end_containerd("-15");
        let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
        let own = mounts.lines().filter_map(|line| line.split(' ').nth(1));
        for mount in own.filter(|mount| Path::new(mount).starts_with(self.folder.path())) {
            let _ = Command::new("umount").arg(mount).output();
        }
    }
}

fn skip(why: &str) -> Option<Daemon> {
    eprintln!("skipped: {why}");
    None
}
