//! `query_complete`: what the language and the data have to offer where the cursor stands.

use std::collections::BTreeSet;
use std::sync::Arc;

use crosscut_query::{Expectation, Expected, Path, complete, write_value};
use roaring::RoaringBitmap;

use super::Workbench;
use super::fields::{fields, of_run};
use crate::api::{ApiError, CompletionItem, CompletionKind, QueryCompleteArgs, QueryCompletions};
use crate::views::Utf16;

/// Items given at once, at most.
const MAX_ITEMS: usize = 50;

/// A field's values are looked through up to this many.
const VALUES: usize = 2_000;

impl Workbench {
    pub(crate) fn query_complete(
        &self,
        args: &QueryCompleteArgs,
    ) -> Result<QueryCompletions, ApiError> {
        let units = Utf16::new(&args.text);
        let expectation = complete(&args.text, units.byte(args.cursor));
        let mut items = of_data(self, args, &expectation)?;
        let known: BTreeSet<String> = items.iter().map(|item| item.label.clone()).collect();
        let language = of_language(&expectation);
        items.extend(
            language
                .into_iter()
                .filter(|item| !known.contains(&item.label)),
        );
        items.retain(|item| fits(item, &expectation.prefix));
        let typed = expectation.prefix.to_lowercase();
        // What begins as typed stands before what contains it.
        items.sort_by_key(|item| !bare(&item.label).starts_with(&typed));
        items.truncate(MAX_ITEMS);
        Ok(QueryCompletions {
            from: units.at(expectation.span.start),
            to: units.at(expectation.span.end),
            items,
        })
    }
}

/// Fields with how many records have them, values with their counts.
fn of_data(
    workbench: &Workbench,
    args: &QueryCompleteArgs,
    expectation: &Expectation,
) -> Result<Vec<CompletionItem>, ApiError> {
    let shared = &workbench.shared;
    let view = args.view.map(|view| shared.views.get(view)).transpose()?;
    let run = match &view {
        Some(view) if args.run.is_none() => Arc::clone(&view.run),
        _ => shared.run(args.run.as_ref())?,
    };
    let of_view = view.filter(|view| view.run.id == run.id);
    let (rows, snapshot): (Option<RoaringBitmap>, _) = match &of_view {
        Some(view) => view.found_rows(),
        None => (None, run.snapshot()),
    };
    let client = args.client.as_deref().unwrap_or_default();
    let own = crate::views::Tasks::default();
    let task = if client.is_empty() {
        own.begin(String::new())
    } else {
        shared.completing.begin(client.to_owned())
    };
    let (run, snapshot, rows, cancel) = (&*run, &snapshot, rows.as_ref(), task.cancel());
    match &expectation.expected {
        Expected::Term { .. } | Expected::Field => {
            let fields = of_run(run, snapshot, rows, cancel, fields)?;
            let colon = if matches!(expectation.expected, Expected::Field) {
                ""
            } else {
                ":"
            };
            Ok(fields
                .into_iter()
                .map(|field| CompletionItem {
                    insert: format!("{}{colon}", field.name),
                    label: field.name,
                    count: Some(field.rows),
                    kind: CompletionKind::Field,
                })
                .collect())
        }
        Expected::Value {
            path,
            quoted,
            others,
            ..
        } => {
            let facet = of_run(run, snapshot, rows, cancel, |scope| {
                scope.facet(path, VALUES)
            })?;
            let new = facet
                .values
                .into_iter()
                .filter(|value| !others.contains(&value.value));
            Ok(new
                .map(|value| CompletionItem {
                    insert: written(path, &value.value, *quoted),
                    label: value.value,
                    count: Some(value.count),
                    kind: CompletionKind::Value,
                })
                .collect())
        }
        Expected::Operator { .. }
        | Expected::State
        | Expected::Moment
        | Expected::Span
        | Expected::Keyword { .. }
        | Expected::Text => Ok(Vec::new()),
    }
}

/// What the language itself has.
fn of_language(expectation: &Expectation) -> Vec<CompletionItem> {
    let keywords: &[&str] = match &expectation.expected {
        Expected::Term { keywords } | Expected::Keyword { keywords } => keywords,
        _ => &[],
    };
    let item = |candidate: &'static str| {
        let (kind, insert) = match &expectation.expected {
            _ if keywords.contains(&candidate) => {
                (CompletionKind::Keyword, format!("{candidate} "))
            }
            Expected::Term { .. } => (CompletionKind::Field, format!("{candidate}:")),
            Expected::Field => (CompletionKind::Field, candidate.to_owned()),
            Expected::Operator { .. } => (CompletionKind::Operator, candidate.to_owned()),
            Expected::Value { path, quoted, .. } => {
                (CompletionKind::Value, written(path, candidate, *quoted))
            }
            _ => (CompletionKind::Value, candidate.to_owned()),
        };
        CompletionItem {
            insert,
            label: candidate.to_owned(),
            count: None,
            kind,
        }
    };
    let candidates = expectation.expected.candidates();
    candidates.into_iter().map(item).collect()
}

/// A value as the query must have it.
fn written(path: &Path, value: &str, quoted: bool) -> String {
    let plain = write_value(path, value);
    if quoted && !plain.starts_with('"') {
        format!("\"{plain}\"")
    } else {
        plain
    }
}

/// Whether an item goes on from what is typed. Of values it is enough that they contain it.
fn fits(item: &CompletionItem, prefix: &str) -> bool {
    let (label, prefix) = (bare(&item.label), prefix.to_lowercase());
    match item.kind {
        CompletionKind::Value | CompletionKind::Field => label.contains(&prefix),
        CompletionKind::Operator | CompletionKind::Keyword => label.starts_with(&prefix),
    }
}

fn bare(label: &str) -> String {
    label.replace('`', "").to_lowercase()
}
