//! Operations on views, records and queries.

use std::sync::Arc;
use std::thread;

use crosscut_index::Searcher;
use crosscut_model::UnixNanos;
use crosscut_query::{Context, Query};

use super::Workbench;
use super::shared::Shared;
use crate::api::{
    ApiError, Empty, QueryReadArgs, Reading, RecordArgs, RecordDetail, Rows, ViewArgs,
    ViewOpenArgs, ViewOpened, ViewPosition, ViewPositionArgs, ViewRowsArgs,
};
use crate::run::Run;
use crate::views::{View, bad_query, detail, fill, read_query, rows_of};

/// Rows given at once, at most.
pub(super) const MAX_ROWS: u32 = 1_024;

#[expect(
    clippy::unnecessary_wraps,
    reason = "all operations have one shape, for the table"
)]
impl Workbench {
    pub(crate) fn view_open(&self, args: &ViewOpenArgs) -> Result<ViewOpened, ApiError> {
        let shared = &self.shared;
        let run = shared.run(args.run.as_ref())?;
        let (parsed, reading) = read_query(&args.query)?;
        let searcher = match parsed.query {
            Query::All => None,
            query => Some(Arc::new(shared.searcher(
                &query,
                &run,
                shared.clock.now(),
            )?)),
        };
        let searching = searcher.is_some();
        let id = shared.views.next_id();
        let view = Arc::new(View::new(
            id,
            args.client.clone(),
            Arc::clone(&run),
            searcher,
            args.order,
        ));
        shared.views.insert(Arc::clone(&view));
        // Known before its event stream, should that be slower to come.
        shared.hub.client(&args.client);
        if searching {
            let task = (Arc::clone(&view), Arc::clone(&shared.hub));
            let search = move || {
                let (view, hub) = task;
                fill(&view, &|| hub.view_changed(&view.client, view.id));
                // What arrived meanwhile.
                if view.catch_up() {
                    hub.view_changed(&view.client, view.id);
                }
            };
            thread::Builder::new()
                .name("search".into())
                .spawn(search)
                .map_err(|error| ApiError::new("internal", format!("no thread: {error}")))?;
            view.wait_searched();
        }
        Ok(ViewOpened {
            view: id,
            run: run.id.clone(),
            reading,
            state: view.state(),
        })
    }

    pub(crate) fn view_rows(&self, args: &ViewRowsArgs) -> Result<Rows, ApiError> {
        let view = self.shared.views.get(args.view)?;
        let count = args.count.min(MAX_ROWS) as usize;
        let (total, epoch, rows, snapshot) = view
            .look(|view, snapshot, _| {
                let rows = view.rows(args.start, count);
                Ok((view.total(), view.epoch, rows, snapshot.clone()))
            })
            .map_err(|error| ApiError::storage(&error))?;
        let rows = rows_of(&view.run, &snapshot, &rows, view.searcher.as_deref())
            .map_err(|error| ApiError::storage(&error))?;
        Ok(Rows {
            view: args.view,
            epoch,
            start: args.start,
            total,
            rows,
        })
    }

    pub(crate) fn view_position(&self, args: &ViewPositionArgs) -> Result<ViewPosition, ApiError> {
        let view = self.shared.views.get(args.view)?;
        view.look(|view, snapshot, times| {
            let place = view.place(args.seq, snapshot.rows(), times)?;
            Ok(ViewPosition {
                row: place.position,
                found: place.found,
                epoch: view.epoch,
            })
        })
        .map_err(|error| ApiError::storage(&error))
    }

    pub(crate) fn view_close(&self, args: &ViewArgs) -> Result<Empty, ApiError> {
        self.shared.views.close(args.view);
        Ok(Empty {})
    }

    pub(crate) fn record(&self, args: &RecordArgs) -> Result<RecordDetail, ApiError> {
        let run = self.shared.run(args.run.as_ref())?;
        detail(&run, args.seq)
    }

    pub(crate) fn query_read(&self, args: &QueryReadArgs) -> Result<Reading, ApiError> {
        let _ = self;
        read_query(&args.query).map(|(_, reading)| reading)
    }
}

impl Shared {
    /// A query made ready, as it means it at that moment.
    pub(crate) fn searcher(
        &self,
        query: &Query,
        run: &Run,
        now: UnixNanos,
    ) -> Result<Searcher, ApiError> {
        let context = Context {
            now,
            zone: self.zone.clone(),
            run: run.id.as_str().to_owned(),
        };
        Searcher::new(query, &context).map_err(|error| bad_query(&error))
    }
}
