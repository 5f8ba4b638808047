//! The table: what was measured, beside the peer and the bar.

use crate::say;

/// All rows so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<Row>,
}

/// One figure.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    /// What was measured.
    pub(super) what: String,
    /// Ours.
    pub(super) ours: f64,
    /// The peer's, where there is one.
    pub(super) peer: Option<f64>,
    /// What ours must not exceed.
    pub(super) bar: Option<f64>,
    /// `ms`, `s`, `MB`…
    pub(super) unit: &'static str,
}

impl Row {
    fn missed(&self) -> bool {
        self.bar.is_some_and(|bar| self.ours > bar)
    }

    fn cells(&self) -> [String; 6] {
        let unit = self.unit;
        let figure = |value: f64| format!("{} {unit}", number(value));
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
        let verdict = match self.bar {
            None => "",
            Some(_) if self.missed() => "MISSED",
            Some(_) => "met",
        };
        [
            self.what.clone(),
            figure(self.ours),
            or_dash(self.peer.map(figure)),
            or_dash(self.peer.map(|peer| format!("{:.2}", self.ours / peer))),
            or_dash(self.bar.map(|bar| format!("≤ {}", figure(bar)))),
            verdict.to_owned(),
        ]
    }
}

impl Report {
    /// Adds a row, and shows it at once.
    pub(super) fn add(&mut self, row: Row) {
        say::line(row.cells().join("  "));
        self.rows.push(row);
    }

    /// How many bars are missed.
    pub(super) fn missed(&self) -> usize {
        self.rows.iter().filter(|row| row.missed()).count()
    }

    /// Prints all rows as a table in Markdown.
    pub(super) fn print(&self) {
        let head = ["what", "ours", "peer", "ratio", "bar", "verdict"].map(str::to_owned);
        let mut lines = vec![head];
        lines.extend(self.rows.iter().map(Row::cells));
        let width = |column: usize| {
            let cells = lines.iter().filter_map(|line| line.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..6).map(width).collect();
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
