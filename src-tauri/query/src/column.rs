//! Which leaves of a query the columns of a run can answer alone.

use std::ops::RangeInclusive;
use std::sync::Arc;

use crosscut_model::{Level, LevelSet, Seq, Stream, UnixNanos};

use crate::check::check;
use crate::error::ParseError;
use crate::fold::Glob;
use crate::instant::{Instant, Moment};
use crate::number::Number;
use crate::tree::{Order, Test};
use crate::{Builtin, Context, FieldTest, Value, ValueTest};

/// Every stream.
pub(crate) const STREAMS: [Stream; 4] = [
    Stream::Stdout,
    Stream::Stderr,
    Stream::System,
    Stream::Control,
];

/// Nothing is in this range.
#[expect(
    clippy::reversed_empty_ranges,
    reason = "an empty range is what is wanted"
)]
const NOTHING: RangeInclusive<i64> = 1..=0;

impl FieldTest {
    /// The levels that pass, when this tests nothing but the level.
    pub fn as_level_set(&self) -> Option<LevelSet> {
        if self.path.builtin() != Some(Builtin::Level) {
            return None;
        }
        levels(&self.test).ok()
    }

    /// The streams that pass, when this tests nothing but the stream.
    pub fn as_streams(&self) -> Option<Vec<Stream>> {
        if self.path.builtin() != Some(Builtin::Stream) {
            return None;
        }
        // A stream's name has neither a time nor a zone in it.
        let context = Context {
            now: UnixNanos(0),
            zone: jiff::tz::TimeZone::UTC,
            run: String::new(),
        };
        Some(streams(
            &ValueTest::new(&self.test, &Arc::new(context)).ok()?,
        ))
    }

    /// The instants that pass, when this tests nothing but the time and they are in one piece.
    /// An empty range (its start behind its end) when none can.
    pub fn as_time_range(&self, context: &Context) -> Option<RangeInclusive<UnixNanos>> {
        let one_piece = !matches!(self.test, Test::AnyOf(_) | Test::Unlike(_));
        if self.path.builtin() != Some(Builtin::Time)
            || !one_piece
            || check(&self.path, &self.test, 0).is_err()
        {
            return None;
        }
        let range = times(&self.test, context);
        Some(UnixNanos(*range.start())..=UnixNanos(*range.end()))
    }

    /// The record numbers that pass, when this tests nothing but the number, by whole numbers, and
    /// they are in one piece. An empty range (its start behind its end) when none can.
    pub fn as_seq_range(&self) -> Option<RangeInclusive<Seq>> {
        if self.path.builtin() != Some(Builtin::Seq) {
            return None;
        }
        let int = |text: &str| match Number::parse(text)? {
            Number::Int(int) => Some(int),
            Number::Float(_) => None,
        };
        let (from, to) = match &self.test {
            Test::Contains(text) | Test::Equals(text) => (int(text)?, int(text)?),
            Test::Compare(Order::Greater, text) => (int(text)?.checked_add(1)?, i128::MAX),
            Test::Compare(Order::AtLeast, text) => (int(text)?, i128::MAX),
            Test::Compare(Order::Less, text) => (i128::MIN, int(text)?.checked_sub(1)?),
            Test::Compare(Order::AtMost, text) => (i128::MIN, int(text)?),
            Test::Range { from, to } => (
                from.as_deref().map_or(Some(i128::MIN), int)?,
                to.as_deref().map_or(Some(i128::MAX), int)?,
            ),
            Test::Exists => (i128::MIN, i128::MAX),
            Test::Regex(_) | Test::Glob(_) | Test::AnyOf(_) | Test::Unlike(_) => return None,
        };
        if to < 0 || from > i128::from(u64::MAX) || from > to {
            return Some(Seq(1)..=Seq(0));
        }
        let clamp = |end: i128| u64::try_from(end.max(0)).unwrap_or(u64::MAX);
        Some(Seq(clamp(from))..=Seq(clamp(to)))
    }

    /// The test to put to each source's name (as [`Value::Str`]), when this tests nothing but
    /// that.
    pub fn as_source_test(&self, context: &Context) -> Option<ValueTest> {
        if self.path.builtin() != Some(Builtin::Source) {
            return None;
        }
        ValueTest::new(&self.test, &Arc::new(context.clone())).ok()
    }
}

/// The levels that pass. A record without a level passes for `none` alone: to every other test its
/// level is a missing field.
pub(crate) fn levels(test: &Test) -> Result<LevelSet, ParseError> {
    let known = || Level::ALL.into_iter().filter(|&level| level != Level::None);
    let set = |levels: &mut dyn Iterator<Item = Level>| {
        let mut set = LevelSet::default();
        levels.for_each(|level| set.insert(level));
        set
    };
    let rank = |text: &str| text.parse::<Level>().ok();
    Ok(match test {
        Test::Contains(name) | Test::Equals(name) => set(&mut rank(name).into_iter()),
        Test::Compare(order, name) => {
            let other = rank(name);
            set(&mut known()
                .filter(|level| other.is_some_and(|other| order.admits(level.cmp(&other)))))
        }
        Test::Range { from, to } => {
            let lowest = from.as_deref().map_or(Some(Level::None), rank);
            let highest = to.as_deref().map_or(Some(Level::Fatal), rank);
            set(&mut known().filter(|level| {
                lowest.is_some_and(|lowest| *level >= lowest)
                    && highest.is_some_and(|highest| *level <= highest)
            }))
        }
        Test::Regex(pattern) => {
            let regex = pattern.compile()?;
            set(&mut known().filter(|level| regex.is_match(level.name())))
        }
        Test::Glob(glob) => {
            let glob = Glob::new(glob);
            set(&mut known().filter(|level| glob.fits(level.name())))
        }
        Test::AnyOf(tests) => {
            let mut all = LevelSet::default();
            for test in tests {
                all.0 |= levels(test)?.0;
            }
            all
        }
        Test::Unlike(test) => {
            let out = levels(test)?;
            set(&mut known().filter(|&level| !out.contains(level)))
        }
        Test::Exists => set(&mut known()),
    })
}

/// The streams whose names pass.
pub(crate) fn streams(test: &ValueTest) -> Vec<Stream> {
    let passes = |stream: &Stream| test.passes(&Value::Str(stream.name().into()));
    STREAMS.into_iter().filter(passes).collect()
}

/// The instants that pass a test that is neither a list nor a negation, in nanoseconds.
pub(crate) fn times(test: &Test, context: &Context) -> RangeInclusive<i64> {
    let moment = |text: &str| -> Option<Moment> {
        Instant::parse(text)
            .ok()
            .map(|instant| instant.resolve(context))
    };
    match test {
        Test::Contains(text) | Test::Equals(text) => {
            moment(text).map_or(NOTHING, |moment| moment.start..=moment.unit_end)
        }
        Test::Compare(order, text) => moment(text).map_or(NOTHING, |moment| match order {
            Order::Greater => moment
                .end
                .checked_add(1)
                .map_or(NOTHING, |start| start..=i64::MAX),
            Order::AtLeast => moment.start..=i64::MAX,
            Order::Less => moment
                .start
                .checked_sub(1)
                .map_or(NOTHING, |end| i64::MIN..=end),
            Order::AtMost => i64::MIN..=moment.end,
        }),
        Test::Range { from, to } => {
            let from = from
                .as_deref()
                .map_or(Some(i64::MIN), |text| Some(moment(text)?.start));
            let to = to
                .as_deref()
                .map_or(Some(i64::MAX), |text| Some(moment(text)?.end));
            match (from, to) {
                (Some(from), Some(to)) => from..=to,
                _ => NOTHING,
            }
        }
        Test::Exists => i64::MIN..=i64::MAX,
        Test::Regex(_) | Test::Glob(_) | Test::AnyOf(_) | Test::Unlike(_) => NOTHING,
    }
}
