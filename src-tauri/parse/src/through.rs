//! What stands before a line without being part of it: the name that `docker compose` puts there,
//! the time and stream of a container runtime's file, colours.

use crate::json;
use crate::level::by_name;

/// The longest name that is looked through. Bytes.
pub(crate) const LONGEST: usize = 64;

/// A line, looked through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Through<'a> {
    /// Whose line it is; empty where nothing says so.
    pub(crate) whose: &'a [u8],
    /// What its writer wrote, without the `\r` of CRLF and leading colours.
    pub(crate) body: &'a [u8],
    /// It ends in the middle and goes on with the next of the same stream.
    pub(crate) part: bool,
    /// The time a container runtime put there.
    pub(crate) stamp: Option<&'a [u8]>,
}

pub(crate) fn through(line: &[u8]) -> Through<'_> {
    let line = uncoloured(line.strip_suffix(b"\r").unwrap_or(line));
    if let Some((whose, body)) = compose(line) {
        return Through {
            whose,
            body,
            part: false,
            stamp: None,
        };
    }
    let (head, body) = match runtime(line) {
        Some(head) => (Some(head), line.get(head.length..).unwrap_or_default()),
        None => (None, line),
    };
    Through {
        whose: head.map_or(&[], |head| head.whose),
        body: uncoloured(body),
        part: head.is_some_and(|head| head.part),
        stamp: head.map(|head| head.stamp),
    }
}

/// The line without the colours it begins with.
pub(crate) fn uncoloured(mut line: &[u8]) -> &[u8] {
    while let Some(rest) = line.strip_prefix(b"\x1b[") {
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b';')
            .count();
        if rest.get(length) != Some(&b'm') {
            break;
        }
        line = rest.get(length + 1..).unwrap_or_default();
    }
    line
}

/// The name of the service before a line of `docker compose logs` (`api-1  | text`) and the text behind
/// it, colours left out. Whether the line is one of Compose's is for the caller to know: cells of a
/// table look the same.
pub fn compose(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = uncoloured(line);
    if !line.first()?.is_ascii_alphabetic() {
        return None;
    }
    let window = line.get(..LONGEST).unwrap_or(line);
    let length = window
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'.'))?;
    let (name, rest) = line.split_at_checked(length)?;
    let blanks = rest.iter().take_while(|&&byte| byte == b' ').count();
    let bar = uncoloured(rest.get(blanks..)?).strip_prefix(b"|")?;
    if blanks == 0 || by_name(name).is_some() {
        return None;
    }
    let text = uncoloured(bar);
    Some((name, uncoloured(text.strip_prefix(b" ").unwrap_or(text))))
}

/// What a container's runtime writes before a line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head<'a> {
    /// The time.
    stamp: &'a [u8],
    /// The stream; empty where it does not say.
    whose: &'a [u8],
    /// The line goes on with the next.
    pub(crate) part: bool,
    /// Bytes of all of it.
    pub(crate) length: usize,
}

/// `2016-10-06T00:17:09.669794202Z stdout F text`, as the Kubernetes container runtime interface
/// writes it (<https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md>);
/// or the time alone before a JSON object, as `docker logs -t` and `kubectl logs --timestamps` do. Before
/// other text a time needs no looking through.
pub(crate) fn runtime(line: &[u8]) -> Option<Head<'_>> {
    const SHORTEST: usize = 19;
    if line.get(4) != Some(&b'-') || line.get(10) != Some(&b'T') {
        return None;
    }
    let window = line
        .get(SHORTEST..)
        .map(|rest| rest.get(..24).unwrap_or(rest))?;
    let blank = SHORTEST + memchr::memchr(b' ', window)?;
    let stamp = line.get(..blank)?;
    let rest = line.get(blank + 1..)?;
    if rest.starts_with(b"{\"") {
        // What merely looks like one may be anybody's text.
        return json::is_object(rest.trim_ascii_end()).then_some(Head {
            stamp,
            whose: &[],
            part: false,
            length: blank + 1,
        });
    }
    let (whose, rest) = rest.split_at_checked(6)?;
    if whose != b"stdout" && whose != b"stderr" {
        return None;
    }
    let tag = rest.strip_prefix(b" ")?;
    // Further tags may follow the first, set off by colons.
    let window = tag.get(..16).unwrap_or(tag);
    let end = memchr::memchr(b' ', window).or((window.len() == tag.len()).then_some(tag.len()))?;
    let known = matches!(tag.get(..end)?, [b'F' | b'P'] | [b'F' | b'P', b':', ..]);
    known.then_some(Head {
        stamp,
        whose,
        part: tag.first() == Some(&b'P'),
        length: line.len().min(line.len() - tag.len() + end + 1),
    })
}
