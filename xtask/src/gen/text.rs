//! What several programs write into one terminal.

use std::io::{self, Write};

use super::Record;
use super::random::Random;
use super::time::{Instant, Instants};
use super::words::{METHODS, PATHS, STATUSES, Template, Templates, fill, java_trace, python_trace};

/// Five formats, mixed, with stack traces.
#[derive(Debug)]
pub(super) struct Text {
    templates: Templates,
    instants: Instants,
}

impl Text {
    pub(super) fn new(random: &mut Random, instants: Instants) -> Self {
        Self {
            templates: Templates::new(random),
            instants,
        }
    }
}

impl Record for Text {
    fn append(&mut self, out: &mut Vec<u8>, random: &mut Random) -> io::Result<()> {
        let time = self.instants.next(random);
        let template = self.templates.pick(random);
        match random.below(10) {
            0..4 => spring(out, time, &template, random),
            4..6 => python(out, time, &template, random),
            6..8 => nginx(out, time, random),
            8 => logfmt(out, time, &template, random),
            _ => syslog(out, time, &template, random),
        }
    }
}

fn spring(out: &mut Vec<u8>, time: Instant, of: &Template, random: &mut Random) -> io::Result<()> {
    let (level, service) = (of.level.to_uppercase(), of.service);
    let thread = random.below(16);
    let time = time.spaced('.');
    write!(
        out,
        "{time} {level:<5} [{service}-exec-{thread}] c.e.{service}.CoreService : "
    )?;
    of.fill(out, random)?;
    out.push(b'\n');
    if of.is_error() && random.percent(33) {
        writeln!(out, "{}", java_trace(random))?;
    }
    Ok(())
}

fn python(out: &mut Vec<u8>, time: Instant, of: &Template, random: &mut Random) -> io::Result<()> {
    write!(
        out,
        "{} - {} - {} - ",
        time.spaced(','),
        of.service,
        of.level.to_uppercase()
    )?;
    of.fill(out, random)?;
    out.push(b'\n');
    if of.is_error() && random.percent(33) {
        writeln!(out, "{}", python_trace(random))?;
    }
    Ok(())
}

fn nginx(out: &mut Vec<u8>, time: Instant, random: &mut Random) -> io::Result<()> {
    let (c, d) = (random.below(256), random.below(256));
    let (method, path) = (random.pick(METHODS), random.pick(PATHS));
    write!(out, "10.0.{c}.{d} - - [{}] \"{method} ", time.common_log())?;
    fill(out, path, random)?;
    let (status, bytes) = (random.pick(STATUSES), random.mostly_small(200_000));
    writeln!(
        out,
        " HTTP/1.1\" {status} {bytes} \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\""
    )
}

fn logfmt(out: &mut Vec<u8>, time: Instant, of: &Template, random: &mut Random) -> io::Result<()> {
    write!(
        out,
        "time={} level={} svc={} msg=\"",
        time.iso_micros(),
        of.level,
        of.service
    )?;
    of.fill(out, random)?;
    writeln!(out, "\" dur={}ms", random.mostly_small(3000))
}

fn syslog(out: &mut Vec<u8>, time: Instant, of: &Template, random: &mut Random) -> io::Result<()> {
    let pid = 100 + random.below(30_000);
    write!(out, "{} devbox {}[{pid}]: ", time.syslog(), of.service)?;
    of.fill(out, random)?;
    out.push(b'\n');
    Ok(())
}
