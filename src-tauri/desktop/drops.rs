//! Files and folders dropped on the window are followed.

use std::path::PathBuf;

use crosscut_engine::Workbench;
use crosscut_server::handover::file_wish;

use crate::session::{follow, refuse};

/// Follows what was dropped; what cannot be becomes a notice.
pub fn dropped(workbench: &Workbench, paths: &[PathBuf]) {
    let mut wishes = Vec::new();
    for path in paths {
        match file_wish(path) {
            Ok(wish) => wishes.push(wish),
            Err(error) => refuse(workbench, error.message, error.hint),
        }
    }
    follow(workbench.clone(), wishes);
}
