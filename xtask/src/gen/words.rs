//! What the corpora are made of: services, templates with places for values, and stack traces.

use std::io::{self, Write};

use super::random::Random;

pub(super) const METHODS: &[&str] = &[
    "GET", "GET", "GET", "GET", "POST", "POST", "PUT", "DELETE", "PATCH",
];
pub(super) const STATUSES: &[&str] = &[
    "200", "200", "200", "200", "200", "200", "200", "201", "204", "301", "304", "400", "401",
    "403", "404", "404", "409", "429", "500", "502", "503", "504",
];
pub(super) const PATHS: &[&str] = &[
    "/api/v1/users/{user}",
    "/api/v1/orders",
    "/api/v1/orders/{big}",
    "/api/v1/cart/{user}/items",
    "/api/v1/payments/{big}/capture",
    "/api/v1/inventory/{big}",
    "/api/v2/search?q=widgets&page={small}",
    "/static/app.{small}.js",
    "/login",
    "/healthz",
    "/metrics",
    "/ws",
];
const SERVICES: &[&str] = &[
    "api-gateway",
    "auth",
    "orders",
    "payments",
    "inventory",
    "notifications",
    "search",
    "web",
    "worker",
    "scheduler",
    "billing",
    "users",
];
const VERBS: &[&str] = &[
    "Processing",
    "Fetched",
    "Stored",
    "Validated",
    "Dispatched",
    "Rejected",
    "Retrying",
    "Acquired",
    "Released",
    "Scheduled",
    "Completed",
    "Queued",
    "Parsed",
    "Resolved",
    "Invalidated",
    "Published",
    "Consumed",
    "Opened",
    "Closed",
    "Refreshed",
];
const NOUNS: &[&str] = &[
    "request",
    "order",
    "payment",
    "session",
    "cache entry",
    "job",
    "message",
    "connection",
    "token",
    "lock",
    "webhook",
    "invoice",
    "shipment",
    "user profile",
    "cart",
    "index segment",
    "feature flag",
    "email",
    "subscription",
    "rate limit bucket",
];
const TAILS: &[&str] = &[
    "for user {user}",
    "from {ip}",
    "in {ms}ms",
    "after {small} attempts",
    "with id {id}",
    "on shard {small}",
    "to queue {queue}",
    "by worker-{small}",
    "size={big} bytes",
    "key=user:{user}:profile",
    "because upstream {host} returned {status}",
    "(trace {id})",
    "using pool {queue} ({small}/32 in use)",
    "at offset {big}",
    "partition={small} lag={big}",
    "took {ms}ms (budget 250ms)",
    "host={host} port={port}",
    "version v{small}.{small}.{small}",
    "status={status}",
    "path={path}",
];
const QUEUES: &[&str] = &[
    "orders.created",
    "emails",
    "billing-retry",
    "db-primary",
    "db-replica",
    "redis-main",
    "search-index",
    "dead-letter",
];
const HOSTS: &[&str] = &[
    "postgres",
    "redis",
    "kafka-0",
    "kafka-1",
    "payments-provider.example.com",
    "smtp.example.com",
    "s3.internal",
    "elastic-0",
];
const JAVA_ERRORS: &[&str] = &[
    "java.lang.NullPointerException: Cannot invoke \"Order.getId()\" because \"order\" is null",
    "java.net.SocketTimeoutException: Read timed out",
    "java.util.concurrent.TimeoutException: pool exhausted",
    "org.postgresql.util.PSQLException: ERROR: deadlock detected",
    "java.lang.IllegalStateException: duplicate key \"orders_pkey\"",
    "com.example.orders.OrderNotFoundException: no such order",
];
const JAVA_CLASSES: &[&str] = &[
    "com.example.orders.OrderService",
    "com.example.orders.web.OrderController",
    "com.example.common.http.RetryingClient",
    "com.example.payments.PaymentGateway",
    "org.springframework.web.servlet.FrameworkServlet",
    "org.springframework.aop.framework.CglibAopProxy",
    "org.apache.catalina.core.ApplicationFilterChain",
    "java.util.concurrent.ThreadPoolExecutor",
];
const JAVA_METHODS: &[&str] = &[
    "process",
    "handle",
    "invoke",
    "doFilter",
    "call",
    "execute",
    "run",
    "getById",
    "capture",
    "lambda$submit$0",
];
const PYTHON_FILES: &[&str] = &[
    "/app/worker/tasks.py",
    "/app/worker/retry.py",
    "/app/billing/charge.py",
    "/usr/lib/python3.11/site-packages/celery/app/trace.py",
    "/usr/lib/python3.11/site-packages/sqlalchemy/engine/base.py",
    "/usr/lib/python3.11/asyncio/base_events.py",
];
const PYTHON_FUNCTIONS: &[&str] = &[
    "run_task",
    "__call__",
    "execute",
    "_execute_context",
    "charge_customer",
    "run_until_complete",
    "retry",
];
const PYTHON_ERRORS: &[&str] = &[
    "ValueError: invalid literal for int() with base 10: 'abc'",
    "KeyError: 'customer_id'",
    "sqlalchemy.exc.OperationalError: server closed the connection unexpectedly",
    "TimeoutError: [Errno 110] Connection timed out",
    "requests.exceptions.HTTPError: 502 Server Error",
];

/// A message with places for values, and who says it how loudly.
#[derive(Debug, Clone, Default)]
pub(super) struct Template {
    pub(super) text: String,
    pub(super) level: &'static str,
    pub(super) service: &'static str,
}

impl Template {
    pub(super) fn is_error(&self) -> bool {
        self.level == "error"
    }

    /// Its text with values put in.
    pub(super) fn fill(&self, out: &mut Vec<u8>, random: &mut Random) -> io::Result<()> {
        fill(out, &self.text, random)
    }
}

/// The two hundred templates of a corpus; those in front are met far more often.
#[derive(Debug)]
pub(super) struct Templates(Vec<Template>);

impl Templates {
    pub(super) fn new(random: &mut Random) -> Self {
        let mut all: Vec<_> = (0..200).map(|at| template(at, random)).collect();
        // Needles: rare, but in every part of the corpus.
        for (at, service, text) in [
            (
                150,
                "orders",
                "connection refused to {host} port {port} giving up after {small} attempts",
            ),
            (
                190,
                "api-gateway",
                "upstream timed out while reading response header from {host}",
            ),
        ] {
            if let Some(place) = all.get_mut(at) {
                *place = Template {
                    text: text.to_owned(),
                    level: "error",
                    service,
                };
            }
        }
        Self(all)
    }

    pub(super) fn pick(&self, random: &mut Random) -> Template {
        let at = random.mostly_small(self.0.len() as u64);
        usize::try_from(at)
            .ok()
            .and_then(|at| self.0.get(at))
            .cloned()
            .unwrap_or_default()
    }
}

fn template(at: usize, random: &mut Random) -> Template {
    let word = |words: &[&'static str], at: usize| {
        words
            .iter()
            .cycle()
            .nth(at % words.len())
            .copied()
            .unwrap_or_default()
    };
    let (verb, noun) = (word(VERBS, at * 7), word(NOUNS, at * 3 + at / 20));
    let (tail, more) = (random.pick(TAILS), random.pick(TAILS));
    let text = if at.is_multiple_of(3) {
        format!("{verb} {noun} {tail}")
    } else {
        format!("{verb} {noun} {tail} {more}")
    };
    let level = match random.below(100) {
        0..20 => "debug",
        20..85 => "info",
        85..94 => "warn",
        _ => "error",
    };
    Template {
        text,
        level,
        service: random.pick(SERVICES),
    }
}

/// Appends a text, each `{place}` replaced by a value of its kind.
pub(super) fn fill(out: &mut Vec<u8>, text: &str, random: &mut Random) -> io::Result<()> {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.write_all(before.as_bytes())?;
        let Some((place, after)) = after.split_once('}') else {
            break;
        };
        match place {
            "user" => write!(out, "{}", user(random)),
            "ip" => {
                let (b, c, d) = (random.below(4), random.below(256), 1 + random.below(254));
                write!(out, "10.{b}.{c}.{d}")
            }
            "ms" => write!(out, "{}", random.mostly_small(3000)),
            "small" => write!(out, "{}", random.below(33)),
            "big" => write!(out, "{}", random.mostly_small(2_000_000)),
            "id" => write!(out, "{:016x}", random.next()),
            "port" => write!(out, "{}", 1024 + random.below(60_000)),
            "queue" => out.write_all(random.pick(QUEUES).as_bytes()),
            "host" => out.write_all(random.pick(HOSTS).as_bytes()),
            "status" => out.write_all(random.pick(STATUSES).as_bytes()),
            "path" => {
                let path = random.pick(PATHS);
                fill(out, path, random)
            }
            unknown => write!(out, "{{{unknown}}}"),
        }?;
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// A user's number.
pub(super) fn user(random: &mut Random) -> u64 {
    1000 + random.mostly_small(50_000)
}

/// A Java stack trace without a last newline.
pub(super) fn java_trace(random: &mut Random) -> String {
    let mut lines = vec![random.pick(JAVA_ERRORS).to_owned()];
    for _ in 0..6 + random.below(14) {
        let (class, method) = (random.pick(JAVA_CLASSES), random.pick(JAVA_METHODS));
        let file = class.rsplit('.').next().unwrap_or(class);
        let line = 10 + random.below(900);
        lines.push(format!("\tat {class}.{method}({file}.java:{line})"));
    }
    lines.join("\n")
}

/// A Python traceback without a last newline.
pub(super) fn python_trace(random: &mut Random) -> String {
    let mut lines = vec!["Traceback (most recent call last):".to_owned()];
    for _ in 0..2 + random.below(6) {
        let (file, name) = (random.pick(PYTHON_FILES), random.pick(PYTHON_FUNCTIONS));
        let line = 10 + random.below(900);
        lines.push(format!("  File \"{file}\", line {line}, in {name}"));
        lines.push(format!("    return {name}(*args)"));
    }
    lines.push(random.pick(PYTHON_ERRORS).to_owned());
    lines.join("\n")
}
