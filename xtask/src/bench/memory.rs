//! What a process keeps in memory, by the kernel's count.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Between two looks.
const EVERY: Duration = Duration::from_millis(20);

/// The highest figures so far. Bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Peak {
    /// All that is resident, pages of files included: the kernel's own high water mark.
    pub(super) resident: u64,
    /// What is the process's alone: heap and stacks. The highest that a look saw.
    pub(super) anonymous: u64,
}

/// Looks at a process until dropped.
#[derive(Debug)]
pub(super) struct Watch {
    /// Where the kernel tells about the process.
    path: String,
    state: Arc<State>,
    work: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct State {
    stop: AtomicBool,
    resident: AtomicU64,
    anonymous: AtomicU64,
}

impl Watch {
    pub(super) fn start(pid: u32) -> Self {
        let state = Arc::new(State::default());
        let own = Arc::clone(&state);
        let path = format!("/proc/{pid}/status");
        let looked = path.clone();
        let work = std::thread::spawn(move || {
            while !own.stop.load(Ordering::Acquire) {
                // Gone with its process.
                let Ok(text) = std::fs::read_to_string(&looked) else {
                    return;
                };
                own.resident
                    .fetch_max(field(&text, "VmHWM:"), Ordering::Relaxed);
                own.anonymous
                    .fetch_max(field(&text, "RssAnon:"), Ordering::Relaxed);
                std::thread::sleep(EVERY);
            }
        });
        Self {
            path,
            state,
            work: Some(work),
        }
    }

    /// What is the process's alone at this moment. Bytes; none where the kernel does not tell.
    pub(super) fn anonymous(&self) -> Option<u64> {
        let text = std::fs::read_to_string(&self.path).ok()?;
        Some(field(&text, "RssAnon:"))
    }

    /// The highest figures so far.
    pub(super) fn peak(&self) -> Peak {
        Peak {
            resident: self.state.resident.load(Ordering::Relaxed),
            anonymous: self.state.anonymous.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.state.stop.store(true, Ordering::Release);
        if let Some(work) = self.work.take() {
            // It cannot fail, and would not be missed.
            work.join().ok();
        }
    }
}

/// A field of `/proc/<pid>/status`, which is in kB. Bytes; 0 where there is none.
fn field(status: &str, name: &str) -> u64 {
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    let value = value.and_then(|value| value.trim().strip_suffix(" kB"));
    value.and_then(|value| value.parse().ok()).unwrap_or(0) * 1024
}
