//! Which paths a folder or a glob means.
//!
//! A glob is matched against whole paths (crate globset: `*` and `?` stay within a folder, `**` goes
//! through any number of them, `{a,b}` and `[0-9]` as usual). What nobody wants unless it is named is
//! left out: hidden names, and the folders of dependencies and builds. A folder means every file below
//! it but those whose name says that they are a program's text and no log.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

/// What makes a path a glob.
const MAGIC: [char; 4] = ['*', '?', '[', '{'];
/// Folders that are gone into only when they are named.
const DEPENDENCIES: [&str; 7] = [
    "node_modules",
    "target",
    "__pycache__",
    "site-packages",
    "bower_components",
    "vendor",
    ".git",
];
/// How deep folders may lie in one another below the root, at most.
const MAX_DEPTH: usize = 24;
/// Endings of files that are no logs; they count only where a whole folder was asked for.
const NO_LOGS: [&str; 49] = [
    "rs", "ts", "tsx", "js", "jsx", "mjs", "cjs", "vue", "svelte", "py", "pyi", "go", "java", "kt",
    "scala", "rb", "php", "c", "h", "cc", "cpp", "hpp", "cs", "swift", "sh", "bash", "ps1", "sql",
    "html", "htm", "css", "scss", "less", "md", "mdx", "rst", "toml", "yaml", "yml", "ini", "lock",
    "svg", "map", "proto", "tf", "gradle", "cfg", "conf", "pid",
];
/// Names of files that are no logs.
const NO_LOG_NAMES: [&str; 8] = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "composer.json",
    "Makefile",
    "Dockerfile",
    "LICENSE",
    "README",
];

/// A folder or a glob.
#[derive(Debug)]
pub(crate) struct Pattern {
    /// Where the search begins: the folder itself, or what stands before the first folder with a
    /// wildcard in its name.
    pub(crate) root: PathBuf,
    glob: Option<GlobMatcher>,
    /// How many folders deep files may lie below the root.
    pub(crate) depth: usize,
    /// The parts of the glob below the root.
    parts: Vec<String>,
}

impl Pattern {
    /// Reads an absolute key.
    pub(crate) fn new(key: &str) -> Result<Self, globset::Error> {
        if !is_glob(key) || Path::new(key).is_dir() {
            return Ok(Self {
                root: PathBuf::from(key),
                glob: None,
                depth: MAX_DEPTH,
                parts: Vec::new(),
            });
        }
        let glob = GlobBuilder::new(key)
            .literal_separator(true)
            .backslash_escape(true)
            .build()?
            .compile_matcher();
        let plain = |part: &str| !is_glob(part) && !part.contains('\\');
        let mut parts: Vec<String> = key.split('/').map(str::to_owned).collect();
        let split = parts.iter().position(|part| !plain(part)).unwrap_or(0);
        let below = parts.split_off(split);
        let mut root = parts.join("/");
        root.push('/');
        // Alternatives may hold separators, so the depth is known only without them.
        let any_depth = key.contains("**") || key.contains('{');
        let depth = if any_depth {
            MAX_DEPTH
        } else {
            below.len().saturating_sub(1)
        };
        Ok(Self {
            root: PathBuf::from(root),
            glob: Some(glob),
            depth,
            parts: below,
        })
    }

    /// Whether a whole folder is meant.
    pub(crate) fn is_folder(&self) -> bool {
        self.glob.is_none()
    }

    /// Whether a folder of this name below the root is gone into.
    pub(crate) fn enters(&self, name: &str) -> bool {
        self.shows(name) && (!DEPENDENCIES.contains(&name) || self.names(name))
    }

    /// Whether a file is meant.
    pub(crate) fn fits(&self, path: &Path, name: &str) -> bool {
        match &self.glob {
            Some(glob) => self.shows(name) && glob.is_match(path),
            None => self.shows(name) && !is_no_log(name),
        }
    }

    /// Hidden names are seen when the glob has one.
    fn shows(&self, name: &str) -> bool {
        !name.starts_with('.') || self.parts.iter().any(|part| part.starts_with('.'))
    }

    fn names(&self, name: &str) -> bool {
        self.parts.iter().any(|part| part == name)
    }
}

/// Whether a path within an archive is one that a folder would have brought.
pub(crate) fn is_log(path: &str) -> bool {
    let mut parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    let name = parts.next_back().unwrap_or_default();
    let hidden = |part: &str| part.starts_with('.') || part == "__MACOSX";
    !hidden(name)
        && !is_no_log(name)
        && !parts.any(|part| hidden(part) || DEPENDENCIES.contains(&part))
}

/// Whether a path has wildcards in it.
pub(crate) fn is_glob(path: &str) -> bool {
    path.contains(MAGIC)
}

fn is_no_log(name: &str) -> bool {
    if NO_LOG_NAMES.contains(&name) {
        return true;
    }
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        NO_LOGS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(extension))
    })
}

#[cfg(test)]
mod tests;
