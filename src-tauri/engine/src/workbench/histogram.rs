//! `view_histogram`: a view's rows over time.

use crosscut_index::SearchError;

use super::Workbench;
use crate::api::{ApiError, ViewHistogram, ViewHistogramArgs};
use crate::views::{Histogram, Span, time_bounds};

/// Buckets given at once, at most.
const MAX_BUCKETS: u32 = 2_000;

impl Workbench {
    pub(crate) fn view_histogram(
        &self,
        args: &ViewHistogramArgs,
    ) -> Result<ViewHistogram, ApiError> {
        if !(1..=MAX_BUCKETS).contains(&args.buckets) {
            return Err(ApiError::new(
                "bad_arguments",
                format!("a histogram has 1 to {MAX_BUCKETS} buckets"),
            ));
        }
        let view = self.shared.views.get(args.view)?;
        let task = view.tasks.begin("histogram".to_owned());
        let state = view.state();
        let (rows, epoch, snapshot) = view
            .look(|view, snapshot, _| Ok((view.base.to_owned(), view.epoch, snapshot.clone())))
            .map_err(|error| ApiError::storage(&error))?;
        let axis = Axis::new(args, time_bounds(&snapshot))?;
        let counts =
            Histogram::count(&snapshot, rows.base(), axis.span(), task.cancel()).map_err(failed)?;
        Ok(ViewHistogram {
            view: args.view,
            epoch,
            from_us: axis.from,
            to_us: axis.end(),
            width_us: axis.width,
            buckets: counts.buckets,
            before: counts.before,
            after: counts.after,
            searched: state.searched,
            total: state.total,
        })
    }
}

/// A search that did not come to its end.
pub(super) fn failed(error: SearchError) -> ApiError {
    match error {
        SearchError::Cancelled => ApiError::cancelled(),
        error @ SearchError::Read(_) => ApiError::storage(&error),
    }
}

/// The buckets, in microseconds.
#[derive(Debug)]
struct Axis {
    from: i64,
    width: i64,
    buckets: i64,
}

impl Axis {
    fn new(args: &ViewHistogramArgs, bounds: Option<(i64, i64)>) -> Result<Self, ApiError> {
        let bounds = bounds.map(|(first, last)| (micros(first), micros(last).saturating_add(1)));
        let from = args.from_us.or(bounds.map(|(first, _)| first));
        let to = args.to_us.or(bounds.map(|(_, last)| last));
        let (from, to) = match (from, to) {
            (Some(from), Some(to)) => (from, to),
            // A run without records: an axis of nothing, or from the one end that was named.
            (Some(at), None) | (None, Some(at)) => (at, at),
            (None, None) => (0, 0),
        };
        if from > to && args.from_us.is_some() && args.to_us.is_some() {
            return Err(ApiError::new(
                "bad_arguments",
                "the histogram ends before it begins",
            ));
        }
        let length = to.saturating_sub(from).max(0);
        let width = ceil(length, i64::from(args.buckets)).max(1);
        Ok(Self {
            from,
            width,
            buckets: ceil(length, width),
        })
    }

    fn end(&self) -> i64 {
        let length = self.width.saturating_mul(self.buckets);
        self.from.saturating_add(length)
    }

    fn span(&self) -> Span {
        Span {
            from: self.from.saturating_mul(1_000),
            width: self.width.saturating_mul(1_000),
            buckets: usize::try_from(self.buckets).unwrap_or_default(),
        }
    }
}

fn micros(nanos: i64) -> i64 {
    nanos.div_euclid(1_000)
}

fn ceil(length: i64, parts: i64) -> i64 {
    length / parts + i64::from(length % parts != 0)
}

#[cfg(test)]
mod tests;
