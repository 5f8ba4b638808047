//! Attributes of sources as fields of their records.
//!
//! What is true of all records of a source needs no looking into them: a test on a field becomes
//! that test, or a source whose attribute passes it. The query is rewritten once for what is known
//! of the sources, so that index and scan need to know nothing of attributes. The value of an
//! attribute is put to the very test that a record's values are put to.

use std::collections::BTreeSet;

use crosscut_query::{Builtin, Context, FieldTest, Path, Pattern, Query, Test, Value, ValueTest};

use super::SourceNames;

/// Names in one expression.
const NAMES: usize = 32;

/// The query with attributes taken for fields; nothing when it asks for none.
pub(super) fn rewritten(
    query: &Query,
    names: &dyn SourceNames,
    context: &Context,
) -> Option<Query> {
    let mut changed = false;
    let query = rewrite(query, names, context, &mut changed);
    changed.then_some(query)
}

fn rewrite(query: &Query, names: &dyn SourceNames, context: &Context, changed: &mut bool) -> Query {
    let mut parts = |parts: &[Query]| {
        let parts = parts.iter();
        parts
            .map(|part| rewrite(part, names, context, changed))
            .collect()
    };
    match query {
        Query::And(some) => Query::And(parts(some)),
        Query::Or(some) => Query::Or(parts(some)),
        Query::Not(part) => Query::Not(Box::new(rewrite(part, names, context, changed))),
        Query::Field(field) => match of_field(field, names, context) {
            Some(query) => {
                *changed = true;
                query
            }
            None => query.clone(),
        },
        Query::All | Query::Text(_) | Query::Is(_) => query.clone(),
    }
}

fn of_field(field: &FieldTest, names: &dyn SourceNames, context: &Context) -> Option<Query> {
    let told = names.facts().at(&field.path);
    if told.is_empty() {
        return None;
    }
    let (unlike, test) = match &field.test {
        Test::Unlike(test) => (true, &**test),
        test => (false, test),
    };
    let test = value_test(test, context)?;
    let (mut pass, mut fail) = (BTreeSet::new(), BTreeSet::new());
    for (source, value) in told {
        let name = names.source_name(source);
        if test.passes(&Value::Str(value.into())) {
            pass.insert(name);
        } else {
            fail.insert(name);
        }
    }
    let own = Query::Field(field.clone());
    if !unlike {
        let mut either = vec![own];
        either.extend(from(&pass));
        return Some(Query::Or(either));
    }
    // There is a value, and none passes: neither the attribute nor one of the record's own.
    let absent = Query::Not(Box::new(Query::Field(FieldTest {
        path: field.path.clone(),
        test: Test::Exists,
    })));
    let mut either = vec![own];
    either.extend(from(&fail).map(|from| Query::And(vec![from, absent])));
    let mut all = vec![Query::Or(either)];
    all.extend(from(&pass).map(|from| Query::Not(Box::new(from))));
    Some(Query::And(all))
}

/// The test that is put to values.
pub(super) fn value_test(test: &Test, context: &Context) -> Option<ValueTest> {
    let source = FieldTest {
        path: Path::from(Builtin::Source),
        test: test.clone(),
    };
    source.as_source_test(context)
}

/// Records of sources with exactly these names; nothing when there are none.
fn from(names: &BTreeSet<&str>) -> Option<Query> {
    let names: Vec<String> = names
        .iter()
        .map(|name| regex_syntax::escape(name))
        .collect();
    let some = names.chunks(NAMES).map(|names| {
        Test::Regex(Pattern {
            source: format!(r"\A(?:{})\z", names.join("|")),
            case_sensitive: true,
        })
    });
    let tests: Vec<Test> = some.collect();
    (!tests.is_empty()).then(|| {
        Query::Field(FieldTest {
            path: Path::from(Builtin::Source),
            test: Test::AnyOf(tests),
        })
    })
}
