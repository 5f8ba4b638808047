//! Variants of the layouts of libraries, as programs set them up.

use crate::{Known, well_known};

use super::told;

#[test]
fn variants_of_layouts_are_known() {
    told(&[
        (
            "08:00:00.123 [main] INFO  com.acme.Foo -- logback 1.4",
            "thread=main | logger=com.acme.Foo",
            "logback 1.4",
        ),
        (
            "2026-03-01 08:00:00,123 WARNING [app.db] slow",
            "logger=app.db",
            "slow",
        ),
        (
            "[2026-03-01T08:00:00,123][INFO ][o.e.n.Node               ] [node-1] starting",
            "logger=o.e.n.Node",
            "[node-1] starting",
        ),
        (
            "2026-03-01 08:00:00.123  INFO 7 --- [app] [org.acme.Listener#0-0-C-1] c.a.App : text",
            "pid=7 | app=app | thread=org.acme.Listener#0-0-C-1 | logger=c.a.App",
            "text",
        ),
        ("[0.005s][info][gc] Using G1", "thread=gc", "Using G1"),
        (
            "2026-03-01 08:00:00,123:ERROR:app.db:text",
            "logger=app.db",
            "text",
        ),
        (
            "[08:00:00.123] INFO (app/4711 on host): text",
            "pid=4711 | app=app | host=host",
            "text",
        ),
        ("[1772352000123] INFO (4711): text", "pid=4711", "text"),
        (
            "[Nest] 4711  - 03/01/2026, 8:00:00 AM     LOG [NestFactory] Starting",
            "pid=4711 | logger=NestFactory",
            "Starting",
        ),
        ("[INFO  my_app] no time", "logger=my_app", "no time"),
        (
            "2026-03-01T08:00:00Z  INFO ThreadId(01) my_app: text",
            "thread=ThreadId(01) | logger=my_app",
            "text",
        ),
        (
            "Mar 01 08:00:00.123  INFO my_app: no syslog",
            "logger=my_app",
            "no syslog",
        ),
        (
            "2026/03/01 08:00:00.123\tERROR\thttp.log.error\tdial tcp\t{\"a\": 1}",
            "logger=http.log.error",
            "dial tcp\t{\"a\": 1}",
        ),
        ("INFO[0012] text", "", "text"),
        (
            "2026-03-01 08:00:00.123 ERROR [shop,,,] 1 --- [main] c.a.F : text",
            "pid=1 | app=shop | thread=main | logger=c.a.F",
            "text",
        ),
        (
            "[WARN] [1772352000.123456] [node]: text",
            "thread=node",
            "text",
        ),
        (
            "INFO [2026-03-01 08:00:00] [app.db] text",
            "logger=app.db",
            "text",
        ),
        (
            "E/ActivityManager( 1234): text",
            "pid=1234 | logger=ActivityManager",
            "text",
        ),
        (
            "03-01 08:00:00.123 E/ActivityManager( 1234): text",
            "pid=1234 | logger=ActivityManager",
            "text",
        ),
        (
            "FAIL\texample.com/x\t0.003s",
            "",
            "FAIL\texample.com/x\t0.003s",
        ),
        (
            "[01-Mar-2026 08:00:00 Europe/Berlin] PHP Warning:  x",
            "",
            "PHP Warning:  x",
        ),
    ]);
}

#[test]
fn the_place_stands_before_the_thread_in_a_pretty_event() {
    let record = "  2026-03-01T08:00:00Z ERROR app: no\n    at src/main.rs:12 on ThreadId(1)";
    let file = well_known(record.as_bytes(), Known::File);
    assert_eq!(file.as_deref(), Some("src/main.rs:12"));
}
