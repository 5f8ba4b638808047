//! How many records arrive a second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The span the rate is taken over.
const SPAN: Duration = Duration::from_secs(2);

/// Arrivals closer together than this are one entry.
const GRAIN: Duration = Duration::from_millis(50);

/// Counts arrivals over the last two seconds, in bounded memory.
#[derive(Debug, Default)]
pub(crate) struct RateMeter {
    arrivals: VecDeque<(Instant, u64)>,
}

impl RateMeter {
    pub(crate) fn add(&mut self, count: u64, now: Instant) {
        self.forget(now);
        match self.arrivals.back_mut() {
            Some((at, sum)) if now.duration_since(*at) < GRAIN => *sum += count,
            _ => self.arrivals.push_back((now, count)),
        }
    }

    /// Records a second.
    pub(crate) fn rate(&mut self, now: Instant) -> f64 {
        self.forget(now);
        let sum: u64 = self.arrivals.iter().map(|(_, count)| count).sum();
        let Some((first, _)) = self.arrivals.front() else {
            return 0.0;
        };
        let span = now.duration_since(*first).max(Duration::from_secs(1));
        #[expect(
            clippy::cast_precision_loss,
            reason = "a count of two seconds is far below 2^53"
        )]
        let sum = sum as f64;
        sum / span.as_secs_f64()
    }

    fn forget(&mut self, now: Instant) {
        while self
            .arrivals
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) > SPAN)
        {
            self.arrivals.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
