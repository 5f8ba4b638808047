//! Lines of each format and what they tell.

mod layouts;
mod odd;

use super::{NAMES, Places};
use crate::{Known, display, message, walk_fields, well_known};

fn fields(line: &str) -> String {
    let places = Places::of(line.as_bytes());
    let fields: Vec<String> = places
        .fields()
        .filter(|(name, _)| *name != "exception.stacktrace")
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    fields.join(" | ")
}

/// Lines, their fields and their words.
fn told(lines: &[(&str, &str, &str)]) {
    for (line, wanted, words) in lines {
        assert_eq!(fields(line), *wanted, "{line}");
        assert_eq!(message(line.as_bytes()), *words, "{line}");
    }
}

#[test]
fn names_stand_in_order_so_that_they_are_found() {
    assert!(NAMES.is_sorted());
}

#[test]
fn access_logs_tell_of_requests() {
    told(&[
        (
            r#"127.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326"#,
            "client=127.0.0.1 | method=GET | path=/apache_pb.gif | protocol=HTTP/1.0 | status=200 | bytes=2326",
            r#""GET /apache_pb.gif HTTP/1.0" 200"#,
        ),
        (
            r#"::1 - frank [10/Oct/2000:13:55:36 -0700] "POST /a?b=c&d HTTP/1.1" 503 - "http://x/y" "curl/8.5" 0.012"#,
            "client=::1 | user=frank | method=POST | path=/a | query=b=c&d | protocol=HTTP/1.1 | status=503 | referer=http://x/y | agent=curl/8.5 | request_time=0.012",
            r#""POST /a?b=c&d HTTP/1.1" 503"#,
        ),
        (
            r#"shop.example:80 10.0.0.7 - - [01/Mar/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 (X11; Linux)""#,
            "host=shop.example:80 | client=10.0.0.7 | method=GET | path=/ | protocol=HTTP/1.1 | status=200 | bytes=5 | agent=Mozilla/5.0 (X11; Linux)",
            r#""GET / HTTP/1.1" 200"#,
        ),
        (
            r#"10.0.0.7 - - [01/Mar/2026 08:00:00] "GET / HTTP/1.1" 404 -"#,
            "client=10.0.0.7 | method=GET | path=/ | protocol=HTTP/1.1 | status=404",
            r#""GET / HTTP/1.1" 404"#,
        ),
        (
            r#"10.0.0.7 - - [01/Mar/2026:08:00:00 +0000] "GET / HTTP/2.0" 200 9 "-" "curl" 14 "api@docker" "http://172.18.0.2:80" 5ms"#,
            "client=10.0.0.7 | method=GET | path=/ | protocol=HTTP/2.0 | status=200 | bytes=9 | agent=curl | request_time=5ms",
            r#""GET / HTTP/2.0" 200"#,
        ),
        (
            r#"10.0.0.7 - - [01/Mar/2026:08:00:00 +0000] "\x16\x03\x01" 400 150 "-" "-""#,
            "client=10.0.0.7 | status=400 | bytes=150",
            r#""\x16\x03\x01" 400"#,
        ),
        (
            r#"[01/Mar/2026 08:00:00] "GET /admin/ HTTP/1.1" 302 0"#,
            "method=GET | path=/admin/ | protocol=HTTP/1.1 | status=302 | bytes=0",
            r#""GET /admin/ HTTP/1.1" 302"#,
        ),
        (
            r#"INFO:     127.0.0.1:51234 - "GET /items?q=1 HTTP/1.1" 200 OK"#,
            "client=127.0.0.1 | method=GET | path=/items | query=q=1 | protocol=HTTP/1.1 | status=200",
            r#""GET /items?q=1 HTTP/1.1" 200"#,
        ),
        (
            "GET /api/orders 200 1.234 ms - 56",
            "method=GET | path=/api/orders | status=200 | request_time=1.234 ms | bytes=56",
            "GET /api/orders 200",
        ),
        (
            r#"[GIN] 2026/03/01 - 08:00:00 | 200 |      1.2ms |       127.0.0.1 | GET      "/ping""#,
            "status=200 | request_time=1.2ms | client=127.0.0.1 | method=GET | path=/ping",
            r#"200 |      1.2ms |       127.0.0.1 | GET      "/ping""#,
        ),
        (
            "10.0.1.2:33317 [06/Feb/2026:12:14:14.655] http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} \"GET /index.html HTTP/1.1\"",
            "client=10.0.1.2 | frontend=http-in | backend=static | server=srv1 | timers=10/0/30/69/109 | status=200 | bytes=2750 | termination=---- | method=GET | path=/index.html | protocol=HTTP/1.1",
            "http-in static/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 {1wt.eu} {} \"GET /index.html HTTP/1.1\"",
        ),
    ]);
}

#[test]
fn syslog_tells_host_and_program() {
    told(&[
        (
            "<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
            "host=mymachine | app=su",
            "'su root' failed",
        ),
        (
            "Mar  1 08:00:00 host app[12]: text",
            "host=host | app=app | pid=12",
            "text",
        ),
        (
            "Jun 14 15:16:01 combo sshd(pam_unix)[19939]: authentication failure; rhost=1.2.3.4",
            "host=combo | app=sshd | pid=19939",
            "authentication failure; rhost=1.2.3.4",
        ),
        (
            "<30>Mar  1 08:00:00 dockerd[9]: text",
            "app=dockerd | pid=9",
            "text",
        ),
        (
            "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog 8710 ID47 [ex@32473 iut=\"3\" a=\"x]\"] \u{feff}An event",
            "host=mymachine.example.com | app=evntslog | pid=8710 | msgid=ID47",
            "An event",
        ),
        (
            "<34>1 2026-03-01T08:00:00Z host app - - - text",
            "host=host | app=app",
            "text",
        ),
        (
            "2026-03-01T08:00:00.123456+01:00 host sshd[7]: text",
            "host=host | app=sshd | pid=7",
            "text",
        ),
        (
            "Mar  1 08:00:00 lb haproxy[3]: 10.0.1.2:33 [06/Feb/2026:12:14:14.655] in be/s 1/0/3 502 0 - - SC-- 1/1 \"GET / HTTP/1.1\"",
            "host=lb | app=haproxy | pid=3 | client=10.0.1.2 | frontend=in | backend=be | server=s | timers=1/0/3 | status=502 | bytes=0 | termination=SC-- | method=GET | path=/ | protocol=HTTP/1.1",
            "in be/s 1/0/3 502 0 - - SC-- 1/1 \"GET / HTTP/1.1\"",
        ),
    ]);
    assert_eq!(
        well_known(b"Mar  1 08:00:00 host cron[1]: x", Known::Service).unwrap(),
        "cron"
    );
}

#[test]
fn logging_libraries_tell_logger_thread_and_place() {
    told(&[
        (
            "E0301 08:00:00.000001   12345 main.go:42] text",
            "thread=12345 | file=main.go:42",
            "text",
        ),
        (
            "2026-03-01 08:00:00,123 [main] INFO  com.acme.Foo - text",
            "thread=main | logger=com.acme.Foo",
            "text",
        ),
        (
            "2026-03-01T08:00:00.123Z  INFO 4711 --- [shop] [nio-8080-exec-1] c.a.shop.Orders   : took 5",
            "pid=4711 | app=shop | thread=nio-8080-exec-1 | logger=c.a.shop.Orders",
            "took 5",
        ),
        (
            "2026-03-01 08:00:00.123  INFO 4711 --- [           main] c.a.App : text",
            "pid=4711 | thread=main | logger=c.a.App",
            "text",
        ),
        (
            "08:00:00.123 [main] DEBUG com.acme.Foo - text",
            "thread=main | logger=com.acme.Foo",
            "text",
        ),
        (
            "2026-03-01 08:00:00,123 INFO  [org.acme.Foo] (executor-thread-0) text",
            "thread=executor-thread-0 | logger=org.acme.Foo",
            "text",
        ),
        (
            "2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.MRAppMaster: Created it",
            "thread=main | logger=org.apache.hadoop.MRAppMaster",
            "Created it",
        ),
        (
            "2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:FastLeaderElection@774] - Notification",
            "thread=QuorumPeer[myid=1]/0:0:FastLeaderElection@774",
            "Notification",
        ),
        (
            "17/06/09 20:10:40 INFO executor.CoarseBackend: Registered",
            "logger=executor.CoarseBackend",
            "Registered",
        ),
        (
            "01-Mar-2026 08:00:00.123 INFO [main] org.apache.catalina.startup.Catalina.start Server startup",
            "thread=main | logger=org.apache.catalina.startup.Catalina.start",
            "Server startup",
        ),
        (
            "2026-03-01 08:00:00,123 - app.db - ERROR - failed",
            "logger=app.db",
            "failed",
        ),
        ("INFO:app.db:text", "logger=app.db", "text"),
        ("INFO  com.acme.Foo - text", "logger=com.acme.Foo", "text"),
        (
            "[2026-03-01 08:00:00,123] ERROR in app: Exception on /",
            "logger=app",
            "Exception on /",
        ),
        (
            "[2026-03-01 08:00:00,123: INFO/MainProcess] text",
            "thread=MainProcess",
            "text",
        ),
        (
            "[2026-03-01 08:00:00 +0000] [7] [INFO] Booting",
            "pid=7",
            "Booting",
        ),
        (
            "2026-03-01 08:00:00.123 | INFO     | app.main:run:42 - text",
            "logger=app.main",
            "text",
        ),
        (
            "2026-03-01T08:00:00.123456Z  INFO shop::orders: placed id=7",
            "logger=shop::orders",
            "placed id=7",
        ),
        (
            "2026-03-01T08:00:00.123456Z  WARN request{id=1 user=\"a b\"}: shop::orders: src/orders.rs:12: late",
            "logger=shop::orders | file=src/orders.rs:12",
            "late",
        ),
        (
            "[2026-03-01T08:00:00Z INFO  shop::db] started",
            "logger=shop::db",
            "started",
        ),
        ("2026-03-01T08:00:00.123Z\tinfo\tsome text", "", "some text"),
        (
            "2026-03-01T08:00:00.123Z\tINFO\tshop\torders/place.go:12\tplaced\t{\"id\": 7}",
            "logger=shop | file=orders/place.go:12",
            "placed\t{\"id\": 7}",
        ),
        (
            "2026-03-01 08:00:00.1234|INFO|Shop.Orders|placed",
            "logger=Shop.Orders",
            "placed",
        ),
        (
            "info: Microsoft.Hosting.Lifetime[14]\n      Now listening",
            "logger=Microsoft.Hosting.Lifetime | event_id=14",
            "Now listening",
        ),
        (
            "I, [2026-03-01T08:00:00.123456 #1234]  INFO -- worker: text",
            "pid=1234 | app=worker",
            "text",
        ),
        (
            "I, [2026-03-01T08:00:00.123456 #1234]  INFO -- : text",
            "pid=1234",
            "text",
        ),
        (
            "2026/03/01 08:00:00 main.go:12: text",
            "file=main.go:12",
            "text",
        ),
        (
            "03-17 16:13:38.811  1702  2395 D WindowManager: text",
            "pid=1702 | thread=2395 | logger=WindowManager",
            "text",
        ),
        (
            "2026-03-01T08:00:00.123+0000 I NETWORK  [conn1] end connection",
            "component=NETWORK | thread=conn1",
            "end connection",
        ),
        (
            "2026-03-01 08:00:00.123  INFO [shop,65f1e2d3c4b5a697,a1b2c3d4e5f60718] 7 --- [main] c.a.App : text",
            "pid=7 | thread=main | logger=c.a.App | trace_id=65f1e2d3c4b5a697 | span_id=a1b2c3d4e5f60718",
            "text",
        ),
    ]);
}

#[test]
fn databases_and_servers_tell_who_and_where() {
    told(&[
        (
            "2026-03-01 08:00:00.123 UTC [123] app@shop ERROR:  relation \"x\" does not exist",
            "pid=123 | user=app | db=shop",
            "relation \"x\" does not exist",
        ),
        (
            "2026-03-01 08:00:00.123 CET [123-1] LOG:  ready",
            "pid=123",
            "ready",
        ),
        (
            "2026-03-01T08:00:00.123456Z 7 [Warning] [MY-010068] [Server] CA is self signed",
            "thread=7 | code=MY-010068 | component=Server",
            "CA is self signed",
        ),
        (
            "1234:M 01 Mar 2026 08:00:00.123 * Ready to accept",
            "pid=1234 | role=M",
            "Ready to accept",
        ),
        (
            "2026/03/01 08:00:00 [error] 29#31: *7 connect() failed (111: refused), client: 10.0.0.1, server: localhost, request: \"GET /a?b HTTP/1.1\", upstream: \"http://127.0.0.1:1/a\", host: \"x\"",
            "pid=29 | thread=31 | connection=7 | client=10.0.0.1 | server=localhost | method=GET | path=/a | query=b | protocol=HTTP/1.1 | upstream=http://127.0.0.1:1/a | host=x",
            "connect() failed (111: refused), client: 10.0.0.1, server: localhost, request: \"GET /a?b HTTP/1.1\", upstream: \"http://127.0.0.1:1/a\", host: \"x\"",
        ),
        (
            "[Sun Mar 01 08:00:00.123456 2026] [core:error] [pid 35708:tid 4328] [client 72.15.99.187:5] File does not exist",
            "component=core | pid=35708 | thread=4328 | client=72.15.99.187",
            "File does not exist",
        ),
    ]);
}

#[test]
fn prose_has_no_fields() {
    for line in [
        "",
        "plain text",
        "error: it broke",
        "Error: it broke [here]",
        "2026-03-01 08:00:00 Connection failed: timeout",
        "2026-03-01 08:00:00 ERROR Connection failed: timeout",
        "2026-03-01 08:00:00 INFO retrying: attempt 2",
        "[1/3] building",
        "[INFO] Building jar",
        "Nov 21 10:00:00 something happened here",
        "GET ready for it",
        "12:30 is no time",
        "see [01/Mar/2026] for more",
        "npm WARN deprecated x@1.0: use y",
    ] {
        assert_eq!(fields(line), "", "{line}");
    }
}

#[test]
fn stack_traces_tell_what_was_thrown_and_where() {
    for (record, kind, file) in [
        (
            "2026-03-01 08:00:00,123 [main] ERROR com.acme.Foo - failed\njava.lang.IllegalStateException: no\n\tat com.acme.Foo.bar(Foo.java:12)\n\tat com.acme.Foo.main(Foo.java:3)\nCaused by: java.io.IOException: gone\n\tat x.Y.z(Y.java:9)",
            "java.lang.IllegalStateException",
            "Foo.java:12",
        ),
        (
            "Exception in thread \"main\" java.lang.NullPointerException\n\tat com.acme.Foo.main(Foo.java:3)",
            "java.lang.NullPointerException",
            "Foo.java:3",
        ),
        (
            "ERROR:app:failed\nTraceback (most recent call last):\n  File \"/app/a.py\", line 7, in f\n    g()\n  File \"/app/b.py\", line 9, in g\n    raise ValueError(\"no\")\nValueError: no",
            "ValueError",
            "/app/b.py:9",
        ),
        (
            "TypeError: Cannot read properties of undefined (reading 'x')\n    at f (/app/x.js:10:5)\n    at node:internal/main:1:2",
            "TypeError",
            "/app/x.js:10",
        ),
        (
            "Error: no\n    at file:///app/x.mjs:3:1",
            "Error",
            "/app/x.mjs:3",
        ),
        (
            "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.f(...)\n\t/app/main.go:12 +0x1d\nmain.main()\n\t/app/main.go:5 +0x1d",
            "panic",
            "/app/main.go:12",
        ),
        (
            "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds\nnote: run with `RUST_BACKTRACE=1`",
            "panicked",
            "src/main.rs:4",
        ),
        (
            "thread 'main' panicked at 'no', src/main.rs:4:5",
            "panicked",
            "src/main.rs:4",
        ),
        (
            "Unhandled exception. System.InvalidOperationException: no\n   at Shop.Orders.Place() in /src/Orders.cs:line 12\n   at Program.Main()",
            "System.InvalidOperationException",
            "/src/Orders.cs:12",
        ),
        (
            "/app/x.rb:12:in 'foo': no (RuntimeError)\n\tfrom /app/x.rb:20:in '<main>'",
            "RuntimeError",
            "/app/x.rb:12",
        ),
        (
            "PHP Fatal error:  Uncaught TypeError: no in /app/x.php:12\nStack trace:\n#0 {main}\n  thrown in /app/x.php on line 12",
            "TypeError",
            "/app/x.php:12",
        ),
        (
            "[01-Mar-2026 08:00:00 UTC] PHP Fatal error:  Uncaught TypeError: no in /app/x.php:12\nStack trace:\n#0 {main}",
            "TypeError",
            "/app/x.php:12",
        ),
        (
            "  + Exception Group Traceback (most recent call last):\n  |   File \"/app/a.py\", line 1, in f\n  | ExceptionGroup: many (1 sub-exception)\n  +-+--- 1 ---\n    | ValueError: a",
            "ExceptionGroup",
            "/app/a.py:1",
        ),
    ] {
        let found = |known| well_known(record.as_bytes(), known).unwrap_or_default();
        assert_eq!(found(Known::Exception), kind, "{record}");
        assert_eq!(found(Known::File), file, "{record}");
        assert!(found(Known::Stack).contains(kind), "{record}");
    }
}

#[test]
fn a_row_shows_what_the_words_do_not() {
    let row = display(br#"10.0.0.7 - - [01/Mar/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5"#);
    assert_eq!(row.message, r#""GET / HTTP/1.1" 200"#);
    let fields = [("client", "10.0.0.7"), ("bytes", "5")];
    assert_eq!(
        row.fields,
        fields.map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
}

#[test]
fn every_name_that_is_given_is_known_to_be_positional() {
    let mut name = String::new();
    let line = r#"10.0.0.7 - - [01/Mar/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 5"#;
    walk_fields(line.as_bytes(), &mut name, |name, _, _| {
        assert!(super::is_positional(name), "{name}");
    })
    .unwrap();
}
