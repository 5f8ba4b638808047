use super::{Told, sentence};
use crosscut_engine::api::{SourceInfo, SourceState};
use crosscut_model::SourceKind;

fn source(status: SourceState) -> SourceInfo {
    SourceInfo {
        id: 1,
        kind: SourceKind::File,
        key: "/tmp/app.log".into(),
        name: "app.log".into(),
        status,
        records: 0,
        errors: 0,
        partial: None,
    }
}

fn waiting(message: &str) -> SourceState {
    SourceState::Waiting {
        code: "not_found".into(),
        message: message.into(),
        hint: "wait".into(),
    }
}

#[test]
fn a_problem_is_told_once_until_it_changes_or_comes_back() {
    let mut told = Told::default();
    let gone = source(waiting("no such file"));
    assert_eq!(
        told.news(&gone).as_deref(),
        Some("/tmp/app.log: no such file; wait")
    );
    assert_eq!(told.news(&gone), None);
    assert!(told.news(&source(waiting("no permission"))).is_some());
    assert_eq!(told.news(&source(SourceState::Live)), None);
    assert!(told.news(&gone).is_some());
}

#[test]
fn a_message_that_names_the_source_is_not_prefixed() {
    assert_eq!(sentence("/a", "/a is a directory", ""), "/a is a directory");
}
