//! The file as it is written, and from it what is set.

use std::path::Path;
use std::time::Duration;

use crosscut_model::{SourceKind, SourceSpec};
use crosscut_parse::Format;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use jiff::tz::TimeZone;
use serde::Deserialize;
use toml::Spanned;

use super::redact::{Redaction, Rule};
use super::value::Amount;
use super::{Chosen, Limits, Mistake, Places, Settings};
use crate::workbench::{Retention, client_name};

/// What selections of containers begin with.
const SELECTORS: [&str; 3] = ["project", "label", "name"];

/// What stands where something was taken out, if the rule does not say.
const REDACTED: &str = "[redacted]";

/// Rules, and entries for formats: each may hold expressions, and they are read while one types.
const MOST_RULES: usize = 256;

/// Bodies may be set as large as this: they are held in memory. Bytes.
const MOST_BODY: u64 = 1 << 30;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: Option<Spanned<String>>,
    #[serde(default)]
    source: Vec<Spanned<Source>>,
    #[serde(default)]
    format: Vec<FormatEntry>,
    #[serde(default)]
    redact: Vec<Redact>,
    #[serde(default)]
    retention: RetentionTable,
    #[serde(default)]
    limits: LimitsTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    path: Option<Spanned<String>>,
    docker: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FormatEntry {
    sources: Vec<Spanned<String>>,
    zone: Option<Spanned<String>>,
    format: Option<Spanned<String>>,
    pattern: Option<Spanned<String>>,
    join: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Redact {
    pattern: Spanned<String>,
    replace: Option<Spanned<String>>,
    sources: Option<Vec<Spanned<String>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionTable {
    age: Option<Spanned<Amount>>,
    size: Option<Spanned<Amount>>,
    runs: Option<Spanned<Amount>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    body: Option<Spanned<Amount>>,
    sources: Option<Spanned<Amount>>,
}

/// What is known of the sources that some globs name.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    sources: GlobSet,
    pub(super) zone: Option<TimeZone>,
    pub(super) format: Option<Chosen>,
    pub(super) join: Option<bool>,
}

impl Choice {
    pub(super) fn names(&self, spec: &SourceSpec) -> bool {
        self.sources.is_match(&spec.name) || self.sources.is_match(&spec.key)
    }
}

/// Reads the file and gathers what is wrong with it.
struct Reader<'a> {
    places: Places<'a>,
    home: Option<&'a Path>,
    mistakes: Vec<Mistake>,
}

/// See [`Settings::read`].
pub(super) fn read(
    text: &str,
    home: Option<&Path>,
    retention: Retention,
) -> Result<Settings, Vec<Mistake>> {
    let places = Places::of(text);
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            return Err(vec![places.mistake(&span, error.message())]);
        }
    };
    let mut reader = Reader {
        places,
        home,
        mistakes: Vec::new(),
    };
    let settings = reader.settings(file, retention);
    let mut mistakes = reader.mistakes;
    if mistakes.is_empty() {
        return Ok(settings);
    }
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    Err(mistakes)
}

impl Reader<'_> {
    fn settings(&mut self, mut file: File, retention: Retention) -> Settings {
        if let Some(further) = file.redact.get(MOST_RULES) {
            self.wrong(
                &further.pattern,
                format!("there are more than {MOST_RULES} rules"),
            );
            file.redact.clear();
        }
        if file.format.len() > MOST_RULES {
            let further = file
                .format
                .get(MOST_RULES)
                .and_then(|entry| entry.sources.first());
            let message = format!("there are more than {MOST_RULES} entries for formats");
            let span = further.map_or(0..0, Spanned::span);
            self.mistakes.push(self.places.mistake(&span, message));
            file.format.clear();
        }
        Settings {
            zone: self.zone(file.zone).unwrap_or_else(TimeZone::system),
            sources: file
                .source
                .into_iter()
                .filter_map(|source| self.source(source))
                .collect(),
            choices: file
                .format
                .into_iter()
                .map(|entry| self.choice(entry))
                .collect(),
            redaction: Redaction::new(
                file.redact
                    .into_iter()
                    .filter_map(|rule| self.rule(rule))
                    .collect(),
            ),
            retention: self.retention(&file.retention, retention),
            limits: self.limits(&file.limits),
        }
    }

    fn wrong<T>(&mut self, at: &Spanned<T>, message: impl Into<String>) {
        let mistake = self.places.mistake(&at.span(), message);
        self.mistakes.push(mistake);
    }

    fn zone(&mut self, name: Option<Spanned<String>>) -> Option<TimeZone> {
        let name = name?;
        let zone = TimeZone::get(name.get_ref()).ok();
        if zone.is_none() {
            let message = format!(
                "there is no time zone `{}`; names are such as \"Europe/Berlin\" or \"UTC\"",
                name.get_ref()
            );
            self.wrong(&name, message);
        }
        zone
    }

    fn source(&mut self, source: Spanned<Source>) -> Option<SourceSpec> {
        let span = source.span();
        let Source { path, docker, name } = source.into_inner();
        let name = self.name(name);
        match (path, docker) {
            (Some(path), None) => Some(SourceSpec {
                kind: SourceKind::File,
                key: self.path(&path)?,
                name,
            }),
            (None, Some(docker)) => {
                let key = docker.get_ref().trim().to_owned();
                if key.is_empty() {
                    self.wrong(&docker, "name a container, or \"all\"");
                    return None;
                }
                let several = key == "all" || key.contains(':');
                let selector = key.split_once(':');
                if selector.is_some_and(|(of, what)| !SELECTORS.contains(&of) || what.is_empty()) {
                    let message = "expected \"all\", \"project:NAME\", \"label:KEY=VALUE\", \
                                   \"name:GLOB\", or a container's name or id";
                    self.wrong(&docker, message);
                    return None;
                }
                Some(SourceSpec {
                    kind: if several {
                        SourceKind::Containers
                    } else {
                        SourceKind::Docker
                    },
                    key,
                    name,
                })
            }
            (None, None) => {
                let message = "a source needs a `path` or a `docker`";
                self.mistakes.push(self.places.mistake(&span, message));
                None
            }
            (Some(_), Some(docker)) => {
                self.wrong(&docker, "a source has a `path` or a `docker`, not both");
                None
            }
        }
    }

    /// What a source is to be called; empty for what it is called by itself.
    fn name(&mut self, name: Option<Spanned<String>>) -> String {
        let Some(name) = name else {
            return String::new();
        };
        match client_name(name.get_ref()) {
            Ok(name) => name,
            Err(message) => {
                self.wrong(&name, message);
                String::new()
            }
        }
    }

    fn path(&mut self, path: &Spanned<String>) -> Option<String> {
        let text = path.get_ref();
        if let Some(rest) = text.strip_prefix("~/") {
            let Some(home) = self.home.and_then(|home| home.to_str()) else {
                self.wrong(path, "there is no home folder for `~`");
                return None;
            };
            return Some(format!("{home}/{rest}"));
        }
        if !Path::new(text).is_absolute() {
            self.wrong(path, "the path must be absolute, or begin with `~/`");
            return None;
        }
        Some(text.clone())
    }

    fn choice(&mut self, entry: FormatEntry) -> Choice {
        let zone = self.zone(entry.zone);
        let format = match (&entry.format, &entry.pattern) {
            (Some(_), Some(pattern)) => {
                self.wrong(pattern, "an entry has a `format` or a `pattern`, not both");
                None
            }
            (Some(format), None) => self.format(format),
            (None, Some(pattern)) => match Chosen::pattern_of(pattern.get_ref()) {
                Ok(chosen) => Some(chosen),
                Err(message) => {
                    self.wrong(pattern, message);
                    None
                }
            },
            (None, None) => None,
        };
        Choice {
            sources: self.globs(&entry.sources),
            zone,
            format,
            join: entry.join,
        }
    }

    fn format(&mut self, format: &Spanned<String>) -> Option<Chosen> {
        let name = format.get_ref().as_str();
        if name == "auto" {
            return Some(Chosen::Auto);
        }
        let chosen = name.parse().ok().map(Chosen::As);
        if chosen.is_none() {
            let names = Format::ALL.map(Format::name).join(", ");
            let message = format!("there is no format `{name}`; expected auto or one of {names}");
            self.wrong(format, message);
        }
        chosen
    }

    fn globs(&mut self, globs: &[Spanned<String>]) -> GlobSet {
        let mut set = GlobSetBuilder::new();
        for glob in globs {
            match GlobBuilder::new(glob.get_ref()).build() {
                Ok(glob) => {
                    set.add(glob);
                }
                Err(error) => self.wrong(glob, format!("the glob is wrong: {}", error.kind())),
            }
        }
        set.build().unwrap_or_else(|error| {
            if let Some(first) = globs.first() {
                self.wrong(first, format!("the globs are too much: {error}"));
            }
            GlobSet::empty()
        })
    }

    fn rule(&mut self, rule: Redact) -> Option<Rule> {
        let sources = rule.sources.map(|sources| self.globs(&sources));
        let replace = rule.replace.as_ref();
        if let Some(replace) = replace.filter(|replace| replace.get_ref().contains(['\n', '\r'])) {
            self.wrong(replace, "what is put in place must be on one line");
        }
        let replace = replace.map_or(REDACTED, |replace| replace.get_ref());
        match Rule::new(rule.pattern.get_ref(), replace, sources) {
            Ok(rule) => Some(rule),
            Err(message) => {
                self.wrong(&rule.pattern, message);
                None
            }
        }
    }

    fn retention(&mut self, table: &RetentionTable, by_default: Retention) -> Retention {
        let mut retention = by_default;
        if let Some(age) = self.amount(table.age.as_ref(), Amount::age) {
            retention.max_age = age.limit();
            self.not_nothing(
                table.age.as_ref(),
                retention.max_age == Some(Duration::ZERO),
            );
        }
        if let Some(size) = self.amount(table.size.as_ref(), Amount::bytes) {
            retention.max_bytes = size.limit();
            self.not_nothing(table.size.as_ref(), retention.max_bytes == Some(0));
        }
        if let Some(runs) = self.amount(table.runs.as_ref(), Amount::count) {
            retention.max_runs = runs.limit();
            self.not_nothing(table.runs.as_ref(), retention.max_runs == Some(0));
        }
        retention
    }

    /// To keep nothing is never what is meant, and cannot be taken back.
    fn not_nothing(&mut self, amount: Option<&Spanned<Amount>>, nothing: bool) {
        if let Some(amount) = amount.filter(|_| nothing) {
            let message = "this would delete every old run; \"off\" sets no limit";
            self.wrong(amount, message);
        }
    }

    fn limits(&mut self, table: &LimitsTable) -> Limits {
        let mut limits = Limits::default();
        if let Some(body) = self.amount(table.body.as_ref(), Amount::bytes) {
            match body.limit().filter(|body| (1..=MOST_BODY).contains(body)) {
                Some(body) => limits.body_bytes = usize::try_from(body).unwrap_or(usize::MAX),
                None => self.out_of_bounds(table.body.as_ref(), "1B to 1GiB"),
            }
        }
        if let Some(sources) = self.amount(table.sources.as_ref(), Amount::count) {
            let most = crosscut_model::limits::MAX_SOURCES;
            match sources
                .limit()
                .filter(|sources| (1..=most).contains(sources))
            {
                Some(sources) => limits.sources = sources,
                None => self.out_of_bounds(table.sources.as_ref(), "1 to 4096"),
            }
        }
        limits
    }

    fn out_of_bounds(&mut self, amount: Option<&Spanned<Amount>>, bounds: &str) {
        if let Some(amount) = amount {
            self.wrong(amount, format!("expected {bounds}"));
        }
    }

    fn amount<T>(
        &mut self,
        amount: Option<&Spanned<Amount>>,
        read: impl Fn(&Amount) -> Result<T, String>,
    ) -> Option<T> {
        let amount = amount?;
        match read(amount.get_ref()) {
            Ok(value) => Some(value),
            Err(message) => {
                self.wrong(amount, message);
                None
            }
        }
    }
}
