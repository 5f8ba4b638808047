use super::*;

fn source(kind: SourceKind, status: SourceState) -> SourceInfo {
    SourceInfo {
        id: 0,
        kind,
        key: "key".into(),
        name: "name".into(),
        status,
        records: 0,
        errors: 0,
        partial: None,
    }
}

fn failed() -> SourceState {
    SourceState::Failed {
        code: "exit_code".into(),
        message: "exited with 3".into(),
        hint: String::new(),
    }
}

#[test]
fn a_command_that_ended_badly_has_failed_for_good() {
    for kind in [SourceKind::Command, SourceKind::Stdin] {
        assert_eq!(Status::of(&source(kind, failed())), (Status::Failed, true));
        let ended = source(kind, SourceState::Ended);
        assert_eq!(Status::of(&ended), (Status::Completed, true));
        let live = source(kind, SourceState::Live);
        assert_eq!(Status::of(&live), (Status::Running, false));
    }
}

#[test]
fn what_is_tried_again_has_not_failed_for_good() {
    for kind in [SourceKind::File, SourceKind::Docker] {
        assert_eq!(Status::of(&source(kind, failed())), (Status::Failed, false));
    }
}

#[test]
fn the_end_of_a_run_completes_what_had_not_failed() {
    assert_eq!(Status::Running.at_the_end(), Status::Completed);
    assert_eq!(Status::Failed.at_the_end(), Status::Failed);
}
