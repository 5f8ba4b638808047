//! How each service writes a line.

use crosscut_model::UnixNanos;
use jiff::Timestamp;
use serde_json::json;

/// What all lines of one request share.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) id: String,
    pub(crate) trace: String,
    pub(crate) user: i64,
    pub(crate) method: &'static str,
    pub(crate) path: String,
}

/// A JSON line of the api. `extra` is an object whose members are added.
pub(crate) fn api(
    at: UnixNanos,
    level: &str,
    message: &str,
    request: &Request,
    extra: serde_json::Value,
) -> String {
    let mut line = json!({
        "time": time(at, "%Y-%m-%dT%H:%M:%S%.3fZ"),
        "level": level,
        "msg": message,
        "method": request.method,
        "path": request.path,
        "request_id": request.id,
        "trace_id": request.trace,
        "user": format!("u-{}", request.user),
    });
    if let (Some(line), serde_json::Value::Object(extra)) = (line.as_object_mut(), extra) {
        line.extend(extra);
    }
    line.to_string()
}

/// A logfmt line of orders. `extra` is more pairs.
pub(crate) fn orders(
    at: UnixNanos,
    level: &str,
    message: &str,
    request: &Request,
    extra: &str,
) -> String {
    let time = time(at, "%Y-%m-%dT%H:%M:%S%.3fZ");
    format!(
        "time={time} level={level} msg=\"{message}\" {extra} request_id={} trace_id={}",
        request.id, request.trace
    )
}

/// A plain line of payments.
pub(crate) fn payments(
    at: UnixNanos,
    level: &str,
    (worker, class): (i64, &str),
    message: &str,
) -> String {
    let time = time(at, "%Y-%m-%d %H:%M:%S%.3f");
    format!("{time} {level:<5} [worker-{worker}] c.shop.payments.{class} - {message}")
}

fn time(at: UnixNanos, format: &str) -> String {
    Timestamp::from_nanosecond(i128::from(at.0))
        .map(|time| time.strftime(format).to_string())
        .unwrap_or_default()
}
