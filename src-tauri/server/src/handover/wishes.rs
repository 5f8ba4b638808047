//! What a command line asks to be followed.

use std::path::{Path, PathBuf};

use crosscut_engine::Workbench;
use crosscut_engine::api::{ApiError, SourceAddArgs, SourceInfo};
use crosscut_model::{SourceKind, SourceSpec};

use crate::rpc::call;

/// Makes files (by their full paths), containers and the demo's services into requests for
/// `source_add`. A file need not be there yet; a path may be a folder's, a glob or an archive's, which
/// the workbench tells by itself.
pub fn wishes(
    files: &[PathBuf],
    containers: &[String],
    demo: Vec<SourceSpec>,
) -> Result<Vec<SourceAddArgs>, ApiError> {
    let mut wishes = Vec::new();
    for file in files {
        wishes.push(file_wish(file)?);
    }
    wishes.extend(containers.iter().map(|asked| container_wish(asked)));
    wishes.extend(demo.into_iter().map(|spec| SourceAddArgs {
        kind: spec.kind,
        key: spec.key,
        name: Some(spec.name),
    }));
    Ok(wishes)
}

/// One container, or a selection of them: `all`, or with a colon, which no container's name has.
fn container_wish(asked: &str) -> SourceAddArgs {
    let selects = asked == "all" || asked.contains(':');
    SourceAddArgs {
        kind: if selects {
            SourceKind::Containers
        } else {
            SourceKind::Docker
        },
        key: asked.to_owned(),
        name: None,
    }
}

/// One file, folder or glob, by its full path.
pub fn file_wish(file: &Path) -> Result<SourceAddArgs, ApiError> {
    let wrong = |why: &str| ApiError::new("bad_path", format!("{}: {why}", file.display()));
    let full = std::path::absolute(file).map_err(|error| wrong(&error.to_string()))?;
    let key = full
        .into_os_string()
        .into_string()
        .map_err(|_| wrong("the path is not UTF-8"))?;
    Ok(SourceAddArgs {
        kind: SourceKind::File,
        key,
        name: None,
    })
}

/// Adds one source to a workbench of this process. Blocks.
pub fn fulfil(workbench: &Workbench, wish: &SourceAddArgs) -> Result<SourceInfo, ApiError> {
    call(workbench, "source_add", wish)
}

#[cfg(test)]
mod tests;
