use super::*;

#[test]
fn an_index_a_day_is_one_source() {
    for (index, source) in [
        ("logs-2026.11.21", "logs"),
        ("logs-20261121", "logs"),
        ("logs_2026-11-21", "logs"),
        ("logs-2026.11.21-000001", "logs"),
        ("service1-2026.11.21", "service1"),
        ("app-v2-2026.11.21", "app-v2"),
        ("filebeat-8.15.1-2026.11.21", "filebeat-8.15.1"),
        ("filebeat-8.15.1", "filebeat-8.15.1"),
        ("logs-app-default", "logs-app-default"),
        ("2026.11.21", "2026.11.21"),
        ("-2026.11.21", "-2026.11.21"),
        ("orders-000001", "orders-000001"),
        ("büro-2026.11.21", "büro"),
        ("20261121", "20261121"),
        ("", ""),
    ] {
        assert_eq!(without_day(index), source, "{index}");
    }
}
