use std::cell::Cell;

use super::*;

/// A folder of this test's own, removed when it ends.
struct Folder(std::path::PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("xtask-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn digest(&self) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        digest_folder(&mut hasher, &self.0).unwrap();
        hasher
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn the_work_is_done_again_only_when_a_written_file_changed() {
    let folder = Folder::new("once");
    let stamp = folder.0.join("node_modules/.stamp");
    fs::create_dir(folder.0.join("node_modules")).unwrap();
    fs::write(folder.0.join("app.ts"), "one").unwrap();

    let times = Cell::new(0);
    let go = || {
        once(&stamp, &folder.digest(), "work", || {
            times.set(times.get() + 1);
            Ok(())
        })
        .unwrap();
        times.get()
    };
    assert_eq!(go(), 1);
    assert_eq!(go(), 1);
    fs::write(folder.0.join("node_modules/made.js"), "made").unwrap();
    assert_eq!(go(), 1);
    fs::write(folder.0.join("app.ts"), "two").unwrap();
    assert_eq!(go(), 2);
}

#[test]
fn work_that_failed_is_not_taken_for_done() {
    let folder = Folder::new("failed");
    let stamp = folder.0.join(".stamp");
    let hasher = DefaultHasher::new();
    once(&stamp, &hasher, "work", || Ok(())).unwrap();
    let mut other = DefaultHasher::new();
    other.write(b"changed");
    once(&stamp, &other, "work", || {
        Err(crate::command::Failure::new("no"))
    })
    .unwrap_err();
    assert!(!stamp.exists());
}
