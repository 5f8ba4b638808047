//! How a stored record answers a query.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::ControlFlow;

use crosscut_model::{Level, RowFlags, RowMeta, Seq, Stream, UnixNanos};
use crosscut_parse::{FieldValue, Known, Layout, Line, Segment};
use crosscut_query::{Builtin, Path, Record, Segment as PathSegment, Value};

/// A stored record as a query sees it: its bytes are looked into when asked.
#[derive(Debug)]
pub struct StoredRecord<'a> {
    raw: &'a [u8],
    seq: Seq,
    meta: RowMeta,
    source: &'a str,
    layout: Option<&'a Layout>,
    text: OnceCell<Cow<'a, str>>,
}

impl<'a> StoredRecord<'a> {
    /// A record with these bytes and columns, from a source of this name.
    pub fn new(raw: &'a [u8], seq: Seq, meta: RowMeta, source: &'a str) -> Self {
        Self {
            raw,
            seq,
            meta,
            source,
            layout: None,
            text: OnceCell::new(),
        }
    }

    /// The same with its source's layout.
    #[must_use]
    pub fn laid_out(self, layout: Option<&'a Layout>) -> Self {
        Self { layout, ..self }
    }

    fn line(&self) -> Line<'a> {
        Line::new(self.raw, self.layout)
    }
}

impl Record for StoredRecord<'_> {
    fn text(&self) -> &str {
        self.text.get_or_init(|| crosscut_parse::text(self.raw))
    }

    fn raw(&self) -> &[u8] {
        self.raw
    }

    fn level(&self) -> Level {
        self.meta.level
    }

    fn time(&self) -> UnixNanos {
        self.meta.time
    }

    fn seq(&self) -> Seq {
        self.seq
    }

    fn stream(&self) -> Stream {
        self.meta.stream
    }

    fn source(&self) -> &str {
        self.source
    }

    fn broken(&self) -> bool {
        self.meta.flags.has(RowFlags::BROKEN)
    }

    fn field(&self, path: &Path, visit: &mut dyn FnMut(Value<'_>) -> ControlFlow<()>) {
        let known = |known| crosscut_parse::well_known(self.line(), known);
        let found = match path.builtin() {
            None => return visit_path(self.line(), path, visit),
            Some(Builtin::Msg) => {
                Some(crosscut_parse::message(self.line())).filter(|text| !text.is_empty())
            }
            Some(Builtin::Service) => known(Known::Service),
            Some(Builtin::Logger) => known(Known::Logger),
            Some(Builtin::Trace) => known(Known::Trace),
            Some(Builtin::Span) => known(Known::Span),
            Some(Builtin::File) => known(Known::File),
            // Known to the run, not to the record.
            Some(
                Builtin::Level
                | Builtin::Source
                | Builtin::Stream
                | Builtin::Time
                | Builtin::Pattern
                | Builtin::Issue
                | Builtin::Seq
                | Builtin::Run,
            ) => None,
        };
        if let Some(text) = found {
            // There is only one value, so it does not matter whether more are wanted.
            let (ControlFlow::Continue(()) | ControlFlow::Break(())) = visit(Value::Str(text));
        }
    }
}

fn visit_path(line: Line<'_>, path: &Path, visit: &mut dyn FnMut(Value<'_>) -> ControlFlow<()>) {
    let segments: Vec<Segment<'_>> = path
        .segments()
        .iter()
        .map(|segment| match segment {
            PathSegment::Key(name) => Segment::Key(name),
            PathSegment::Index(index) => Segment::Index(*index as usize),
        })
        .collect();
    crosscut_parse::visit_field(line, &segments, &mut |value| {
        visit(match value {
            FieldValue::Str(text) => Value::Str(text),
            FieldValue::Number { literal, .. } => Value::Number(Cow::Borrowed(literal)),
            FieldValue::Bool(value) => Value::Bool(value),
            FieldValue::Null => Value::Null,
            FieldValue::Json(json) => Value::Json(json),
        })
    });
}
