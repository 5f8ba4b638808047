//! `msg % args` for arguments that came as the text of a Python tuple.
//!
//! Only what such a text tells for certain is read; anything else leaves the message as it is, with
//! its arguments beside it.

use std::fmt::Write;

use crosscut_model::limits::MAX_LINE_BYTES;

/// Fills `msg` with the members of `args`, as `('shop', 3)`. `None` when that cannot be done.
pub(super) fn format(msg: &str, args: &str) -> Option<String> {
    let mut members = members(args)?.into_iter();
    let mut out = String::with_capacity(msg.len());
    let mut rest = msg;
    while let Some((before, behind)) = rest.split_once('%') {
        if out.len() > MAX_LINE_BYTES {
            return None;
        }
        out.push_str(before);
        let end = behind.find(|c: char| c.is_ascii_alphabetic() || c == '%')?;
        let (flags, conversion) = behind.split_at_checked(end)?;
        let mut chars = conversion.chars();
        match chars.next()? {
            '%' if flags.is_empty() => out.push('%'),
            kind => put(&mut out, flags, kind, members.next()?)?,
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    members.next().is_none().then_some(out)
}

fn put(out: &mut String, flags: &str, kind: char, member: &str) -> Option<()> {
    let (width, precision) = match flags.split_once('.') {
        Some((width, precision)) => (width, Some(precision.parse::<usize>().ok()?)),
        None => (flags, None),
    };
    let left = width.starts_with('-');
    let zero = width.starts_with('0') && kind != 's';
    // What asks for a sign or a prefix is left to the reader.
    let width: usize = match width.trim_start_matches(['-', '0']) {
        "" => 0,
        digits => digits.parse().ok().filter(|width| *width <= 1_000)?,
    };
    let shown = match (kind, precision) {
        ('s', precision) => {
            let text = text(member).unwrap_or_else(|| member.to_owned());
            precision.map_or_else(|| text.clone(), |most| text.chars().take(most).collect())
        }
        ('r' | 'a', None) => member.to_owned(),
        ('d' | 'i' | 'u', None) => whole(member)?,
        ('x', None) => format!("{:x}", member.parse::<u64>().ok()?),
        ('X', None) => format!("{:X}", member.parse::<u64>().ok()?),
        ('o', None) => format!("{:o}", member.parse::<u64>().ok()?),
        ('f' | 'F', precision) => {
            let precision = precision.unwrap_or(6).min(100);
            format!("{:.precision$}", member.parse::<f64>().ok()?)
        }
        _ => return None,
    };
    let (sign, digits) = match shown.strip_prefix('-').filter(|_| zero) {
        Some(digits) => ("-", digits),
        None => ("", shown.as_str()),
    };
    match (left, zero) {
        (true, _) => write!(out, "{shown:<width$}"),
        (_, true) => {
            let width = width.saturating_sub(sign.len());
            write!(out, "{sign}{digits:0>width$}")
        }
        _ => write!(out, "{shown:>width$}"),
    }
    .ok()
}

/// A number without its fraction; all digits of a whole one, which may have more than a float holds.
fn whole(member: &str) -> Option<String> {
    let digits = member.strip_prefix('-').unwrap_or(member);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(member.to_owned());
    }
    let number: f64 = member.parse().ok()?;
    number.is_finite().then(|| format!("{:.0}", number.trunc()))
}

/// The members of a tuple, each as Python's `repr` wrote it.
fn members(args: &str) -> Option<Vec<&str>> {
    let inside = args.trim().strip_prefix('(')?.strip_suffix(')')?;
    let mut members = Vec::new();
    let mut start = 0;
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[' | '{' | '<') => depth += 1,
            (None, ')' | ']' | '}' | '>') => depth = depth.checked_sub(1)?,
            (None, ',') if depth == 0 => {
                members.push(inside.get(start..at)?.trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    // A tuple of one ends with a comma.
    let last = inside.get(start..)?.trim();
    if !last.is_empty() {
        members.push(last);
    }
    (depth == 0 && quote.is_none()).then_some(members)
}

/// The text that a `repr` in quotes stands for; `None` when it is in none.
fn text(member: &str) -> Option<String> {
    let quote = member.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inside = member.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut out = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'x' => out.push(number(&mut chars, 2)?),
            'u' => out.push(number(&mut chars, 4)?),
            'U' => out.push(number(&mut chars, 8)?),
            c => out.push(c),
        }
    }
    Some(out)
}

fn number(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let number = (0..digits).try_fold(0u32, |all, _| {
        Some(all.checked_mul(16)? + chars.next()?.to_digit(16)?)
    });
    char::from_u32(number?)
}

#[cfg(test)]
mod tests;
