use proptest::prelude::*;

use super::super::pane::State;
use super::{Screen, Shown};

/// A pane as tmux keeps it: so many rows on the screen, above them a history that loses a tenth of
/// its limit whenever it is full.
struct Pane {
    rows: Vec<String>,
    history: usize,
    limit: usize,
    height: usize,
}

impl Pane {
    fn new(limit: usize) -> Self {
        Self {
            rows: Vec::new(),
            history: 0,
            limit,
            height: 5,
        }
    }

    fn write(&mut self, row: String) {
        self.rows.push(row);
        if self.rows.len() - self.history >= self.height {
            if self.history >= self.limit {
                let dropped = (self.limit / 10).max(1);
                self.rows.drain(..dropped);
                self.history -= dropped;
            }
            self.history += 1;
        }
    }

    fn state(&self) -> State {
        State {
            piped: false,
            alternate: false,
            dead: false,
            history: self.history,
            limit: self.limit,
            cursor: self.rows.len() - self.history,
            width: 20,
        }
    }

    fn look(&self, screen: &mut Screen) -> Shown {
        if !screen.has_moved(&self.state()) {
            return Shown::default();
        }
        let above = screen
            .needs(&self.state())
            .unwrap_or(usize::MAX)
            .min(self.history);
        let shown = screen.look(self.state(), &self.rows[self.history - above..]);
        if shown.more {
            return screen.look(self.state(), &self.rows);
        }
        shown
    }
}

proptest! {
    /// Numbered rows in bursts, looked at between them: each once and in order; where one is
    /// missing it was said.
    #[test]
    fn each_row_is_given_once_or_its_loss_is_told(
        before in 0..60usize,
        bursts in prop::collection::vec(0..40usize, 1..60),
        limit in 20..200usize,
    ) {
        let mut pane = Pane::new(limit);
        let mut number = 0usize;
        for _ in 0..before {
            pane.write(format!("{number}"));
            number += 1;
        }
        let mut screen = Screen::new(pane.state(), &pane.rows);
        let mut next = number;
        for burst in bursts {
            for _ in 0..burst {
                pane.write(format!("{number}"));
                number += 1;
            }
            let shown = pane.look(&mut screen);
            for (index, line) in shown.lines.iter().enumerate() {
                let line: usize = line.parse().unwrap();
                prop_assert!(line == next || (index == 0 && shown.lost && line > next),
                    "{line} instead of {next}");
                next = line + 1;
            }
            prop_assert_eq!(next, number);
        }
    }
}

#[test]
fn rows_that_are_all_the_same_are_counted() {
    let mut pane = Pane::new(1_000);
    let mut screen = Screen::new(pane.state(), &pane.rows);
    for burst in [1, 3, 0, 20] {
        (0..burst).for_each(|_| pane.write("tick".into()));
        assert_eq!(pane.look(&mut screen).lines.len(), burst);
    }
}

#[test]
fn a_row_as_wide_as_the_pane_goes_on_in_the_next() {
    let mut pane = Pane::new(1_000);
    let mut screen = Screen::new(pane.state(), &pane.rows);
    pane.write("12345678901234567890".into());
    assert!(pane.look(&mut screen).lines.is_empty());
    pane.write("and on".into());
    assert_eq!(pane.look(&mut screen).lines, ["12345678901234567890and on"]);
    pane.write("12345678901234567890".into());
    pane.look(&mut screen);
    assert_eq!(screen.finish().lines, ["12345678901234567890"]);
}

#[test]
fn what_is_drawn_over_is_no_news_and_a_cleared_pane_is_said() {
    let mut pane = Pane::new(1_000);
    let mut screen = Screen::new(pane.state(), &pane.rows);
    (0..4).for_each(|n| pane.write(format!("row {n}")));
    assert_eq!(pane.look(&mut screen).lines.len(), 4);
    // The cursor goes up, and down again with one row more.
    let kept = pane.rows.clone();
    pane.rows.truncate(1);
    assert_eq!(pane.look(&mut screen), Shown::default());
    pane.rows = kept;
    pane.write("row 4".into());
    assert_eq!(pane.look(&mut screen).lines, ["row 4"]);
    (0..20).for_each(|n| pane.write(format!("more {n}")));
    pane.look(&mut screen);
    pane.rows = vec!["new".into()];
    pane.history = 0;
    let shown = pane.look(&mut screen);
    assert!(shown.lost);
    assert_eq!(shown.lines, ["new"]);
}

#[test]
fn rows_that_are_wrapped_anew_do_not_come_twice() {
    let mut pane = Pane::new(1_000);
    let mut screen = Screen::new(pane.state(), &pane.rows);
    (0..40).for_each(|n| pane.write(format!("row {n} of them")));
    assert_eq!(pane.look(&mut screen).lines.len(), 40);
    // Half as wide.
    let wrapped = pane.rows.iter().flat_map(|row| {
        let (head, tail) = row.split_at(10);
        [head.to_owned(), tail.to_owned()]
    });
    pane.rows = wrapped.collect();
    pane.history = pane.rows.len() - 4;
    let narrow = |pane: &Pane| State {
        width: 10,
        ..pane.state()
    };
    let shown = screen.look(narrow(&pane), &pane.rows);
    assert_eq!((shown.lines.len(), shown.lost), (0, true));
    pane.write("next".into());
    let shown = screen.look(narrow(&pane), &pane.rows);
    assert_eq!((shown.lines, shown.lost), (vec!["next".to_owned()], false));
}
