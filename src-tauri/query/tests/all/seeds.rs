//! The fuzzer's seeds, and random changes to them: what a bounded run of it would look at first.

use std::path::Path;

use crate::typed::check;

/// Changed seeds that are looked at.
const CHANGES: usize = 3_000;

/// Pieces that change a query's meaning when they are put into it.
const PIECES: &[&str] = &[
    "(", ")", "\"", "`", "/", "\\", ":", "=", "!", "-", "..", ",", "*", " ", " OR ", "NOT ", "AND",
    "a", "0", "f:", "é", "\u{17f}", "\n", "t:", "10:30", "5m",
];

fn seeds() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect()
}

/// The same numbers every time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % end.max(1)
    }

    /// A place between two characters.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

#[test]
fn seeds_and_changes_to_them_keep_every_promise() {
    let seeds = seeds();
    assert!(seeds.len() >= 20);
    for seed in &seeds {
        check(seed);
    }
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for _ in 0..CHANGES {
        let mut text = seeds[random.below(seeds.len())].clone();
        for _ in 0..=random.below(3) {
            let (one, other) = (random.place(&text), random.place(&text));
            let (start, end) = (one.min(other), one.max(other).min(one.min(other) + 8));
            let end = (start..=end)
                .rev()
                .find(|&end| text.is_char_boundary(end))
                .unwrap();
            match random.below(4) {
                0 => text.replace_range(start..end, ""),
                1 => text.insert_str(start, PIECES[random.below(PIECES.len())]),
                2 => {
                    let again = text[start..end].to_owned();
                    text.insert_str(end, &again);
                }
                _ => {
                    let other = &seeds[random.below(seeds.len())];
                    let from = random.place(other);
                    text.insert_str(start, &other[from..]);
                }
            }
        }
        check(&text);
    }
}
