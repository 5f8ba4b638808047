//! What the forms of the language match: fields.

use crosscut_model::{Level, Seq, Stream, UnixNanos};
use crosscut_query::Value;

use crate::meaning::expect;
use crate::record::{Owned, number, text};

#[test]
fn a_field_contains_its_value_and_a_number_equals_it() {
    let record = Owned::fields(&[
        ("user.id", text("Bob42")),
        ("status", number("500")),
        ("ratio", number("1.0")),
        ("big", number("9007199254740993")),
        ("ok", Value::Bool(true)),
    ]);
    expect(
        &record,
        &[
            "user.id:bob",
            "user.id:42",
            "status:500",
            "status:500.0",
            "status:5e2",
            "ratio:1",
            "big:9007199254740993",
            "ok:true",
            "user.id:\"OB4\"",
        ],
        &[
            "user.id:bob43",
            "status:50",
            "status:5xx",
            "big:9007199254740992",
            "ok:false",
        ],
    );
}

#[test]
fn what_is_no_field_is_looked_for_as_literal_text() {
    let record = Owned::text("TypeError:x is not a function; user:42 at localhost:3000");
    expect(
        &record,
        &[
            "TypeError:x",
            "user:42",
            "typeerror:X",
            "localhost:3000",
            "user:41,42",
        ],
        &["TypeError:y", "user=42", "msg:x", "TypeError:*"],
    );
}

#[test]
fn equality_takes_the_whole_value() {
    let record = Owned::fields(&[
        ("name", text("Alice")),
        ("n", number("1.0")),
        ("s", text("1")),
        ("zip", text("0042")),
        ("took", text("1500ms")),
        ("kind", text("log")),
    ]);
    expect(
        &record,
        &[
            "name=alice",
            "name:=ALICE",
            "n=1",
            "s=1.0",
            "took=1.5s",
            "name=a*",
            "name=bob,alice",
        ],
        &[
            "name=ali",
            "n=10",
            "zip=42",
            "name!=alice",
            "gone!=x",
            "kind=info",
        ],
    );
    expect(
        &record,
        &["name!=bob", "n!=2", "name!~/^b/"],
        &["name!~/^a/", "gone!~/x/"],
    );
}

#[test]
fn orders_compare_numbers_units_instants_and_levels_each_by_their_kind() {
    let record = Owned::fields(&[
        ("n", number("250")),
        ("took", text("250ms")),
        ("go", text("1m2.5s")),
        ("size", text("10 KB")),
        ("at", text("2026-11-21T10:30:00Z")),
        ("severity", text("Warning")),
        ("word", text("abc")),
    ]);
    expect(
        &record,
        &[
            "n:>249",
            "n>=250",
            "n<250.5",
            "n:<=250",
            "n:200..300",
            "n:..250",
            "n:250..",
            "took>200ms",
            "took<1s",
            "took:0.2s..0.3s",
            "go>62s",
            "go<=62500ms",
            "size<=10KB",
            "size<10KiB",
            "size>9999B",
            "at>2026-11-20",
            "at:2026-11-21..2026-11-21",
            "at<2026-11-21T10:30:01Z",
            "at=2026-11-21T12:30:00+02:00",
            "severity>=warn",
            "severity<error",
        ],
        &[
            "n>250",
            "n:251..300",
            "n>200ms",
            "took>250",
            "took>10KB",
            "size>10KB",
            "word>1",
            "at>2026-11-21",
            "severity>warn",
            "word<error",
            "gone<5",
            "n:..249",
        ],
    );
}

#[test]
fn expressions_and_globs_on_fields() {
    let record = Owned::fields(&[("path", text("/api/Orders/17")), ("n", number("404"))]);
    expect(
        &record,
        &[
            "path:/orders/",
            "path~orders",
            "path:/Orders/c",
            "path:/api/*",
            "path:*ORDERS*",
            "path:/api/orders/??",
            "n:4*",
            "n~^4",
            "path~\"ord ers|17\"",
            "path:x,*17",
        ],
        &[
            "path:/orders/c",
            "path:api*",
            "path:/api/orders/?",
            "path:\"*17\"",
            "n:5*",
        ],
    );
}

#[test]
fn a_field_is_there_unless_it_is_missing_or_null() {
    let mut record = Owned::fields(&[("a", text("")), ("nil", Value::Null)]);
    expect(
        &record,
        &[
            "has:a",
            "a:*",
            "has:seq",
            "has:time",
            "has:service",
            "-has:nil",
            "-level:*",
        ],
        &[
            "has:nil",
            "nil:*",
            "has:b",
            "has:level",
            "nil:null",
            "nil=null",
            "nil!=x",
        ],
    );
    record.level = Level::Info;
    expect(&record, &["has:level"], &[]);
}

#[test]
fn levels_are_exact_with_a_colon_and_ranked_with_an_order() {
    let mut record = Owned::text("");
    record.level = Level::Error;
    expect(
        &record,
        &[
            "level:error",
            "level:ERR",
            "level=error",
            "level:>=warn",
            "level>warn",
            "is:error",
            "is:warn",
            "level:warn,error",
            "level:warn..fatal",
            "level:(fatal OR error)",
            "level!=warn",
            "level:e*",
            "-level:warn",
        ],
        &[
            "level:warn",
            "level:>error",
            "is:fatal",
            "level:none",
            "level:..warn",
            "level!=error",
        ],
    );
    record.level = Level::None;
    expect(
        &record,
        &["level:none", "-level:info", "-level:<fatal"],
        &["level:<fatal", "level:>=trace", "is:trace", "level!=info"],
    );
}

#[test]
fn built_ins_come_from_the_record_itself() {
    let mut record = Owned::fields(&[("msg", text("payment declined")), ("trace", text("4bf9"))]);
    record.stream = Stream::Stderr;
    record.seq = Seq(42);
    record.broken = true;
    expect(
        &record,
        &[
            "source:shop",
            "src:shop.log",
            "service:SHOP",
            "svc=shop.log",
            "stream:stderr",
            "stream:err",
            "msg:declined",
            "trace:4bf9",
            "seq:42",
            "seq:40..50",
            "seq>41",
            "run:r1",
            "run=R1",
            "is:broken",
            "source:api,shop",
        ],
        &[
            "source:api",
            "stream:stdout",
            "msg:refused",
            "seq:4",
            "seq>42",
            "run:r2",
            "is:new",
            "is:marked",
            "source=shop",
            "pattern:x",
            "issue:*",
            "logger:*",
            "-is:broken",
        ],
    );
    record
        .fields
        .push(("service".to_owned(), vec![text("payments")]));
    expect(&record, &["service:payments"], &["service:shop"]);
}

#[test]
fn times_are_local_and_of_today() {
    // 10:30:15.25 in Berlin on 2026-11-21.
    let mut record = Owned::text("");
    record.time = UnixNanos(1_795_253_415_250_000_000);
    expect(
        &record,
        &[
            "since:10:30",
            "until:10:31",
            "t:10:30..10:35",
            "t:10:30",
            "t:10:30:15",
            "last:3h",
            "t:10:30:15.25",
            "time:2026-11-21",
            "t:2026-11-20..2026-11-21",
            "since:2026-11-21",
            "t:>=2026-11-21T09:30:15Z",
            "t:\"2026-11-21 10:30\"..",
            "t:1795253415",
            "t:>1795253415",
            "until:2026-11-21",
            "t:\"2026-11-21 10:30:15,25\"",
            "t!=10:31",
            "t:9:00,10:30",
            "until:1h",
            "t:1795253415250..1795253415251",
        ],
        &[
            "since:10:31",
            "until:10:30",
            "t:10:00..10:30",
            "t:10:31",
            "last:5m",
            "since:90m",
            "t:>2026-11-21",
            "t:<2026-11-21",
            "t:2026-11-20",
            "t:10:30:16..",
            "t!=10:30",
        ],
    );
}

#[test]
fn an_array_matches_when_an_element_does() {
    let mut record = Owned::text("");
    let tags = vec![text("red"), number("7"), Value::Json("{\"a\":1}".into())];
    record.fields.push(("tags".to_owned(), tags));
    record
        .fields
        .push(("none".to_owned(), vec![Value::Json("[]".into())]));
    expect(
        &record,
        &[
            "tags:red",
            "tags=RED",
            "tags>6",
            "tags:\"{\\\"a\\\":1}\"",
            "has:none",
            "tags!=blue",
        ],
        &["tags:blue", "tags!=red", "tags>7"],
    );
}
