//! What one client can have stored over HTTP: JSON lines and OTLP records, a thousand a request.

mod otlp;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use serde_json::json;

use super::program::{Crosscut, run};
use super::report::{Report, Row};
use super::stats::median;
use super::{Place, corpus};
use crate::command::{Context, Failure, Outcome};
use crate::say;

/// Lines of a request.
const TOGETHER: usize = 1_000;
/// Lines in all, at most.
const LINES: u64 = 500_000;
/// JSON lines stored in a second, at least.
const JSON: f64 = 150_000.0;
/// OTLP records stored in a second, at least.
const OTLP: f64 = 100_000.0;

/// Requests of one form.
struct Form {
    what: &'static str,
    path: &'static str,
    kind: &'static str,
    /// Stored in a second, at least; none for what is not stored.
    bar: Option<f64>,
    bodies: Vec<Vec<u8>>,
}

pub(super) fn measure(place: &Place, lines: u64, rounds: usize, report: &mut Report) -> Outcome {
    let lines = lines.min(LINES);
    let file = corpus::file(place, lines)?;
    let text = std::fs::read(&file).context(file.display())?;
    let all: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    let json: Vec<_> = all.chunks(TOGETHER).map(<[_]>::concat).collect();
    let otlp = all.chunks(TOGETHER).map(otlp::request);
    let otlp = otlp.collect::<Outcome<Vec<_>>>()?;
    let forms = [
        Form {
            what: "HTTP: JSON lines",
            path: "/ingest?source=bench",
            kind: "application/x-ndjson",
            bar: Some(JSON),
            bodies: json.clone(),
        },
        Form {
            what: "HTTP: OTLP records, binary",
            path: "/v1/logs",
            kind: "application/x-protobuf",
            bar: Some(OTLP),
            bodies: otlp,
        },
        // Taken and not kept: what the connection alone costs.
        Form {
            what: "HTTP: the same JSON, not stored",
            path: "/v1/metrics",
            kind: "application/json",
            bar: None,
            bodies: json,
        },
    ];
    say::step(format_args!(
        "{lines} lines over HTTP, {TOGETHER} a request, medians of {rounds}"
    ));
    for form in &forms {
        let (mut seconds, mut processor) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (took, used) = post(place, form, lines)?;
            seconds.push(took);
            processor.extend(used);
        }
        let took = median(&seconds).unwrap_or(f64::NAN);
        #[expect(clippy::cast_precision_loss, reason = "half a million")]
        let count = lines as f64;
        say::line(format_args!("{}: {:.0} a second", form.what, count / took));
        report.add(Row {
            what: format!("{}, {lines}", form.what),
            ours: Some(took),
            must: form.bar.map(|bar| count / bar),
            unit: "s",
            ..Row::default()
        });
        report.add(Row {
            what: format!("{}, processor time", form.what),
            ours: median(&processor),
            unit: "s",
            ..Row::default()
        });
    }
    Ok(())
}

/// Posts all bodies over one connection, one after the other; the seconds it took, and those of
/// processor time that the program used.
fn post(place: &Place, form: &Form, lines: u64) -> Outcome<(f64, Option<f64>)> {
    let crosscut = Crosscut::start(&place.program, place.folder.join("data"), &[])?;
    let address = crosscut.port.address();
    let mut stream = TcpStream::connect(address).context(address)?;
    stream.set_nodelay(true).context(address)?;
    let mut answers = BufReader::new(stream.try_clone().context(address)?);
    let before = crosscut.processor();
    let begin = Instant::now();
    for body in &form.bodies {
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {address}\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            form.path,
            form.kind,
            body.len()
        );
        stream.write_all(head.as_bytes()).context(form.path)?;
        stream.write_all(body).context(form.path)?;
        answer(&mut answers, form.path)?;
    }
    let took = begin.elapsed().as_secs_f64();
    let used = crosscut
        .processor()
        .zip(before)
        .map(|(now, then)| now - then);
    let stored = run(&crosscut.port)?.get("records").cloned();
    let expected = if form.bar.is_some() { lines } else { 0 };
    if stored != Some(json!(expected)) {
        return Err(Failure::new(format!(
            "{}: {stored:?} are stored",
            form.path
        )));
    }
    Ok((took, used))
}

/// Reads a good answer.
fn answer(stream: &mut impl BufRead, path: &str) -> Outcome {
    let (mut line, mut status, mut length) = (String::new(), String::new(), 0);
    loop {
        line.clear();
        stream.read_line(&mut line).context(path)?;
        let text = line.trim_end().to_ascii_lowercase();
        if status.is_empty() {
            status.clone_from(&text);
        } else if text.is_empty() {
            break;
        } else if let Some(value) = text.strip_prefix("content-length:") {
            length = value.trim().parse().context(path)?;
        }
    }
    let mut body = Vec::new();
    stream.take(length).read_to_end(&mut body).context(path)?;
    if status.starts_with("http/1.1 200") {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&body);
    Err(Failure::new(format!("{path}: {status}: {body}")))
}
