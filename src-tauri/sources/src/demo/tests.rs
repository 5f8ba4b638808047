//! The demo looks like a day at work, and always the same.

use std::collections::HashSet;

use crosscut_engine::source::Connection;

use super::*;
use crate::recorder::Recorder;

const START: UnixNanos = UnixNanos(1_795_244_749_000_000_000);

#[test]
fn a_seed_tells_one_story() {
    assert_eq!(generate(7, START, 2_000), generate(7, START, 2_000));
    assert_ne!(generate(7, START, 50), generate(8, START, 50));
    let begin = generate(7, START, 100);
    assert_eq!(generate(7, START, 200)[..100], begin);
}

#[test]
fn lines_come_in_order_at_the_pace_of_a_development_session() {
    let lines = generate(DEMO_SEED, START, 6_000);
    assert!(lines.is_sorted_by(|a, b| a.at < b.at));
    let seconds = (lines[5_999].at.0 - START.0) / 1_000_000_000;
    let rate = 6_000 / seconds;
    assert!((4..=20).contains(&rate), "{rate} lines a second");
    for service in Service::ALL {
        let share = lines.iter().filter(|line| line.service == service).count();
        assert!(share > 600, "{service:?}: {share}");
    }
}

#[test]
fn each_service_keeps_its_format() {
    for line in generate(DEMO_SEED, START, 3_000) {
        assert!(!line.text.contains('\n'));
        match line.service {
            Service::Api => {
                let value: serde_json::Value = serde_json::from_str(&line.text).unwrap();
                assert!(value["trace_id"].as_str().unwrap().len() == 32);
            }
            Service::Orders => {
                assert!(line.text.starts_with("time=2026-") && line.text.contains(" msg=\""));
            }
            Service::Payments => assert!(
                line.text.starts_with("2026-")
                    || line.text.starts_with('\t')
                    || line.text.starts_with("java.net."),
                "{}",
                line.text
            ),
        }
    }
}

#[test]
fn the_provider_fails_every_half_minute_and_the_trace_runs_through_all_services() {
    let lines = generate(DEMO_SEED, START, 8_000);
    let failed: Vec<&DemoLine> = lines
        .iter()
        .filter(|line| line.text.contains("\"status\":502"))
        .collect();
    let minutes = (lines[7_999].at.0 - START.0) / 60_000_000_000;
    let mut outages = 1;
    for pair in failed.windows(2) {
        outages += i64::from(pair[1].at.0 - pair[0].at.0 > 10_000_000_000);
    }
    assert!(
        (minutes..=minutes * 3).contains(&outages),
        "{outages} in {minutes} minutes"
    );
    let value: serde_json::Value = serde_json::from_str(&failed[0].text).unwrap();
    let trace = value["trace_id"].as_str().unwrap();
    let services: HashSet<&str> = lines
        .iter()
        .filter(|line| line.text.contains(trace))
        .map(|line| line.service.name())
        .collect();
    assert_eq!(services.len(), 3);
}

fn follow_api(demo: &Demo, feed: &Arc<Recorder>) -> Box<dyn Connection> {
    demo.connect(&demo_specs()[0], feed.clone())
}

#[test]
fn the_demo_begins_with_history_and_goes_on_where_it_was() {
    let demo = Demo::new();
    let feed = Recorder::new();
    let connection = follow_api(&demo, &feed);
    feed.wait("Live", |given| given.is(&SourceState::Live));
    connection.stop();
    let before = feed.look(|given| given.lines().len());
    assert!(before > 100, "{before} lines of history");
    let connection = follow_api(&demo, &feed);
    feed.wait("news", |given| given.batches.iter().any(|batch| batch.live));
    connection.stop();
    let lines = feed.look(|given| given.texts(Stream::Stdout));
    let story: Vec<String> = World::new(DEMO_SEED, *demo.start.get().unwrap())
        .filter(|line| line.service == Service::Api)
        .map(|line| line.text)
        .take(lines.len())
        .collect();
    assert_eq!(lines, story);
}

#[test]
fn an_unknown_service_is_refused() {
    let spec = SourceSpec {
        kind: SourceKind::Demo,
        key: "billing".to_owned(),
        name: String::new(),
    };
    assert_eq!(resolve(spec).unwrap_err().code, "unknown_demo");
}
