//! What stands before a line without being part of it: the name that `docker compose` puts there,
//! the time and stream of a container runtime's file, colours.

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
    cri(line).unwrap_or(Through {
        whose: &[],
        body: line,
        part: false,
        stamp: None,
    })
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

/// `2016-10-06T00:17:09.669794202Z stdout F text`, as the Kubernetes container runtime interface
/// writes it (<https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md>).
fn cri(line: &[u8]) -> Option<Through<'_>> {
    if !line.first()?.is_ascii_digit() || line.get(10) != Some(&b'T') {
        return None;
    }
    let blank = memchr::memchr(b' ', line.get(..40).unwrap_or(line))?;
    let rest = line.get(blank + 1..)?;
    let (whose, rest) = rest.split_at_checked(6)?;
    if whose != b"stdout" && whose != b"stderr" {
        return None;
    }
    let (tag, body) = match rest.strip_prefix(b" ")?.split_first()? {
        (tag @ (b'F' | b'P'), []) => (tag, &[][..]),
        (tag @ (b'F' | b'P'), [b' ', body @ ..]) => (tag, body),
        _ => return None,
    };
    Some(Through {
        whose,
        body: uncoloured(body),
        part: *tag == b'P',
        stamp: line.get(..blank),
    })
}
