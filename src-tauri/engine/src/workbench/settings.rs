//! The settings file in use: read at the start, looked at while Crosscut runs, saved from the window.
//!
//! Promises: a file with a mistake changes nothing and is told until it is mended; a change takes
//! effect within a second, for sources that are followed already too (their next lines are read by
//! it; what is stored stays as it is).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use crosscut_model::{LayoutSpec, SourceId, SourceSpec};
use parking_lot::{Mutex, RwLock};

use super::shared::Shared;
use super::{Retention, Workbench};
use crate::api::{
    ApiError, Empty, Notice, NoticeKind, SettingsCheck, SettingsCheckArgs, SettingsMistake,
    SettingsSaveArgs, SettingsText,
};
use crate::settings::{
    MAX_SETTINGS_BYTES, Mistake, Places, SETTINGS_FILE, Settings, SourceSettings, TEMPLATE,
};
use crate::source::Lines;

/// The code of the notice that tells of a mistake.
const NOTICE: &str = "bad_settings";

/// What is set, and the file it was read from.
#[derive(Debug)]
pub(crate) struct InUse {
    settings: RwLock<Arc<Settings>>,
    /// The file when it was last read.
    seen: Mutex<Option<Seen>>,
    /// Which old runs are kept where the file says nothing, and whether it may say anything.
    retention: Retention,
    retention_is_fixed: bool,
}

/// Tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    modified: Option<SystemTime>,
    length: u64,
}

impl InUse {
    /// The defaults, until a file is read. A `retention` given here overrides the file's.
    pub(crate) fn new(retention: Option<Retention>) -> Self {
        let by_default = retention.unwrap_or_default();
        Self {
            settings: RwLock::new(Arc::new(Settings::empty(by_default))),
            seen: Mutex::default(),
            retention: by_default,
            retention_is_fixed: retention.is_some(),
        }
    }

    pub(crate) fn get(&self) -> Arc<Settings> {
        Arc::clone(&self.settings.read())
    }

    /// Which old runs are kept.
    pub(crate) fn retention(&self) -> Retention {
        if self.retention_is_fixed {
            return self.retention;
        }
        self.settings.read().retention
    }
}

#[expect(
    clippy::unnecessary_wraps,
    clippy::trivially_copy_pass_by_ref,
    reason = "all operations have one shape, for the table"
)]
impl Workbench {
    pub(crate) fn settings_get(&self, _: &Empty) -> Result<SettingsText, ApiError> {
        self.shared.settings_text()
    }

    pub(crate) fn settings_check(
        &self,
        args: &SettingsCheckArgs,
    ) -> Result<SettingsCheck, ApiError> {
        let mistakes = self.shared.read_settings(&args.text).err();
        Ok(SettingsCheck {
            mistakes: told(mistakes.unwrap_or_default()),
        })
    }

    pub(crate) fn settings_save(&self, args: &SettingsSaveArgs) -> Result<SettingsText, ApiError> {
        let shared = &self.shared;
        let settings = shared.read_settings(&args.text).map_err(|mistakes| {
            let first = mistakes.first().map(place).unwrap_or_default();
            ApiError::new("bad_settings", first).hint("nothing was saved")
        })?;
        if let Some(was) = &args.was
            && *was != shared.settings_text()?.text
        {
            return Err(ApiError::new(
                "settings_changed",
                "the file was changed by somebody else meanwhile",
            )
            .hint("load it again, or save in spite of that"));
        }
        shared
            .data
            .write_private(SETTINGS_FILE, args.text.as_bytes())
            .map_err(|error| ApiError::storage(&error))?;
        *shared.settings.seen.lock() = shared.seen_settings();
        shared.use_settings(settings);
        shared.settings_text()
    }
}

impl Workbench {
    /// What a request's body may take after decompression, in bytes.
    pub fn body_limit(&self) -> usize {
        self.shared.settings.get().limits.body_bytes
    }
}

impl Shared {
    fn settings_path(&self) -> PathBuf {
        self.data.path().join(SETTINGS_FILE)
    }

    fn settings_text(&self) -> Result<SettingsText, ApiError> {
        let bytes = self
            .data
            .read(SETTINGS_FILE)
            .map_err(|error| ApiError::storage(&error))?;
        let exists = bytes.is_some();
        let text = bytes.map_or_else(
            || TEMPLATE.to_owned(),
            |bytes| String::from_utf8_lossy(&bytes).into_owned(),
        );
        let mistakes = self.read_settings(&text).err().unwrap_or_default();
        Ok(SettingsText {
            path: self.settings_path().display().to_string(),
            text,
            exists,
            mistakes: told(mistakes),
        })
    }

    fn read_settings(&self, text: &str) -> Result<Settings, Vec<Mistake>> {
        if text.len() > MAX_SETTINGS_BYTES {
            let message = format!("the file is longer than {MAX_SETTINGS_BYTES} bytes");
            return Err(vec![Places::of(text).mistake(&(0..0), message)]);
        }
        let dirs = directories::BaseDirs::new();
        let home = dirs.as_ref().map(directories::BaseDirs::home_dir);
        Settings::read(text, home, self.settings.retention)
    }

    fn seen_settings(&self) -> Option<Seen> {
        let meta = std::fs::metadata(self.settings_path()).ok()?;
        Some(Seen {
            modified: meta.modified().ok(),
            length: meta.len(),
        })
    }

    /// Reads the file if it is another than before; what it says holds from now on.
    pub(crate) fn look_at_settings(self: &Arc<Self>) {
        let now = self.seen_settings();
        {
            let mut seen = self.settings.seen.lock();
            if *seen == now {
                return;
            }
            *seen = now;
        }
        let text = match self.data.read(SETTINGS_FILE) {
            Ok(bytes) => match String::from_utf8(bytes.unwrap_or_default()) {
                Ok(text) => text,
                Err(error) => {
                    let message = "the file is not UTF-8";
                    let valid = error.utf8_error().valid_up_to();
                    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                    self.bad_settings(&[Places::of(&text).mistake(&(valid..valid), message)]);
                    return;
                }
            },
            Err(error) => {
                tracing::warn!(%error, "the settings cannot be read");
                return;
            }
        };
        match self.read_settings(&text) {
            Ok(settings) => self.use_settings(settings),
            Err(mistakes) => self.bad_settings(&mistakes),
        }
    }

    fn bad_settings(&self, mistakes: &[Mistake]) {
        let Some(first) = mistakes.first() else {
            return;
        };
        let more = match mistakes.len() - 1 {
            0 => String::new(),
            1 => " One more mistake follows.".to_owned(),
            more => format!(" {more} more mistakes follow."),
        };
        self.notice(&Notice {
            code: NOTICE.into(),
            kind: NoticeKind::Error,
            message: format!("{SETTINGS_FILE}: {}.{more}", place(first)),
            hint: format!(
                "What was set before goes on holding. The file is {}.",
                self.settings_path().display()
            ),
            active: true,
        });
    }

    fn use_settings(self: &Arc<Self>, settings: Settings) {
        let now = Arc::new(settings);
        let was = std::mem::replace(&mut *self.settings.settings.write(), Arc::clone(&now));
        self.take_back(NOTICE);
        // A reader knows what its source's lines have told it (a header, a date): it goes only when
        // its lines are to be read otherwise.
        let changed = |spec: &SourceSpec| {
            let now = now.of_source(spec);
            (was.of_source(spec) != now).then_some(now)
        };
        let following: Vec<_> = self.registry.lock().following().collect();
        for (id, spec, feed) in following {
            if let Some(settings) = changed(&spec) {
                feed.configure(&settings, self.layout(id).as_ref());
            }
        }
        // Readers of posted lines are made anew with their next post.
        let posting: Vec<SourceId> = self.readers.lock().keys().copied().collect();
        for id in posting {
            let spec = self.registry.lock().get(id).map(|entry| entry.spec.clone());
            if spec.is_none_or(|spec| changed(&spec).is_some()) {
                self.readers.lock().remove(&id);
            }
        }
        self.run_ended
            .store(true, std::sync::atomic::Ordering::Release);
        self.follow_settings();
    }

    /// Follows the sources that the settings name, unless the run knows them already.
    pub(crate) fn follow_settings(&self) {
        if !self.follows_settings {
            return;
        }
        for spec in &self.settings.get().sources {
            self.finder.found(spec.clone());
        }
    }

    /// How a source's records are divided into fields now, where that was read from its lines.
    pub(crate) fn layout(&self, source: SourceId) -> Option<LayoutSpec> {
        let manifest = self.current().store.manifest();
        let last = manifest.source(source)?.layouts.last()?;
        Some(last.layout.clone())
    }

    /// How lines of a source are read.
    pub(crate) fn source_settings(&self, spec: &SourceSpec) -> SourceSettings {
        self.settings.get().of_source(spec)
    }

    /// The lines of a source with what the settings keep from being stored replaced; `None` when
    /// that is nothing.
    pub(crate) fn redacted(&self, source: SourceId, lines: &Lines) -> Option<Lines> {
        let settings = self.settings.get();
        if settings.redaction.is_empty() {
            return None;
        }
        let spec = self.registry.lock().get(source)?.spec.clone();
        settings.redaction.lines(&spec.name, &spec.key, lines)
    }

    /// The same for a text that is shown before it is stored.
    pub(crate) fn redacted_text(&self, source: SourceId, text: &[u8]) -> Option<Vec<u8>> {
        let settings = self.settings.get();
        if settings.redaction.is_empty() {
            return None;
        }
        let spec = self.registry.lock().get(source)?.spec.clone();
        Some(settings.redaction.text(&spec.name, &spec.key, text))
    }
}

fn place(mistake: &Mistake) -> String {
    let Mistake {
        line,
        column,
        message,
    } = mistake;
    format!("line {line}, column {column}: {message}")
}

fn told(mistakes: Vec<Mistake>) -> Vec<SettingsMistake> {
    let told = |mistake: Mistake| SettingsMistake {
        line: mistake.line,
        column: mistake.column,
        message: mistake.message,
    };
    mistakes.into_iter().map(told).collect()
}
