//! A format of the user's own, from the settings to what is found.

use serde_json::{Value, json};

use crate::support::{Bench, batch};

const OWN: &str = r"[[format]]
sources = ['plc*', 'posted']
zone = 'UTC'
pattern = '^(?<time>\S+ \S+) \[(?<level>\w+)\] (?<unit>\w+): (?<message>.*)$'
";

const LINES: [&str; 5] = [
    "03.02.2026 10:00:00 [W] pump7: pressure is low",
    "03.02.2026 10:00:01 [E] pump7: pressure is gone\n\tat valve 3\n\tat valve 4",
    "unit: none of it",
    r#"{"level":"info","unit":"mixer","message":"of its own"}"#,
    "# 03.02.2026 10:00:03 [I] pump8: a remark",
];

fn found(bench: &Bench, query: &str) -> Vec<u64> {
    let reply = bench.call("search", &json!({"query": query})).unwrap();
    let records = reply["records"].as_array().unwrap().iter();
    records
        .map(|record| record["seq"].as_u64().unwrap())
        .collect()
}

fn field(bench: &Bench, seq: u64, name: &str) -> Value {
    let record = bench.call("record", &json!({"seq": seq})).unwrap();
    let fields = record["fields"].as_array().unwrap().iter();
    let named = |field: &&Value| field["name"] == name;
    fields
        .clone()
        .find(named)
        .map_or(Value::Null, |field| field["value"].clone())
}

fn sees_by_it(bench: &Bench) {
    assert_eq!(found(bench, "unit:pump7"), [1, 2]);
    assert_eq!(found(bench, "unit:pump7 level:error"), [2]);
    assert_eq!(found(bench, "unit:mixer"), [4], "JSON names its own");
    assert_eq!(found(bench, "has:unit"), [1, 2, 4]);
    assert_eq!(found(bench, "msg:gone unit=pump7"), [2]);
    assert_eq!(found(bench, "level:warn"), [1]);
    assert_eq!(field(bench, 2, "unit"), "pump7");
    let args = json!({"view": bench.view(""), "start": 0, "count": 2});
    let rows = bench.call("view_rows", &args).unwrap();
    assert_eq!(rows["rows"][0]["msg"], "pressure is low");
    assert_eq!(rows["rows"][1]["msg"], "pressure is gone");
}

#[test]
fn what_an_expression_names_is_time_level_message_and_fields_with_and_without_the_index() {
    let bench = Bench::with_settings(OWN);
    let feed = bench.follow("/x/plc.log");
    feed.send(batch(&LINES, "1", false)).unwrap();
    feed.flush().unwrap();
    sees_by_it(&bench);
    let reply = bench
        .call("search", &json!({"query": "unit:pump7"}))
        .unwrap();
    let times: Vec<&Value> = reply["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["time"])
        .collect();
    assert_eq!(times, ["2026-02-03T10:00:00Z", "2026-02-03T10:00:01Z"]);
    bench.indexed();
    sees_by_it(&bench);
    let bench = bench.reopen();
    bench.indexed();
    sees_by_it(&bench);
}

#[test]
fn a_posted_line_is_read_by_it_too_and_the_next_run_goes_on() {
    let bench = Bench::with_settings(OWN);
    bench.post("posted", &LINES[..1]);
    assert_eq!(found(&bench, "unit:pump7 level:warn"), [1]);
    bench.call("run_new", &json!({})).unwrap();
    bench.post("posted", &LINES[..1]);
    assert_eq!(found(&bench, "unit:pump7 level:warn"), [1]);
    let bench = bench.reopen();
    bench.post("posted", &LINES[1..2]);
    assert_eq!(found(&bench, "unit:pump7"), [1, 2]);
}

#[test]
fn one_that_is_set_or_taken_back_holds_for_the_lines_that_come_then() {
    let bench = Bench::with_settings("zone = 'UTC'\n");
    let feed = bench.follow("/x/plc.csv");
    let send = |lines: &[&str]| {
        feed.send(batch(lines, "1", true)).unwrap();
        feed.flush().unwrap();
        bench.post("posted", lines);
    };
    let save = |text: &str| drop(bench.call("settings_save", &json!({"text": text})).unwrap());
    send(&["time,unit,took", "2026-02-03T10:00:00Z,pump1,1"]);
    save(OWN);
    send(&[LINES[0], "2026-02-03T10:00:01Z,pump2,2"]);
    save("");
    send(&[LINES[0], "2026-02-03T10:00:02Z,pump3,3"]);
    let of = |unit: &str| {
        let reply = bench
            .call("search", &json!({"query": format!("unit:{unit}")}))
            .unwrap();
        let records = reply["records"].as_array().unwrap().clone();
        records
            .iter()
            .map(|r| r["source"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for _ in 0..2 {
        assert_eq!(of("pump1"), ["plc.csv", "posted"]);
        assert_eq!(of("pump7"), ["plc.csv", "posted"], "while it was set");
        assert_eq!(of("pump2"), [] as [&str; 0]);
        assert_eq!(of("pump3"), ["plc.csv", "posted"], "by the header again");
        bench.indexed();
    }
}
