//! Winston's HTTP transport, pino-http-send, and Python's HTTPHandler.

use reqwest::Method;
use serde_json::json;

use super::{line, post, records};
use crate::harness::Port;

/// `urlencode(record.__dict__)` of `logging.getLogger("shop.cart").warning("%s has %d (%.1f%%)", "Ann", 3, 1.25)`.
const FORM: &str = "name=shop.cart&msg=%25s+has+%25d+%28%25.1f%25%25%29&args=%28%27Ann%27%2C+3%2C+1.25%29\
    &levelname=WARNING&levelno=30&pathname=%2Fapp%2Fcart.py&filename=cart.py&module=cart&exc_info=None\
    &exc_text=None&stack_info=None&lineno=14&funcName=add&created=1732184400.1234567&msecs=123.0\
    &relativeCreated=57.36&thread=139871&threadName=MainThread&processName=MainProcess&process=4711&taskName=None";

#[tokio::test]
async fn pythons_http_handler_is_taken_by_get_and_by_post() {
    let port = Port::open().await;
    let (status, _) = port
        .wire(&format!(
            "GET /ingest?{FORM} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept-Encoding: identity\r\n\
             Connection: close\r\n\r\n",
            port.address().port()
        ))
        .await;
    assert_eq!(status, 200);
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let reply = post(&port, "/ingest?source=named", &kind, FORM).await;
    assert_eq!(reply.status(), 200);
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[0]["source"], "shop");
    assert_eq!(records[1]["source"], "named");
    for record in &records {
        assert_eq!(record["message"], "Ann has 3 (1.2%)");
        assert_eq!(record["level"], "warn");
        assert!(
            record["time"]
                .as_str()
                .unwrap()
                .starts_with("2024-11-21T10:20:00.123456")
        );
        let line = line(record);
        assert_eq!(line["lineno"], 14);
        assert_eq!(line["name"], "shop.cart");
        assert_eq!(line["exc_info"], json!(null));
    }
}

#[tokio::test]
async fn arguments_that_cannot_be_filled_in_stay_beside_the_message() {
    let port = Port::open().await;
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    for (msg, args, message) in [
        ("a+%25s", "%28%22it%27s%22%2C%29", "a it's"),
        ("a+%25s+b", "%28%27x%27%2C+%27y%27%29", "a %s b"),
        ("100%25", "%28%29", "100%"),
        ("%25%28name%29s", "%7B%27name%27%3A+1%7D", "%(name)s"),
    ] {
        let form = format!("name=root&msg={msg}&args={args}&levelname=INFO&created=1732184400.5");
        assert_eq!(post(&port, "/ingest", &kind, form).await.status(), 200);
        let records = records(&port).await;
        let last = records.last().unwrap();
        assert_eq!(last["message"], message);
        assert_eq!(last["source"], "python");
    }
}

#[tokio::test]
async fn winstons_transport_gets_exactly_200_old_and_new() {
    let port = Port::open().await;
    let kind = [("content-type", "application/json")];
    for (path, body) in [
        ("/ingest", r#"{"level":"warn","message":"new"}"#),
        (
            "/",
            r#"[{"level":"warn","message":"new"},{"level":"info","message":"batch"}]"#,
        ),
        (
            "/ingest",
            r#"{"method":"collect","params":{"level":"warn","message":"old","meta":{"n":1}}}"#,
        ),
        (
            "/",
            r#"{"method":"collect","params":{"level":"warn","message":"old"}}"#,
        ),
    ] {
        assert_eq!(
            post(&port, path, &kind, body).await.status(),
            200,
            "{path} {body}"
        );
    }
    let records = records(&port).await;
    let messages: Vec<_> = records
        .iter()
        .map(|r| r["message"].as_str().unwrap())
        .collect();
    assert_eq!(messages, ["new", "new", "batch", "old", "old"]);
    assert_eq!(records[3]["level"], "warn");
    assert_eq!(line(&records[3])["meta"]["n"], 1);
}

#[tokio::test]
async fn pino_http_sends_batches_are_records_each() {
    let port = Port::open().await;
    let kind = [("content-type", "application/json")];
    let body =
        r#"{"logs":[{"level":30,"time":1732184400000,"msg":"one"},{"level":50,"msg":"two"}]}"#;
    assert_eq!(post(&port, "/ingest", &kind, body).await.status(), 200);
    let records = records(&port).await;
    assert_eq!(records.len(), 2);
    assert_eq!(records[1]["level"], "error");
}

#[tokio::test]
async fn a_get_that_holds_no_log_record_is_told_to_post() {
    let port = Port::open().await;
    for path in [
        "/ingest",
        "/ingest?msg=x",
        "/ingest?levelname=INFO&created=1",
    ] {
        let reply = port.bare(Method::GET, path).send().await.unwrap();
        assert_eq!(reply.status(), 405, "{path}");
    }
    assert!(records(&port).await.is_empty());
}
