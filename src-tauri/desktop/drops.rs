//! Files dropped on the window are followed.

use std::path::PathBuf;

use crosscut_engine::Workbench;
use crosscut_server::handover::file_wish;

use crate::session::{follow, refuse};

/// Follows dropped files; what is none becomes a notice.
pub fn dropped(workbench: &Workbench, paths: &[PathBuf]) {
    let mut wishes = Vec::new();
    for path in paths {
        if path.is_dir() {
            let message = format!("{} is a folder", path.display());
            refuse(
                workbench,
                message,
                "drop the log files inside it".to_owned(),
            );
            continue;
        }
        match file_wish(path) {
            Ok(wish) => wishes.push(wish),
            Err(error) => refuse(workbench, error.message, error.hint),
        }
    }
    follow(workbench.clone(), wishes);
}
