//! A level, and around it in some order the thread, the process, the logger, the place in the source.
//!
//! The level is the sign of such a line: without one there is no shape to be sure of. A logger is a
//! name set off as layouts do it (` - `, ` : `, `: ` behind a name with a dot in it); a word of
//! prose with a colon behind it is none.

use super::logger::{is_level, is_level_in_brackets, is_logger, is_name};
use super::scan::{Scan, is_file_line, is_number};
use super::{Places, access};
use crate::time::stamp;

/// Parts that are looked at before the words.
const PARTS: usize = 10;

/// Two ids of sixteen digits and what sets them off. Bytes.
const SHORTEST_TRACE: usize = 33;

/// What has been read of a line.
#[derive(Debug, Default)]
pub(super) struct Parts<'a> {
    level: bool,
    logger: Option<&'a [u8]>,
    thread: Option<&'a [u8]>,
    /// The bracket before the thread's.
    before: Option<&'a [u8]>,
    pid: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    file: Option<&'a [u8]>,
    trace: Option<(&'a [u8], &'a [u8])>,
    /// The words begin.
    done: bool,
}

impl<'a> Parts<'a> {
    pub(super) fn read(mut self, rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
        let mut rest = rest;
        for _ in 0..PARTS {
            separators(&mut rest);
            let before = rest;
            let read = match rest.peek() {
                Some(b'[') => self.bracket(&mut rest),
                Some(b'(') => self.round(&mut rest),
                Some(b'0'..=b'9') => self.number(&mut rest),
                Some(b'"') if self.level => {
                    // Requests, as application servers log them.
                    return access::request(rest, places);
                }
                Some(b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'$') => self.word(&mut rest),
                _ => None,
            };
            if read.is_none() {
                rest = before;
                break;
            }
            if self.done {
                break;
            }
        }
        self.finish(rest, places)
    }

    fn finish(self, rest: Scan<'a>, places: &mut Places<'a>) -> Option<()> {
        let Self {
            level,
            mut logger,
            mut thread,
            before,
            pid,
            host,
            file,
            trace,
            ..
        } = self;
        // A name made of parts is no thread's, but for Spring's listeners, who are numbered.
        let parted =
            |name: &&[u8]| is_logger(name) && name.contains(&b'.') && !name.contains(&b'#');
        if logger.is_none() && thread.as_ref().is_some_and(parted) {
            logger = thread.take();
        }
        let any = logger.or(thread).or(pid).or(file).is_some() || trace.is_some();
        if !level || !any {
            return None;
        }
        let mut put = |name, value: Option<&'a [u8]>| places.put(name, value.unwrap_or_default());
        put("pid", pid);
        // Sleuth puts what it knows of the trace behind the application's name.
        put(
            "app",
            before.and_then(|app| app.split(|&byte| byte == b',').next()),
        );
        put("thread", thread);
        put("logger", logger);
        put("file", file);
        put("host", host);
        put("trace_id", trace.map(|(trace, _)| trace));
        put("span_id", trace.map(|(_, span)| span));
        let mut rest = rest;
        rest.blanks();
        places.words = Some(rest.rest);
        Some(())
    }

    /// `[main]`, `[INFO]`, `[123]`, `[app.py:7]`, `[org.acme.Foo] (main)`, `[app,trace,span]`.
    fn bracket(&mut self, rest: &mut Scan<'a>) -> Option<()> {
        let inside = rest.bracketed()?.trim_ascii();
        let next = rest.peek();
        if !matches!(
            next,
            None | Some(b' ' | b'\t' | b':' | b'[' | b'-' | b'|' | b'\n')
        ) {
            return None;
        }
        let timed = inside.first().is_some_and(u8::is_ascii_digit)
            && stamp(inside).is_some_and(|found| found.length == inside.len());
        if inside.is_empty() || timed || is_uptime(inside) || is_epoch(inside) {
            return Some(());
        }
        if !self.level && is_level_in_brackets(inside) {
            self.level = true;
        } else if let Some(logger) = behind_level(inside).filter(|_| !self.level) {
            self.level = true;
            self.logger = Some(logger);
        } else if is_number(inside) && self.pid.is_none() {
            self.pid = Some(inside);
        } else if is_file_line(inside) {
            self.file = Some(inside);
        } else if let Some(trace) = trace(inside) {
            self.trace = Some(trace);
        } else if self.level && rest.rest.starts_with(b" (") && is_logger(inside) {
            self.logger = Some(inside);
        } else if self.thread.is_none()
            || (self.level && self.before.is_none() && self.pid.is_some())
        {
            // Spring puts the application's name before the thread's.
            self.before = self.thread.replace(inside);
        } else {
            return None;
        }
        if rest.eat(b":") {
            self.done = true;
        }
        Some(())
    }

    /// `(main)` behind a logger in brackets; pino-pretty's `(app/12 on host):` behind the level.
    fn round(&mut self, rest: &mut Scan<'a>) -> Option<()> {
        rest.eat(b"(");
        if self.logger.is_some() && self.thread.is_none() {
            self.thread = Some(rest.until(b')')?);
            self.done = true;
            return Some(());
        }
        if !self.level || self.thread.is_some() || self.pid.is_some() {
            return None;
        }
        let inside = rest.until(b')')?;
        rest.eat(b":").then_some(())?;
        let at = memchr::memmem::find(inside, b" on ");
        let (process, host) = match at {
            Some(at) => (inside.get(..at)?, inside.get(at + 4..)),
            None => (inside, None),
        };
        let slash = memchr::memrchr(b'/', process);
        let pid = process.get(slash.map_or(0, |slash| slash + 1)..)?;
        is_number(pid).then_some(())?;
        self.pid = Some(pid);
        self.before = slash.and_then(|slash| process.get(..slash));
        self.host = host;
        self.done = true;
        Some(())
    }

    /// A process, beside the level.
    fn number(&mut self, rest: &mut Scan<'a>) -> Option<()> {
        let number = rest.digits()?;
        let alone = matches!(rest.peek(), Some(b' ' | b'\t'));
        // Behind the level a number is the text's, but in Spring's way.
        let own = !self.level || rest.rest.starts_with(b" --- ");
        (alone && own && self.pid.is_none() && number.len() <= 10).then_some(())?;
        self.pid = Some(number);
        Some(())
    }

    fn word(&mut self, rest: &mut Scan<'a>) -> Option<()> {
        let mut word = rest.take_while(|byte| !matches!(byte, b' ' | b'\t' | b'|' | b'\n'));
        if word.contains(&b'{') {
            // The spans of Rust's tracing: `request{id=1}: app::db: text`.
            let close = memchr::memmem::find(rest.rest, b"}: ");
            if !word.ends_with(b"}:") {
                rest.take(close? + 2);
            }
            return self.level.then_some(());
        }
        let colon = word.ends_with(b":");
        word = word.strip_suffix(b":").unwrap_or(word);
        if !self.level {
            if is_level(word) {
                self.level = true;
                // `INFO:` is followed by the text.
                self.done = colon;
                return Some(());
            }
            // `name - LEVEL - text`, `name LEVEL text`.
            let mut ahead = *rest;
            let set_off = separators(&mut ahead);
            let next = ahead.take_while(|byte| byte.is_ascii_alphabetic());
            let named = word.iter().copied().all(is_name) && (set_off || is_logger(word));
            (named && !colon && is_level(next) && self.logger.is_none()).then_some(())?;
            self.logger = Some(word);
            return Some(());
        }
        if colon && is_file_line(word) {
            self.file = Some(word);
            self.done = true;
            return Some(());
        }
        if rest.peek() == Some(b'\t') && is_file_line(word) {
            self.file = Some(word);
            self.done = true;
            return Some(());
        }
        if self.logger.is_some() {
            return None;
        }
        // tracing's.
        if self.thread.is_none() && word.starts_with(b"ThreadId(") && word.ends_with(b")") {
            self.thread = Some(word);
            return Some(());
        }
        if word == b"in" && !colon {
            // Flask: `ERROR in app: text`.
            rest.blanks();
            let module = rest.token()?.strip_suffix(b":")?;
            module.iter().copied().all(is_name).then_some(())?;
            self.logger = Some(module);
            self.done = true;
            return Some(());
        }
        if colon {
            is_logger(word).then_some(())?;
            self.logger = Some(word);
            // The place in the source may follow.
            let mut ahead = *rest;
            ahead.blanks();
            let next = ahead.token().and_then(|token| token.strip_suffix(b":"));
            self.done = !next.is_some_and(is_file_line);
            return Some(());
        }
        let mut ahead = *rest;
        if separators(&mut ahead) && word.iter().copied().all(is_name) {
            *rest = ahead;
            // loguru: `module:function:line`.
            let mut parts = word.split(|&byte| byte == b':');
            let line = || word.rsplit(|&byte| byte == b':').next();
            let placed = word.last().is_some_and(u8::is_ascii_digit)
                && line().is_some_and(is_number)
                && parts.clone().count() == 3;
            self.logger = if placed { parts.next() } else { Some(word) };
            self.done = true;
            return Some(());
        }
        // zap: `logger`, then the place.
        let mut ahead = *rest;
        if ahead.eat(b"\t") {
            let next = ahead.take_while(|byte| byte != b'\t' && byte != b'\n');
            let placed = is_file_line(next);
            // Caddy leaves the place out.
            (placed || is_logger(word)).then_some(())?;
            self.logger = Some(word);
            self.done = !placed;
            return Some(());
        }
        // Tomcat sets the method off by nothing; its name has a package.
        let package = memchr::memchr_iter(b'.', word).count() >= 2;
        (package && self.thread.is_some() && is_logger(word)).then_some(())?;
        self.logger = Some(word);
        self.done = true;
        Some(())
    }
}

/// Passes blanks and what layouts put between parts: ` - `, ` | `, ` : `, `---`, a comma. Says
/// whether there was more than blanks.
fn separators(rest: &mut Scan<'_>) -> bool {
    let mut more = false;
    loop {
        rest.blanks();
        let passed = match rest.rest {
            [b'-', b'-', b'-' | b' ', ..] => rest.take(3),
            [b'-' | b':', b' ', ..] => rest.take(2),
            [b'|', ..] | [b':', b'\t', ..] => rest.take(1),
            _ => return more,
        };
        more |= !passed.is_empty();
    }
}

/// How long the program has run, as the JVM says: `0.005s`, `12ms`.
fn is_uptime(inside: &[u8]) -> bool {
    let number = inside
        .strip_suffix(b"s")
        .map(|number| number.strip_suffix(b"m").unwrap_or(number));
    number.is_some_and(|number| {
        number.first().is_some_and(u8::is_ascii_digit)
            && number
                .iter()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
    })
}

/// A time as a number, which no process has: `1772352000123`, `1772352000.123`.
fn is_epoch(inside: &[u8]) -> bool {
    match memchr::memchr(b'.', inside).and_then(|dot| inside.split_at_checked(dot)) {
        Some((whole, fraction)) => {
            whole.len() == 10
                && is_number(whole)
                && is_number(fraction.get(1..).unwrap_or_default())
        }
        None => matches!(inside.len(), 13 | 16 | 19) && is_number(inside),
    }
}

/// `env_logger`'s `[INFO  app::db]`, without a time: the logger.
fn behind_level(inside: &[u8]) -> Option<&[u8]> {
    let mut scan = Scan::new(inside);
    let level = scan.token().filter(|word| is_level(word))?;
    scan.blanks();
    let named = level.len() < inside.len() && scan.rest.iter().copied().all(is_name);
    (named && !scan.rest.is_empty()).then_some(scan.rest)
}

/// Trace and span in a bracket: Sleuth's `app,trace,span`, Micrometer's `trace-span`.
fn trace(inside: &[u8]) -> Option<(&[u8], &[u8])> {
    if inside.len() < SHORTEST_TRACE {
        return None;
    }
    let is_id = |part: &[u8], lengths: &[usize]| {
        lengths.contains(&part.len()) && part.iter().all(u8::is_ascii_hexdigit)
    };
    let mut parts = inside.rsplit(|byte| matches!(byte, b',' | b'-'));
    let mut last = parts.next()?;
    // Sleuth says last whether it was sampled.
    if matches!(last, b"true" | b"false") {
        last = parts.next()?;
    }
    let trace = parts.next()?;
    (is_id(last, &[16]) && is_id(trace, &[16, 32])).then_some((trace, last))
}
