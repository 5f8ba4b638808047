//! Ports that are somebody else's, and stopping.

use std::net::Ipv4Addr;
use std::time::Duration;

use crosscut_server::{Options, Server};
use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::{Port, workbench};

async fn open_on(wanted: u16) -> (crosscut_server::Bound, crosscut_engine::Workbench) {
    let dir = tempfile::tempdir().unwrap();
    let workbench = workbench(&dir);
    let options = Options {
        port: wanted,
        ..Options::default()
    };
    let bound = Server::bind(workbench.clone(), options).await.unwrap();
    (bound, workbench)
}

#[tokio::test]
async fn a_port_of_another_crosscut_makes_way_and_its_holder_is_named() {
    let first = Port::open().await;
    let wanted = first.address().port();
    let (bound, workbench) = open_on(wanted).await;
    let taken = bound.port_taken().unwrap();
    assert_eq!(taken.wanted, wanted);
    assert_eq!(taken.got, bound.address().port());
    assert_eq!(taken.crosscut.as_deref(), Some(env!("CARGO_PKG_VERSION")));
    let status = workbench.call("status", b"").unwrap();
    let status: serde_json::Value = serde_json::from_slice(&status).unwrap();
    assert_eq!(status["notices"][0]["code"], json!("port_taken"));
    workbench.close();
}

#[tokio::test]
async fn a_port_of_a_silent_stranger_makes_way() {
    let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let wanted = stranger.local_addr().unwrap().port();
    let (bound, workbench) = open_on(wanted).await;
    let taken = bound.port_taken().unwrap();
    assert_eq!((taken.wanted, &taken.crosscut), (wanted, &None));
    assert!(taken.to_string().contains("another program"));
    workbench.close();
}

#[tokio::test]
async fn stopping_frees_the_port_and_cuts_live_streams() {
    let dir = tempfile::tempdir().unwrap();
    let workbench = workbench(&dir);
    let options = Options {
        port: 0,
        ..Options::default()
    };
    let bound = Server::bind(workbench.clone(), options).await.unwrap();
    let address = bound.address();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/stream?token={}", bound.url(), workbench.token());
    let stream = client.get(url).send().await.unwrap();
    let stop = tokio::time::timeout(Duration::from_secs(1), bound.stop());
    stop.await.expect("an open stream does not hold up the end");
    stream.bytes().await.unwrap();
    TcpListener::bind(address)
        .await
        .expect("the port is free again");
    workbench.close();
}
