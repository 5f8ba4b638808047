//! Any interleaving of arrivals, finds and looks against a sorted list.

use proptest::prelude::*;
use roaring::RoaringBitmap;

use super::{Arranged, Fresh, Spread};
use crate::views::base::Base;
use crate::views::timeline::Timeline;
use crate::views::timeline::tests::Known;

#[derive(Debug, Clone)]
enum Step {
    /// Records come, so much later than the latest before, each.
    InOrder(Vec<u8>),
    /// Records come that are so much earlier than the latest.
    Late(Vec<u16>),
    /// Records come at any time.
    Anywhere(Vec<i8>),
    /// A search finds those of the records so far whose number this divides.
    Finds(u32),
    /// Everything found is replaced.
    Shakes,
    /// Somebody looks: at so many rows from there, and at where a record stands.
    Looks(usize, usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::collection::vec(0u8..3, 1..40).prop_map(Step::InOrder),
        2 => prop::collection::vec(0u16..200, 1..10).prop_map(Step::Late),
        1 => prop::collection::vec(any::<i8>(), 1..30).prop_map(Step::Anywhere),
        1 => (2u32..7).prop_map(Step::Finds),
        1 => Just(Step::Shakes),
        4 => (0usize..300, 0usize..40, 0usize..400).prop_map(|(a, b, c)| Step::Looks(a, b, c)),
    ]
}

/// What a view should be, worked out anew each time.
struct Model {
    known: Known,
    rows: RoaringBitmap,
    fresh: RoaringBitmap,
    shaken: bool,
    filtered: bool,
    timeline: Timeline,
    spread: Spread,
    seen: (Vec<u32>, u64),
}

impl Model {
    fn arrive(&mut self, time: i64) {
        let row = u32::try_from(self.known.times.len()).unwrap();
        self.known.times.push(time);
        if row % 3 != 1 {
            self.find(row);
        }
    }

    fn find(&mut self, row: u32) {
        if self.rows.insert(row) {
            self.fresh.insert(row);
        }
    }

    fn sorted(&self) -> Vec<u32> {
        let all = 0..u32::try_from(self.known.times.len()).unwrap();
        let mut rows: Vec<u32> = all
            .filter(|row| !self.filtered || self.rows.contains(*row))
            .collect();
        rows.sort_by_key(|row| (self.known.times[*row as usize], *row));
        rows
    }

    fn look(&mut self, start: usize, count: usize, row: usize) {
        let end = u32::try_from(self.known.times.len()).unwrap();
        let sorted = self.sorted();
        self.timeline.extend(end, &mut self.known).unwrap();
        let base = if self.filtered {
            Base::Some(&self.rows)
        } else {
            Base::All(end)
        };
        let fresh = if self.shaken || !self.filtered {
            Fresh::Anything
        } else {
            Fresh::Rows(&self.fresh)
        };
        self.spread
            .settle(&self.timeline, base, &fresh, &mut self.known)
            .unwrap();
        let arranged = Arranged {
            base,
            epoch: 0,
            time: Some((&self.timeline, &self.spread)),
        };
        assert_eq!(arranged.total(), sorted.len() as u64);
        assert_eq!(arranged.rows(0, usize::MAX), sorted);
        let wanted: Vec<u32> = sorted.iter().skip(start).take(count).copied().collect();
        assert_eq!(arranged.rows(start as u64, count), wanted);
        if row < self.known.times.len() {
            let times = &self.known.times;
            let key = (times[row], u32::try_from(row).unwrap());
            let before = sorted
                .iter()
                .filter(|other| (times[**other as usize], **other) < key)
                .count();
            let position = arranged.position(key.1, &mut self.known).unwrap();
            assert_eq!(position, before as u64);
        }
        let (seen, moves) = &self.seen;
        let moved = !sorted.starts_with(seen);
        if !self.shaken {
            assert_eq!(moved, self.spread.moves() != *moves, "{seen:?} {sorted:?}");
        }
        self.seen = (sorted, self.spread.moves());
        self.fresh.clear();
        self.shaken = false;
    }

    fn latest(&self) -> i64 {
        self.known.times.iter().max().copied().unwrap_or_default()
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::InOrder(gaps) => {
                for gap in gaps {
                    self.arrive(self.latest() + i64::from(gap));
                }
            }
            Step::Late(lags) => {
                let latest = self.latest();
                for lag in lags {
                    self.arrive(latest - i64::from(lag));
                }
            }
            Step::Anywhere(times) => {
                for time in times {
                    self.arrive(time.into());
                }
            }
            Step::Finds(divisor) => {
                let rows = u32::try_from(self.known.times.len()).unwrap();
                for row in (0..rows).filter(|row| row % divisor == 0) {
                    self.find(row);
                }
            }
            Step::Shakes => {
                self.rows = self.rows.iter().filter(|row| row % 5 != 0).collect();
                self.shaken = true;
            }
            Step::Looks(start, count, row) => self.look(start, count, row),
        }
    }
}

proptest! {
    #[test]
    fn rows_and_positions_in_order_of_time_are_those_of_a_sorted_list(
        filtered in any::<bool>(),
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut model = Model {
            known: Known::default(),
            rows: RoaringBitmap::new(),
            fresh: RoaringBitmap::new(),
            shaken: false,
            filtered,
            timeline: Timeline::default(),
            spread: Spread::default(),
            seen: (Vec::new(), 0),
        };
        for step in steps {
            model.step(step);
        }
        model.look(3, 5, 7);
    }
}
