//! `crosscut search`: what matches, oldest first.

mod drawing;
mod print;

use std::io::{self, BufWriter, IsTerminal};
use std::path::Path;

use crosscut_engine::api::{ApiError, Empty, RunInfo, SearchArgs, SearchReply, ViewOrder};

use self::print::Printer;
use crate::args::{Color, SearchArgs as Typed, SearchFormat, SearchOrder};
use crate::failure::Failure;
use crate::reach::{Failed, Reach};
use crate::say;

/// Searches and prints; tells whether anything matched.
pub(crate) async fn search(data_dir: &Path, typed: &Typed) -> Result<bool, Failure> {
    let mut reach = Reach::find(data_dir)?;
    let found = print_all(&mut reach, data_dir, typed).await;
    reach.close();
    found
}

async fn print_all(reach: &mut Reach, data_dir: &Path, typed: &Typed) -> Result<bool, Failure> {
    let colored = typed.format == SearchFormat::Text && is_colored(typed.color);
    let run = match &typed.run {
        None => None,
        Some(run) => {
            let runs: Vec<RunInfo> = reach.call(data_dir, "runs_list", &Empty {}).await?;
            // Runs come newest first: of several with one name the newest is meant.
            let by_id = runs.iter().find(|known| known.id.as_str() == run);
            let named = by_id.or_else(|| runs.iter().find(|known| known.name == *run));
            Some(named.ok_or_else(|| ApiError::unknown_run(run))?.id.clone())
        }
    };
    let mut args = SearchArgs {
        query: typed.query.clone(),
        run,
        source: typed.source.clone(),
        since: typed.since.clone(),
        until: typed.until.clone(),
        order: match typed.order {
            SearchOrder::Arrival => ViewOrder::Arrival,
            SearchOrder::Time => ViewOrder::Time,
        },
        limit: typed.number,
        oldest: typed.oldest,
        context: typed.context,
        count: typed.count,
        highlight: colored,
        cursor: None,
    };
    let mut printer = Printer::new(BufWriter::new(io::stdout().lock()), typed.format, colored);
    let (mut any, mut lost) = (false, 0);
    loop {
        let reply: Result<SearchReply, Failed> = reach.call(data_dir, "search", &args).await;
        let reply = reply.map_err(|failed| told(failed, &typed.query))?;
        lost = lost.max(reply.unreadable);
        if typed.count {
            let matches = reply.matches.unwrap_or_default();
            let matches = matches.min(typed.number.unwrap_or(u64::MAX));
            say::line(matches);
            any = matches > 0;
            break;
        }
        any |= reply.records.iter().any(|record| record.matched);
        // A reader who has gone away has seen enough.
        if printer.records(&reply.records).is_err() {
            return Ok(any);
        }
        args.cursor = reply.cursor;
        if args.cursor.is_none() {
            printer.end().ok();
            break;
        }
    }
    if lost > 0 {
        say::problem(format_args!(
            "the text of {lost} records is damaged; they could not be searched"
        ));
    }
    Ok(any)
}

/// Whether matches and sources are to stand out.
fn is_colored(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            io::stdout().is_terminal() && !refused && !dumb
        }
    }
}

/// A bad query is drawn with what is wrong pointed at.
fn told(failed: Failed, query: &str) -> Failure {
    match failed {
        Failed::Refused(error) => match error.position {
            Some(position) => Failure::usage(drawing::draw(&error, query, position as usize)),
            None => error.into(),
        },
        failed @ Failed::Unreachable(_) => failed.into(),
    }
}
