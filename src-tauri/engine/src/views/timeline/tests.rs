use crosscut_store::ReadError;

use super::{Timeline, Times};

/// Times out of memory, counting how often they are asked for.
#[derive(Debug, Default)]
pub(in crate::views) struct Known {
    pub(in crate::views) times: Vec<i64>,
    pub(in crate::views) asked: usize,
    /// Whether the next look fails.
    pub(in crate::views) broken: bool,
}

impl Times for Known {
    fn time(&mut self, row: u32) -> Result<i64, ReadError> {
        self.asked += 1;
        let out_of_range = ReadError::OutOfRange {
            what: "row",
            index: row.into(),
        };
        let time = self.times.get(row as usize).copied();
        time.filter(|_| !self.broken).ok_or(out_of_range)
    }
}

fn extend(timeline: &mut Timeline, known: &mut Known) {
    let end = u32::try_from(known.times.len()).unwrap();
    timeline.extend(end, known).unwrap();
}

#[test]
fn what_arrives_in_order_is_one_span_however_it_comes() {
    let (mut timeline, mut known) = (Timeline::default(), Known::default());
    for time in 0..1_000 {
        // Equal times stand in order of arrival.
        known.times.push(time / 3);
        extend(&mut timeline, &mut known);
    }
    assert_eq!(timeline.pieces().len(), 1);
    assert!(!timeline.pieces()[0].is_list());
}

#[test]
fn one_record_from_the_future_does_not_turn_all_after_it_into_a_list() {
    let (mut timeline, mut known) = (Timeline::default(), Known::default());
    known.times.push(i64::MAX);
    for time in 0..1_000 {
        known.times.push(time);
        extend(&mut timeline, &mut known);
    }
    let listed: u32 = timeline
        .pieces()
        .iter()
        .filter(|piece| piece.is_list())
        .map(super::Piece::len)
        .sum();
    assert!(listed < 32, "{listed}");
    assert!(timeline.pieces().len() < 4);
}

#[test]
fn an_old_file_loaded_beside_a_live_one_costs_what_its_lines_cost() {
    let (mut timeline, mut known) = (Timeline::default(), Known::default());
    let rows = 20_000;
    known.times.extend((0..rows).map(|n| n * 2));
    extend(&mut timeline, &mut known);
    known.asked = 0;
    for n in 0..rows {
        known.times.push(n * 2 + 1);
        if n % 100 == 0 {
            extend(&mut timeline, &mut known);
        }
    }
    extend(&mut timeline, &mut known);
    let looks = known.asked / known.times.len();
    assert!(looks < 50, "{looks} looks at the times a line");
    // Small lists are joined: on the whole they are not much more than full.
    let pieces = timeline.pieces().len();
    assert!(pieces < known.times.len() / 4, "{pieces} pieces");
}

#[test]
fn a_read_that_fails_is_made_up_for_by_the_next() {
    let (mut timeline, mut known) = (Timeline::default(), Known::default());
    known.times = vec![5, 3, 9, 1];
    extend(&mut timeline, &mut known);
    known.times.extend([4, 2]);
    known.broken = true;
    assert!(timeline.extend(6, &mut known).is_err());
    assert_eq!(timeline.covered(), 0);
    known.broken = false;
    extend(&mut timeline, &mut known);
    let rows: u32 = timeline.pieces().iter().map(super::Piece::len).sum();
    assert_eq!((timeline.covered(), rows), (6, 6));
}
