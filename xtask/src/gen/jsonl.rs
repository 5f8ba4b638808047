//! Structured logs of twelve services.

use std::io::{self, Write};

use super::Record;
use super::random::Random;
use super::time::Instants;
use super::words::{METHODS, PATHS, STATUSES, Templates, fill, java_trace, user};

/// One JSON object a line.
#[derive(Debug)]
pub(super) struct Jsonl {
    templates: Templates,
    instants: Instants,
    trace: (u64, u64),
    lines_left_in_trace: u64,
}

impl Jsonl {
    pub(super) fn new(random: &mut Random, instants: Instants) -> Self {
        let templates = Templates::new(random);
        Self {
            templates,
            instants,
            trace: (0, 0),
            lines_left_in_trace: 0,
        }
    }

    /// About five lines share a trace.
    fn trace(&mut self, random: &mut Random) -> (u64, u64) {
        if self.lines_left_in_trace == 0 {
            self.trace = (random.next(), random.next());
            self.lines_left_in_trace = 1 + random.below(10);
        }
        self.lines_left_in_trace -= 1;
        self.trace
    }
}

impl Record for Jsonl {
    fn append(&mut self, out: &mut Vec<u8>, random: &mut Random) -> io::Result<()> {
        let template = self.templates.pick(random);
        let (high, low) = self.trace(random);
        let time = self.instants.next(random).iso_millis();
        let (level, service) = (template.level, template.service);
        write!(
            out,
            r#"{{"timestamp":"{time}","level":"{level}","service":"{service}","msg":""#
        )?;
        template.fill(out, random)?;
        write!(
            out,
            r#"","trace_id":"{high:016x}{low:016x}","span_id":"{:016x}""#,
            random.next()
        )?;
        match random.below(100) {
            0..45 => http(out, random)?,
            45..65 => duration(out, random)?,
            65..80 => {
                let attempt = 1 + random.below(5);
                write!(out, r#","user_id":{},"attempt":{attempt}"#, user(random))?;
            }
            80..85 => context(out, random)?,
            _ => {}
        }
        if template.is_error() && random.percent(25) {
            let stack = serde_json::Value::from(java_trace(random));
            write!(out, r#","error":{{"type":"error","stack":{stack}}}"#)?;
        }
        out.write_all(b"}\n")
    }
}

fn duration(out: &mut Vec<u8>, random: &mut Random) -> io::Result<()> {
    write!(
        out,
        r#","duration_ms":{}.{}"#,
        random.mostly_small(3000),
        random.below(10)
    )
}

fn http(out: &mut Vec<u8>, random: &mut Random) -> io::Result<()> {
    duration(out, random)?;
    let (method, path) = (random.pick(METHODS), random.pick(PATHS));
    write!(out, r#","http":{{"method":"{method}","path":""#)?;
    fill(out, path, random)?;
    write!(out, r#"","status":{}}}"#, random.pick(STATUSES))
}

fn context(out: &mut Vec<u8>, random: &mut Random) -> io::Result<()> {
    let plan = random.pick(&["free", "pro", "team"]);
    let (id, region) = (user(random), 1 + random.below(3));
    let (a, b) = (random.below(10), random.below(10));
    write!(
        out,
        r#","ctx":{{"user":{{"id":{id},"plan":"{plan}"}},"region":"eu-west-{region}","tags":["a{a}","b{b}"]}}"#
    )
}
