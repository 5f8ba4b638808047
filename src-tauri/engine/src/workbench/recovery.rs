//! Telling what opening a run, or reading it later, found amiss.

use std::sync::atomic::Ordering;

use crosscut_store::{Recovery, RecoveryEvent};

use super::shared::Shared;
use crate::api::{Notice, NoticeKind};
use crate::run::Run;

impl Shared {
    /// Tells of frames that were found damaged since the last time, while they were read.
    pub(super) fn tell_damage(&self) {
        for run in self.open_runs() {
            let damage = run.store.damage();
            if run.told_damage.swap(damage.len(), Ordering::AcqRel) >= damage.len() {
                continue;
            }
            let records: u64 = damage.iter().map(|rows| rows.end - rows.start).sum();
            let name = run.store.manifest().name.clone();
            let first = damage.first().map_or(0, |rows| rows.start + 1);
            self.notice(&Notice {
                code: "frame_damaged".into(),
                kind: NoticeKind::Error,
                message: format!(
                    "{name}: the text of {records} records, from {first} on, is damaged on disk."
                ),
                hint: "Everything else in the run can be read. The disk may be failing.".into(),
                active: true,
            });
        }
    }

    /// Tells the user about damage; what a crash leaves behind ordinarily only goes to the log.
    pub(crate) fn tell_recovery(&self, run: &Run, recovery: &Recovery) {
        let name = run.store.manifest().name.clone();
        for event in &recovery.events {
            let (code, kind, message) = match event {
                RecoveryEvent::TailCut { .. } | RecoveryEvent::ColumnsRebuilt { .. } => {
                    tracing::info!(run = %run.id, ?event, "recovered");
                    continue;
                }
                RecoveryEvent::FramesLost { rows, .. } => (
                    "frame_damaged",
                    NoticeKind::Error,
                    format!(
                        "{name}: records {} to {} are damaged on disk.",
                        rows.start + 1,
                        rows.end
                    ),
                ),
                RecoveryEvent::TextLost { rows, .. } => (
                    "frame_damaged",
                    NoticeKind::Error,
                    format!(
                        "{name}: the text of records {} to {} is damaged on disk.",
                        rows.start + 1,
                        rows.end
                    ),
                ),
                RecoveryEvent::ManifestRebuilt { reason } => (
                    "run_damaged",
                    NoticeKind::Warning,
                    format!("{name}: the run's description was damaged and made anew ({reason})."),
                ),
                RecoveryEvent::SourcesUnknown { sources } => (
                    "run_damaged",
                    NoticeKind::Warning,
                    format!("{name}: the names of {} sources are lost.", sources.len()),
                ),
                RecoveryEvent::Unrepaired { path, reason } => (
                    "run_damaged",
                    NoticeKind::Warning,
                    format!(
                        "{name}: {} could not be repaired: {reason}.",
                        path.display()
                    ),
                ),
            };
            let hint = "Everything else in the run can be read.".into();
            self.notice(&Notice {
                code: code.into(),
                kind,
                message,
                hint,
                active: true,
            });
        }
    }
}
