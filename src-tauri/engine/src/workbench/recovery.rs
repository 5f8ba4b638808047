//! Telling what opening a run found amiss.

use crosscut_store::{Recovery, RecoveryEvent};

use super::shared::Shared;
use crate::api::{Notice, NoticeKind};
use crate::run::Run;

impl Shared {
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
