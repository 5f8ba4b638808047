//! Where the daemon is looked for.

use std::collections::HashMap;

use super::*;

fn env<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    let map: HashMap<&str, &str> = pairs.iter().copied().collect();
    move |name| map.get(name).map(|value| (*value).to_owned())
}

#[test]
fn the_environment_comes_before_the_context() {
    let both = [
        ("DOCKER_HOST", "tcp://there:1"),
        ("CROSSCUT_DOCKER_HOST", "unix:///mine"),
    ];
    assert_eq!(chosen(env(&both)).as_deref(), Some("unix:///mine"));
    assert_eq!(chosen(env(&both[..1])).as_deref(), Some("tcp://there:1"));
    assert_eq!(chosen(env(&[])), None);
}

#[test]
fn the_current_context_is_used() {
    let home = tempfile::tempdir().unwrap();
    let docker = home.path().join(".docker");
    let meta = docker.join("contexts/meta/5f4dcc3b");
    std::fs::create_dir_all(&meta).unwrap();
    std::fs::write(docker.join("config.json"), r#"{"currentContext":"colima"}"#).unwrap();
    let text =
        r#"{"Name":"colima","Metadata":{},"Endpoints":{"docker":{"Host":"unix:///c.sock"}}}"#;
    std::fs::write(meta.join("meta.json"), text).unwrap();
    let home = home.path().to_str().unwrap();
    assert_eq!(
        chosen(env(&[("HOME", home)])).as_deref(),
        Some("unix:///c.sock")
    );
    assert_eq!(
        chosen(env(&[("HOME", home), ("DOCKER_CONTEXT", "default")])),
        None
    );
}

#[test]
fn an_address_that_wants_tls_is_told_from_one_that_does_not() {
    let verified = [("DOCKER_TLS_VERIFY", "1")];
    let secured = |host: &str, pairs| secured(host.to_owned(), env(pairs));
    assert_eq!(secured("tcp://there:1", &verified), "https://there:1");
    assert_eq!(secured("tcp://there:2376", &[]), "https://there:2376");
    assert_eq!(secured("tcp://there:2375", &[]), "tcp://there:2375");
    assert_eq!(secured("unix:///s", &verified), "unix:///s");
}

#[test]
fn an_older_daemon_says_what_it_speaks() {
    let error = |message: &str| Error::DockerResponseServerError {
        status_code: 400,
        message: message.to_owned(),
    };
    let old = "client version 1.53 is too new. Maximum supported API version is 1.41";
    let version = spoken(&error(old)).unwrap();
    assert_eq!((version.major_version, version.minor_version), (1, 41));
    assert!(spoken(&error("bad parameter")).is_none());
}

#[tokio::test]
async fn a_socket_nobody_listens_at_is_no_daemon() {
    let cause = connect(Some("unix:///nowhere/docker.sock"))
        .await
        .unwrap_err();
    assert!(matches!(cause, Unavailable::Silent { .. }), "{cause:?}");
    for (host, hint) in [
        ("ssh://somewhere", "ssh -NL"),
        ("https://somewhere:2376", "ssh -NL"),
        ("fd://", "DOCKER_HOST"),
    ] {
        let cause = connect(Some(host)).await.unwrap_err();
        assert!(cause.hint().contains(hint), "{cause:?}");
        assert!(cause.to_string().contains(host), "{cause:?}");
    }
}
