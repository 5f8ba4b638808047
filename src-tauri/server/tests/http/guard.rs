//! Who may call: hosts, origins, tokens.

use std::net::{IpAddr, Ipv4Addr};

use crosscut_server::{Options, Server};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, ORIGIN};

use crate::harness::{Port, refused, workbench};

/// Everything that needs the token.
const GUARDED: [(&str, &str); 9] = [
    ("GET", "/raw"),
    ("GET", "/stream"),
    ("GET", "/issues"),
    ("GET", "/api/events?client=c"),
    ("POST", "/api/status"),
    ("POST", "/api/focus"),
    ("POST", "/api/upload?name=x"),
    ("POST", "/control/clear"),
    ("POST", "/qna"),
];

fn request(method: &str, path: &str, headers: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: 0\r\n\r\n")
}

#[tokio::test]
async fn hosts_of_this_machine_are_answered_and_no_others() {
    let options = Options {
        allow_hosts: vec!["Box.local".into()],
        ..Options::default()
    };
    let port = Port::open_with(options).await;
    for (host, status) in [
        ("localhost", 200),
        ("localhost:1", 200),
        ("LOCALHOST:3002", 200),
        ("127.0.0.1", 200),
        ("127.3.2.1:80", 200),
        ("[::1]:3002", 200),
        ("box.local:3002", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("10.0.0.1", 403),
        ("0.0.0.0", 403),
        ("", 400),
        ("localhost:x", 400),
        ("user@localhost", 400),
        ("[::1", 400),
        ("a b", 400),
        ("héros", 400),
    ] {
        let headers = format!("Host: {host}\r\n");
        let (got, answer) = port.wire(&request("GET", "/health", &headers)).await;
        assert_eq!(got, status, "{host}: {answer}");
    }
}

#[tokio::test]
async fn a_missing_or_doubled_host_is_a_400() {
    let port = Port::open().await;
    for headers in [
        "",
        "Host: localhost\r\nHost: localhost\r\n",
        "Host: localhost\r\nhost: x\r\n",
    ] {
        assert_eq!(
            port.wire(&request("GET", "/health", headers)).await.0,
            400,
            "{headers}"
        );
    }
    assert_eq!(port.wire("GET /health HTTP/1.0\r\n\r\n").await.0, 400);
    assert_eq!(port.wire("nonsense\r\n\r\n").await.0, 400);
}

#[tokio::test]
async fn the_address_in_the_request_line_counts_too() {
    let port = Port::open().await;
    for (path, status) in [
        ("http://localhost/health", 200),
        ("http://evil.example/health", 403),
    ] {
        let answer = port
            .wire(&request("GET", path, "Host: localhost\r\n"))
            .await;
        assert_eq!(answer.0, status, "{path}");
    }
}

#[tokio::test]
async fn pages_of_strangers_are_refused_whatever_they_ask() {
    let port = Port::open().await;
    let token = port.workbench.token();
    let own = format!("http://127.0.0.1:{}", port.address().port());
    let host = format!("127.0.0.1:{}", port.address().port());
    for origin in [
        "http://evil.example",
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "file://",
        "",
    ] {
        for (method, path) in [
            ("POST", "/ingest"),
            ("OPTIONS", "/ingest"),
            ("GET", "/health"),
            ("GET", "/"),
            ("GET", "/raw"),
            ("POST", "/api/status"),
        ] {
            for kind in ["text/plain", "application/json"] {
                let headers = format!(
                    "Host: {host}\r\nOrigin: {origin}\r\nAuthorization: Bearer {token}\r\n\
                     Content-Type: {kind}\r\nAccess-Control-Request-Method: POST\r\n"
                );
                let (status, answer) = port.wire(&request(method, path, &headers)).await;
                assert_eq!(status, 403, "{origin} {method} {path} {kind}");
                assert!(
                    !answer.to_lowercase().contains("access-control"),
                    "{answer}"
                );
            }
        }
    }
    let headers = format!("Host: {host}\r\nOrigin: {own}\r\nAuthorization: Bearer {token}\r\n");
    assert_eq!(
        port.wire(&request("POST", "/api/status", &headers)).await.0,
        200
    );
    let twice = format!("{headers}Origin: {own}\r\n");
    assert_eq!(
        port.wire(&request("POST", "/api/status", &twice)).await.0,
        400
    );
}

#[tokio::test]
async fn pages_of_this_machine_may_post_lines_and_nothing_else() {
    let port = Port::open().await;
    for origin in [
        "http://localhost:5173",
        "https://127.0.0.1",
        "http://[::1]:8080",
    ] {
        let asked = port
            .bare(Method::OPTIONS, "/ingest")
            .header(ORIGIN, origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
            .send()
            .await
            .unwrap();
        assert_eq!(asked.status(), 204);
        assert_eq!(asked.headers()["access-control-allow-origin"], origin);
        assert_eq!(asked.headers()["vary"], "origin");
        let allowed = asked.headers()["access-control-allow-headers"]
            .to_str()
            .unwrap();
        assert!(allowed.contains("content-type"));

        let post = port
            .bare(Method::POST, "/ingest")
            .header(ORIGIN, origin)
            .body("hello");
        let posted = post.send().await.unwrap();
        assert_eq!(posted.status(), 200);
        assert_eq!(posted.headers()["access-control-allow-origin"], origin);

        for path in ["/raw", "/health", "/", "/api/events?client=c"] {
            let read = port.request(Method::GET, path).header(ORIGIN, origin);
            refused(read.send().await.unwrap(), 403).await;
        }
    }
    assert_eq!(port.text("/raw").await.lines().count(), 3);
}

#[tokio::test]
async fn a_listed_origin_may_do_what_the_own_page_may() {
    let origin = "http://localhost:5173";
    let options = Options {
        allow_origins: vec![origin.into()],
        ..Options::default()
    };
    let port = Port::open_with(options).await;
    let read = port
        .request(Method::GET, "/raw")
        .header(ORIGIN, origin)
        .send()
        .await
        .unwrap();
    assert_eq!(read.status(), 200);
    assert_eq!(read.headers()["access-control-allow-origin"], origin);
    let bare = port
        .bare(Method::GET, "/raw")
        .header(ORIGIN, origin)
        .send()
        .await
        .unwrap();
    assert_eq!(bare.status(), 401);
}

#[tokio::test]
async fn everything_but_ingest_health_and_the_page_needs_the_token() {
    let port = Port::open().await;
    let token = port.workbench.token();
    for (method, path) in GUARDED {
        let ask = || port.bare(method.parse().unwrap(), path);
        let in_address = |token: &str| {
            let mark = if path.contains('?') { '&' } else { '?' };
            port.bare(
                method.parse().unwrap(),
                &format!("{path}{mark}token={token}"),
            )
        };
        let none = ask().send().await.unwrap();
        assert_eq!(none.headers()["www-authenticate"], "Bearer", "{path}");
        assert_eq!(refused(none, 401).await["code"], "token_missing", "{path}");
        for wrong in ["x", token.split_at(1).1, &format!("{token}x")] {
            let asked = ask()
                .header(AUTHORIZATION, format!("Bearer {wrong}"))
                .send()
                .await;
            assert_eq!(
                refused(asked.unwrap(), 403).await["code"],
                "token_wrong",
                "{path}"
            );
        }
        let basic = ask()
            .header(AUTHORIZATION, format!("Basic {token}"))
            .send()
            .await
            .unwrap();
        refused(basic, 401).await;
        for asked in [ask().bearer_auth(&token), in_address(&token)] {
            let status = asked.send().await.unwrap().status();
            assert!(status != 401 && status != 403, "{method} {path}: {status}");
        }
        let wrong = in_address("x").send().await.unwrap();
        refused(wrong, 403).await;
    }
    for path in ["/health", "/"] {
        let status = port.bare(Method::GET, path).send().await.unwrap().status();
        assert!(status != 401 && status != 403);
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_before_the_token_is_asked_for() {
    let port = Port::open().await;
    let wrong = port.bare(Method::DELETE, "/raw").send().await.unwrap();
    assert_eq!(refused(wrong, 405).await["code"], "wrong_method");
    let nothing = port.bare(Method::GET, "/nothing").send().await.unwrap();
    assert_eq!(refused(nothing, 404).await["code"], "not_found");
}

#[tokio::test]
async fn without_a_token_nobody_is_asked_but_strangers_stay_out() {
    let port = Port::open_with(Options {
        no_token: true,
        ..Options::default()
    })
    .await;
    assert_eq!(
        port.bare(Method::GET, "/raw")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
    let clear = port
        .bare(Method::POST, "/control/clear")
        .send()
        .await
        .unwrap();
    assert_eq!(clear.status(), 200);
    let page = port
        .bare(Method::GET, "/raw")
        .header(ORIGIN, "http://evil.example");
    refused(page.send().await.unwrap(), 403).await;
    assert!(!port.bound.page().contains("token"));
}

#[tokio::test]
async fn beyond_this_machine_everything_needs_the_token() {
    let everywhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let port = Port::open_with(Options {
        listen: everywhere,
        ..Options::default()
    })
    .await;
    let post = |client: reqwest::RequestBuilder| client.body("hello").send();
    refused(post(port.bare(Method::POST, "/ingest")).await.unwrap(), 401).await;
    refused(port.bare(Method::GET, "/health").send().await.unwrap(), 401).await;
    let with = post(port.request(Method::POST, "/ingest")).await.unwrap();
    assert_eq!(with.status(), 200);

    let dir = tempfile::tempdir().unwrap();
    let workbench = workbench(&dir);
    let open = Options {
        listen: everywhere,
        port: 0,
        no_token: true,
        ..Options::default()
    };
    assert!(Server::bind(workbench.clone(), open).await.is_err());
    workbench.close();
}
