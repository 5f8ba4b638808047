//! Who may bring lines, protocol by protocol, on raw sockets.

use std::net::{IpAddr, Ipv4Addr};

use crosscut_server::Options;
use reqwest::Method;

use super::{post, records};
use crate::harness::Port;

/// Every address that stores something, with a body it would take.
const WAYS: [(&str, &str, &str); 12] = [
    ("POST", "/ingest", "x"),
    ("POST", "/", "x"),
    (
        "POST",
        "/loki/api/v1/push",
        r#"{"streams":[{"stream":{},"values":[["1","x"]]}]}"#,
    ),
    ("POST", "/_bulk", "{\"index\":{}}\n{}\n"),
    ("PUT", "/logs/_bulk", "{\"index\":{}}\n{}\n"),
    ("POST", "/ingest/clef", r#"{"@m":"x"}"#),
    ("POST", "/api/events/raw?clef", r#"{"@m":"x"}"#),
    ("POST", "/services/collector/raw", "x"),
    ("POST", "/api/v2/logs", r#"{"message":"x"}"#),
    ("POST", "/api/log", r#"{"logs":[{"log":"x"}]}"#),
    ("POST", "/stream", "{}\n{\"type\":\"event\"}\n{}"),
    ("POST", "/api/1/envelope/", "{}\n{\"type\":\"event\"}\n{}"),
];
const RECORD: &str = "/ingest?name=root&msg=x&levelname=INFO&created=1732184400.5";

fn request(method: &str, path: &str, headers: &str, body: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Connection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn pages_of_strangers_store_nothing_by_any_protocol() {
    let port = Port::open().await;
    for (method, path, body) in WAYS {
        // What a form or a script can send without asking first.
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ] {
            for origin in ["https://evil.example", "null"] {
                let headers = format!("Origin: {origin}\r\nContent-Type: {kind}\r\n");
                let (status, answer) = port.wire(&request(method, path, &headers, body)).await;
                assert_eq!(status, 403, "{method} {path} {origin}");
                assert!(
                    !answer
                        .to_lowercase()
                        .contains("access-control-allow-origin")
                );
            }
        }
        let asks = "Origin: https://evil.example\r\nAccess-Control-Request-Method: POST\r\n";
        assert_eq!(
            port.wire(&request("OPTIONS", path, asks, "")).await.0,
            403,
            "{path}"
        );
    }
    assert!(records(&port).await.is_empty());
}

#[tokio::test]
async fn an_image_on_a_page_stores_nothing() {
    let port = Port::open().await;
    for marks in [
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n",
        "Sec-Fetch-Site: same-origin\r\n",
        "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n",
        "Referer: https://evil.example/\r\n",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0\r\n",
        "Cookie: a=b\r\n",
        "Origin: http://localhost:5173\r\n",
        "Origin: https://evil.example\r\n",
    ] {
        let (status, _) = port.wire(&request("GET", RECORD, marks, "")).await;
        assert_eq!(status, 403, "{marks}");
    }
    assert!(records(&port).await.is_empty());
    assert_eq!(port.wire(&request("GET", RECORD, "", "")).await.0, 200);
    assert_eq!(records(&port).await.len(), 1);
}

#[tokio::test]
async fn pages_of_this_machine_may_post_by_protocols_that_pages_speak() {
    let port = Port::open().await;
    let origin = "http://localhost:5173";
    for path in [
        "/stream",
        "/api/1/envelope/",
        "/api/v2/logs",
        "/loki/api/v1/push",
        "/ingest/clef",
    ] {
        let asks = format!(
            "Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n\
             Access-Control-Request-Headers: content-type,x-sentry-auth\r\n"
        );
        let (status, answer) = port.wire(&request("OPTIONS", path, &asks, "")).await;
        assert_eq!(status, 204, "{path}");
        assert!(
            answer.contains("x-sentry-auth") && answer.contains(origin),
            "{path}"
        );
    }
    // Reading under the same address is for the port's own page alone.
    let asks = format!("Origin: {origin}\r\nAccess-Control-Request-Method: GET\r\n");
    assert_eq!(
        port.wire(&request("OPTIONS", "/stream", &asks, "")).await.0,
        403
    );
    let reads = format!(
        "Origin: {origin}\r\nAuthorization: Bearer {}\r\n",
        port.workbench.token()
    );
    assert_eq!(
        port.wire(&request("GET", "/stream", &reads, "")).await.0,
        403
    );
}

#[tokio::test]
async fn every_protocol_takes_its_lines_from_a_program_without_a_token() {
    let port = Port::open().await;
    for (method, path, body) in WAYS {
        let kind = if path.starts_with("/loki") {
            "application/json"
        } else {
            "text/plain"
        };
        let headers = format!("Content-Type: {kind}\r\n");
        let (status, answer) = port.wire(&request(method, path, &headers, body)).await;
        assert!((200..300).contains(&status), "{method} {path}: {answer}");
    }
    assert_eq!(records(&port).await.len(), WAYS.len());
}

#[tokio::test]
async fn from_afar_the_token_is_a_must_and_may_stand_where_the_protocol_has_its_key() {
    let port = Port::open_with(Options {
        listen: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        ..Options::default()
    })
    .await;
    for (method, path, body) in WAYS {
        let (status, _) = port.wire(&request(method, path, "", body)).await;
        assert_eq!(status, 401, "{method} {path}");
    }
    for path in [
        RECORD,
        "/_cluster/health",
        "/services/collector/health",
        "/ready",
    ] {
        assert_eq!(
            port.wire(&request("GET", path, "", "")).await.0,
            401,
            "{path}"
        );
    }
    assert!(records(&port).await.is_empty());
    let token = port.workbench.token();
    let basic = base64(&format!("user:{token}"));
    for (path, name, key) in [
        (
            "/services/collector/raw",
            "authorization",
            format!("Splunk {token}"),
        ),
        ("/api/v2/logs", "dd-api-key", token.clone()),
        ("/ingest/clef", "x-seq-apikey", token.clone()),
        ("/_bulk", "authorization", format!("Basic {basic}")),
        ("/_bulk", "authorization", format!("ApiKey {basic}")),
        (
            "/stream",
            "x-sentry-auth",
            format!("Sentry sentry_version=7, sentry_key={token}"),
        ),
    ] {
        let (_, _, body) = WAYS.iter().find(|way| way.1 == path).unwrap();
        let headers = [(name, key.as_str())];
        let status = post(&port, path, &headers, *body).await.status();
        assert!(status.is_success(), "{path} {name}: {status}");
        let wrong = key
            .replace(&token, "wrong")
            .replace(&basic, "dXNlcjp3cm9uZw==");
        let status = post(&port, path, &[(name, wrong.as_str())], *body)
            .await
            .status();
        assert!(
            matches!(status.as_u16(), 401 | 403),
            "{path} {name}: {status}"
        );
    }
    let page = port.bare(Method::GET, "/").header("accept", "text/html");
    assert_ne!(page.send().await.unwrap().status(), 401);
}

fn base64(text: &str) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = three
            .iter()
            .fold(0u32, |all, byte| all << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        for at in 0..4 {
            let digit = char::from(digits[(bits >> (18 - 6 * at) & 63) as usize]);
            out.push(if at <= three.len() { digit } else { '=' });
        }
    }
    out
}
