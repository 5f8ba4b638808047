//! A number's smallest and largest value, and percentiles.

use crosscut_query::Path;

use super::FieldScope;
use super::facet::FacetKind;
use crate::SearchError;

/// What a field's numbers amount to. Percentiles are by nearest rank: the smallest value that at
/// least so many hundredths of all are not above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// How many there are.
    pub count: u64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The median.
    pub p50: f64,
    /// 95 % are not above this.
    pub p95: f64,
    /// 99 % are not above this.
    pub p99: f64,
    /// All together.
    pub sum: f64,
}

/// Numbers in order, each with how many are not above it among these.
#[derive(Debug, Default)]
struct Sorted {
    values: Vec<f64>,
    upto: Vec<u64>,
}

impl Sorted {
    fn push(&mut self, value: f64, count: u64) {
        if value.is_finite() && count > 0 {
            self.values.push(value);
            self.upto.push(self.count() + count);
        }
    }

    fn count(&self) -> u64 {
        self.upto.last().copied().unwrap_or_default()
    }

    /// How many are not above `value`.
    fn not_above(&self, value: f64) -> u64 {
        let index = self.values.partition_point(|&own| own <= value);
        let before = index.checked_sub(1).and_then(|at| self.upto.get(at));
        before.copied().unwrap_or_default()
    }
}

impl FieldScope<'_> {
    /// The numbers of a field; nothing when it has none. Texts do not count, whatever they say.
    pub fn summary(&self, path: &Path) -> Result<Option<Summary>, SearchError> {
        let values = self.values(path)?;
        let mut parts = Vec::with_capacity(values.columns.len() + 1);
        let mut sum = 0.0;
        for counted in &values.columns {
            let mut sorted = Sorted::default();
            // Numbers stand first, by size.
            let numbers = counted.column.numbers();
            for (&value, &count) in numbers.iter().zip(counted.counts.iter().skip(2)) {
                sorted.push(value, count);
                sum += total(value, count);
            }
            parts.push(sorted);
        }
        let mut read: Vec<(f64, u64)> = values
            .read
            .counts
            .iter()
            .filter(|((kind, _), _)| *kind == FacetKind::Number)
            .filter_map(|((_, text), &count)| Some((text.parse().ok()?, count)))
            .collect();
        read.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut sorted = Sorted::default();
        for (value, count) in read {
            sorted.push(value, count);
            sum += total(value, count);
        }
        parts.push(sorted);
        let count = parts.iter().map(Sorted::count).sum::<u64>();
        let ends =
            |end: fn(&[f64]) -> Option<&f64>| parts.iter().filter_map(move |p| end(&p.values));
        let min = ends(<[f64]>::first).copied().reduce(f64::min);
        let max = ends(<[f64]>::last).copied().reduce(f64::max);
        let (Some(min), Some(max)) = (min, max) else {
            return Ok(None);
        };
        let percentile = |hundredths: u64| nearest_rank(&parts, count, hundredths, min, max);
        Ok(Some(Summary {
            count,
            min,
            max,
            p50: percentile(50),
            p95: percentile(95),
            p99: percentile(99),
            sum,
        }))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a sum of doubles is none to the last digit"
)]
fn total(value: f64, count: u64) -> f64 {
    if value.is_finite() {
        value * count as f64
    } else {
        0.0
    }
}

/// The smallest value that at least so many hundredths of all are not above: found by halving the
/// range of doubles that may be it.
fn nearest_rank(parts: &[Sorted], count: u64, hundredths: u64, min: f64, max: f64) -> f64 {
    let rank = (count.saturating_mul(hundredths)).div_ceil(100).max(1);
    let (mut low, mut high) = (ordered(min), ordered(max));
    while low < high {
        let middle = low + (high - low) / 2;
        let value = unordered(middle);
        if parts.iter().map(|part| part.not_above(value)).sum::<u64>() >= rank {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    unordered(high)
}

/// Integers in the order of the doubles they stand for.
fn ordered(value: f64) -> u64 {
    // Both zeros are one value.
    let bits = (value + 0.0).to_bits();
    if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    }
}

fn unordered(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 {
        bits & !(1 << 63)
    } else {
        !bits
    })
}
