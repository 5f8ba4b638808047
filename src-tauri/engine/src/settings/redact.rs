//! What is replaced in records before they are stored: secrets that nobody wants on disk.
//!
//! Promises: what a rule matches is neither stored nor indexed nor shown; a record without a match
//! is kept byte for byte; without rules it costs nothing, and with rules that match nothing one look
//! over a batch each.

use std::collections::HashMap;

use crosscut_model::{SourceId, SourceSpec};
use globset::GlobSet;
use regex::bytes::{Regex, RegexBuilder, Replacer};
use regex_syntax::hir::Look;

use crate::source::Lines;

/// What an expression may take once compiled. Bytes.
const COMPILED_BYTES: usize = 4 << 20;

/// All rules, in the order of the file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Redaction {
    rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pattern: Regex,
    /// The same over a buffer of many lines; none where the expression asks for a record's ends.
    whole: Option<Regex>,
    replace: Vec<u8>,
    /// The sources it is for; all when absent.
    sources: Option<GlobSet>,
}

impl Rule {
    /// A rule, or what is wrong with its pattern.
    pub(crate) fn new(
        pattern: &str,
        replace: &str,
        sources: Option<GlobSet>,
    ) -> Result<Self, String> {
        let build = |lines: bool| {
            RegexBuilder::new(pattern)
                .multi_line(lines)
                .size_limit(COMPILED_BYTES)
                .build()
        };
        let compiled = build(false).map_err(|error| plain(&error.to_string()))?;
        let parser = regex_syntax::ParserBuilder::new().utf8(false).build();
        let hir = { parser }
            .parse(pattern)
            .map_err(|error| plain(&error.to_string()))?;
        if hir.properties().minimum_len() == Some(0) {
            return Err(
                "the expression matches the empty text, so it would match everywhere".into(),
            );
        }
        let ends = hir.properties().look_set();
        let anchored = ends.contains(Look::Start) || ends.contains(Look::End);
        Ok(Self {
            pattern: compiled,
            whole: if anchored { None } else { build(true).ok() },
            replace: replace.as_bytes().to_vec(),
            sources,
        })
    }

    /// Whether it is for a source; for one that is not known all are.
    fn is_for(&self, spec: Option<&SourceSpec>) -> bool {
        match (&self.sources, spec) {
            (Some(sources), Some(spec)) => {
                sources.is_match(&spec.name) || sources.is_match(&spec.key)
            }
            (None, _) | (_, None) => true,
        }
    }

    /// Whether there may be anything in these lines; a look at all of them at once.
    fn may_match(&self, lines: &Lines) -> bool {
        let whole = self.whole.as_ref();
        whole.is_none_or(|whole| whole.is_match(lines.text()))
    }
}

/// The last line of what the regex crate says, which draws pictures before it.
pub(super) fn plain(text: &str) -> String {
    let last = text.lines().rfind(|line| !line.trim().is_empty());
    last.unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned()
}

impl Redaction {
    pub(crate) fn new(rules: Vec<Rule>) -> Self {
        Self { rules }
    }

    /// Whether there are no rules.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether there are rules that are for some sources only.
    pub(crate) fn is_for_some(&self) -> bool {
        self.rules.iter().any(|rule| rule.sources.is_some())
    }

    /// The lines of a source with what is to go replaced; `None` when nothing is.
    pub(crate) fn lines(&self, spec: Option<&SourceSpec>, lines: &Lines) -> Option<Lines> {
        let rules: Vec<&Rule> = self
            .rules
            .iter()
            .filter(|rule| rule.is_for(spec) && rule.may_match(lines))
            .collect();
        if rules.is_empty() {
            return None;
        }
        let mut kept = Lines::new();
        for (line, flags) in lines.iter() {
            kept.push(&replaced(&rules, line), flags);
        }
        Some(kept)
    }

    /// Lines that were taken out of those of a source and have sources of their own (`rows`, each
    /// in `specs`), by the rules that are for these and not for where they were: those have been
    /// there. `None` when nothing is replaced.
    pub(crate) fn rows(
        &self,
        within: Option<&SourceSpec>,
        rows: &[SourceId],
        specs: &HashMap<SourceId, Option<SourceSpec>>,
        lines: &Lines,
    ) -> Option<Lines> {
        let left = self
            .rules
            .iter()
            .filter(|rule| !rule.is_for(within) && rule.may_match(lines));
        let left: Vec<&Rule> = left.collect();
        let of = |spec: &Option<SourceSpec>| -> Vec<&Rule> {
            let own = left.iter().filter(|rule| rule.is_for(spec.as_ref()));
            own.copied().collect()
        };
        let rules: HashMap<SourceId, Vec<&Rule>> =
            specs.iter().map(|(id, spec)| (*id, of(spec))).collect();
        if rules.values().all(Vec::is_empty) {
            return None;
        }
        let mut kept = Lines::new();
        for ((line, flags), row) in lines.iter().zip(rows) {
            let own = rules.get(row).map_or(&[][..], Vec::as_slice);
            kept.push(&replaced(own, line), flags);
        }
        Some(kept)
    }

    /// One text of a source, as [`Redaction::lines`] would have it.
    pub(crate) fn text(&self, spec: Option<&SourceSpec>, text: &[u8]) -> Vec<u8> {
        let rules: Vec<&Rule> = self.rules.iter().filter(|rule| rule.is_for(spec)).collect();
        replaced(&rules, text).into_owned()
    }
}

fn replaced<'t>(rules: &[&Rule], line: &'t [u8]) -> std::borrow::Cow<'t, [u8]> {
    let mut line = std::borrow::Cow::Borrowed(line);
    for rule in rules {
        let replacement: &[u8] = &rule.replace;
        let mut replacement = replacement;
        let changed = rule.pattern.replace_all(&line, replacement.by_ref());
        if let std::borrow::Cow::Owned(changed) = changed {
            line = std::borrow::Cow::Owned(changed);
        }
    }
    line
}
