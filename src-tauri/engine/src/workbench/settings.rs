//! The settings file in use: read at the start, looked at while Crosscut runs, saved from the window.
//!
//! Promises: a file with a mistake changes nothing and is told until it is mended, over restarts too:
//! what held before is kept beside it ([`HELD_FILE`]), so that a slip never stores what a rule was to
//! keep from being stored. A change takes effect within a second or so, for sources that are followed
//! already too (their next lines are read by it; what is stored stays as it is). Of two changes at
//! once the one that stands in the file in the end holds.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

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

/// The code of the notice that tells of a mistake.
const NOTICE: &str = "bad_settings";

/// A copy of the settings that were last taken, in the data directory: they go on holding when there
/// is a mistake in the file at the next start.
const HELD_FILE: &str = "settings.held.toml";

/// What is set, and the file it was read from.
#[derive(Debug)]
pub(crate) struct InUse {
    settings: RwLock<Arc<Settings>>,
    /// The file as it was found. Held while it is read or written, and until what it says is in use.
    seen: Mutex<Seen>,
    /// Which old runs are kept where the file says nothing, and whether it may say anything.
    retention: Retention,
    retention_is_fixed: bool,
}

/// What looks at the file have found.
#[derive(Debug, Default)]
struct Seen {
    /// What was taken, or refused for its mistakes.
    taken: Option<Found>,
    /// What the last look found.
    last: Option<Found>,
}

/// The file at one look. Its bytes are compared and not its time: that is the same for two changes in
/// one tick of the clock, and for one that takes back a right to read.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Nothing,
    Bytes(Vec<u8>),
    /// It is longer than it may be.
    Long,
    Unreadable(String),
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
        let mut seen = shared.settings.seen.lock();
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
            .write_private(&shared.settings_name(), args.text.as_bytes())
            .map_err(|error| ApiError::storage(&error))?;
        let found = Found::Bytes(args.text.clone().into_bytes());
        (seen.taken, seen.last) = (Some(found.clone()), Some(found));
        shared.use_settings(settings);
        shared.hold(args.text.as_bytes());
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

    /// The name to write it under: where it is a link, what that leads to is replaced and not the
    /// link.
    fn settings_name(&self) -> String {
        let path = self.settings_path();
        let link = path.is_symlink().then(|| std::fs::canonicalize(&path));
        let target = link.and_then(Result::ok);
        let target = target.as_ref().and_then(|target| target.to_str());
        target.unwrap_or(SETTINGS_FILE).to_owned()
    }

    fn settings_text(&self) -> Result<SettingsText, ApiError> {
        let found = self.find_settings();
        let mistakes = self.understood(&found).err().unwrap_or_default();
        let exists = found != Found::Nothing;
        let text = match found {
            Found::Nothing => TEMPLATE.to_owned(),
            Found::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Found::Long | Found::Unreadable(_) => {
                let message = mistakes.first().map(|mistake| mistake.message.clone());
                return Err(ApiError::new("storage_failed", message.unwrap_or_default()));
            }
        };
        Ok(SettingsText {
            path: self.settings_path().display().to_string(),
            text,
            exists,
            mistakes: told(mistakes),
        })
    }

    fn find_settings(&self) -> Found {
        let meta = match std::fs::metadata(self.settings_path()) {
            Ok(meta) => meta,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Found::Nothing,
            Err(error) => return Found::Unreadable(error.to_string()),
        };
        if !meta.is_file() {
            return Found::Unreadable("it is no file".into());
        }
        if meta.len() > MAX_SETTINGS_BYTES as u64 {
            return Found::Long;
        }
        match self.data.read(SETTINGS_FILE) {
            Ok(Some(bytes)) => Found::Bytes(bytes),
            Ok(None) => Found::Nothing,
            Err(error) => Found::Unreadable(crate::api::chain(&error)),
        }
    }

    /// What a file sets that was found so.
    fn understood(&self, found: &Found) -> Result<Settings, Vec<Mistake>> {
        let whole = |message: String| vec![Places::of("").mistake(&(0..0), message)];
        match found {
            Found::Nothing => self.read_settings(""),
            Found::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => self.read_settings(text),
                Err(error) => {
                    let valid = error.valid_up_to();
                    let text = String::from_utf8_lossy(bytes);
                    let place = Places::of(&text).mistake(&(valid..valid), "the file is not UTF-8");
                    Err(vec![place])
                }
            },
            Found::Long => Err(whole(too_long())),
            Found::Unreadable(why) => Err(whole(format!("the file cannot be read: {why}"))),
        }
    }

    fn read_settings(&self, text: &str) -> Result<Settings, Vec<Mistake>> {
        if text.len() > MAX_SETTINGS_BYTES {
            return Err(vec![Places::of(text).mistake(&(0..0), too_long())]);
        }
        let dirs = directories::BaseDirs::new();
        let home = dirs.as_ref().map(directories::BaseDirs::home_dir);
        Settings::read(text, home, self.settings.retention)
    }

    /// Reads the file at the start. With a mistake in it, what held when Crosscut ended holds.
    pub(crate) fn open_settings(self: &Arc<Self>) {
        let mut seen = self.settings.seen.lock();
        let found = self.find_settings();
        match self.understood(&found) {
            Ok(settings) => {
                self.use_settings(settings);
                self.hold_found(&found);
            }
            Err(mistakes) => {
                let held = self.data.read(HELD_FILE).unwrap_or_else(|error| {
                    tracing::warn!(%error, "the settings that held before cannot be read");
                    None
                });
                if let Some(held) = held
                    && let Ok(settings) = self.understood(&Found::Bytes(held))
                {
                    self.use_settings(settings);
                }
                self.bad_settings(&mistakes);
            }
        }
        (seen.taken, seen.last) = (Some(found.clone()), Some(found));
    }

    /// Reads the file if it is another than before; what it says holds from now on.
    ///
    /// It is taken once two looks have found the same: an editor that empties the file and then fills
    /// it is not to switch off, for a moment, what keeps secrets from being stored.
    pub(crate) fn look_at_settings(self: &Arc<Self>) {
        let mut seen = self.settings.seen.lock();
        let found = self.find_settings();
        if seen.last.as_ref() != Some(&found) {
            seen.last = Some(found);
            return;
        }
        if seen.taken.as_ref() == Some(&found) {
            return;
        }
        match self.understood(&found) {
            Ok(settings) => {
                self.use_settings(settings);
                self.hold_found(&found);
            }
            Err(mistakes) => self.bad_settings(&mistakes),
        }
        seen.taken = Some(found);
    }

    fn hold_found(&self, found: &Found) {
        match found {
            Found::Bytes(bytes) => self.hold(bytes),
            Found::Nothing => self.hold(&[]),
            Found::Long | Found::Unreadable(_) => {}
        }
    }

    /// Keeps a copy of what was taken, for a start at which there is a mistake in the file.
    fn hold(&self, bytes: &[u8]) {
        let held = self.data.read(HELD_FILE).ok().flatten();
        if held.as_deref().unwrap_or_default() == bytes {
            return;
        }
        let done = if bytes.is_empty() {
            self.data.remove_private(HELD_FILE)
        } else {
            self.data.write_private(HELD_FILE, bytes)
        };
        if let Err(error) = done {
            tracing::warn!(%error, "no copy of the settings was kept");
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
        for id in self.clients.known() {
            if let Some(settings) = self.spec(id).as_ref().and_then(changed) {
                self.configure_client(id, &settings);
            }
        }
        self.run_ended
            .store(true, std::sync::atomic::Ordering::Release);
        self.follow_refused();
        self.follow_settings();
    }

    /// Follows the sources that the settings name, unless the run knows them already.
    pub(crate) fn follow_settings(&self) {
        if !self.follows_settings {
            return;
        }
        for spec in &self.settings.get().sources {
            self.leave_word(spec.clone());
        }
    }

    /// What the headers of a source's lines have said of their fields.
    pub(crate) fn layout(&self, source: SourceId) -> Option<LayoutSpec> {
        let manifest = self.current().store.manifest();
        let layouts = &manifest.source(source)?.layouts;
        let mut told = layouts.iter().rev().map(|from| &from.layout);
        told.find(|layout| !matches!(layout, LayoutSpec::Expression { .. }))
            .cloned()
    }

    /// How lines of a source are read.
    pub(crate) fn source_settings(&self, spec: &SourceSpec) -> SourceSettings {
        self.settings.get().of_source(spec)
    }
}

fn too_long() -> String {
    format!("the file is longer than {MAX_SETTINGS_BYTES} bytes")
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

#[cfg(test)]
mod tests;
