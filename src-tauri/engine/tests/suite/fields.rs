//! A view's fields added up, and what fits into a query.

use serde_json::{Value, json};

use crate::support::{Bench, batch};

fn bench() -> Bench {
    let bench = Bench::new();
    bench.post(
        "shop",
        &[
            r#"{"level":"info","service":"orders","http":{"status":200},"took":10}"#,
            r#"{"level":"error","service":"orders","http":{"status":500},"took":30}"#,
            r#"{"level":"info","service":"two words","http":{"status":200},"took":20}"#,
            "plain",
        ],
    );
    bench
}

fn counts(facet: &Value) -> Vec<(String, u64)> {
    let values = facet["values"].as_array().unwrap().iter();
    values
        .map(|value| {
            let text = value["value"].as_str().unwrap().to_owned();
            (text, value["count"].as_u64().unwrap())
        })
        .collect()
}

fn pairs(pairs: &[(&str, u64)]) -> Vec<(String, u64)> {
    let own = |(value, count): &(&str, u64)| ((*value).to_owned(), *count);
    pairs.iter().map(own).collect()
}

#[test]
fn a_facet_tells_the_values_of_the_filtered_rows_with_their_counts() {
    let bench = bench();
    let facet = |query: &str, field: &str| {
        let view = bench.view(query);
        let args = json!({"view": view, "field": field, "top": 10});
        bench.call("view_facet", &args).unwrap()
    };
    let status = facet("", "http.status");
    assert_eq!(counts(&status), pairs(&[("200", 2), ("500", 1)]));
    assert_eq!((&status["rows"], &status["of"]), (&json!(3), &json!(4)));
    assert_eq!(status["values"][0]["kind"], "number");
    let of_orders = facet("service=orders", "http.status");
    assert_eq!(counts(&of_orders), pairs(&[("200", 1), ("500", 1)]));
    assert_eq!(of_orders["of"], 2);
    assert_eq!(counts(&facet("", "level"))[0], ("info".to_owned(), 2));
    assert_eq!(counts(&facet("", "source")), pairs(&[("shop", 4)]));
    assert_eq!(counts(&facet("", "stream")), pairs(&[("stdout", 4)]));
    let service = facet("", "service");
    assert_eq!(
        counts(&service),
        pairs(&[("orders", 2), ("shop", 1), ("two words", 1)])
    );
    assert_eq!(service["values"][2]["written"], "\"two words\"");
    assert_eq!(counts(&facet("", "no.such.field")), pairs(&[]));
}

#[test]
fn a_summary_tells_what_the_numbers_amount_to() {
    let bench = bench();
    let view = bench.view("-plain");
    let summary = |field: &str| {
        let args = json!({"view": view, "field": field});
        bench.call("view_summary", &args).unwrap()["summary"].clone()
    };
    let took = summary("took");
    assert_eq!((&took["count"], &took["min"]), (&json!(3), &json!(10.0)));
    assert_eq!((&took["max"], &took["p50"]), (&json!(30.0), &json!(20.0)));
    assert_eq!((&took["p99"], &took["sum"]), (&json!(30.0), &json!(60.0)));
    assert_eq!(summary("service"), Value::Null);
}

#[test]
fn what_is_no_field_or_no_view_is_refused() {
    let bench = bench();
    let view = bench.view("");
    for field in ["", "a b", "x OR y", "(", "`open"] {
        let args = json!({"view": view, "field": field, "top": 5});
        let error = bench.call("view_facet", &args).unwrap_err();
        assert_eq!(error.code, "bad_field", "{field}");
    }
    bench.call("view_close", &json!({"view": view})).unwrap();
    let error = bench
        .call("view_fields", &json!({"view": view}))
        .unwrap_err();
    assert_eq!(error.code, "unknown_view");
}

/// What is offered where `|` stands: labels, and what the text becomes with the first.
fn offered(bench: &Bench, marked: &str) -> (Vec<String>, String) {
    let text = marked.replacen('|', "", 1);
    let units: Vec<u16> = text.encode_utf16().collect();
    let cursor = marked.split('|').next().unwrap().encode_utf16().count();
    let args = json!({"text": text, "cursor": cursor, "client": "test"});
    let reply = bench.call("query_complete", &args).unwrap();
    let items = reply["items"].as_array().unwrap();
    let labels = items.iter().map(|item| item["label"].as_str().unwrap());
    let labels: Vec<String> = labels.map(str::to_owned).collect();
    let place = |name: &str| usize::try_from(reply[name].as_u64().unwrap()).unwrap();
    let insert = items
        .first()
        .map_or("", |item| item["insert"].as_str().unwrap());
    let mut becomes = String::from_utf16(&units[..place("from")]).unwrap();
    becomes.push_str(insert);
    becomes.push_str(&String::from_utf16(&units[place("to")..]).unwrap());
    (labels, becomes)
}

#[test]
fn completion_offers_what_the_data_and_the_language_have() {
    let bench = bench();
    let becomes = |marked: &str| offered(&bench, marked).1;
    assert_eq!(becomes("http.st|"), "http.status:");
    assert_eq!(becomes("\u{1d11e} serv|"), "\u{1d11e} service:");
    assert_eq!(becomes("has:too|"), "has:took");
    assert_eq!(becomes("service:ord|"), "service:orders");
    assert_eq!(becomes("service:tw| x"), "service:\"two words\" x");
    assert_eq!(becomes("service:\"tw|\""), "service:\"two words\"");
    assert_eq!(becomes("level:f|"), "level:fatal");
    assert_eq!(becomes("is:mar|"), "is:marked");
    let (values, _) = offered(&bench, "http.status:|");
    assert_eq!(values, ["200", "500"]);
    let (levels, _) = offered(&bench, "level:|");
    assert_eq!(levels[0], "info");
    assert!(levels.contains(&"fatal".to_owned()));
    let unique: std::collections::BTreeSet<&String> = levels.iter().collect();
    assert_eq!(unique.len(), levels.len());
    let (joining, _) = offered(&bench, "a |");
    assert!(joining.contains(&"OR".to_owned()), "{joining:?}");
    assert!(offered(&bench, "\"in quotes |").0.is_empty());
    let beyond = json!({"text": "a", "cursor": 4_000_000_000_u32});
    assert!(bench.call("query_complete", &beyond).is_ok());
}

/// The numbers of the records that match.
fn asked(bench: &Bench, query: &str) -> Vec<u64> {
    let reply = bench.call("search", &json!({"query": query})).unwrap();
    let records = reply["records"].as_array().unwrap().iter();
    records
        .map(|record| record["seq"].as_u64().unwrap())
        .collect()
}

#[test]
fn an_access_log_is_searched_and_counted_by_status() {
    let bench = Bench::new();
    let line = |path: &str, status: u16| {
        format!(
            r#"10.0.0.7 - ann [21/Nov/2026:10:00:00 +0000] "GET {path} HTTP/1.1" {status} 12 "-" "curl/8.5""#
        )
    };
    let lines = [
        line("/a", 200),
        line("/b?x=1", 503),
        line("/b", 500),
        line("/a", 404),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    bench.post("nginx", &lines);
    assert_eq!(asked(&bench, "status:>=500"), [2, 3]);
    assert_eq!(asked(&bench, "path=/b method:get"), [2, 3]);
    assert_eq!(asked(&bench, "client=10.0.0.7 -status:500..599"), [1, 4]);
    let view = bench.view("");
    let facet = |field: &str| {
        let args = json!({"view": view, "field": field, "top": 10});
        bench.call("view_facet", &args).unwrap()
    };
    let status = facet("status");
    assert_eq!(
        counts(&status),
        pairs(&[("200", 1), ("404", 1), ("500", 1), ("503", 1)])
    );
    assert_eq!(status["values"][0]["kind"], "number");
    assert_eq!(counts(&facet("path")), pairs(&[("/a", 2), ("/b", 2)]));
    let args = json!({"view": view, "start": 1, "count": 1});
    let row = &bench.call("view_rows", &args).unwrap()["rows"][0];
    assert_eq!(row["msg"], r#""GET /b?x=1 HTTP/1.1" 503"#);
    let record = bench.call("record", &json!({"seq": 2})).unwrap();
    let fields = record["fields"].as_array().unwrap();
    assert!(
        fields.contains(&json!({"name": "status", "value": 503})),
        "{fields:?}"
    );
}

#[test]
fn what_a_source_tells_of_itself_is_a_field_of_its_records() {
    let bench = Bench::new();
    let feed = bench.follow("/logs/orders.log");
    let attributes = [("compose.service", "orders"), ("container.image", "shop:1")];
    feed.describe(
        attributes
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
    );
    feed.send(batch(&[r#"{"a":1}"#, "text"], "0", false))
        .unwrap();
    feed.flush().unwrap();
    bench.post("other", &[r#"{"compose":{"service":"orders"}}"#, "text"]);
    assert_eq!(asked(&bench, "compose.service:orders"), [1, 2, 3]);
    assert_eq!(asked(&bench, "compose.service:orders text"), [2]);
    assert_eq!(asked(&bench, "-has:container.image"), [3, 4]);
    let view = bench.view("");
    let args = json!({"view": view, "field": "compose.service", "top": 10});
    let facet = bench.call("view_facet", &args).unwrap();
    assert_eq!(counts(&facet), pairs(&[("orders", 3)]));
    let fields = bench.call("view_fields", &json!({"view": view})).unwrap();
    let names: Vec<&str> = fields["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["compose.service", "container.image", "a", "compose"]
    );
    let record = bench.call("record", &json!({"seq": 2})).unwrap();
    assert_eq!(
        record["fields"],
        json!([
            {"name": "compose.service", "value": "orders"},
            {"name": "container.image", "value": "shop:1"},
        ])
    );
    let completed = json!({"text": "compose.service:o", "cursor": 17});
    let items = bench.call("query_complete", &completed).unwrap();
    assert_eq!(items["items"][0]["label"], "orders");
    // Told again, and otherwise: what is asked next knows it.
    feed.describe([("compose.service".to_owned(), "billing".to_owned())].into());
    assert_eq!(asked(&bench, "compose.service:orders"), [3]);
    let bench = bench.reopen();
    assert_eq!(asked(&bench, "compose.service:billing"), [1, 2]);
}

#[test]
fn a_header_names_the_fields_of_the_lines_behind_it_for_good() {
    let bench = Bench::new();
    let feed = bench.follow("/logs/export.csv");
    let lines = [
        "time,level,took,message",
        r#"2026-11-21T10:00:00Z,info,12,"started, well""#,
        "2026-11-21T10:00:01Z,error,700,failed",
    ];
    feed.send(batch(&lines[..1], "0", false)).unwrap();
    bench.post("between", &["other,words,1"]);
    feed.send(batch(&lines[1..], "1", false)).unwrap();
    feed.flush().unwrap();
    assert_eq!(asked(&bench, "took:>=500"), [4]);
    assert_eq!(asked(&bench, "took:12 msg:well"), [3]);
    assert_eq!(asked(&bench, "has:took"), [3, 4]);
    let view = bench.view("");
    let args = json!({"view": view, "field": "took", "top": 10});
    let facet = bench.call("view_facet", &args).unwrap();
    assert_eq!(counts(&facet), pairs(&[("12", 1), ("700", 1)]));
    let args = json!({"view": view, "start": 2, "count": 1});
    let row = &bench.call("view_rows", &args).unwrap()["rows"][0];
    assert_eq!(row["msg"], "started, well");
    let bench = bench.reopen();
    assert_eq!(asked(&bench, "took:>=500"), [4]);
    // Another run goes on with the header of the one before.
    bench.call("run_new", &json!({})).unwrap();
    let feed = bench.puppets.feed("/logs/export.csv");
    feed.send(batch(&["2026-11-21T10:00:02Z,info,900,late"], "2", true))
        .unwrap();
    feed.flush().unwrap();
    assert_eq!(asked(&bench, "took:900"), [1]);
}
