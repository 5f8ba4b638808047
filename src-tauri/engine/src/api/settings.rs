//! The settings file.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The settings file as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SettingsText {
    /// Where it is.
    pub path: String,
    /// Its text; where there is no file yet, one that explains every key and sets none.
    pub text: String,
    /// Whether there is a file.
    pub exists: bool,
    /// What is wrong with it; while there is anything, what held before goes on holding.
    pub mistakes: Vec<SettingsMistake>,
}

/// A mistake in a settings file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SettingsMistake {
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
}

/// Arguments of `settings_check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SettingsCheckArgs {
    /// The text that would be saved.
    pub text: String,
}

/// Reply of `settings_check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SettingsCheck {
    /// What is wrong with the text; empty when it can be saved.
    pub mistakes: Vec<SettingsMistake>,
}

/// Arguments of `settings_save`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export_to = "types.ts")]
#[serde(rename_all = "camelCase")]
pub struct SettingsSaveArgs {
    /// The text to save, as it is to stand in the file.
    pub text: String,
    /// The text it was made from: when the file has another one by now, nothing is saved
    /// (`settings_changed`). Absent: whatever stands there is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub was: Option<String>,
}
