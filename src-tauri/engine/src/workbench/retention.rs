//! Which old runs are deleted, so that logs do not fill the disk.
//!
//! Owns the rule and carries it out. Promises: the current run, a pinned one and one that is being
//! looked at are never deleted; what is deleted is told.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use crosscut_model::{RunId, UnixNanos};

use super::shared::Shared;
use crate::api::{Notice, NoticeKind};

/// How long ended runs are kept. What is absent sets no limit. Pinned runs and the current one
/// neither count nor go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Runs that ended longer ago than this go.
    pub max_age: Option<Duration>,
    /// Beyond so many bytes on disk, indexes included, the oldest go.
    pub max_bytes: Option<u64>,
    /// Beyond so many, the oldest go.
    pub max_runs: Option<usize>,
}

impl Retention {
    /// Everything is kept.
    pub const FOREVER: Self = Self {
        max_age: None,
        max_bytes: None,
        max_runs: None,
    };
}

impl Default for Retention {
    /// Thirty days, 10 GB, fifty runs: more than anyone scrolls back through, less than a disk
    /// notices.
    fn default() -> Self {
        Self {
            max_age: Some(Duration::from_hours(30 * 24)),
            max_bytes: Some(10_000_000_000),
            max_runs: Some(50),
        }
    }
}

/// A run that may be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    id: RunId,
    name: String,
    /// When it ended; when it began where that is not known.
    ended: UnixNanos,
    bytes: u64,
}

/// Why a run is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    Age,
    Bytes,
    Runs,
}

/// The runs that are beyond a limit, of all that may go.
fn beyond(
    retention: &Retention,
    mut runs: Vec<Candidate>,
    now: UnixNanos,
) -> Vec<(Candidate, Reason)> {
    runs.sort_by(|a, b| (b.ended, &b.id).cmp(&(a.ended, &a.id)));
    let oldest = retention.max_age.map(|age| {
        let age = i64::try_from(age.as_nanos()).unwrap_or(i64::MAX);
        now.0.saturating_sub(age)
    });
    let (mut count, mut bytes) = (0usize, 0u64);
    let judge = |run: Candidate| {
        count += 1;
        bytes = bytes.saturating_add(run.bytes);
        let reason = if oldest.is_some_and(|oldest| run.ended.0 < oldest) {
            Reason::Age
        } else if retention.max_runs.is_some_and(|most| count > most) {
            Reason::Runs
        } else if retention.max_bytes.is_some_and(|most| bytes > most) {
            Reason::Bytes
        } else {
            return None;
        };
        Some((run, reason))
    };
    runs.into_iter().filter_map(judge).collect()
}

impl Shared {
    /// Deletes the runs that are beyond a limit, and tells.
    pub(super) fn retain(&self) {
        let retention = self.settings.retention();
        if retention == Retention::FOREVER {
            return;
        }
        // Held so that no run ends, begins or is deleted meanwhile.
        let change = self.change.lock();
        let gone: Vec<_> = beyond(&retention, self.candidates(), self.clock.now())
            .into_iter()
            .filter(|(run, _)| match self.delete_run(&run.id) {
                Ok(()) => true,
                Err(error) => {
                    tracing::warn!(run = %run.id, %error, "an old run could not be deleted");
                    false
                }
            })
            .collect();
        drop(change);
        if !gone.is_empty() {
            self.notice(&told(&retention, &gone));
        }
    }

    /// The runs that may go: not the current one, none that is pinned or has a view.
    fn candidates(&self) -> Vec<Candidate> {
        let views = self.views.all();
        let mut kept: BTreeSet<&RunId> = views.iter().map(|view| &view.run.id).collect();
        let current = self.current();
        kept.insert(&current.id);
        let listed = self.data.runs().unwrap_or_else(|error| {
            tracing::warn!(%error, "the runs cannot be listed");
            Vec::new()
        });
        let candidate = |(id, manifest): crosscut_store::ListedRun| {
            let manifest = manifest.ok()?;
            if manifest.pinned || kept.contains(&id) {
                return None;
            }
            Some(Candidate {
                bytes: size_of_dir(&self.data.run_path(&id)),
                id,
                name: manifest.name,
                ended: manifest.ended.unwrap_or(manifest.started),
            })
        };
        listed.into_iter().filter_map(candidate).collect()
    }
}

/// Bytes of all files in a directory and those below it.
fn size_of_dir(dir: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return 0;
    };
    let size = |entry: std::fs::DirEntry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size_of_dir(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    };
    entries.flatten().map(size).sum()
}

/// `3 days`, `12 hours`: in the largest unit that tells it whole.
fn in_words(age: Duration) -> String {
    let seconds = age.as_secs();
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let whole = units
        .iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (unit, name) = whole.copied().unwrap_or((1, "second"));
    let count = seconds / unit;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

/// Runs named in a notice, at most.
const NAMED: usize = 3;

fn told(retention: &Retention, gone: &[(Candidate, Reason)]) -> Notice {
    let names = gone.iter().map(|(run, _)| run.name.as_str());
    let mut list = names.take(NAMED).collect::<Vec<_>>().join(", ");
    if let Some(more) = gone.len().checked_sub(NAMED).filter(|&more| more > 0) {
        list = format!("{list} and {more} more");
    }
    let reasons: BTreeSet<Reason> = gone.iter().map(|(_, reason)| *reason).collect();
    let reasons: Vec<String> = reasons
        .into_iter()
        .filter_map(|reason| match reason {
            Reason::Age => {
                let age = in_words(retention.max_age?);
                Some(format!("they ended more than {age} ago"))
            }
            Reason::Bytes => {
                let megabytes = retention.max_bytes? / 1_000_000;
                Some(format!("old runs may take {megabytes} MB"))
            }
            Reason::Runs => {
                let most = retention.max_runs?;
                Some(format!("{most} old runs are kept"))
            }
        })
        .collect();
    let what = if gone.len() == 1 {
        "An old run was deleted".to_owned()
    } else {
        format!("{} old runs were deleted", gone.len())
    };
    Notice {
        code: "runs_deleted".into(),
        kind: NoticeKind::Info,
        message: format!("{what}: {list} ({}).", reasons.join("; ")),
        hint: "Pin a run to keep it.".into(),
        active: true,
    }
}

#[cfg(test)]
mod tests;
