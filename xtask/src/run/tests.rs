use super::*;

#[test]
fn without_files_the_demo_is_opened() {
    assert_eq!(sources(&[]).unwrap(), [PathBuf::from("--demo")]);
}

#[test]
fn files_are_passed_by_full_path_whether_they_exist_or_not() {
    let files = sources(&["no/such.log".into()]).unwrap();
    assert_eq!(
        files,
        [std::env::current_dir().unwrap().join("no/such.log")]
    );
}
