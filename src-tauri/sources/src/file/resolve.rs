//! What a user named, made into a source: an absolute path, a folder, a glob, a file in an archive.

use std::path::{Path, PathBuf};

use crosscut_engine::api::ApiError;
use crosscut_model::{SourceKind, SourceSpec};

use super::find::pattern::{Pattern, is_glob};
use super::unpack::member;
use crate::error;

/// Makes the path absolute, tells files from folders and globs, and gives the source a name.
pub(crate) fn resolve(mut spec: SourceSpec) -> Result<SourceSpec, ApiError> {
    if spec.key.is_empty() {
        return Err(error("bad_path", "the path is empty", "name a file"));
    }
    if spec.key.contains('\0') {
        return Err(error(
            "bad_path",
            "the path contains a NUL byte",
            "name a file",
        ));
    }
    let path = std::path::absolute(&spec.key).map_err(|cause| {
        error(
            "bad_path",
            format!("`{}` is no path: {cause}", spec.key),
            "name a file",
        )
    })?;
    if let Some((_, inner)) = member::split(&path) {
        let name = Path::new(&inner).file_name();
        name_it(
            &mut spec,
            name.map(|name| name.to_string_lossy().into_owned()),
        );
        spec.kind = SourceKind::File;
        spec.key = utf8(path)?;
        return Ok(spec);
    }
    let many = spec.kind == SourceKind::Files || means_many(&spec.key, &path);
    let path = without_dots(&path);
    if !many {
        let name = path.file_name();
        name_it(
            &mut spec,
            name.map(|name| name.to_string_lossy().into_owned()),
        );
        spec.kind = SourceKind::File;
        spec.key = utf8(path)?;
        return Ok(spec);
    }
    spec.kind = SourceKind::Files;
    spec.key = utf8(path)?;
    // Parts of a path may end in nothing: one folder, one key.
    while spec.key.len() > 1 && spec.key.ends_with('/') {
        spec.key.pop();
    }
    if let Err(cause) = Pattern::new(&spec.key) {
        return Err(error(
            "bad_glob",
            format!("`{}` is no glob: {}", spec.key, cause.kind()),
            "use *, ?, ** for any folders, [0-9] and {a,b}; a backslash takes a meaning away",
        ));
    }
    let name = short(&spec.key);
    name_it(&mut spec, Some(name));
    Ok(spec)
}

fn name_it(spec: &mut SourceSpec, name: Option<String>) {
    if spec.name.is_empty() {
        spec.name = name.unwrap_or_else(|| spec.key.clone());
    }
}

/// Whether a path that was given as a file means a folder or a glob. What exists is what it is.
fn means_many(given: &str, path: &Path) -> bool {
    match std::fs::metadata(path) {
        Ok(meta) => meta.is_dir(),
        Err(_) => given.ends_with('/') || is_glob(given),
    }
}

/// The last folder that is written out, and what follows.
fn short(key: &str) -> String {
    let parts: Vec<&str> = key.split('/').filter(|part| !part.is_empty()).collect();
    let wild = parts.iter().position(|part| is_glob(part));
    let from = wild.unwrap_or(parts.len()).saturating_sub(1);
    let short = parts.get(from..).unwrap_or_default().join("/");
    if wild.is_none() {
        format!("{short}/")
    } else {
        short
    }
}

fn utf8(path: PathBuf) -> Result<String, ApiError> {
    path.into_os_string().into_string().map_err(|key| {
        error(
            "bad_path",
            format!("`{}` is not valid UTF-8", key.to_string_lossy()),
            "rename the file or a folder above it, or follow it through a link",
        )
    })
}

/// The path without `.` and, where no link is passed, without `..`: one file, one key.
fn without_dots(path: &Path) -> PathBuf {
    use std::path::Component;
    let dotted = path.components().any(|part| part == Component::ParentDir);
    match (dotted, path.parent(), path.file_name()) {
        (true, Some(folder), Some(name)) => match std::fs::canonicalize(folder) {
            Ok(folder) => folder.join(name),
            Err(_) => path.to_owned(),
        },
        _ => path.to_owned(),
    }
}
