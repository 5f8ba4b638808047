//! Printing a tree back in its plainest form.
//!
//! Promises that the strict parser reads a parsed query's print as the same tree. To keep that
//! simple, whether a word may stand without quotes is not decided by rules of its own: it is
//! printed bare, read, and quoted if that came out as anything else.

use std::fmt;

use crate::parser::{Temper, name_length, parse};
use crate::path::{Builtin, Path, Segment};
use crate::tree::{FieldTest, Order, Pattern, Query, Test, TextPattern};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer {
            out: String::new(),
            slash_globs: 0,
            escape: false,
        };
        printer.query(self, Place::Top);
        // A glob that starts with a slash opens an expression when a later part happens to look
        // like the end of one.
        if printer.slash_globs > 0
            && !parse(&printer.out, Temper::Strict).is_ok_and(|parsed| parsed.query == *self)
        {
            printer = Printer {
                out: String::new(),
                slash_globs: 0,
                escape: true,
            };
            printer.query(self, Place::Top);
        }
        f.write_str(&printer.out)
    }
}

impl fmt::Display for FieldTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Query::Field(self.clone()).fmt(f)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.segments().iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(name) => {
                    let first = at == 0;
                    let reserved = self.segments().len() == 1
                        && matches!(name.as_str(), "has" | "is" | "since" | "until" | "last");
                    if !first {
                        f.write_str(".")?;
                    }
                    if name_length(name, first) == Some(name.len()) && !reserved {
                        f.write_str(name)?;
                    } else {
                        write!(f, "`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut body = String::with_capacity(self.source.len());
        let mut chars = self.source.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    body.push(c);
                    body.extend(chars.next());
                }
                '/' => body.push_str("\\/"),
                _ => body.push(c),
            }
        }
        // `//` is text.
        let body = if body.is_empty() { "(?:)" } else { &body };
        write!(f, "/{body}/{}", if self.case_sensitive { "c" } else { "" })
    }
}

/// Where a part is printed, which tells whether it needs brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    InOr,
    InAnd,
    Negated,
}

#[derive(Debug)]
struct Printer {
    out: String,
    /// Globs printed that start with a slash.
    slash_globs: usize,
    /// Whether to write such a glob's slash as `\/`.
    escape: bool,
}

impl Printer {
    fn query(&mut self, query: &Query, place: Place) {
        match query {
            Query::All if place == Place::Top => {}
            Query::All => self.out.push_str("has:seq"),
            Query::And(parts) if parts.is_empty() => self.query(&Query::All, place),
            Query::Or(parts) if parts.is_empty() => self.out.push_str("-has:seq"),
            Query::And(parts) => {
                self.joined(
                    parts,
                    " ",
                    Place::InAnd,
                    matches!(place, Place::Top | Place::InOr),
                );
            }
            Query::Or(parts) => self.joined(parts, " OR ", Place::InOr, place == Place::Top),
            Query::Not(part) => {
                let bare = place != Place::Negated;
                self.bracket(bare, |printer| {
                    printer.out.push('-');
                    printer.query(part, Place::Negated);
                });
            }
            Query::Text(TextPattern::Contains(text)) => self.text(text),
            Query::Text(TextPattern::Regex(pattern)) => self.out.push_str(&pattern.to_string()),
            Query::Field(FieldTest { path, test }) => self.field(path, test),
            Query::Is(state) => {
                self.out.push_str("is:");
                self.out.push_str(state.name());
            }
        }
    }

    fn joined(&mut self, parts: &[Query], by: &str, place: Place, bare: bool) {
        self.bracket(bare, |printer| {
            for (at, part) in parts.iter().enumerate() {
                if at > 0 {
                    printer.out.push_str(by);
                }
                printer.query(part, place);
            }
        });
    }

    fn bracket(&mut self, bare: bool, inner: impl FnOnce(&mut Self)) {
        if bare {
            return inner(self);
        }
        self.out.push('(');
        let start = self.out.len();
        inner(self);
        // A last glob with a bracket open would take the closing one for its own.
        let last = self
            .out
            .get(start..)
            .and_then(|inner| inner.rsplit(' ').next());
        if last.is_some_and(|last| last.contains('(')) {
            self.out.push(' ');
        }
        self.out.push(')');
    }

    fn text(&mut self, text: &str) {
        let read = |text: &str| {
            parse(text, Temper::Strict).is_ok_and(|parsed| {
            matches!(parsed.query, Query::Text(TextPattern::Contains(found)) if found == text)
        })
        };
        // A back tick may open a name that a later one closes.
        if bare(text)
            && !text.starts_with(['-', '!', '=', '>'])
            && !text.contains('`')
            && read(text)
        {
            self.out.push_str(text);
        } else {
            self.phrase(text);
        }
    }

    fn phrase(&mut self, text: &str) {
        self.out.push('"');
        self.out
            .push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
        self.out.push('"');
    }

    fn field(&mut self, path: &Path, test: &Test) {
        let is_time = path.builtin() == Some(Builtin::Time);
        let sign = match test {
            Test::Exists => {
                self.out.push_str("has:");
                self.out.push_str(&path.to_string());
                return;
            }
            Test::Compare(Order::AtLeast, value) if is_time => {
                self.out.push_str("since:");
                return self.end(value);
            }
            Test::Compare(Order::AtMost, value) if is_time => {
                self.out.push_str("until:");
                return self.end(value);
            }
            Test::Unlike(inner) => match (inner.as_ref(), sign(inner)) {
                (Test::Regex(_), _) => "!~",
                (Test::Range { .. } | Test::Glob(_) | Test::Exists, _) | (_, Some("=")) => "!=",
                (Test::AnyOf(tests), Some(":")) if !tests.iter().any(is_contains) => "!=",
                _ => {
                    self.out.push_str("(has:");
                    self.out.push_str(&path.to_string());
                    self.out.push_str(" -");
                    self.field(path, inner);
                    self.out.push(')');
                    return;
                }
            },
            Test::AnyOf(tests) if tests.is_empty() => return self.out.push_str("-has:seq"),
            Test::AnyOf(tests) => {
                let Some(sign) = sign(test) else {
                    let each = |test: &Test| {
                        Query::Field(FieldTest {
                            path: path.clone(),
                            test: test.clone(),
                        })
                    };
                    let parts: Vec<_> = tests.iter().map(each).collect();
                    return self.joined(&parts, " OR ", Place::InOr, false);
                };
                sign
            }
            _ => sign(test).unwrap_or(":"),
        };
        let path = path.to_string();
        self.out.push_str(&path);
        self.out.push_str(sign);
        let items = match test {
            Test::Unlike(inner) => inner.as_ref(),
            other => other,
        };
        let items = match items {
            Test::AnyOf(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        // A glob cannot be quoted; brackets keep its first characters out of the operator.
        let mixes =
            |glob: &str| glob.starts_with(['(', ':', '=', '<', '>']) || glob.starts_with("//");
        let apart = matches!(items.first(), Some(Test::Glob(glob)) if mixes(glob));
        self.bracket(!apart, |printer| {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    printer.out.push(',');
                }
                printer.value(&path, sign, item);
            }
        });
    }

    fn value(&mut self, path: &str, sign: &str, test: &Test) {
        match test {
            Test::Contains(text) | Test::Equals(text) | Test::Compare(_, text) => {
                if bare(text) && !text.contains(',') && reads_back(path, sign, text, test) {
                    self.out.push_str(text);
                } else {
                    self.phrase(text);
                }
            }
            Test::Range { from, to } => {
                self.end(from.as_deref().unwrap_or_default());
                self.out.push_str("..");
                self.end(to.as_deref().unwrap_or_default());
            }
            Test::Regex(pattern) => self.out.push_str(&pattern.to_string()),
            Test::Glob(glob) => {
                if glob.starts_with('/') {
                    self.slash_globs += 1;
                    if self.escape {
                        self.out.push('\\');
                    }
                }
                self.out.push_str(glob);
            }
            // Lists inside lists are printed as several tests, before this is asked.
            Test::Exists | Test::AnyOf(_) | Test::Unlike(_) => self.out.push('*'),
        }
    }

    /// An end of a range, or an instant; nothing for an open end.
    fn end(&mut self, text: &str) {
        if text.is_empty() || (bare(text) && !text.contains([','])) {
            self.out.push_str(text);
        } else {
            self.phrase(text);
        }
    }
}

/// Whether nothing in `text` needs quotes wherever it stands.
fn bare(text: &str) -> bool {
    let special = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"');
    !text.is_empty() && !text.starts_with('/') && !text.contains(special)
}

/// Whether a value printed bare is read as the test it belongs to.
fn reads_back(path: &str, sign: &str, text: &str, test: &Test) -> bool {
    parse(&format!("{path}{sign}{text}"), Temper::Strict).is_ok_and(|parsed| match parsed.query {
        Query::Field(FieldTest {
            test: Test::Unlike(found),
            ..
        }) => *found == *test,
        Query::Field(FieldTest { test: found, .. }) => found == *test,
        _ => false,
    })
}

fn is_contains(test: &Test) -> bool {
    matches!(test, Test::Contains(_))
}

/// The operator that all of a test's values can be written behind, if there is one.
fn sign(test: &Test) -> Option<&'static str> {
    match test {
        Test::Equals(_) => Some("="),
        Test::Compare(order, _) => Some(order.sign()),
        Test::AnyOf(tests) => {
            let nested = |test: &Test| matches!(test, Test::AnyOf(_) | Test::Unlike(_));
            let ordered = |test: &Test| matches!(test, Test::Compare(..));
            let mut signs = tests.iter().filter(|test| fixed(test)).filter_map(sign);
            let own = signs.next().unwrap_or(":");
            let agree = signs.all(|sign| sign == own)
                && !tests.iter().any(nested)
                && (tests.iter().all(ordered) || !tests.iter().any(ordered));
            agree.then_some(own)
        }
        Test::Unlike(_) => None,
        Test::Contains(_) | Test::Range { .. } | Test::Regex(_) | Test::Glob(_) | Test::Exists => {
            Some(":")
        }
    }
}

/// Whether a test can stand behind no other operator than its own.
fn fixed(test: &Test) -> bool {
    matches!(
        test,
        Test::Contains(_) | Test::Equals(_) | Test::Compare(..)
    )
}
