//! `POST /ingest`.

use crosscut_model::limits::MAX_BODY_BYTES;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Port, deflate, gzip, refused, zstd};

#[tokio::test]
async fn an_envelope_is_stored_and_answered_with_its_run() {
    let port = Port::open().await;
    let body = json!({"source": "shop", "lines": ["one", {"msg": "two", "n": 1.5}]});
    let reply = port
        .ingest("/ingest", "application/json", body.to_string())
        .await;
    let run = port.workbench.current_run();
    assert_eq!(
        reply,
        json!({"success": true, "runId": run.as_str(), "accepted": 2, "rejected": 0})
    );
    assert_eq!(
        port.text("/raw").await,
        "[shop] one\n[shop] {\"msg\":\"two\",\"n\":1.5}\n"
    );
}

#[tokio::test]
async fn every_form_ends_as_the_same_records() {
    let port = Port::open().await;
    for (source, kind, body) in [
        ("array", "application/json", r#"[{"a":1},{"b":2}]"#),
        ("ndjson", "application/x-ndjson", "{\"a\":1}\n{\"b\":2}\n"),
        (
            "curl",
            "application/x-www-form-urlencoded",
            "{\"a\":1}\n{\"b\":2}",
        ),
        ("text", "text/plain", "{\"a\":1}\n{\"b\":2}\n"),
    ] {
        let reply = port
            .ingest(&format!("/ingest?source={source}"), kind, body)
            .await;
        assert_eq!(reply["accepted"], 2, "{source}");
        let raw = port.text(&format!("/raw?source={source}")).await;
        assert_eq!(
            raw,
            format!("[{source}] {{\"a\":1}}\n[{source}] {{\"b\":2}}\n")
        );
    }
    port.ingest("/ingest?source=object", "application/json", r#"{"a":1}"#)
        .await;
    assert_eq!(
        port.text("/raw?source=object").await,
        "[object] {\"a\":1}\n"
    );
}

#[tokio::test]
async fn the_source_is_named_by_body_address_or_header() {
    let port = Port::open().await;
    let post = |path: &str| {
        port.bare(Method::POST, path)
            .header("x-crosscut-source", "header")
    };
    let body = json!({"source": "body", "lines": ["x"]}).to_string();
    post("/ingest?source=address")
        .body(body)
        .send()
        .await
        .unwrap();
    post("/ingest?source=address")
        .body("x")
        .send()
        .await
        .unwrap();
    post("/ingest").body("x").send().await.unwrap();
    port.ingest("/ingest", "text/plain", "x").await;
    assert_eq!(
        port.text("/raw").await,
        "[body] x\n[address] x\n[header] x\n[http] x\n"
    );
}

#[tokio::test]
async fn lines_missing_or_no_array_is_a_clear_400() {
    let port = Port::open().await;
    for body in ["", "{}", r#"{"runId":"x"}"#, r#"{"lines":"x"}"#] {
        let request = port.bare(Method::POST, "/ingest").body(body);
        let response = request
            .header("content-type", "application/json")
            .send()
            .await
            .unwrap();
        let error = refused(response, 400).await;
        assert_eq!(error["code"], "bad_lines", "{body}");
        assert!(error["hint"].as_str().unwrap().contains("lines"));
    }
    assert_eq!(port.text("/raw").await, "");
}

#[tokio::test]
async fn a_broken_line_is_kept_as_a_system_record_and_costs_nobody_else() {
    let port = Port::open().await;
    let body = "{\"a\":1}\n{broken\n{\"b\":2}\n";
    let reply = port
        .ingest("/ingest?source=s", "application/x-ndjson", body)
        .await;
    assert_eq!(
        (&reply["accepted"], &reply["rejected"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        port.text("/raw?stream=system&source=s").await,
        "[s] {broken\n"
    );
    assert_eq!(
        port.text("/raw?stream=stdout").await,
        "[s] {\"a\":1}\n[s] {\"b\":2}\n"
    );
}

#[tokio::test]
async fn the_address_tells_stream_kind_and_level() {
    let port = Port::open().await;
    for (path, body) in [
        ("/ingest?source=app&kind=command&stream=stderr", "error: no"),
        ("/ingest?source=app&kind=command", "hello"),
        (
            "/ingest?source=app&kind=command&stream=system&level=warn",
            "the command exited with code 3",
        ),
        ("/ingest?source=app&kind=stdin", "piped"),
    ] {
        port.ingest(path, "text/plain", body).await;
    }
    let raw = port.text("/raw?format=jsonl").await;
    let told: Vec<_> = raw
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|record| {
            ["source", "stream", "level", "line"]
                .map(|key| record[key].as_str().unwrap().to_owned())
        })
        .collect();
    assert_eq!(
        told,
        [
            ["app", "stderr", "error", "error: no"],
            ["app", "stdout", "none", "hello"],
            ["app", "system", "warn", "the command exited with code 3"],
            ["app (2)", "stdout", "none", "piped"],
        ]
    );
    let sources = port.call("sources_list", json!({})).await;
    let kinds: Vec<_> = sources
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["kind"])
        .collect();
    assert_eq!(kinds, [&json!("command"), &json!("stdin")]);
    let odd = port.bare(Method::POST, "/ingest?kind=docker").body("x");
    assert_eq!(
        refused(odd.send().await.unwrap(), 400).await["code"],
        "bad_parameter"
    );
}

#[tokio::test]
async fn a_request_sent_again_under_its_key_is_stored_once() {
    let port = Port::open().await;
    let post = |key: &str, body: &str| {
        port.bare(Method::POST, "/ingest?source=shop")
            .header("idempotency-key", key)
            .body(body.to_owned())
            .send()
    };
    let body = "{\"a\":1}\n{broken\n";
    let mut answers = Vec::new();
    for (key, again) in [("\"k-1\"", false), ("\"k-1\"", true), ("k-1", true)] {
        let response = post(key, body).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(
            response.headers().contains_key("idempotency-replayed"),
            again
        );
        answers.push(response.text().await.unwrap());
    }
    assert_eq!(answers[0], answers[1]);
    let other = post("k-1", "other").await.unwrap();
    assert_eq!(refused(other, 422).await["code"], "key_reused");
    for bad in ["", "\"\"", "two words", &"x".repeat(256)] {
        refused(post(bad, body).await.unwrap(), 400).await;
    }
    assert_eq!(
        port.text("/raw").await,
        "[shop] {\"a\":1}\n[shop] {broken\n"
    );

    // At once: the others wait for the first and are told the same.
    let at_once = futures_util::future::join_all((0..20).map(|_| post("k-2", "once"))).await;
    let stored = at_once
        .into_iter()
        .map(Result::unwrap)
        .filter(|response| !response.headers().contains_key("idempotency-replayed"))
        .map(|response| assert_eq!(response.status(), 200))
        .count();
    assert_eq!(stored, 1);
    assert_eq!(port.text("/raw?tail=1").await, "[shop] once\n");
    assert_eq!(port.text("/raw").await.lines().count(), 3);
}

#[tokio::test]
async fn a_string_with_newlines_is_one_record() {
    let port = Port::open().await;
    let body = json!(["Error: no\n  at f()\n  at g()\n"]).to_string();
    assert_eq!(
        port.ingest("/ingest", "application/json", body).await["accepted"],
        1
    );
    let records = port.text("/raw?format=jsonl").await;
    assert_eq!(records.lines().count(), 1);
    let record: serde_json::Value = serde_json::from_str(&records).unwrap();
    assert_eq!(record["line"], "Error: no\n  at f()\n  at g()");
}

#[tokio::test]
async fn lines_of_text_that_belong_together_are_one_record() {
    let port = Port::open().await;
    let lines = [
        "Error: no",
        "    at f (a.js:1:1)",
        "    at g (a.js:2:2)",
        "next",
    ];
    let array = json!({ "lines": lines }).to_string();
    for (kind, body) in [
        ("text/plain", lines.join("\n")),
        ("application/json", array),
    ] {
        assert_eq!(port.ingest("/ingest", kind, body).await["accepted"], 4);
        let records = port.text("/raw?format=jsonl&tail=2").await;
        let mut records = records.lines().map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            record["line"].as_str().unwrap().to_owned()
        });
        assert_eq!(records.next().unwrap(), lines[..3].join("\n"), "{kind}");
        assert_eq!(records.next().unwrap(), "next");
    }
}

#[tokio::test]
async fn shippers_name_their_message_and_time_fields() {
    let port = Port::open().await;
    let path = "/ingest?_msg_field=what&_time_field=when";
    let body = r#"{"what":"hello","when":"2026-11-21T10:15:00Z"}"#;
    port.ingest(path, "application/json", body).await;
    let record: serde_json::Value =
        serde_json::from_str(&port.text("/raw?format=jsonl").await).unwrap();
    assert_eq!(record["message"], "hello");
    assert!(
        record["time"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-21T10:15:00")
    );
    assert!(
        record["line"]
            .as_str()
            .unwrap()
            .ends_with(body.trim_start_matches('{')),
        "{record}"
    );
}

#[tokio::test]
async fn packed_bodies_are_unpacked() {
    let port = Port::open().await;
    let two_members = [gzip(b"one\n").await, gzip(b"two\n").await].concat();
    for (coding, body) in [
        ("gzip", two_members),
        ("deflate", deflate(b"one\ntwo\n").await),
        ("zstd", zstd(b"one\ntwo\n").await),
        ("identity", b"one\ntwo\n".to_vec()),
    ] {
        let request = port
            .bare(Method::POST, &format!("/ingest?source={coding}"))
            .header("content-encoding", coding)
            .body(body);
        assert_eq!(request.send().await.unwrap().status(), 200, "{coding}");
        let raw = port.text(&format!("/raw?source={coding}")).await;
        assert_eq!(raw, format!("[{coding}] one\n[{coding}] two\n"));
    }
}

#[tokio::test]
async fn a_body_that_is_packed_wrongly_is_refused_whole() {
    let port = Port::open().await;
    let post = |coding: &str, body: Vec<u8>| {
        port.bare(Method::POST, "/ingest")
            .header("content-encoding", coding)
            .body(body)
            .send()
    };
    let mut cut = gzip(&vec![b'x'; 10_000]).await;
    cut.truncate(cut.len() - 9);
    assert_eq!(
        refused(post("gzip", cut).await.unwrap(), 400).await["code"],
        "bad_body"
    );
    let plain = post("gzip", b"not packed".to_vec()).await.unwrap();
    assert_eq!(refused(plain, 400).await["code"], "bad_body");
    let unknown = post("br", b"x".to_vec()).await.unwrap();
    assert_eq!(unknown.headers()["accept-encoding"], "gzip, zstd, deflate");
    assert_eq!(refused(unknown, 415).await["code"], "unsupported_encoding");
    assert_eq!(port.text("/raw").await, "");
}

#[tokio::test]
async fn a_bomb_is_refused_by_what_it_unpacks_to() {
    let port = Port::open().await;
    let zeros = vec![0; MAX_BODY_BYTES + (1 << 20)];
    let bombs = [("gzip", gzip(&zeros).await), ("zstd", zstd(&zeros).await)];
    for (coding, bomb) in bombs {
        assert!(
            bomb.len() < MAX_BODY_BYTES / 500,
            "{coding} is small on the wire"
        );
        let request = port
            .bare(Method::POST, "/ingest")
            .header("content-encoding", coding)
            .header("content-type", "text/plain")
            .body(bomb);
        let error = refused(request.send().await.unwrap(), 413).await;
        assert_eq!(error["code"], "body_too_large", "{coding}");
    }
    assert_eq!(port.text("/raw").await, "");
}

#[tokio::test]
async fn a_body_that_says_it_is_too_large_is_not_read() {
    let port = Port::open().await;
    let (status, _) = port
        .wire(&format!(
            "POST /ingest HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n",
            MAX_BODY_BYTES + 1
        ))
        .await;
    assert_eq!(status, 413);
}

#[tokio::test]
async fn deep_json_is_taken_like_any_other() {
    let port = Port::open().await;
    let deep = format!("{}1{}", "{\"a\":[".repeat(20_000), "]}".repeat(20_000));
    assert_eq!(
        port.ingest("/ingest", "application/json", deep.clone())
            .await["accepted"],
        1
    );
    assert_eq!(
        port.ingest("/ingest", "application/x-ndjson", deep).await["accepted"],
        1
    );
}
