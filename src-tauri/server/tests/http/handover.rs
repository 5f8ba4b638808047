//! A second start on the same data directory.

use crosscut_engine::api::{Event, SourceAddArgs};
use crosscut_model::SourceKind;
use crosscut_server::handover::{Client, hand_over};
use serde_json::json;

use crate::harness::Port;

fn file(key: &str) -> SourceAddArgs {
    SourceAddArgs {
        kind: SourceKind::File,
        key: key.into(),
        name: None,
    }
}

#[tokio::test]
async fn the_owner_takes_the_files_and_comes_to_the_front() {
    let port = Port::open().await;
    port.workbench.set_endpoint(&port.bound.url(), true);
    let mut events = port.workbench.events("window");
    let wishes = [file("/tmp/a.log"), file("")];
    let handed = hand_over(port.dir.path(), None, &wishes).await.unwrap();
    assert!(handed.window);
    assert_eq!(handed.page, port.bound.page());
    let [(key, error)] = &handed.refused[..] else {
        panic!("{handed:?}")
    };
    assert_eq!((key.as_str(), error.code.as_str()), ("", "bad_path"));
    let sources = port.call("sources_list", json!({})).await;
    assert!(
        sources
            .as_array()
            .unwrap()
            .iter()
            .any(|source| source["key"] == "/tmp/a.log")
    );
    while events.next().await != Some(Event::Focus) {}
}

#[tokio::test]
async fn an_owner_that_does_not_answer_is_named() {
    let port = Port::open().await;
    let gone = "http://127.0.0.1:1";
    port.workbench.set_endpoint(gone, false);
    let endpoint = crosscut_engine::endpoint_of(port.dir.path()).unwrap();
    let error = hand_over(port.dir.path(), Some(endpoint.clone()), &[])
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains(gone) && text.contains(&std::process::id().to_string()),
        "{text}"
    );
    assert!(Client::new(endpoint).page().starts_with(gone));
}
