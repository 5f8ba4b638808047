//! Skimming a buffer for the rarest few bytes that an expression cannot do without.
//!
//! An expression is looked for by its beginning, which may stand in every line (`"status":` when
//! `status=5` is wanted), and in the many ways it can be written when case is ignored. A window of
//! few bytes, chosen where they are rarest in logs, is found several times as fast; only where it
//! stands the expression is asked.

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Class, Hir, HirKind};

/// Bytes of a window, at most: so many are compared at once when several are searched for.
const LONGEST: usize = 4;

/// So many times in a buffer a window may come up in vain before the expression is asked by itself.
const PATIENCE: u32 = 32;

/// Ways to write a window, at most.
const MAX_WAYS: usize = 16;

/// Ways to write all windows together, at most: so many are searched for at the same time.
const MAX_ALL_WAYS: usize = 48;

/// How often a window may come up for it to be of use: the share of all places.
const MOST: f64 = 1.0 / 400.0;

/// A search for windows.
#[derive(Debug, Clone)]
pub(super) struct Skim {
    windows: Regex,
    /// The expression when it is one plain text, and where in it the window stands.
    literal: Option<(Box<[Unit]>, usize)>,
    /// Whether a character beyond ASCII could stand for one of those looked for (the Kelvin sign
    /// for a `k`, a long s for an `s`).
    ascii_only: bool,
}

/// A character of ASCII that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unit {
    /// In lower case if case is ignored.
    byte: u8,
    /// Whether case is ignored.
    folded: bool,
}

/// Units in a row, one of which stands for the whole.
#[derive(Debug, Clone)]
struct Window {
    units: Vec<Unit>,
    /// Where it begins in the run it was taken from.
    offset: usize,
    share: f64,
}

impl Skim {
    /// A skim for an expression over bytes, if it has windows that are rare enough.
    pub(super) fn new(hir: &Hir) -> Option<Self> {
        let run = literal(hir);
        let windows = match &run {
            Some(run) => vec![window(run)?],
            None => needed(hir)?,
        };
        let share: f64 = windows.iter().map(|window| window.share).sum();
        let ways: usize = windows.iter().map(|window| ways(&window.units)).sum();
        if share > MOST || ways > MAX_ALL_WAYS {
            return None;
        }
        let each = windows.iter().map(|window| expression(&window.units));
        let expression = each.collect::<Vec<_>>().join("|");
        let units = windows.iter().flat_map(|window| &window.units);
        let ascii_only = units
            .chain(run.iter().flatten())
            .any(|unit| unit.folded && matches!(unit.byte, b'k' | b's'));
        let offset = windows.first().map_or(0, |window| window.offset);
        Some(Self {
            windows: RegexBuilder::new(&expression).unicode(false).build().ok()?,
            literal: run.map(|run| (run.into_boxed_slice(), offset)),
            ascii_only,
        })
    }

    /// Whether this buffer can be skimmed.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        !self.ascii_only || text.is_ascii()
    }

    /// The first place at or behind `from` (where a line begins) of what `full` looks for, which
    /// reaches across no newline. `vain` counts windows of this buffer that led to nothing.
    pub(super) fn find(
        &self,
        full: &Regex,
        text: &[u8],
        from: usize,
        vain: &mut u32,
    ) -> Option<usize> {
        let mut at = from;
        loop {
            if *vain > PATIENCE {
                return full.find_at(text, at).map(|found| found.start());
            }
            let hit = self.windows.find_at(text, at)?.start();
            if let Some((units, offset)) = &self.literal {
                at = hit + 1;
                let start = hit.checked_sub(*offset).filter(|&start| start >= from);
                let found = start.and_then(|start| text.get(start..start + units.len()));
                if found.is_some_and(|found| stands(units, found)) {
                    return start;
                }
                *vain += 1;
                continue;
            }
            let before = text.get(from..hit).unwrap_or_default();
            let start = memchr::memrchr(b'\n', before).map_or(from, |newline| from + newline + 1);
            let behind = text.get(hit..).unwrap_or_default();
            let end = memchr::memchr(b'\n', behind).map_or(text.len(), |newline| hit + newline);
            if let Some(found) = full.find(text.get(start..end)?) {
                return Some(start + found.start());
            }
            *vain += 1;
            at = end;
        }
    }
}

fn stands(units: &[Unit], text: &[u8]) -> bool {
    units.iter().zip(text).all(|(unit, &byte)| {
        unit.byte == byte || (unit.folded && unit.byte == byte.to_ascii_lowercase())
    })
}

/// The expression as one plain text of ASCII within a line, if that is what it is.
fn literal(hir: &Hir) -> Option<Vec<Unit>> {
    let mut run = Vec::new();
    let parts = match hir.kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        _ => std::slice::from_ref(hir),
    };
    for part in parts {
        run.extend(units(part)?);
    }
    Some(run)
}

/// Windows one of which stands in all that the expression finds.
fn needed(hir: &Hir) -> Option<Vec<Window>> {
    match hir.kind() {
        HirKind::Literal(_) | HirKind::Class(_) => Some(vec![window(&units(hir)?)?]),
        HirKind::Concat(parts) => {
            let mut found = Vec::new();
            let mut run = Vec::new();
            for part in parts {
                if let Some(units) = units(part) {
                    run.extend(units);
                    continue;
                }
                found.extend(window(&run).map(|window| vec![window]));
                run.clear();
                found.extend(needed(part));
            }
            found.extend(window(&run).map(|window| vec![window]));
            let share = |windows: &[Window]| windows.iter().map(|w| w.share).sum::<f64>();
            found
                .into_iter()
                .min_by(|a, b| share(a).total_cmp(&share(b)))
        }
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(needed(part)?);
            }
            Some(all)
        }
        HirKind::Capture(capture) => needed(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => needed(&repetition.sub),
        HirKind::Repetition(_) | HirKind::Look(_) | HirKind::Empty => None,
    }
}

/// The characters a part stands for, where each is one of ASCII in one case or both.
fn units(hir: &Hir) -> Option<Vec<Unit>> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let plain = |&byte: &u8| byte.is_ascii() && byte != b'\n';
            let unit = |&byte: &u8| Unit {
                byte,
                folded: false,
            };
            literal
                .0
                .iter()
                .all(plain)
                .then(|| literal.0.iter().map(unit).collect())
        }
        HirKind::Class(class) => {
            let mut members = Vec::new();
            match class {
                Class::Unicode(class) => {
                    for range in class.ranges() {
                        members.extend((range.start()..=range.end()).take(3));
                    }
                }
                Class::Bytes(class) => {
                    for range in class.ranges() {
                        members.extend((range.start()..=range.end()).take(3).map(char::from));
                    }
                }
            }
            let byte = match members.as_slice() {
                &[upper, lower] if lower == upper.to_ascii_lowercase() => lower,
                ['K', 'k', '\u{212a}'] => 'k',
                ['S', 's', '\u{17f}'] => 's',
                _ => return None,
            };
            let byte = u8::try_from(byte).ok().filter(u8::is_ascii_lowercase)?;
            Some(vec![Unit { byte, folded: true }])
        }
        HirKind::Capture(capture) => units(&capture.sub),
        HirKind::Empty
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}

/// The rarest window of a run that can be written in few ways.
fn window(run: &[Unit]) -> Option<Window> {
    let mut best: Option<Window> = None;
    for offset in 0..run.len() {
        for length in 1..=LONGEST.min(run.len() - offset) {
            let units = run.get(offset..offset + length)?;
            if ways(units) > MAX_WAYS {
                break;
            }
            let share = units.iter().map(|unit| unit.share()).product();
            if best.as_ref().is_none_or(|best| share < best.share) {
                best = Some(Window {
                    units: units.to_vec(),
                    offset,
                    share,
                });
            }
        }
    }
    best
}

fn ways(units: &[Unit]) -> usize {
    let folded = units.iter().filter(|unit| unit.folded).count();
    1_usize << folded.min(16)
}

fn expression(units: &[Unit]) -> String {
    let one = |unit: &Unit| {
        let literal = regex::escape(char::from(unit.byte).encode_utf8(&mut [0; 4]));
        if unit.folded {
            format!("(?i:{literal})")
        } else {
            literal
        }
    };
    units.iter().map(one).collect()
}

impl Unit {
    /// How large a share of all bytes of logs it is, very roughly.
    fn share(self) -> f64 {
        let one = |byte: u8| match byte {
            b'"' => 0.1,
            b'e' | b't' | b'a' | b'i' | b's' | b'o' | b'n' | b'r' | b' ' | b':' | b',' => 0.05,
            b'c' | b'd' | b'l' | b'm' | b'p' | b'u' | b'0'..=b'9' | b'-' => 0.03,
            b'b' | b'f' | b'g' | b'h' | b'v' | b'w' | b'y' | b'.' | b'/' | b'_' => 0.015,
            b'k' | b'j' | b'q' | b'x' | b'z' | b'=' | b'A'..=b'Z' | b'{' | b'}' => 0.006,
            _ => 0.002,
        };
        if self.folded {
            one(self.byte) + one(self.byte.to_ascii_uppercase())
        } else {
            one(self.byte)
        }
    }
}

#[cfg(test)]
mod tests;
