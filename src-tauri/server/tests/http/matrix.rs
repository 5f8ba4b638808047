//! Who may call, as a table: Host × Origin × method × content type × path × token on raw sockets.
//!
//! What is expected is written down here from the promises alone (no web page and no other name
//! reads or writes through the port; programs of this machine write), not taken from the guard:
//! every combination is sent, every answer is compared, and at the end so is everything stored.

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::harness::Port;
use crosscut_server::Options;

/// A name that the port was told to answer for.
const LISTED_HOST: &str = "box.local";
/// An origin that the port was told to let in.
const LISTED_ORIGIN: &str = "https://tools.example";

/// What a request's `Host` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Host {
    /// This machine, or listed: so it is written, `$` being the port.
    Ours(&'static str),
    /// Somebody else's name for this machine: what DNS rebinding sends.
    Foreign(&'static str),
    /// Lines of the head that no client of good will sends.
    Malformed(&'static str),
}

const HOSTS: [Host; 10] = [
    Host::Ours("127.0.0.1:$"),
    Host::Ours("localhost:$"),
    Host::Ours("[::1]:$"),
    Host::Ours(LISTED_HOST),
    Host::Foreign("evil.example:$"),
    Host::Foreign("127.0.0.1.evil.example"),
    Host::Malformed(""),
    Host::Malformed("Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n"),
    Host::Malformed("Host: 127.0.0.1\r\nHost: evil.example\r\n"),
    Host::Malformed("Host: user@127.0.0.1\r\n"),
];

/// What a request's `Origin` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// None: a program.
    None,
    /// The app's own page.
    Own,
    /// A page on another port of this machine.
    Local(&'static str),
    /// The listed one.
    Listed,
    /// Anybody else.
    Foreign(&'static str),
    /// Two of them.
    Doubled,
}

const ORIGINS: [Origin; 12] = [
    Origin::None,
    Origin::Own,
    Origin::Local("http://localhost:5173"),
    Origin::Local("https://127.0.0.1:8443"),
    Origin::Listed,
    Origin::Foreign("http://evil.example"),
    Origin::Foreign("https://box.local.evil.example"),
    Origin::Foreign("http://localhost.evil.example"),
    Origin::Foreign("null"),
    Origin::Foreign("file://"),
    Origin::Foreign("chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb"),
    Origin::Doubled,
];

/// Methods, and the content types they are sent with: the first three go without a preflight.
const METHODS: [(&str, &[&str]); 5] = [
    ("GET", &[""]),
    ("HEAD", &[""]),
    ("DELETE", &[""]),
    ("OPTIONS", &[""]),
    (
        "POST",
        &[
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json",
        ],
    ),
];

/// What a path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Path {
    /// Lines may be posted there.
    Ingest(&'static str),
    /// Reads: by these methods.
    Read(&'static str, &'static [&'static str]),
    /// Changes something, by POST.
    Control(&'static str),
    /// The page's files.
    Asset(&'static str),
}

const PATHS: [Path; 8] = [
    Path::Ingest("/ingest"),
    Path::Read("/raw", &["GET", "HEAD"]),
    Path::Read("/issues", &["GET", "HEAD"]),
    Path::Read("/api/agents/nobody/logs/stream", &["GET", "HEAD"]),
    Path::Read("/ws", &["GET", "HEAD"]),
    Path::Read("/api/runs_list", &["POST"]),
    Path::Control("/control/clear"),
    Path::Asset("/nothing-there.js"),
];

/// What is to become of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// 400: the head makes no sense.
    Malformed,
    /// 403: a name or a page that has no business here.
    Refused,
    /// 204, with leave to send what was asked about.
    Preflight,
    /// 405: nothing there takes this method.
    NoSuchMethod,
    /// 401.
    TokenNeeded,
    /// It comes through to whatever is there.
    Through,
}

#[derive(Debug, Clone, Copy)]
struct Case {
    host: Host,
    origin: Origin,
    method: &'static str,
    kind: &'static str,
    path: Path,
    token: bool,
}

impl Case {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for host in HOSTS {
            for origin in ORIGINS {
                for (method, kinds) in METHODS {
                    for &kind in kinds {
                        for path in PATHS {
                            for token in [false, true] {
                                all.push(Self {
                                    host,
                                    origin,
                                    method,
                                    kind,
                                    path,
                                    token,
                                });
                            }
                        }
                    }
                }
            }
        }
        all
    }

    fn fate(self) -> Fate {
        match self.host {
            Host::Malformed(_) => return Fate::Malformed,
            Host::Foreign(_) => return Fate::Refused,
            Host::Ours(_) => {}
        }
        let ingest = matches!(self.path, Path::Ingest(_));
        match self.origin {
            Origin::Doubled => return Fate::Malformed,
            Origin::Foreign(_) => return Fate::Refused,
            Origin::Local(_) if !ingest => return Fate::Refused,
            Origin::Local(_) | Origin::Listed if self.method == "OPTIONS" => {
                return Fate::Preflight;
            }
            Origin::None | Origin::Own | Origin::Local(_) | Origin::Listed => {}
        }
        let (methods, open): (&[&str], bool) = match self.path {
            Path::Ingest(_) => (&["POST"], true),
            Path::Read(_, methods) => (methods, false),
            Path::Control(_) => (&["POST"], false),
            Path::Asset(_) => (&["GET", "HEAD"], true),
        };
        if !methods.contains(&self.method) {
            return Fate::NoSuchMethod;
        }
        if open || self.token {
            Fate::Through
        } else {
            Fate::TokenNeeded
        }
    }

    /// The origin that CORS is to name in the answer.
    fn granted(self) -> Option<&'static str> {
        match (self.fate(), self.origin) {
            (Fate::Malformed | Fate::Refused, _) => None,
            (_, Origin::Local(origin)) => Some(origin),
            (_, Origin::Listed) => Some(LISTED_ORIGIN),
            _ => None,
        }
    }

    fn request(self, port: u16, token: &str) -> String {
        let (Path::Ingest(path) | Path::Read(path, _) | Path::Control(path) | Path::Asset(path)) =
            self.path;
        let body = match self.path {
            _ if self.method != "POST" => "",
            Path::Ingest(_) => r#"{"lines":["from the matrix"]}"#,
            Path::Control(_) => r#"{"keep":true}"#,
            Path::Read(..) | Path::Asset(_) => "{}",
        };
        let written = |host: &str| host.replace('$', &port.to_string());
        let (named, host) = match self.host {
            Host::Ours(host) | Host::Foreign(host) => {
                (format!("Host: {}\r\n", written(host)), written(host))
            }
            Host::Malformed(lines) => (lines.to_owned(), format!("127.0.0.1:{port}")),
        };
        let own = format!("Origin: http://{host}\r\n");
        let page = match self.origin {
            Origin::None => String::new(),
            Origin::Own => own,
            Origin::Doubled => own.repeat(2),
            Origin::Listed => format!("Origin: {LISTED_ORIGIN}\r\n"),
            Origin::Local(origin) | Origin::Foreign(origin) => format!("Origin: {origin}\r\n"),
        };
        let asks = match self.method {
            "OPTIONS" => "Access-Control-Request-Method: POST\r\n",
            _ => "",
        };
        let kind = match self.kind {
            "" => String::new(),
            kind => format!("Content-Type: {kind}\r\n"),
        };
        let token = if self.token {
            format!("Authorization: Bearer {token}\r\n")
        } else {
            String::new()
        };
        let (method, length) = (self.method, body.len());
        format!(
            "{method} {path} HTTP/1.1\r\n{named}{page}{asks}{kind}{token}Content-Length: \
             {length}\r\nConnection: close\r\n\r\n{body}"
        )
    }

    fn check(self, status: u16, answer: &str) {
        let fate = self.fate();
        let code = answer.split("\r\n\r\n").nth(1).and_then(|body| {
            let body: Value = serde_json::from_str(body).ok()?;
            body["error"]["code"].as_str().map(str::to_owned)
        });
        let code = code.unwrap_or_default();
        let by_guard = code.starts_with("foreign_") || code.starts_with("token_");
        let kept = match fate {
            Fate::Malformed => status == 400,
            Fate::Refused => status == 403,
            Fate::Preflight => status == 204,
            Fate::NoSuchMethod => status == 405,
            Fate::TokenNeeded => status == 401,
            Fate::Through => !matches!(status, 401 | 403 | 405 | 500..) && !by_guard,
        };
        // Shippers may be served by other methods where lines are taken: that reads nothing.
        let other_method = fate == Fate::NoSuchMethod
            && matches!(self.path, Path::Ingest(_))
            && !matches!(status, 401 | 403 | 500..);
        // What is not built yet says so.
        let not_built = fate == Fate::Through && status == 501;
        assert!(
            kept || other_method || not_built,
            "{self:?}: {fate:?}, but {answer}"
        );
        let grants: Vec<&str> = answer
            .lines()
            .filter_map(|line| line.strip_prefix("access-control-allow-origin: "))
            .collect();
        assert_eq!(grants, Vec::from_iter(self.granted()), "{self:?}: {answer}");
        assert!(!answer.contains("access-control-allow-credentials"));
        if status != 400 || !answer.ends_with("\r\n\r\n") {
            // Not where HTTP itself is refused, before anything of ours sees it.
            assert!(
                answer.contains("x-content-type-options: nosniff"),
                "{answer}"
            );
            assert!(answer.contains("cross-origin-resource-policy: same-origin"));
        }
    }
}

async fn open() -> Port {
    Port::open_with(Options {
        allow_hosts: vec![LISTED_HOST.into()],
        allow_origins: vec![LISTED_ORIGIN.into()],
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn every_combination_has_the_fate_that_was_promised() {
    let port = open().await;
    let (number, token) = (port.address().port(), port.workbench.token());
    let cases = Case::all();
    let sent = stream::iter(&cases).map(|case| {
        let request = case.request(number, &token);
        let port = &port;
        async move { (case, port.wire(&request).await) }
    });
    let mut answers = sent.buffer_unordered(16);
    while let Some((case, (status, answer))) = answers.next().await {
        case.check(status, &answer);
    }
    // Nothing was stored or changed but by those that came through.
    let through = |wanted: fn(&Path) -> bool| {
        let through = cases.iter().filter(|case| case.fate() == Fate::Through);
        through.filter(|case| wanted(&case.path)).count() as u64
    };
    let runs = port.call("runs_list", json!({})).await;
    let runs = runs.as_array().unwrap();
    let stored: u64 = runs
        .iter()
        .map(|run| run["records"].as_u64().unwrap())
        .sum();
    assert_eq!(stored, through(|path| matches!(path, Path::Ingest(_))));
    let cleared = through(|path| matches!(path, Path::Control(_)));
    assert_eq!(runs.len() as u64, cleared + 1);
}

#[tokio::test]
async fn hosts_are_known_however_they_are_spelt() {
    let port = open().await;
    let number = port.address().port();
    let mut cases: Vec<(String, u16)> = Vec::new();
    for host in [
        "localhost",
        "LocalHost",
        "localhost.",
        "127.0.0.1",
        "127.255.255.254",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "BOX.local",
    ] {
        for port in [String::new(), ":".into(), ":1".into(), format!(":{number}")] {
            cases.push((format!("{host}{port}"), 200));
        }
    }
    for host in [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "evil-localhost",
        "a.localhost",
        "10.0.0.1",
        "192.168.1.10",
        "169.254.169.254",
        "0.0.0.0",
        "0",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "[::]",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "[::127.0.0.1]",
        "other.box.local",
    ] {
        cases.push((host.into(), 403));
        cases.push((format!("{host}:{number}"), 403));
    }
    for host in [
        "",
        " ",
        ":80",
        "localhost:x",
        "localhost:-1",
        "localhost:65536",
        "localhost:80:80",
        "user@localhost",
        "http://localhost",
        "localhost/",
        "localhost?x",
        "localhost#x",
        "local host",
        "localhost,evil.example",
        "::1",
        "[::1",
        "::1]",
        "[::1]x",
        "[::1%25lo]",
        "[127.0.0.1]",
        "[localhost]",
        "..",
        "héros",
        "%6cocalhost",
        "localhost\u{0}",
        "localhost\u{7f}",
    ] {
        cases.push((host.into(), 400));
    }
    cases.push((format!("{}.example", "a".repeat(300)), 400));
    for (host, expected) in cases {
        let request = format!("GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let (status, answer) = port.wire(&request).await;
        assert_eq!(status, expected, "{host:?}: {answer}");
    }
}

#[tokio::test]
async fn what_a_proxy_would_say_of_the_caller_counts_for_nothing() {
    let port = open().await;
    for forged in [
        "Forwarded: for=127.0.0.1;host=localhost;proto=http",
        "X-Forwarded-Host: localhost",
        "X-Forwarded-For: 127.0.0.1",
        "X-Real-IP: 127.0.0.1",
        "X-Original-URL: /health",
        "X-Rewrite-URL: /health",
        "X-Host: localhost",
        "X-HTTP-Method-Override: GET",
    ] {
        for (host, expected) in [("evil.example", 403), ("localhost", 401)] {
            let request = format!(
                "GET /raw HTTP/1.1\r\nHost: {host}\r\n{forged}\r\nConnection: close\r\n\r\n"
            );
            assert_eq!(port.wire(&request).await.0, expected, "{forged}");
        }
        let foreign = forged.replace("localhost", "evil.example");
        let request = format!(
            "GET /health HTTP/1.1\r\nHost: localhost\r\n{foreign}\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(port.wire(&request).await.0, 200, "{foreign}");
    }
}

/// What pages fetch without saying who they are: images, scripts, frames, links.
#[tokio::test]
async fn pages_that_do_not_say_who_they_are_get_nothing_but_a_link_to_the_page() {
    // Without a token, so that nothing but the page's own standing decides.
    let port = Port::open_with(Options {
        no_token: true,
        ..Options::default()
    })
    .await;
    let link = ("navigate", "document");
    let frame = ("navigate", "iframe");
    let image = ("no-cors", "image");
    let script = ("no-cors", "script");
    for (site, (mode, dest), method, path, refused) in [
        // The app's own page, and an address that was typed.
        ("same-origin", image, "GET", "/raw", false),
        ("same-origin", link, "GET", "/", false),
        ("none", link, "GET", "/", false),
        ("none", link, "GET", "/raw", false),
        // Somebody else's.
        ("cross-site", image, "GET", "/raw", true),
        ("cross-site", script, "GET", "/raw?format=json", true),
        ("cross-site", image, "GET", "/ingest?line=x", true),
        ("cross-site", image, "GET", "/favicon.svg", true),
        ("cross-site", script, "GET", "/", true),
        ("cross-site", frame, "GET", "/", true),
        ("cross-site", link, "GET", "/raw", true),
        ("cross-site", link, "GET", "/ingest?line=x", true),
        ("cross-site", link, "POST", "/", true),
        ("cross-site", link, "POST", "/control/clear", true),
        ("cross-site", link, "GET", "/", false),
        ("cross-site", link, "HEAD", "/index.html", false),
        // A page on another port of this machine: lines, and nothing else.
        ("same-site", image, "GET", "/raw", true),
        ("same-site", image, "GET", "/ingest?line=x", false),
        ("same-site", link, "GET", "/", false),
        ("same-site", link, "GET", "/stream", true),
        // What no browser says yet.
        ("next-door", image, "GET", "/raw", true),
    ] {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: {site}\r\n\
             Sec-Fetch-Mode: {mode}\r\nSec-Fetch-Dest: {dest}\r\nContent-Length: 0\r\n\
             Connection: close\r\n\r\n"
        );
        let (status, answer) = port.wire(&request).await;
        let told = answer.contains("foreign_origin") || (method == "HEAD" && status == 403);
        assert_eq!(
            told, refused,
            "{site} {mode} {dest} {method} {path}: {answer}"
        );
        assert_eq!(
            status == 403,
            refused,
            "{site} {mode} {dest} {method} {path}: {answer}"
        );
    }
    // The same with a page's name is decided by the name.
    let named = "POST /ingest HTTP/1.1\r\nHost: localhost\r\nOrigin: http://127.0.0.1:5173\r\n\
                 Sec-Fetch-Site: cross-site\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    assert_eq!(port.wire(named).await.0, 200);
    let doubled = "GET /health HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: none\r\n\
                   Sec-Fetch-Site: cross-site\r\nConnection: close\r\n\r\n";
    assert_eq!(port.wire(doubled).await.0, 400);
}

#[tokio::test]
async fn a_listed_name_is_not_this_machine_to_its_neighbours() {
    let port = open().await;
    // `other.box.local` is of the same site as `box.local`, and may be anybody.
    let request = format!(
        "GET /ingest?line=x HTTP/1.1\r\nHost: {LISTED_HOST}\r\nSec-Fetch-Site: same-site\r\n\
         Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(port.wire(&request).await.0, 403);
}
