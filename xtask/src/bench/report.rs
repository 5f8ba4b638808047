//! The table: what was measured, beside the peer and the bar.

use crate::say;

/// All rows so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<Row>,
    wrong: Vec<String>,
}

/// Columns of the table.
const COLUMNS: usize = 7;

/// One figure.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// What was measured.
    pub(super) what: String,
    /// Ours; none where the program under test cannot do it yet.
    pub(super) ours: Option<f64>,
    /// The peers', by name.
    pub(super) peers: Vec<(&'static str, f64)>,
    /// What ours must not exceed.
    pub(super) must: Option<f64>,
    /// What ours should not exceed.
    pub(super) aim: Option<f64>,
    /// `ms`, `s`, `MB`…
    pub(super) unit: &'static str,
}

impl Row {
    fn missed(&self) -> bool {
        exceeds(self.ours, self.must)
    }

    fn verdict(&self) -> &'static str {
        match (self.ours, self.must, self.aim) {
            (None, _, _) | (_, None, _) => "",
            _ if self.missed() => "MISSED",
            (_, _, Some(_)) if !exceeds(self.ours, self.aim) => "aim",
            _ => "met",
        }
    }

    fn cells(&self) -> [String; COLUMNS] {
        let unit = self.unit;
        let figure = |value: f64| format!("{} {unit}", number(value));
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        let of_peers = |cell: &dyn Fn(&'static str, f64) -> Option<String>| {
            let cells = self
                .peers
                .iter()
                .filter_map(|&(name, peer)| cell(name, peer));
            let cells: Vec<String> = cells.collect();
            or_dash((!cells.is_empty()).then(|| cells.join(", ")))
        };
        let bar = |bar: Option<f64>| or_dash(bar.map(|bar| format!("≤ {}", figure(bar))));
        [
            self.what.replace('|', "\\|"),
            or_dash(self.ours.map(figure)),
            of_peers(&|name, peer| Some(format!("{name} {}", figure(peer)))),
            of_peers(&|_, peer| self.ours.map(|ours| format!("{:.2}", ours / peer))),
            bar(self.must),
            bar(self.aim),
            self.verdict().to_owned(),
        ]
    }
}

fn exceeds(ours: Option<f64>, bar: Option<f64>) -> bool {
    ours.zip(bar).is_some_and(|(ours, bar)| ours > bar)
}

impl Report {
    /// Adds a row, and shows it at once.
    pub(super) fn add(&mut self, row: Row) {
        say::line(row.cells().join("  "));
        self.rows.push(row);
    }

    /// Adds an answer that is not what it must be, and shows it at once.
    pub(super) fn wrong(&mut self, what: String) {
        say::line(format_args!("WRONG: {what}"));
        self.wrong.push(what);
    }

    /// What is amiss, in words.
    pub(super) fn amiss(&self) -> Option<String> {
        let missed = self.rows.iter().filter(|row| row.missed()).count();
        let wrong = self.wrong.len();
        match (missed, wrong) {
            (0, 0) => None,
            (missed, 0) => Some(format!("{missed} bars are missed")),
            (missed, wrong) => Some(format!(
                "{wrong} answers are wrong and {missed} bars are missed"
            )),
        }
    }

    /// Prints all rows as a table in Markdown.
    pub(super) fn print(&self) {
        let head = ["what", "ours", "peers", "ratio", "must", "aim", "verdict"];
        let mut lines = vec![head.map(str::to_owned)];
        lines.extend(self.rows.iter().map(Row::cells));
        let width = |column: usize| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..COLUMNS).map(width).collect();
        for (at, line) in lines.iter().enumerate() {
            let padded = line.iter().zip(&widths);
            let padded: Vec<String> = padded
                .map(|(cell, &wide)| format!("{cell:wide$}"))
                .collect();
            say::line(format_args!("| {} |", padded.join(" | ")));
            if at == 0 {
                let rule: Vec<String> = widths.iter().map(|&wide| "-".repeat(wide)).collect();
                say::line(format_args!("| {} |", rule.join(" | ")));
            }
        }
        for wrong in &self.wrong {
            say::line(format_args!("WRONG: {wrong}"));
        }
    }
}

/// Three figures that matter.
fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests;
