use super::*;

#[test]
fn a_steady_stream_shows_its_rate_and_silence_shows_none() {
    let mut meter = RateMeter::default();
    let start = Instant::now();
    for tick in 0..300u32 {
        meter.add(10, start + Duration::from_millis(10) * tick);
    }
    let end = start + Duration::from_secs(3);
    let rate = meter.rate(end);
    assert!((900.0..1_100.0).contains(&rate), "{rate}");
    assert_eq!(
        meter.rate(end + Duration::from_secs(3)).to_bits(),
        0f64.to_bits()
    );
}

#[test]
fn memory_stays_bounded_under_a_flood() {
    let mut meter = RateMeter::default();
    let start = Instant::now();
    for tick in 0..100_000u32 {
        meter.add(1, start + Duration::from_micros(100) * tick);
    }
    assert!(meter.arrivals.len() < 64, "{}", meter.arrivals.len());
}
