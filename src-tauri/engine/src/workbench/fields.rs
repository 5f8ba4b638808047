//! `view_facet`, `view_summary`, `view_fields`: a view's fields added up.

use std::sync::atomic::AtomicBool;

use crosscut_index::{FieldInfo, FieldScope, SearchError};
use crosscut_query::{FieldTest, Path, Query, Temper, Test, write_value};
use crosscut_store::Snapshot;
use roaring::RoaringBitmap;

use super::Workbench;
use super::histogram::failed;
use crate::api::{
    ApiError, FacetKind, FacetValue, FieldCount, NumberSummary, ViewArgs, ViewFacet, ViewFacetArgs,
    ViewFields, ViewSummary, ViewSummaryArgs,
};
use crate::run::Run;
use crate::views::View;

/// Values given at once, at most.
const MAX_VALUES: u32 = 1_000;

impl Workbench {
    pub(crate) fn view_facet(&self, args: &ViewFacetArgs) -> Result<ViewFacet, ApiError> {
        let view = self.shared.views.get(args.view)?;
        let path = path(&args.field)?;
        let task = view.tasks.begin(format!("facet {path}"));
        let top = args.top.min(MAX_VALUES) as usize;
        let facet = of_view(&view, task.cancel(), |scope| scope.facet(&path, top))?;
        Ok(ViewFacet {
            view: args.view,
            values: facet
                .values
                .into_iter()
                .map(|value| FacetValue {
                    written: write_value(&path, &value.value),
                    value: value.value,
                    kind: kind(value.kind),
                    count: value.count,
                })
                .collect(),
            distinct: facet.distinct,
            rows: facet.rows,
            of: facet.of,
            truncated: facet.truncated,
        })
    }

    pub(crate) fn view_summary(&self, args: &ViewSummaryArgs) -> Result<ViewSummary, ApiError> {
        let view = self.shared.views.get(args.view)?;
        let path = path(&args.field)?;
        let task = view.tasks.begin(format!("summary {path}"));
        let summary = of_view(&view, task.cancel(), |scope| scope.summary(&path))?;
        Ok(ViewSummary {
            view: args.view,
            summary: summary.map(|summary| NumberSummary {
                count: summary.count,
                min: summary.min,
                max: summary.max,
                p50: summary.p50,
                p95: summary.p95,
                p99: summary.p99,
                sum: summary.sum,
            }),
        })
    }

    pub(crate) fn view_fields(&self, args: &ViewArgs) -> Result<ViewFields, ApiError> {
        let view = self.shared.views.get(args.view)?;
        let task = view.tasks.begin("fields".to_owned());
        let fields = of_view(&view, task.cancel(), fields)?;
        Ok(ViewFields {
            view: args.view,
            fields: fields
                .into_iter()
                .map(|field| FieldCount {
                    name: field.name,
                    rows: field.rows,
                })
                .collect(),
        })
    }
}

/// Adds something up over the rows that a view has found so far.
pub(super) fn of_view<R>(
    view: &View,
    cancel: &AtomicBool,
    add: impl FnOnce(&FieldScope<'_>) -> Result<R, SearchError>,
) -> Result<R, ApiError> {
    let (rows, snapshot) = view.found_rows();
    of_run(&view.run, &snapshot, rows.as_ref(), cancel, add)
}

/// Adds something up over some rows of a run, or all.
pub(super) fn of_run<R>(
    run: &Run,
    snapshot: &Snapshot,
    rows: Option<&RoaringBitmap>,
    cancel: &AtomicBool,
    add: impl FnOnce(&FieldScope<'_>) -> Result<R, SearchError>,
) -> Result<R, ApiError> {
    let names = run.names();
    let index = run.index_snapshot();
    let scope = FieldScope {
        snapshot,
        index: index.as_deref(),
        names: &*names,
        rows,
        cancel,
    };
    add(&scope).map_err(failed)
}

/// Which fields there are.
pub(super) fn fields(scope: &FieldScope<'_>) -> Result<Vec<FieldInfo>, SearchError> {
    scope.fields()
}

/// A field's name as a query would have it.
fn path(field: &str) -> Result<Path, ApiError> {
    let parsed = crosscut_query::parse(&format!("has:{field}"), Temper::Strict);
    match parsed.map(|parsed| parsed.query) {
        Ok(Query::Field(FieldTest {
            path,
            test: Test::Exists,
        })) => Ok(path),
        Ok(_) | Err(_) => Err(
            ApiError::new("bad_field", format!("`{field}` is no field's name"))
                .hint("names are as in a query: `http.status`, or in back ticks when they are odd"),
        ),
    }
}

fn kind(kind: crosscut_index::FacetKind) -> FacetKind {
    match kind {
        crosscut_index::FacetKind::Text => FacetKind::Text,
        crosscut_index::FacetKind::Number => FacetKind::Number,
        crosscut_index::FacetKind::Bool => FacetKind::Bool,
        crosscut_index::FacetKind::Json => FacetKind::Json,
    }
}
