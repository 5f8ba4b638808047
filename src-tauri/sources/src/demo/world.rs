//! The story: requests, what each service does for them, and the provider's bad moments.

use std::collections::BTreeMap;

use crosscut_model::UnixNanos;
use serde_json::json;

use super::chance::Chance;
use super::write::{self, Request};
use super::{DemoLine, Service};

const MILLI: i64 = 1_000_000;
const SECOND: i64 = 1_000 * MILLI;

/// A stack trace as the payments service writes it.
const TRACE: [&str; 6] = [
    "java.net.ConnectException: Connection refused",
    "\tat java.base/sun.nio.ch.Net.pollConnect(Native Method)",
    "\tat java.base/sun.nio.ch.NioSocketImpl.connect(NioSocketImpl.java:594)",
    "\tat com.shop.payments.ProviderClient.charge(ProviderClient.java:118)",
    "\tat com.shop.payments.ChargeService.charge(ChargeService.java:64)",
    "\tat com.shop.payments.Worker.run(Worker.java:41)",
];

/// The provider's address.
const PROVIDER: &str = "10.0.3.7:8443";

/// Tells the demo's lines in order, without end.
#[derive(Debug)]
pub(crate) struct World {
    chance: Chance,
    /// Lines yet to come, by time and by order of making.
    ahead: BTreeMap<(i64, u64), (Service, String)>,
    made: u64,
    last: i64,
    /// When the next request comes.
    next_request: i64,
    /// Until when requests come thick and fast.
    burst_until: i64,
    /// The provider's next or present bad moment.
    outage: (i64, i64),
}

impl World {
    /// A world that begins at `start`.
    pub(crate) fn new(seed: u64, start: UnixNanos) -> Self {
        let mut chance = Chance::new(seed);
        let first = start.0 + chance.between(8, 15) * SECOND;
        Self {
            outage: (first, first + chance.between(2_000, 4_000) * MILLI),
            chance,
            ahead: BTreeMap::new(),
            made: 0,
            last: start.0,
            next_request: start.0 + 100 * MILLI,
            burst_until: 0,
        }
    }

    fn say(&mut self, at: i64, service: Service, text: String) {
        self.made += 1;
        self.ahead.insert((at, self.made), (service, text));
    }

    /// Lets the next request come, and plans the one after it.
    fn request(&mut self) {
        let at = self.next_request;
        if at > self.outage.1 {
            let from = at + self.chance.between(20, 40) * SECOND;
            self.outage = (from, from + self.chance.between(2_000, 4_500) * MILLI);
        }
        if at > self.burst_until && self.chance.percent(3) {
            self.burst_until = at + self.chance.between(1_000, 2_500) * MILLI;
        }
        let gap = if at < self.burst_until {
            (40, 160)
        } else {
            (150, 700)
        };
        self.next_request = at + self.chance.between(gap.0, gap.1) * MILLI;
        let request = self.new_request();
        match request.method {
            "POST" => self.checkout(at, &request),
            _ => self.browse(at, &request),
        }
    }

    fn new_request(&mut self) -> Request {
        let id = format!("req-{:08x}", self.chance.bits() >> 32);
        let trace = format!("{:016x}{:016x}", self.chance.bits(), self.chance.bits());
        let user = self.chance.between(1_000, 1_060);
        let product = self.chance.between(1, 240);
        let (method, path) = if self.chance.percent(45) {
            ("POST", "/checkout".to_owned())
        } else {
            let path = self
                .chance
                .pick(&["/", "/cart", "/search?q=lamp", "/products"], "/");
            let path = if path == "/products" {
                format!("/products/{product}")
            } else {
                path.to_owned()
            };
            ("GET", path)
        };
        Request {
            id,
            trace,
            user,
            method,
            path,
        }
    }

    fn browse(&mut self, at: i64, request: &Request) {
        let took = if self.chance.percent(4) {
            self.chance.between(900, 2_400)
        } else {
            self.chance.between(3, 90)
        };
        let done = at + took * MILLI;
        if request.path == "/cart" {
            let items = self.chance.between(0, 6);
            let middle = at + took * MILLI / 2;
            let extra = format!("items={items} user=u-{}", request.user);
            let text = write::orders(UnixNanos(middle), "debug", "cart loaded", request, &extra);
            self.say(middle, Service::Orders, text);
        }
        let missing = request.path.starts_with("/products/") && self.chance.percent(6);
        let (level, message, status) = match (missing, took > 800) {
            (true, _) => ("warn", "no such product", 404),
            (false, true) => ("warn", "slow request", 200),
            (false, false) => ("info", "request completed", 200),
        };
        let extra = json!({ "status": status, "duration_ms": took });
        let text = write::api(UnixNanos(done), level, message, request, extra);
        self.say(done, Service::Api, text);
    }

    fn checkout(&mut self, at: i64, request: &Request) {
        let order = format!("ord-{}", 40_000 + self.made);
        let cents = self.chance.between(499, 24_999);
        let total = format!("{}.{:02}", cents / 100, cents % 100);
        let items = self.chance.between(1, 6);
        let worker = self.chance.between(1, 4);
        let text = write::api(
            UnixNanos(at),
            "info",
            "checkout started",
            request,
            json!({}),
        );
        self.say(at, Service::Api, text);
        let placed = at + self.chance.between(4, 30) * MILLI;
        let extra = format!("order={order} items={items} total={total}");
        let text = write::orders(UnixNanos(placed), "info", "order placed", request, &extra);
        self.say(placed, Service::Orders, text);
        if self.chance.percent(5) {
            let at = placed + MILLI;
            let extra = format!(
                "order={order} sku=lamp-{} left=2",
                self.chance.between(1, 40)
            );
            let text = write::orders(
                UnixNanos(at),
                "warn",
                "stock is running low",
                request,
                &extra,
            );
            self.say(at, Service::Orders, text);
        }
        let charging = placed + self.chance.between(5, 25) * MILLI;
        if charging >= self.outage.0 && charging <= self.outage.1 {
            self.refused(at, charging, worker, (&order, &total), request);
        } else {
            self.charged(at, charging, worker, (&order, &total), request);
        }
    }

    /// The way it should be.
    fn charged(
        &mut self,
        began: i64,
        charging: i64,
        worker: i64,
        (order, total): (&str, &str),
        request: &Request,
    ) {
        let slow = self.chance.percent(5);
        let took = if slow {
            self.chance.between(1_200, 2_200)
        } else {
            self.chance.between(35, 180)
        };
        let charged = charging + took * MILLI;
        let (level, word) = if slow {
            ("WARN", "slowly charged")
        } else {
            ("INFO", "charged")
        };
        let message = format!(
            "{word} {total} EUR for {order} in {took} ms (trace {})",
            request.trace
        );
        let from = (worker, "ChargeService");
        let text = write::payments(UnixNanos(charged), level, from, &message);
        self.say(charged, Service::Payments, text);
        let paid = charged + self.chance.between(2, 12) * MILLI;
        let extra = format!("order={order}");
        let text = write::orders(UnixNanos(paid), "info", "order paid", request, &extra);
        self.say(paid, Service::Orders, text);
        self.answer(began, paid, "info", "request completed", 201, request);
    }

    /// The provider is away: three tries, a stack trace, a 502.
    fn refused(
        &mut self,
        began: i64,
        charging: i64,
        worker: i64,
        (order, total): (&str, &str),
        request: &Request,
    ) {
        let mut at = charging;
        for attempt in 1..=3 {
            let message = format!(
                "connect to provider {PROVIDER} failed: Connection refused (attempt {attempt}/3, \
                 trace {})",
                request.trace
            );
            let from = (worker, "ProviderClient");
            let text = write::payments(UnixNanos(at), "WARN", from, &message);
            self.say(at, Service::Payments, text);
            at += (100 << attempt) * MILLI + self.chance.between(0, 40) * MILLI;
        }
        let message = format!(
            "charging {total} EUR for {order} failed (trace {})",
            request.trace
        );
        let from = (worker, "ChargeService");
        let text = write::payments(UnixNanos(at), "ERROR", from, &message);
        self.say(at, Service::Payments, text);
        for line in TRACE {
            self.say(at, Service::Payments, line.to_owned());
        }
        let failed = at + self.chance.between(2, 10) * MILLI;
        let extra = format!("order={order} error=\"payments answered 503\"");
        let text = write::orders(
            UnixNanos(failed),
            "error",
            "payment failed",
            request,
            &extra,
        );
        self.say(failed, Service::Orders, text);
        self.answer(began, failed, "error", "bad gateway", 502, request);
    }

    fn answer(
        &mut self,
        began: i64,
        after: i64,
        level: &str,
        message: &str,
        status: u16,
        request: &Request,
    ) {
        let at = after + self.chance.between(1, 8) * MILLI;
        let extra = json!({ "status": status, "duration_ms": (at - began) / MILLI });
        let text = write::api(UnixNanos(at), level, message, request, extra);
        self.say(at, Service::Api, text);
    }
}

impl Iterator for World {
    type Item = DemoLine;

    fn next(&mut self) -> Option<DemoLine> {
        // Every request's lines come after its beginning, so what lies before the next is settled.
        while self
            .ahead
            .first_key_value()
            .is_none_or(|((at, _), _)| *at >= self.next_request)
        {
            self.request();
        }
        let ((at, _), (service, text)) = self.ahead.pop_first()?;
        self.last = at.max(self.last + 1_000);
        Some(DemoLine {
            at: UnixNanos(self.last),
            service,
            text,
        })
    }
}
