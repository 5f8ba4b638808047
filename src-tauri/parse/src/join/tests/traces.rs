//! Traces as the languages print them, between ordinary lines.

use super::apart;

#[test]
fn java_with_causes_and_suppressed_is_one_record() {
    apart(&[
        "2026-03-01 08:00:00.123  INFO 1 --- [main] o.s.b.Application : started",
        "2026-03-01 08:00:00.124 ERROR 1 --- [nio-1] o.a.c.c.C.[dispatcherServlet] : Servlet.service() failed
java.lang.IllegalStateException: could not do it
\tat com.example.Service.run(Service.java:12) ~[classes/:na]
\tat java.base/java.lang.Thread.run(Thread.java:840)
\tSuppressed: java.io.IOException: closed
\t\tat com.example.Res.close(Res.java:4)
\t\t... 2 more
Caused by: java.sql.SQLException: no connection
\tat com.example.Db.get(Db.java:7)
\t... 12 more
Caused by: java.net.ConnectException
\t... 5 common frames omitted",
        "2026-03-01 08:00:00.125  INFO 1 --- [main] o.s.b.Application : goes on",
        "Exception in thread \"main\" java.lang.NullPointerException: x
\tat Main.main(Main.java:3)",
        "plain text",
        "java.util.concurrent.TimeoutException
\tat java.base/java.util.Foo.bar(Foo.java:1)",
        "{\"level\":\"info\"}",
        "{\"level\":\"info\"}",
    ]);
}

#[test]
fn python_with_chains_is_one_record() {
    apart(&[
        "ERROR:root:it failed
Traceback (most recent call last):
  File \"/app/a.py\", line 3, in f
    return 1 / x
           ~~^~~
ZeroDivisionError: division by zero

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File \"/app/a.py\", line 9, in <module>
    f()
app.errors.Custom: it = bad

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File \"/app/a.py\", line 12, in <module>
    raise SystemError
SystemError",
        "INFO:root:goes on",
        "Traceback (most recent call last):
  File \"<stdin>\", line 1, in <module>
KeyboardInterrupt",
        "INFO:     127.0.0.1:5000 - \"GET / HTTP/1.1\" 200 OK",
        "Traceback (most recent call last):
  File \"<stdin>\", line 1, in <module>
ValueError: x",
        "2026-03-01 08:00:00,123 - svc - ERROR - python
Traceback (most recent call last):
  File \"a.py\", line 1, in f
    g()
ValueError: y",
        "2026-03-01 08:00:00,124 - svc - INFO - python",
        "  + Exception Group Traceback (most recent call last):
  |   File \"a.py\", line 1, in <module>
  | ExceptionGroup: many (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: a
    +------------------------------------",
    ]);
}

#[test]
fn node_is_one_record() {
    apart(&[
        "Server listening on 3000",
        "Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)
    at async Promise.all (index 0) {
  errno: -111,
  code: 'ECONNREFUSED',
  [cause]: Error: inner
      at f (/a.js:1:2) {
    x: 1
  }
}",
        "GET / 200",
        "/app/x.js:3
    throw new TypeError('boom');
    ^

TypeError: boom
    at f (/app/x.js:3:11)
    at Module._compile (node:internal/modules/cjs/loader:1358:14)

Node.js v20.11.0",
        "restarting",
        "node:internal/modules/cjs/loader:1080
  throw err;
  ^

Error: Cannot find module './x'
Require stack:
- /app/index.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1077:15) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/app/index.js' ]
}

Node.js v20.11.0",
        "node:events:495
      throw er; // Unhandled 'error' event
      ^

Error: listen EADDRINUSE: address already in use :::3000
    at Server.setupListenHandle [as _listen2] (node:net:1817:16)
Emitted 'error' event on Server instance at:
    at emitErrorNT (node:net:1796:8) {
  code: 'EADDRINUSE'
}

Node.js v20.11.0",
        "2026-03-01T08:00:00.000Z [error]: request failed TypeError: x is not a function
    at handler (/app/a.ts:1:2)
    at <anonymous>",
        "2026-03-01T08:00:00.000Z [info]: ok",
        "boom AssertionError [ERR_ASSERTION]: 1 == 2
\x1b[90m    at Object.<anonymous> (/a.js:1:8)\x1b[39m
    \x1b[90mat node:internal/main/run:2:1\x1b[39m",
    ]);
}

#[test]
fn go_panics_and_dumps_are_one_record() {
    apart(&[
        "2026/03/01 08:00:00 listening",
        "panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48f0c5]

goroutine 1 [running]:
main.(*Server).handle(0x0, {0x4b1c60, 0xc000012345})
\t/app/main.go:12 +0x1d
main.main()
\t/app/main.go:7 +0x25

goroutine 18 [chan receive, 2 minutes]:
main.worker(0xc00001c0c0)
\t/app/w.go:3 +0x9
created by main.main in goroutine 1
\t/app/main.go:5 +0x3f
exit status 2",
        "2026/03/01 08:00:01 started",
        "2026/03/01 08:00:01 http: panic serving 127.0.0.1:51234: boom
goroutine 19 [running]:
net/http.(*conn).serve.func1()
\t/usr/local/go/src/net/http/server.go:1868 +0xb9
panic({0x61ee20?, 0x6f0a80?})
\t/usr/local/go/src/runtime/panic.go:920 +0x270",
        "2026/03/01 08:00:02 goes on",
        "fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
main.main()
\t/app/main.go:5 +0x1d
exit status 2",
        "after",
    ]);
}

#[test]
fn rust_is_one_record() {
    apart(&[
        "[2026-03-01T08:00:00Z INFO  app] up",
        "thread 'main' panicked at src/main.rs:2:5:
called `Result::unwrap()` on an `Err` value: Os { code: 2 }
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:652:5
   1: app::main
             at ./src/main.rs:2:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.",
        "thread 'tokio-runtime-worker' (4711) panicked at src/x.rs:1:1:
assertion `left == right` failed
  left: 1
 right: 2
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        "thread 'main' panicked at 'old', src/main.rs:2:5
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        "goes on",
        "Error: could not start

Caused by:
    0: could not read x
    1: No such file or directory (os error 2)

Stack backtrace:
   0: anyhow::error::new",
        "warning: unused variable: `x`
 --> src/main.rs:2:9
  |
2 |     let x = 1;
  |         ^ help: prefix it",
    ]);
}

#[test]
fn dotnet_ruby_and_php_are_one_record_each() {
    apart(&[
        "info: Microsoft.Hosting.Lifetime[14]
      Now listening on: http://localhost:5000",
        "fail: Microsoft.AspNetCore.Server.Kestrel[13]
      Connection id \"0HN\", Request id: An unhandled exception was thrown.
      System.InvalidOperationException: no
       ---> System.IO.IOException: inner
         at App.B() in /src/B.cs:line 3
         --- End of inner exception stack trace ---
         at App.A() in /src/A.cs:line 9",
        "Unhandled exception. System.InvalidOperationException: no
 ---> System.Exception: inner
   at X.Y(String s) in /src/X.cs:line 3
   --- End of inner exception stack trace ---
   at Program.<Main>$(String[] args)",
        "[08:00:00 INF] serilog",
        "[08:00:01 ERR] serilog
System.FormatException: bad
   at X.Y()",
        "app.rb:3:in 'Object#x': msg (RuntimeError)
\tfrom app.rb:7:in 'y'
\tfrom app.rb:9:in '<main>'",
        "Puma starting",
        "E, [2026-03-01T08:00:00.123000 #12] ERROR -- : NoMethodError (undefined)
app/controllers/a.rb:3:in `index'
app/middleware/b.rb:7:in 'call'",
        "I, [2026-03-01T08:00:00.123000 #12]  INFO -- : ok",
        "PHP Fatal error:  Uncaught Exception: msg in /x.php:3
Stack trace:
#0 /x.php(5): foo()
#1 {main}

Next RuntimeException: outer in /x.php:9
Stack trace:
#0 {main}
  thrown in /x.php on line 3",
        "[2026-03-01 08:00:00] local.ERROR: msg {\"exception\":\"[object] (Exception(code: 0): msg at /x.php:3)
[stacktrace]
#0 /x.php(5): foo()
#1 {main}
\"} ",
        "[2026-03-01 08:00:00] local.INFO: msg",
    ]);
}

#[test]
fn brackets_left_open_are_one_record() {
    apart(&[
        "{
  \"a\": {
    \"b\": [1, 2, \"}\"]
  }
}",
        "{\"a\":1}",
        "[
  {\"a\": 1},
  {\"a\": 2}
]",
        "2026-03-01 08:00:00 INFO config {
  port: 3000,
  tags: [ 'it{', 'b' ]
}",
        "config: {
  port: 3000,
  'a-b': null
}",
        "next",
        "{\"level\":\"info\",
 \"msg\":\"x\"}",
        "[",
        "{\"a\":1},",
        "{\"a\":2}",
        "]",
    ]);
}

#[test]
fn indented_lines_go_on_with_a_record_that_has_a_head() {
    apart(&[
        "2026-03-01 08:00:00.123 UTC [77] ERROR:  syntax error at or near \"x\"",
        "2026-03-01 08:00:00.123 UTC [77] STATEMENT:  select 1
\tfrom x
\twhere y",
        "2026-03-01 08:00:00 INFO request
    path: /
    status: 200",
        "  2026-03-01T08:00:00.123Z  INFO app: tracing, pretty
    at src/main.rs:3
    in app::span with x: 1",
        "ERROR app > env_logger aligns",
        " INFO app > levels to the right",
        " WARN app > and this is none",
        "--- FAIL: TestX (0.00s)
    x_test.go:12: got 1",
    ]);
}

#[test]
fn what_transport_puts_before_a_line_is_looked_through() {
    apart(&[
        "api-1  | Error: x",
        "db-1   | LOG:  ready",
        "api-1  | Error: x
api-1  |     at f (/a.js:1:2)
api-1  |     at g (/a.js:1:2)",
        "api-1  | next",
        "\x1b[36mapi-1  | \x1b[0mTypeError: x
\x1b[36mapi-1  | \x1b[0m    at f (/a.js:1:2)",
        "2016-10-06T00:17:09.669794202Z stderr F Error: x
2016-10-06T00:17:09.669794203Z stderr F     at f (/a.js:1:2)",
        "2016-10-06T00:17:09.669794204Z stdout F next",
        "2016-10-06T00:17:09.669794205Z stdout P a part
2016-10-06T00:17:09.669794205Z stdout P of a
2016-10-06T00:17:09.669794205Z stdout F line",
        "2016-10-06T00:17:09.669794206Z stdout F next",
    ]);
}

#[test]
fn a_trace_behind_an_empty_line_belongs_to_the_error_before_it() {
    apart(&[
        "2026-03-01T08:00:00.123Z ERROR 1 --- [nio-1] o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service() threw exception

java.lang.RuntimeException: boom
\tat com.example.A.b(A.java:12) ~[classes/:na]",
        "2026-03-01T08:00:00.124Z  INFO 1 --- [nio-1] c.e.A : goes on",
        "2026-03-01T08:00:00.123Z ERROR app: could not start

Caused by:
    0: could not read x
    1: No such file",
        "2026-03-01T08:00:00.124Z  INFO app: goes on",
        "[main] ERROR com.acme.Foo - failed
java.lang.IllegalStateException: x
\tat com.acme.Foo.main(Foo.java:3)",
        "[main] INFO com.acme.Foo - goes on",
    ]);
}

#[test]
fn a_group_of_exceptions_ends_with_its_bars() {
    apart(&[
        "  + Exception Group Traceback (most recent call last):
  |   File \"a.py\", line 1, in <module>
  | ExceptionGroup: many (1 sub-exception)
  +-+---------------- 1 ----------------
    | ValueError: a
    +------------------------------------",
        "done",
        "Traceback (most recent call last):
  File \"a.py\", line 1, in f",
        "INFO:root:of another thread",
        "Traceback (most recent call last):
  File \"a.py\", line 1, in f",
        "done",
    ]);
}

#[test]
fn functions_of_go_and_their_places_are_a_trace() {
    apart(&[
        "2026-03-01T08:00:00.123Z\tERROR\tapp/main.go:12\tfailed\t{\"error\": \"x\"}
github.com/acme/x.(*Store).Get
\t/app/store.go:7
main.main
\t/app/main.go:12",
        "2026-03-01T08:00:00.124Z\tINFO\tapp/main.go:13\tgoes on",
        "2026/03/01 08:00:00 error: read: x
main.run
\t/app/main.go:12
runtime.main
\t/usr/lib/go/src/runtime/proc.go:271",
        "2026/03/01 08:00:01 listening:",
        "main.go",
    ]);
}

#[test]
fn what_stands_before_utf8_is_looked_through() {
    apart(&[
        "\u{feff}Traceback (most recent call last):
  File \"a.py\", line 1, in f
ValueError: x",
        "next",
    ]);
    apart(&[
        "\u{feff}{
  \"a\": 1
}",
        "{\"a\":1}",
    ]);
    apart(&["\u{feff}{\"a\":1}", "  \"b\""]);
}

#[test]
fn a_report_of_causes_is_one_record() {
    apart(&[
        "Error: 
   0: could not start
   1: No such file

Location:
   src/main.rs:12

Backtrace omitted. Run with RUST_BACKTRACE=1 environment variable to display it.",
        "next",
    ]);
}
