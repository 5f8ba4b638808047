//! What the language's table says, on the lines of `fixtures/language.log`.

/// A query and the lines of the fixture it finds.
pub(super) type Case = (&'static str, &'static [u64]);

/// Queries by the rows of the language's table.
pub(super) const TABLE: &[(&str, &[Case])] = &[
    (
        "word",
        &[
            ("payment", &[2, 3, 4]),
            ("DECLINED", &[2]),
            ("fuse", &[5]),
            ("order", &[1, 2, 6, 9]),
            ("ärger", &[7]),
            ("CAFÉ", &[4]),
            ("strasse", &[]),
            ("STRAßE", &[7]),
            ("nothing-of-the-kind", &[]),
            ("12:30:01", &[8]),
            ("std::vec", &[7]),
            ("http://h", &[7]),
            ("/api/v1/orders", &[6]),
            ("10.0.0.7:5432", &[5]),
            ("", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ],
    ),
    (
        "\"two words\"",
        &[
            ("\"connection REFUSED\"", &[5]),
            ("\"refused connection\"", &[]),
            ("\"say \\\"hi\\\"\"", &[4]),
            ("\"Error: boom\"", &[8]),
            ("\"hit\\\"\"", &[9]),
        ],
    ),
    (
        "/re/, /re/c",
        &[
            ("/refused|declined/", &[2, 5]),
            ("/^plain/", &[8]),
            ("/caf.$/", &[]),
            ("/caf./", &[4]),
            ("/^and/", &[4]),
            ("/straße/", &[7]),
            ("/STRAẞE/c", &[]),
            ("/WARN|FATAL/c", &[6, 7]),
            ("/\\/api\\/v\\d/", &[6, 9]),
        ],
    ),
    (
        "f:v",
        &[
            ("service:order", &[1, 2, 9]),
            ("svc:payments", &[3, 4]),
            ("http.status:502", &[2]),
            ("http.status:50", &[]),
            ("status:404", &[5]),
            ("user:42", &[1, 5, 9]),
            ("user.id:u42", &[1, 9]),
            ("TypeError:x", &[6]),
            ("err.type:type", &[2]),
            ("items[0].sku:a", &[1]),
            ("items[1].sku:a", &[]),
            ("tags:slow", &[3]),
            ("`big name`:odd", &[9]),
            ("trace:4bf92f35", &[1]),
            ("msg:hit", &[9]),
            ("source:language", &[1, 2, 3, 4, 5, 6, 7, 8, 9]),
            ("stream:stdout level:fatal", &[7]),
            ("seq:3", &[3]),
            ("ok:true", &[9]),
        ],
    ),
    (
        "f=v, f:=v",
        &[
            ("service=orders", &[1, 2, 9]),
            ("service=order", &[]),
            ("service:=PAYMENTS", &[3, 4]),
            ("ratio=1", &[4]),
            ("http.status=502.0", &[2]),
            ("service!=orders", &[3, 4, 5, 6, 7, 8]),
        ],
    ),
    (
        "f:>n f>=n f:a..b",
        &[
            ("http.status:>=500", &[2]),
            ("http.status>=201", &[1, 2]),
            ("http.status:<500", &[1]),
            ("http.status:200..299", &[1]),
            ("http.status:201..502", &[1, 2]),
            ("http.status:..300", &[1]),
            ("http.status:300..", &[2]),
            ("duration_ms:>1000", &[2]),
            ("latency:>200ms", &[3]),
            ("latency:>0.3s", &[]),
            ("size:>=10KB", &[3]),
            ("level:>=error", &[2, 7]),
            ("level:debug..info", &[1, 4, 5]),
            ("msg:>5", &[]),
        ],
    ),
    (
        "f:/re/, f~re",
        &[
            ("msg:/^cache/", &[9]),
            ("user.id~^u\\d$", &[2]),
            ("msg:/CREATED$/", &[1]),
            ("msg:/CREATED$/c", &[]),
        ],
    ),
    (
        "f:a*c?",
        &[
            ("path:/api/v2/*", &[9]),
            ("err.type:T*Error", &[2]),
            ("user.id:u??", &[1, 9]),
            ("user.id:u?", &[2]),
            ("service:*ment*", &[3, 4]),
        ],
    ),
    (
        "f:a,b",
        &[
            ("level:error,fatal", &[2, 7]),
            ("user.id:(u7 OR u42)", &[1, 2, 9]),
            ("http.status:201,404", &[1]),
        ],
    ),
    (
        "f:*, has:f",
        &[
            ("has:http.status", &[1, 2]),
            ("user:*", &[1, 2, 5, 9]),
            ("has:n", &[]),
            ("has:ratio", &[4]),
            ("has:items", &[1]),
        ],
    ),
    (
        "level:warn, level:>=warn",
        &[
            ("level:warn", &[3, 6]),
            ("level:WARNING", &[3, 6]),
            ("level:>=warn", &[2, 3, 6, 7]),
            ("level:none", &[8]),
            ("level:trace", &[9]),
        ],
    ),
    (
        "is:error",
        &[
            ("is:error", &[2, 7]),
            ("is:warn", &[2, 3, 6, 7]),
            ("is:broken", &[]),
            ("is:fatal", &[7]),
        ],
    ),
    (
        "since: until: t:",
        &[
            ("since:2026-11-21T10:34:30Z -level:none", &[7, 9]),
            ("until:2026-11-21T10:30:00Z", &[1, 2]),
            ("t:2026-11-21T10:30:00Z..2026-11-21T10:32:00Z", &[2, 3, 4]),
            ("time:<2026-11-21T10:30:00Z", &[1]),
            ("t:2026-11-21T10:31Z", &[3]),
        ],
    ),
    (
        "-x, NOT x",
        &[
            ("-service:orders level:info", &[5]),
            ("NOT has:time -has:service level:none", &[]),
            ("!payment !order", &[5, 7, 8]),
            ("-http.status:502", &[1, 3, 4, 5, 6, 7, 8, 9]),
            (
                "-(level:info OR level:error) service:*",
                &[3, 4, 6, 7, 8, 9],
            ),
        ],
    ),
    (
        "a b / a OR b",
        &[
            ("payment declined", &[2]),
            ("declined OR refused", &[2, 5]),
            ("cache OR payment declined", &[2, 9]),
            ("(cache OR payment) level:>debug", &[2, 3]),
            ("payment AND retry", &[3]),
            ("orders or payments", &[]),
        ],
    ),
];
