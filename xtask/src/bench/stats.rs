//! The little statistics it takes.

use std::time::Duration;

/// The value that a share of all values do not exceed; `None` of nothing. Sorts.
pub(super) fn percentile<T: Copy + PartialOrd>(values: &mut [T], percent: usize) -> Option<T> {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied()
}

/// The one in the middle.
pub(super) fn median<T: Copy + PartialOrd>(values: &[T]) -> Option<T> {
    percentile(&mut values.to_vec(), 50)
}

/// Milliseconds with a fraction.
pub(super) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests;
