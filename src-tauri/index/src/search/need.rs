//! What a record's text must hold for a part of a query to match.

use crosscut_query::{Pattern, Test};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind};
use roaring::RoaringBitmap;

use crate::IndexSnapshot;
use crate::words::fold;

/// A class of more characters than this is not looked at. No character equals as many others.
const MAX_CLASS: usize = 8;

/// An expression that stands for more texts than this is not taken for them.
const MAX_TEXTS: usize = 16;

/// A necessary condition on a text, weaker than what it is made from, never stronger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing is known.
    Nothing,
    /// These characters, ignoring case.
    Text(String),
    /// Each of these.
    All(Vec<Need>),
    /// One of these.
    Any(Vec<Need>),
}

impl Need {
    /// What stands in a value that passes. A value that is compared by what it is worth can be
    /// written in many ways.
    pub(super) fn of_test(test: &Test) -> Self {
        match test {
            Test::Contains(text) if text.parse::<f64>().is_ok() => Self::Nothing,
            Test::Equals(text) if text.starts_with(|c: char| !c.is_alphabetic() && c != '_') => {
                Self::Nothing
            }
            Test::Contains(text) | Test::Equals(text) => Self::Text(text.clone()),
            Test::Regex(pattern) => Self::of_pattern(pattern),
            Test::Glob(glob) => {
                let fixed = glob.split(['*', '?']).filter(|fixed| !fixed.is_empty());
                Self::All(fixed.map(|fixed| Self::Text(fixed.to_owned())).collect())
            }
            Test::AnyOf(tests) => Self::Any(tests.iter().map(Self::of_test).collect()),
            Test::Compare(..) | Test::Range { .. } | Test::Unlike(_) | Test::Exists => {
                Self::Nothing
            }
        }
    }

    /// What stands in a text in which a regular expression finds something.
    pub(super) fn of_pattern(pattern: &Pattern) -> Self {
        let parsed = ParserBuilder::new()
            .case_insensitive(!pattern.case_sensitive)
            .multi_line(true)
            .build()
            .parse(&pattern.source);
        parsed.map_or(Self::Nothing, |hir| Self::of_hir(&hir))
    }

    /// The texts of which a record holds one, ignoring case, exactly if the regular expression finds
    /// something in it; nothing when it asks for more than that.
    pub(super) fn texts_of(pattern: &Pattern) -> Option<Vec<String>> {
        let parsed = ParserBuilder::new()
            .case_insensitive(!pattern.case_sensitive)
            .multi_line(true)
            .build()
            .parse(&pattern.source);
        let texts = texts(&parsed.ok()?)?;
        (!texts.iter().any(String::is_empty)).then_some(texts)
    }

    fn of_hir(hir: &Hir) -> Self {
        let mut literals = Literals::default();
        literals.walk(hir);
        literals.end();
        Self::All(literals.needs)
    }

    /// The rows known to the index that can fulfil this; nothing when all can.
    pub(super) fn rows(&self, index: &IndexSnapshot) -> Option<RoaringBitmap> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => index.text(text).map(|answer| answer.may),
            Self::All(needs) => {
                let mut rows: Option<RoaringBitmap> = None;
                for need in needs {
                    if rows.as_ref().is_some_and(RoaringBitmap::is_empty) {
                        break;
                    }
                    if let Some(some) = need.rows(index) {
                        rows = Some(match rows {
                            Some(rows) => rows & some,
                            None => some,
                        });
                    }
                }
                rows
            }
            Self::Any(needs) => {
                let mut rows = RoaringBitmap::new();
                for need in needs {
                    rows |= need.rows(index)?;
                }
                Some(rows)
            }
        }
    }
}

/// Characters in a row that an expression cannot do without.
#[derive(Debug, Default)]
struct Literals {
    needs: Vec<Need>,
    text: String,
}

impl Literals {
    fn end(&mut self) {
        if !self.text.is_empty() {
            self.needs.push(Need::Text(std::mem::take(&mut self.text)));
        }
    }

    fn walk(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) => self.text.push_str(text),
                Err(_) => self.end(),
            },
            HirKind::Class(class) => match one_character(class) {
                Some(c) => self.text.push(c),
                None => self.end(),
            },
            HirKind::Capture(capture) => self.walk(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            HirKind::Repetition(repetition) => {
                self.end();
                if repetition.min > 0 {
                    self.walk(&repetition.sub);
                    self.end();
                }
            }
            HirKind::Alternation(parts) => {
                self.end();
                self.needs
                    .push(Need::Any(parts.iter().map(Need::of_hir).collect()));
            }
        }
    }
}

/// The texts an expression stands for, if it stands for a few, in any case.
fn texts(hir: &Hir) -> Option<Vec<String>> {
    let found = match hir.kind() {
        HirKind::Empty => vec![String::new()],
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            // A character with a case would be a class, were its case not to count.
            if !text.chars().all(|c| {
                all_cases(c).is_some_and(|class| {
                    class.iter().map(ClassUnicodeRange::len).sum::<usize>() == 1
                })
            }) {
                return None;
            }
            vec![text.to_owned()]
        }
        HirKind::Class(Class::Unicode(class)) => {
            let c = class.iter().next()?.start();
            if all_cases(c)? != *class {
                return None;
            }
            vec![c.to_string()]
        }
        HirKind::Capture(capture) => texts(&capture.sub)?,
        HirKind::Concat(parts) => {
            let mut whole = vec![String::new()];
            for part in parts {
                let ends = texts(part)?;
                let joined = whole
                    .iter()
                    .flat_map(|start| ends.iter().map(move |end| format!("{start}{end}")));
                whole = joined.take(MAX_TEXTS + 1).collect();
            }
            whole
        }
        HirKind::Alternation(parts) => {
            let mut any = Vec::new();
            for part in parts {
                any.extend(texts(part)?);
            }
            any
        }
        HirKind::Look(_) | HirKind::Repetition(_) | HirKind::Class(Class::Bytes(_)) => return None,
    };
    (found.len() <= MAX_TEXTS).then_some(found)
}

/// The class of what equals a character when case is ignored.
fn all_cases(c: char) -> Option<ClassUnicode> {
    let mut class = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
    class.try_case_fold_simple().ok()?;
    Some(class)
}

/// The character that all of a class fold to.
fn one_character(class: &Class) -> Option<char> {
    let mut folded: Option<char> = None;
    let mut take = |c: char| match folded.replace(fold(c)) {
        None => true,
        Some(before) => before == fold(c),
    };
    let same = match class {
        Class::Unicode(class) => {
            let size: usize = class
                .iter()
                .map(regex_syntax::hir::ClassUnicodeRange::len)
                .sum();
            size <= MAX_CLASS
                && class
                    .iter()
                    .flat_map(|range| range.start()..=range.end())
                    .all(&mut take)
        }
        Class::Bytes(class) => {
            let size: usize = class
                .iter()
                .map(regex_syntax::hir::ClassBytesRange::len)
                .sum();
            size <= MAX_CLASS
                && class
                    .iter()
                    .flat_map(|range| range.start()..=range.end())
                    .all(|byte| byte.is_ascii() && take(char::from(byte)))
        }
    };
    folded.filter(|_| same)
}

#[cfg(test)]
mod tests;
