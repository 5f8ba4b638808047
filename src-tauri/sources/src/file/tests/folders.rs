//! Which files a folder or a glob brings.

use crosscut_engine::api::SourceState;
use crosscut_model::{SourceKind, SourceSpec};

use super::*;
use crate::file::find::{Finder, Limits};

/// A folder, a finder, and a clock that tests move.
struct Tree {
    folder: tempfile::TempDir,
    feed: Arc<Recorder>,
    finder: Finder,
    now: Instant,
    limits: Limits,
    pattern: String,
}

impl Tree {
    fn new(pattern: &str, files: &[&str]) -> Self {
        Self::with(pattern, files, Limits::default())
    }

    fn with(pattern: &str, files: &[&str], limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let feed = Recorder::new();
        let key = format!("{}{pattern}", folder.path().display());
        let finder = Finder::new(&key, feed.clone(), limits).unwrap();
        let tree = Self {
            folder,
            feed,
            finder,
            now: Instant::now(),
            limits,
            pattern: key,
        };
        for file in files {
            tree.write(file, "a line\n");
        }
        tree
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        file.write_all(bytes.as_ref()).unwrap();
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "what is tested is what a rotation does"
    )]
    fn rename(&self, from: &str, to: &str) {
        std::fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn look(&mut self) {
        self.now += Duration::from_secs(1);
        self.finder.look(self.now).unwrap();
    }

    fn restart(&mut self) {
        self.feed.change(|given| given.found.clear());
        self.finder = Finder::new(&self.pattern, self.feed.clone(), self.limits).unwrap();
    }

    /// What was found since the start, by the path in the folder.
    fn found(&self) -> Vec<String> {
        let root = self.folder.path();
        self.feed.look(|given| {
            let mut found: Vec<String> = given
                .found
                .iter()
                .map(|spec| {
                    let path = Path::new(&spec.key).strip_prefix(root).unwrap();
                    path.to_str().unwrap().to_owned()
                })
                .collect();
            found.sort();
            found
        })
    }

    fn names(&self) -> Vec<String> {
        self.feed
            .look(|given| given.found.iter().map(|spec| spec.name.clone()).collect())
    }

    fn watches(&self) -> Option<u32> {
        self.feed.look(|given| match given.states.last() {
            Some(SourceState::Watching { sources }) => Some(*sources),
            _ => None,
        })
    }
}

#[test]
fn the_files_that_are_there_are_found_and_new_ones_join() {
    let mut tree = Tree::new("/logs", &["logs/a.log", "logs/deep/b.log", "elsewhere.log"]);
    tree.look();
    assert_eq!(tree.found(), ["logs/a.log", "logs/deep/b.log"]);
    assert_eq!(tree.watches(), Some(2));
    tree.write("logs/c.log", "");
    tree.look();
    assert_eq!(
        tree.found(),
        ["logs/a.log", "logs/c.log", "logs/deep/b.log"]
    );
    assert_eq!(tree.watches(), Some(3));
}

#[test]
fn a_glob_brings_what_fits_it() {
    let files = ["a/x.log", "a/x.txt", "b/c/y.log", "z.log"];
    let mut tree = Tree::new("/**/*.log", &files);
    tree.look();
    assert_eq!(tree.found(), ["a/x.log", "b/c/y.log", "z.log"]);
    let mut flat = Tree::new("/*/*.{log,txt}", &files);
    flat.look();
    assert_eq!(flat.found(), ["a/x.log", "a/x.txt"]);
}

#[test]
fn hidden_files_dependencies_program_text_and_binaries_are_left_out() {
    let mut tree = Tree::new(
        "",
        &[
            "app.log",
            ".hidden.log",
            ".git/x.log",
            "node_modules/m/debug.log",
            "target/build.log",
            "src/main.rs",
        ],
    );
    tree.write("core.log", b"\x7fELF\x02\x01\x01\0\0\0\0\0");
    tree.look();
    assert_eq!(tree.found(), ["app.log"]);
}

#[test]
fn a_data_directory_of_our_own_is_left_out() {
    let mut tree = Tree::new(
        "",
        &[
            "app.log",
            "data/lock",
            "data/token",
            "data/runs/r/notes.txt",
        ],
    );
    tree.look();
    assert_eq!(tree.found(), ["app.log"]);
}

#[test]
fn what_rotation_leaves_is_no_log_of_its_own() {
    let mut tree = Tree::new(
        "",
        &[
            "app.log",
            "app.log.1",
            "app.log.2.gz",
            "app-2024-05-01.log",
            "app.log.old",
            "other-2024-05-01.log",
        ],
    );
    tree.look();
    assert_eq!(tree.found(), ["app.log", "other-2024-05-01.log"]);
    for n in (1..4).rev() {
        tree.rename("app.log", &format!("app-rotated-{n}.log"));
        tree.look();
        tree.write("app.log", "new\n");
        tree.look();
    }
    assert_eq!(tree.found(), ["app.log", "other-2024-05-01.log"]);
}

#[test]
fn a_renamed_file_is_known_again_after_a_restart() {
    let mut tree = Tree::new("", &["app.log"]);
    tree.look();
    tree.rename("app.log", "moved.log");
    tree.restart();
    tree.look();
    assert_eq!(tree.found(), ["app.log"], "told of again, which is no harm");
    tree.write("app.log", "new\n");
    tree.look();
    assert_eq!(tree.found(), ["app.log"]);
}

#[test]
fn a_numbered_log_that_grows_by_itself_is_a_log_of_its_own() {
    let mut tree = Tree::new("", &["worker.log", "worker-1.log"]);
    tree.look();
    assert_eq!(tree.found(), ["worker.log"]);
    for _ in 0..8 {
        tree.write("worker-1.log", "more\n");
        tree.look();
    }
    assert_eq!(tree.found(), ["worker-1.log", "worker.log"]);
}

#[test]
fn one_file_under_two_names_is_found_once() {
    let mut tree = Tree::new("", &["app-7.log"]);
    std::os::unix::fs::symlink(tree.path("app-7.log"), tree.path("current")).unwrap();
    std::fs::hard_link(tree.path("app-7.log"), tree.path("zz.log")).unwrap();
    tree.look();
    assert_eq!(tree.found(), ["app-7.log"]);
    tree.write("app-8.log", "x\n");
    std::fs::remove_file(tree.path("current")).unwrap();
    std::os::unix::fs::symlink(tree.path("app-8.log"), tree.path("current")).unwrap();
    tree.look();
    assert_eq!(tree.found(), ["app-7.log", "app-8.log"]);
}

#[test]
fn names_that_collide_get_as_much_of_the_path_as_tells_them_apart() {
    let mut tree = Tree::new("", &["a/app.log", "b/app.log", "b/x/deep.log"]);
    tree.look();
    assert_eq!(tree.names(), ["a/app.log", "b/app.log", "deep.log"]);
    tree.write("c/deep.log", "x\n");
    tree.look();
    assert_eq!(tree.names().last().unwrap(), "c/deep.log");
}

#[test]
fn too_many_files_are_a_failure_with_a_remedy_and_no_flood() {
    let limits = Limits {
        members: 3,
        ..Limits::default()
    };
    let mut tree = Tree::with("", &["1.log", "2.log", "3.log", "4.log"], limits);
    tree.look();
    assert!(tree.found().is_empty());
    assert_eq!(
        tree.feed.look(|given| given.code().map(str::to_owned)),
        Some("too_many_files".to_owned())
    );
    std::fs::remove_file(tree.path("4.log")).unwrap();
    tree.look();
    assert_eq!(tree.watches(), Some(3));
    tree.write("5.log", "x\n");
    tree.look();
    assert_eq!(tree.found(), ["1.log", "2.log", "3.log"]);
    assert_eq!(
        tree.watches(),
        None,
        "one is left out, and the state says so"
    );
}

#[test]
fn a_look_at_a_huge_tree_ends() {
    let limits = Limits {
        entries: 50,
        ..Limits::default()
    };
    let mut tree = Tree::with("", &[], limits);
    for n in 0..200 {
        tree.write(&format!("{n}.log"), "x\n");
    }
    tree.look();
    assert!(tree.found().is_empty());
    assert!(
        tree.feed
            .look(|given| given.code() == Some("too_many_files"))
    );
}

#[test]
fn a_folder_that_is_not_there_is_waited_for() {
    let mut tree = Tree::new("/later", &[]);
    tree.look();
    assert!(tree.feed.look(|given| given.code() == Some("not_found")));
    tree.write("later/app.log", "x\n");
    tree.look();
    assert_eq!(tree.found(), ["later/app.log"]);
}

#[test]
fn what_cannot_be_read_is_told_once_for_as_long_as_it_cannot() {
    use std::os::unix::ffi::OsStrExt;
    let mut tree = Tree::new("", &["app.log"]);
    let odd = tree
        .folder
        .path()
        .join(std::ffi::OsStr::from_bytes(b"odd\xff.log"));
    for times in 1..3 {
        std::fs::write(&odd, "x\n").unwrap();
        tree.look();
        tree.look();
        let markers = tree.feed.look(Given::markers);
        assert_eq!(markers.len(), times, "{markers:?}");
        assert!(markers[0].contains("not UTF-8"), "{markers:?}");
        std::fs::remove_file(&odd).unwrap();
        tree.look();
    }
    assert_eq!(tree.found(), ["app.log"]);
}

#[test]
fn an_archive_is_opened_where_a_glob_names_it_and_left_in_a_whole_folder() {
    let mut folder = Tree::new("", &["app.log"]);
    folder.write("old.zip", b"PK\x03\x04 and so on");
    folder.look();
    assert_eq!(folder.found(), ["app.log"]);
    let mut glob = Tree::new("/*.zip", &["app.log"]);
    glob.write("old.zip", b"PK\x03\x04 and so on");
    glob.look();
    assert_eq!(glob.found(), ["old.zip"]);
}

#[test]
fn a_compressed_file_is_looked_into_before_it_is_found() {
    let packed = |bytes: &[u8]| {
        let mut to = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        to.write_all(bytes).unwrap();
        to.finish().unwrap()
    };
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(2);
    archive
        .append_data(&mut header, "app.log", &b"x\n"[..])
        .unwrap();
    let files = [
        ("app.log.gz", packed(b"a line\n")),
        ("core.gz", packed(b"\x7fELF\x02\x01\x01\0\0\0\0\0")),
        ("release.tar.gz", packed(&archive.into_inner().unwrap())),
    ];
    for (pattern, expected) in [
        ("", &["app.log.gz"][..]),
        ("/*.gz", &["app.log.gz", "release.tar.gz"]),
    ] {
        let mut tree = Tree::new(pattern, &[]);
        for (name, bytes) in &files {
            tree.write(name, bytes);
        }
        tree.look();
        assert_eq!(tree.found(), expected, "{pattern}");
    }
}

#[test]
fn paths_become_files_folders_or_globs_by_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_str().unwrap().to_owned();
    std::fs::write(folder.path().join("odd[1].log"), "x\n").unwrap();
    let resolved = |key: &str| {
        let spec = SourceSpec {
            kind: SourceKind::File,
            key: key.to_owned(),
            name: String::new(),
        };
        let spec = crate::file::resolve(spec)?;
        Ok::<_, crosscut_engine::api::ApiError>((spec.kind, spec.key, spec.name))
    };
    assert_eq!(resolved(&root).unwrap().0, SourceKind::Files);
    assert_eq!(resolved(&format!("{root}/")).unwrap().1, root);
    let file = resolved(&format!("{root}/odd[1].log")).unwrap();
    assert_eq!((file.0, file.2.as_str()), (SourceKind::File, "odd[1].log"));
    let glob = resolved(&format!("{root}/logs/**/*.log")).unwrap();
    assert_eq!(
        (glob.0, glob.2.as_str()),
        (SourceKind::Files, "logs/**/*.log")
    );
    let later = resolved(&format!("{root}/later/")).unwrap();
    assert_eq!(later.0, SourceKind::Files);
    assert_eq!(
        resolved(&format!("{root}/a[")).unwrap_err().code,
        "bad_glob"
    );
    assert_eq!(
        resolved(&format!("{root}/not-yet.log")).unwrap().0,
        SourceKind::File
    );
}
