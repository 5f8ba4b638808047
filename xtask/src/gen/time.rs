//! The corpus's own clock and the ways logs write an instant.

use std::fmt;

use super::random::Random;

/// Microseconds of a day.
const DAY: u64 = 86_400_000_000;
/// All corpora play in March 2026, from the first at eight.
const DAYS: u64 = 30;

/// Instants that only grow, about fifty a second, and stay within the month however many there are.
#[derive(Debug)]
pub(super) struct Instants {
    now: u64,
    longest_gap: u64,
}

impl Instants {
    /// For so many lines.
    pub(super) fn new(lines: u64) -> Self {
        let room = (DAYS - 1) * DAY / lines.max(1);
        Self {
            now: 8 * DAY / 24,
            longest_gap: room.clamp(1, 40_000),
        }
    }

    pub(super) fn next(&mut self, random: &mut Random) -> Instant {
        self.now += 1 + random.below(self.longest_gap);
        Instant(self.now)
    }
}

/// Microseconds since the first of March 2026.
#[derive(Debug, Clone, Copy)]
pub(super) struct Instant(u64);

impl Instant {
    fn day(self) -> u64 {
        1 + self.0 / DAY
    }

    fn clock(self) -> (u64, u64, u64) {
        let seconds = self.0 % DAY / 1_000_000;
        (seconds / 3600, seconds / 60 % 60, seconds % 60)
    }

    /// `2026-03-01T08:00:00.123Z`
    pub(super) fn iso_millis(self) -> impl fmt::Display {
        let (h, m, s) = self.clock();
        let millis = self.0 % 1_000_000 / 1000;
        fmt::from_fn(move |f| {
            write!(
                f,
                "2026-03-{:02}T{h:02}:{m:02}:{s:02}.{millis:03}Z",
                self.day()
            )
        })
    }

    /// `2026-03-01T08:00:00.123456Z`
    pub(super) fn iso_micros(self) -> impl fmt::Display {
        let (h, m, s) = self.clock();
        let micros = self.0 % 1_000_000;
        fmt::from_fn(move |f| {
            write!(
                f,
                "2026-03-{:02}T{h:02}:{m:02}:{s:02}.{micros:06}Z",
                self.day()
            )
        })
    }

    /// `2026-03-01 08:00:00.123`, or with a comma, as Python writes it
    pub(super) fn spaced(self, point: char) -> impl fmt::Display {
        let (h, m, s) = self.clock();
        let millis = self.0 % 1_000_000 / 1000;
        fmt::from_fn(move |f| {
            write!(
                f,
                "2026-03-{:02} {h:02}:{m:02}:{s:02}{point}{millis:03}",
                self.day()
            )
        })
    }

    /// `01/Mar/2026:08:00:00 +0000`
    pub(super) fn common_log(self) -> impl fmt::Display {
        let (h, m, s) = self.clock();
        fmt::from_fn(move |f| write!(f, "{:02}/Mar/2026:{h:02}:{m:02}:{s:02} +0000", self.day()))
    }

    /// `Mar  1 08:00:00`
    pub(super) fn syslog(self) -> impl fmt::Display {
        let (h, m, s) = self.clock();
        fmt::from_fn(move |f| write!(f, "Mar {:>2} {h:02}:{m:02}:{s:02}", self.day()))
    }
}
