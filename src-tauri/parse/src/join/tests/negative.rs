//! What looks as if it belonged together and does not.

use super::counts;

#[track_caller]
fn all_apart(text: &str) {
    let text = text.trim_matches('\n');
    let wanted = vec![1; text.lines().count()];
    assert_eq!(counts(text), wanted, "\n{text}");
}

#[test]
fn files_that_are_no_logs_stay_lines() {
    all_apart(
        "
openapi: 3.0.0
info:
  title: x
  version: 1
services:
  web:
    image: nginx
    environment:
      - LEVEL=error
    at: (here)
",
    );
    all_apart(
        "
  PID TTY          TIME CMD
 1234 pts/0    00:00:00 bash
 1235 pts/0    00:00:01 node
",
    );
    all_apart(
        "
fn main() {
    let x = [
        1,
    ];
    println!(\"{x:?}\");
}
",
    );
    all_apart(
        "
┌───────┬───────┐
│ name  │ value │
├───────┼───────┤
│ error │ 1     │
└───────┴───────┘
+-------+-------+
| name  | value |
",
    );
    all_apart(
        "
commit 6e7b0fd1
Author: A B <a@example.com>
Date:   Sat Nov 21 10:15:00 2026 +0000

    Fix the error

    More of it

commit 1264c4b2
",
    );
    all_apart(
        "
time,level,message
2026-03-01T08:00:00Z,error,x
2026-03-01T08:00:00Z,info,y
a;b;c
",
    );
}

#[test]
fn output_of_tools_stays_lines() {
    all_apart(
        "
Step 1/3 : FROM node:20
 ---> 5f2c0f4a
Step 2/3 : RUN npm ci
 ---> Running in 1b2c3d
Removing intermediate container 1b2c3d
#5 [2/3] RUN npm ci
#5 0.123 added 3 packages
#5 DONE 1.2s
",
    );
    all_apart(
        "
PASS src/a.test.js
  math
    ✓ adds (3 ms)
    ✓ subtracts
Tests:       2 passed, 2 total
running 2 tests
test a ... ok
",
    );
    all_apart(
        "
On branch main
Changes not staged for commit:
	modified:   a.rs
",
    );
    all_apart(
        "
    every line
    of this file
    is indented
    2026-03-01 08:00:00 even this
    2026-03-01 08:00:00 and this
",
    );
}

#[test]
fn what_ends_a_record_is_seen() {
    all_apart(
        "
2026-03-01 08:00:00 INFO a
2026-03-01 08:00:00 INFO b
  2026-03-01 08:00:00 INFO c
 ERROR d
{\"a\":1}
    at f (/a.js:1:2) belongs to no JSON record
hello
    at the end of the day
",
    );
    all_apart(
        "
2026-03-01 08:00:00 INFO listening
TypeError: thrown past the logger
",
    );
    all_apart(
        "
Error: x
Error: y
{\"a\":1}
Expected {
Expected [
but found
",
    );
}

#[test]
fn lines_of_others_do_not_go_on_with_a_record_because_they_are_indented() {
    all_apart(
        "
127.0.0.1 - - [01/Mar/2026 08:00:00] \"GET / HTTP/1.1\" 200 -
 * Detected change in '/app/x.py', reloading
[08:00:00.123] INFO (4711): handled
 GET / 200 in 320ms
 ✓ Compiled /page in 320ms (500 modules)
 ⨯ ./page.tsx
08:00:00 [vite] page reload
  ➜  Local:   http://localhost:5173/
",
    );
}

#[test]
fn a_bracket_left_open_takes_no_line_that_begins_with_a_time_or_a_tag() {
    all_apart(
        "
2026-03-01 08:00:00 INFO got [
[2026-03-01 08:00:01] ERROR x
2026-03-01 08:00:00 INFO got {
[INFO] x
2016-10-06T00:17:09.6Z stdout F {
2016-10-06T00:17:09.6Z stdout F {\"a\":1}
2016-10-06T00:17:09.6Z stdout F {\"a\":2}
",
    );
}
