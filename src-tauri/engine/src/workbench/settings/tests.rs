use super::*;
use crate::workbench::testing::deaf;

/// A workbench whose file is looked at by the test alone.
fn quiet() -> (tempfile::TempDir, Workbench) {
    let (dir, workbench) = deaf();
    let upkeep = workbench.owner.upkeep.lock().take().unwrap();
    upkeep.stop();
    (dir, workbench)
}

fn write(dir: &tempfile::TempDir, text: &[u8]) {
    std::fs::write(dir.path().join(SETTINGS_FILE), text).unwrap();
}

const RULE: &[u8] = b"[[redact]]\npattern = 'secret'\n";

#[test]
fn a_file_that_is_emptied_before_it_is_filled_never_sets_nothing() {
    let (dir, workbench) = quiet();
    let shared = &workbench.shared;
    let redacts = || !shared.settings.get().redaction.is_empty();
    write(&dir, RULE);
    shared.look_at_settings();
    assert!(!redacts(), "it may still be written");
    shared.look_at_settings();
    assert!(redacts());
    write(&dir, b"");
    shared.look_at_settings();
    assert!(redacts());
    std::fs::remove_file(dir.path().join(SETTINGS_FILE)).unwrap();
    shared.look_at_settings();
    assert!(
        redacts(),
        "as some editors do before they put another in place"
    );
    write(&dir, RULE);
    shared.look_at_settings();
    shared.look_at_settings();
    assert!(redacts());
    std::fs::remove_file(dir.path().join(SETTINGS_FILE)).unwrap();
    shared.look_at_settings();
    shared.look_at_settings();
    assert!(!redacts(), "it was meant");
}

#[test]
fn a_change_that_time_and_length_do_not_show_is_seen() {
    let (dir, workbench) = quiet();
    let shared = &workbench.shared;
    let path = dir.path().join(SETTINGS_FILE);
    write(&dir, b"[limits]\nsources = 5\n");
    let time = std::fs::metadata(&path).unwrap().modified().unwrap();
    shared.look_at_settings();
    shared.look_at_settings();
    write(&dir, b"[limits]\nsources = 6\n");
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(time).unwrap();
    shared.look_at_settings();
    shared.look_at_settings();
    assert_eq!(shared.settings.get().limits.sources, 6);
}

#[test]
fn what_cannot_be_read_is_told_and_changes_nothing() {
    let (dir, workbench) = quiet();
    let shared = &workbench.shared;
    write(&dir, RULE);
    shared.look_at_settings();
    shared.look_at_settings();
    let told = || {
        let notices = shared.notices.lock().clone();
        notices.into_iter().find(|notice| notice.code == NOTICE)
    };
    assert_eq!(told(), None);
    let path = dir.path().join(SETTINGS_FILE);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    for (put, said) in [
        (None, "cannot be read: it is no file"),
        (Some(vec![b'#'; MAX_SETTINGS_BYTES + 1]), "longer than"),
        (
            Some(b"# ours\nzone = \"\xff\"\n".to_vec()),
            "line 2, column 9: the file is not UTF-8",
        ),
    ] {
        if let Some(bytes) = put {
            std::fs::remove_dir(&path).unwrap_or_default();
            write(&dir, &bytes);
        }
        shared.look_at_settings();
        shared.look_at_settings();
        let message = told().unwrap().message;
        assert!(message.contains(said), "{message}");
        assert!(!shared.settings.get().redaction.is_empty());
    }
    let shown = workbench.settings_get(&Empty {}).unwrap();
    assert_eq!(shown.mistakes[0].message, "the file is not UTF-8");
    write(&dir, RULE);
    shared.look_at_settings();
    shared.look_at_settings();
    assert_eq!(told(), None);
}

#[cfg(unix)]
#[test]
fn where_the_file_is_a_link_what_it_leads_to_is_saved() {
    let (dir, workbench) = quiet();
    let elsewhere = tempfile::tempdir().unwrap();
    let (link, target) = (
        dir.path().join(SETTINGS_FILE),
        elsewhere.path().join("mine.toml"),
    );
    std::fs::write(&target, "").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let args = SettingsSaveArgs {
        text: "zone = \"UTC\"\n".into(),
        was: Some(String::new()),
    };
    workbench.settings_save(&args).unwrap();
    assert!(link.is_symlink());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), args.text);
}
